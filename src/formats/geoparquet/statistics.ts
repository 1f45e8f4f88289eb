/** Least and greatest values of columns for footers. Source: Apache Parquet, parquet.thrift, Statistics. */
import { T_BINARY, T_I64, ThriftWriter } from './thrift.js';

/** Plain bytes of the least and greatest value. */
export interface Extremes {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

type Numbers = Float64Array | Float32Array | Int32Array;

const bytesOf = (values: Numbers | BigInt64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Of numbers of 32 bits or doubles; NaN are passed over, and zeros are of either sign. */
export function extremesOf(values: Numbers): Extremes | null {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (!(min <= max)) return null;
  const isInteger = values instanceof Int32Array;
  const one = (value: number): Uint8Array => {
    const out = values.slice(0, 1);
    out[0] = value;
    return bytesOf(out);
  };
  return { min: one(min === 0 && !isInteger ? -0 : min), max: one(max === 0 ? 0 : max) };
}

/** Of 64-bit integers, whose words are compared, since BigInt is slow. */
export function extremesOfLongs(values: BigInt64Array): Extremes | null {
  if (values.length === 0) return null;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let [least, greatest] = [0, 0];
  const isLess = (a: number, b: number): boolean => {
    const [p, q] = [words[2 * a + 1] ?? 0, words[2 * b + 1] ?? 0];
    return p === q ? (words[2 * a] ?? 0) >>> 0 < (words[2 * b] ?? 0) >>> 0 : p < q;
  };
  for (let i = 1; i < values.length; i++) {
    if (isLess(i, least)) least = i;
    else if (isLess(greatest, i)) greatest = i;
  }
  return {
    min: bytesOf(values.slice(least, least + 1)),
    max: bytesOf(values.slice(greatest, greatest + 1)),
  };
}

/** The struct of a footer. */
export function encodeStatistics(nulls: number, extremes: Extremes | null): Uint8Array {
  const w = new ThriftWriter();
  w.struct([
    [3, T_I64, () => w.integer(nulls)],
    extremes ? [5, T_BINARY, () => w.binary(extremes.max)] : undefined,
    extremes ? [6, T_BINARY, () => w.binary(extremes.min)] : undefined,
  ]);
  return w.bytes.slice();
}
