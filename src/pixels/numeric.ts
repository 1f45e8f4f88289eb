/** Numbers as rasters hold them: which type holds what, and how doubles become elements. */
import {
  ArgumentError,
  arrayOf,
  dtypeOf as typeOfArray,
  dtypeRange,
  dtypeSize,
  isFloat,
  type DType,
  type NumericArray,
} from '../core/index.js';

const FLOAT32_MAX = 3.4028234663852886e38;

/** The element type of a typed array. @throws {@link ArgumentError} `bad-array` for any other value. */
export function dtypeOf(values: unknown): DType {
  const isArray = ArrayBuffer.isView(values) && !(values instanceof DataView);
  if (!isArray || values instanceof BigInt64Array || values instanceof BigUint64Array) {
    throw new ArgumentError(
      'bad-array',
      `Values are a typed array of numbers (Int8 … Uint32, Float32, Float64); got ${Object.prototype.toString.call(values)}.`,
      { hint: 'Convert 64-bit integers and plain arrays to Float64Array.' },
    );
  }
  // SAFETY: a typed array that is not one of 64-bit integers.
  return typeOfArray(values as NumericArray);
}

/** Whether a type holds a value: integers exactly, floats within their range. */
export function holdsValue(dtype: DType, value: number): boolean {
  if (dtype === 'float64') return true;
  if (dtype === 'float32') return !Number.isFinite(value) || Math.abs(value) <= FLOAT32_MAX;
  const [min, max] = dtypeRange(dtype);
  return Number.isInteger(value) && value >= min && value <= max;
}

/** Fill of invalid pixels where nothing else says: NaN for floats, 0 for integers. */
export function defaultFill(dtype: DType): number {
  return isFloat(dtype) ? NaN : 0;
}

const INTEGERS: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32'];

/** The smallest type that holds all values of two types; Float64 where no smaller one does. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  if (!isFloat(a) && !isFloat(b)) {
    const [ra, rb] = [dtypeRange(a), dtypeRange(b)];
    const min = Math.min(ra[0], rb[0]);
    const max = Math.max(ra[1], rb[1]);
    return INTEGERS.find((d) => dtypeRange(d)[0] <= min && dtypeRange(d)[1] >= max) ?? 'float64';
  }
  // Float32 holds integers up to 2^24 only.
  const fitsFloat32 = (d: DType): boolean => d === 'float32' || dtypeSize(d) <= 2;
  return fitsFloat32(a) && fitsFloat32(b) ? 'float32' : 'float64';
}

/** Doubles that are rounded at a time: they stay in the processor's nearest cache. */
const ROUNDED_AT_ONCE = 1024;
const rounded = new Float64Array(ROUNDED_AT_ONCE);

/**
 * Copies `from[start … end)` into an array of any element type, beginning at `at`.
 *
 * Integers are `floor(v + 0.5)`, clamped to the type; NaN becomes 0.
 */
export function storeRounded(
  from: Float64Array,
  into: NumericArray,
  at = 0,
  start = 0,
  end: number = from.length,
): void {
  const dtype = typeOfArray(into);
  if (isFloat(dtype)) {
    into.set(from.subarray(start, end), at);
    return;
  }
  const [min, max] = dtypeRange(dtype);
  // Rounded as doubles and converted natively: a loop that writes to eight types of arrays is many times slower.
  for (let i = start; i < end; i += ROUNDED_AT_ONCE) {
    const n = Math.min(ROUNDED_AT_ONCE, end - i);
    for (let k = 0; k < n; k++) {
      // SAFETY: start ≤ i + k < end ≤ length.
      const v = Math.floor((from[i + k] as number) + 0.5);
      rounded[k] = v < min ? min : v > max ? max : v;
    }
    into.set(n === ROUNDED_AT_ONCE ? rounded : rounded.subarray(0, n), at + i - start);
  }
}

/** The values as doubles; a Float64Array is returned as it is. */
export function asFloat64(values: NumericArray): Float64Array {
  return values instanceof Float64Array ? values : new Float64Array(values);
}

/** A zeroed array of an element type. */
export const makeArray = arrayOf;
export type { DType, NumericArray } from '../core/index.js';
