/** Arithmetic, bits and comparisons of tensors, pixel by pixel. */
import { ArgumentError, dtypeSize, isFloat, type DType } from '../../core/index.js';
import { defaultFill, dtypeOf, makeArray, promote } from '../numeric.js';
import { requireSameGrid } from './axes.js';
import { ARITHMETIC, BITS, COMPARISONS, type Operation, type Results } from './operations.js';
import { requireTensor } from './require.js';
import { compactValid, type GeoTensorInit, type TensorData } from './data.js';

export type ArithmeticName = keyof typeof ARITHMETIC;
export type BitName = keyof typeof BITS;
export type ComparisonName = keyof typeof COMPARISONS;

type Operand = TensorData | number;

/** Values worked on together: doubles of both operands and the result stay in the processor's cache. */
const BLOCK = 2048;

function apply(
  t: TensorData,
  other: Operand,
  dtype: DType,
  fillValue: number,
  operation: Operation,
  mayBeNaN: boolean,
): GeoTensorInit {
  if (typeof other !== 'number') requireSameGrid(t, other);
  const length = t.values.length;
  const values = makeArray(dtype, length);
  const known = bothValid(t.valid, typeof other === 'number' ? null : other.valid);
  let valid = known;
  const [a, b, block] = [new Float64Array(BLOCK), new Float64Array(BLOCK), new Float64Array(BLOCK)];
  // Doubles and bytes are written where they stay.
  const isDirect = values instanceof Float64Array || values instanceof Uint8Array;
  if (typeof other === 'number') b.fill(other);
  for (let start = 0; start < length; start += BLOCK) {
    const n = Math.min(BLOCK, length - start);
    a.set(t.values.subarray(start, start + n));
    if (typeof other !== 'number') b.set(other.values.subarray(start, start + n));
    const out: Results = isDirect ? values.subarray(start, start + n) : block;
    operation(a, b, out, n);
    if (known) for (let i = 0; i < n; i++) if (known[start + i] === 0) out[i] = fillValue;
    if (mayBeNaN) {
      for (let i = 0; i < n; i++) {
        // 0/0 and the like are no numbers, hence no valid pixels.
        if (out[i] === out[i]) continue;
        valid ??= new Uint8Array(length).fill(1);
        out[i] = fillValue;
        valid[start + i] = 0;
      }
    }
    if (!isDirect) values.set(n === BLOCK ? block : block.subarray(0, n), start);
  }
  return { ...t, values, valid: valid && compactValid(valid), fillValue, attrs: t.attrs };
}

/** Where both are valid, as an array of its own; null = everywhere. */
function bothValid(a: Uint8Array | null, b: Uint8Array | null): Uint8Array | null {
  if (a === null || b === null) return (a ?? b)?.slice() ?? null;
  const both = new Uint8Array(a.length);
  // SAFETY: i < length of both; tensors of one grid are equally long.
  for (let i = 0; i < both.length; i++) both[i] = a[i] === 0 || b[i] === 0 ? 0 : 1;
  return both;
}

/** Whether values are integers, with which only a division by zero gives no number. */
function areIntegers(t: TensorData, other: Operand): boolean {
  const isWhole = typeof other === 'number' ? Number.isFinite(other) : !isFloat(dtypeOf(other.values));
  return isWhole && !isFloat(dtypeOf(t.values));
}

function requireOperand(other: unknown, caller: string): void {
  if (typeof other !== 'number') requireTensor(other, `${caller}, where it is not given a number,`);
}

/** Float32 stays Float32; integers become Float64, so that nothing wraps around. */
function arithmeticType(t: TensorData, other: Operand): DType {
  requireOperand(other, 'Arithmetic');
  const a = dtypeOf(t.values);
  const common = typeof other === 'number' ? a : promote(a, dtypeOf(other.values));
  return common === 'float32' ? 'float32' : 'float64';
}

/** Sum, difference, product or quotient. A result that is not a number is invalid. */
export function arithmetic(name: ArithmeticName, t: TensorData, other: Operand): GeoTensorInit {
  const dtype = arithmeticType(t, other);
  return apply(t, other, dtype, defaultFill(dtype), ARITHMETIC[name], name === 'div' || !areIntegers(t, other));
}

/** Bitwise operation on integers. @throws {@link ArgumentError} `not-integer`. */
export function bits(name: BitName, t: TensorData, other: Operand): GeoTensorInit {
  requireOperand(other, `${name}()`);
  const a = dtypeOf(t.values);
  const b = typeof other === 'number' ? a : dtypeOf(other.values);
  if (isFloat(a) || isFloat(b) || (typeof other === 'number' && !Number.isInteger(other))) {
    throw new ArgumentError(
      'not-integer',
      `${name}() works on integers; got ${a} and ${typeof other === 'number' ? other : b}.`,
    );
  }
  // Bits beyond the type would be lost; a negative constant stands for its complement.
  if (typeof other === 'number' && (other >= 2 ** (8 * dtypeSize(a)) || other < -(2 ** 31)))
    throw new ArgumentError('out-of-range', `${name}(): ${other} has more bits than ${a} holds.`);
  const dtype = promote(a, b);
  return apply(t, other, dtype, defaultFill(dtype), BITS[name], false);
}

/** 1 where the comparison holds, else 0, as Uint8; 0 where invalid. */
export function comparison(name: ComparisonName, t: TensorData, other: Operand): GeoTensorInit {
  requireOperand(other, `${name}()`);
  return apply(t, other, 'uint8', 0, COMPARISONS[name], false);
}
