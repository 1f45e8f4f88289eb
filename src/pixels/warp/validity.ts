/** Which pixels of a source are invalid: nodata, NaN and the file's mask together (loading.md §2.2). */
import { isFloat, type DType, type NumericArray } from '../../core/index.js';

/** What of a source decides on validity. */
export interface ValiditySource {
  readonly dtype: DType;
  readonly nodata: number | null;
}

/** The nodata value as pixels of the type hold it: a Float32 file's pixels are compared with the rounded value. */
function comparableNodata({ nodata, dtype }: ValiditySource): number | null {
  return nodata !== null && dtype === 'float32' ? Math.fround(nodata) : nodata;
}

/** Whether a value of the source can be invalid by itself. */
export function mayBeInvalid({ nodata, dtype }: ValiditySource): boolean {
  return nodata !== null || isFloat(dtype);
}

/**
 * Whether a part of an array holds a value that is invalid by itself. Searching natively first pays: most windows hold
 * none, and need no validity at all.
 */
export function holdsInvalid(values: NumericArray, source: ValiditySource): boolean {
  const nodata = comparableNodata(source);
  if (nodata !== null && values.includes(nodata)) return true;
  return isFloat(source.dtype) && values.includes(NaN);
}

type Unsigned = Uint8Array | Uint16Array | Uint32Array;

/** Integers as unsigned ones of the same bits: fewer types keep loops fast. */
function unsigned(values: Exclude<NumericArray, Float32Array | Float64Array>): Unsigned {
  const { buffer, byteOffset, length } = values;
  if (values.BYTES_PER_ELEMENT === 1) return new Uint8Array(buffer, byteOffset, length);
  if (values.BYTES_PER_ELEMENT === 2) return new Uint16Array(buffer, byteOffset, length);
  return new Uint32Array(buffer, byteOffset, length);
}

function clearEqual(values: Unsigned, bits: number, valid: Uint8Array, at: number): void {
  for (let i = 0; i < values.length; i++) if (values[i] === bits) valid[at + i] = 0;
}

function clearFloats(values: Float32Array | Float64Array, nodata: number, valid: Uint8Array, at: number): void {
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    if (v === nodata || v !== v) valid[at + i] = 0;
  }
}

/**
 * Clears the validity of values that are invalid by themselves; `values[0]` belongs to `valid[at]`. For values among
 * which {@link holdsInvalid} found some.
 */
export function clearInvalid(values: NumericArray, source: ValiditySource, valid: Uint8Array, at: number): void {
  const nodata = comparableNodata(source);
  if (values instanceof Float32Array || values instanceof Float64Array) {
    clearFloats(values, nodata ?? NaN, valid, at);
  } else if (nodata !== null) {
    // It is among the values, so their type holds it.
    const bits = nodata >>> 0;
    const size = values.BYTES_PER_ELEMENT;
    clearEqual(unsigned(values), size === 4 ? bits : bits & (size === 2 ? 0xffff : 0xff), valid, at);
  }
}

/** The validity of the values of one band, 1 or 0 each; null when all are valid. `mask` holds 0 for invalid ones. */
export function validityOf(
  values: NumericArray,
  source: ValiditySource,
  mask: Uint8Array | null,
): Uint8Array<ArrayBuffer> | null {
  const byMask = mask?.includes(0) === true;
  const byValue = mayBeInvalid(source) && holdsInvalid(values, source);
  if (!byMask && !byValue) return null;
  const valid = new Uint8Array(values.length).fill(1);
  if (byValue) clearInvalid(values, source, valid, 0);
  if (mask !== null && byMask) clearMasked(mask, valid, 0);
  return valid;
}

/** Clears the validity of masked pixels; `mask[0]` belongs to `valid[at]`. */
export function clearMasked(mask: Uint8Array, valid: Uint8Array, at: number): void {
  for (let i = 0; i < mask.length; i++) if (mask[i] === 0) valid[at + i] = 0;
}
