/** Arithmetic, bits and comparisons of tensors, pixel by pixel. */
import { ArgumentError, isFloat, type DType } from '../../core/index.js';
import { defaultFill, dtypeOf, makeArray, promote } from '../numeric.js';
import { requireSameGrid } from './axes.js';
import { compactValid, type GeoTensorInit, type TensorData } from './data.js';

export type ArithmeticName = 'add' | 'sub' | 'mul' | 'div';
export type BitName = 'and' | 'or' | 'xor';
export type ComparisonName = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne';

const ARITHMETIC: Readonly<Record<ArithmeticName, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};
const BITS: Readonly<Record<BitName, (a: number, b: number) => number>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};
const COMPARISONS: Readonly<Record<ComparisonName, (a: number, b: number) => number>> = {
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
};

type Operand = TensorData | number;

function apply(
  t: TensorData,
  other: Operand,
  dtype: DType,
  fillValue: number,
  fn: (a: number, b: number) => number,
): GeoTensorInit {
  if (typeof other !== 'number') requireSameGrid(t, other);
  const n = t.values.length;
  const values = makeArray(dtype, n);
  const valid = new Uint8Array(n);
  const mayBeNaN = isFloat(dtype);
  for (let i = 0; i < n; i++) {
    const isValid = t.valid?.[i] !== 0 && (typeof other === 'number' || other.valid?.[i] !== 0);
    const v = isValid
      ? fn(t.values[i] as number, typeof other === 'number' ? other : (other.values[i] as number))
      : NaN;
    // 0/0 and the like are no numbers, hence no valid pixels.
    const holds = isValid && (!mayBeNaN || v === v);
    values[i] = holds ? v : fillValue;
    valid[i] = holds ? 1 : 0;
  }
  return { ...t, values, valid: compactValid(valid), fillValue, attrs: t.attrs };
}

/** Float32 stays Float32; integers become Float64, so that nothing wraps around. */
function arithmeticType(t: TensorData, other: Operand): DType {
  const a = dtypeOf(t.values);
  const common = typeof other === 'number' ? a : promote(a, dtypeOf(other.values));
  return common === 'float32' ? 'float32' : 'float64';
}

/** Sum, difference, product or quotient. A result that is not a number is invalid. */
export function arithmetic(name: ArithmeticName, t: TensorData, other: Operand): GeoTensorInit {
  const dtype = arithmeticType(t, other);
  return apply(t, other, dtype, defaultFill(dtype), ARITHMETIC[name]);
}

/** Bitwise operation on integers. @throws {@link ArgumentError} `not-integer`. */
export function bits(name: BitName, t: TensorData, other: Operand): GeoTensorInit {
  const a = dtypeOf(t.values);
  const b = typeof other === 'number' ? a : dtypeOf(other.values);
  if (isFloat(a) || isFloat(b) || (typeof other === 'number' && !Number.isInteger(other))) {
    throw new ArgumentError(
      'not-integer',
      `${name}() works on integers; got ${a} and ${typeof other === 'number' ? other : b}.`,
    );
  }
  const dtype = promote(a, b);
  return apply(t, other, dtype, defaultFill(dtype), BITS[name]);
}

/** 1 where the comparison holds, else 0, as Uint8; 0 where invalid. */
export function comparison(name: ComparisonName, t: TensorData, other: Operand): GeoTensorInit {
  return apply(t, other, 'uint8', 0, COMPARISONS[name]);
}
