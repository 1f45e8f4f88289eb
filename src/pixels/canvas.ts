/** Blocks of a result that sources are written to, one after the other. */
import { type NumericArray } from '../core/index.js';
import { dtypeOf, makeArray } from './numeric.js';
import type { WarpedBlock } from './warp/warp-plan.js';

/** A block of a result, inside a larger array. */
export interface Canvas {
  readonly values: NumericArray;
  /** Index of the first value of a row of a band. */
  readonly at: (band: number, row: number) => number;
  readonly bands: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Writes the valid pixels of a further source where there is none yet, and marks them in `valid` (band, y, x).
 *
 * @returns Whether a pixel is still missing.
 */
export function fillMissing(canvas: Canvas, valid: Uint8Array, added: WarpedBlock): boolean {
  const { width, height, bands } = canvas;
  const from = bitsOf(sameType(added.values, canvas.values));
  const values = bitsOf(canvas.values);
  // Searching natively passes over rows, and parts of rows, where nothing is missing.
  let next = valid.indexOf(0);
  for (let b = 0, k = 0; b < bands; b++) {
    for (let r = 0; r < height && next >= 0; r++, k += width) {
      const end = k + width;
      if (next >= end) continue;
      const last = valid.lastIndexOf(0, end - 1);
      fillRow(values, canvas.at(b, r) + next - k, from, valid, added.valid, next, last + 1 - next);
      next = valid.indexOf(0, end);
    }
  }
  return valid.includes(0);
}

/** Writes `fill` wherever `valid` (band, y, x) is 0. */
export function fillInvalid(canvas: Canvas, valid: Uint8Array, fill: number): void {
  const { width, height, bands } = canvas;
  const one = sameType(new Float64Array([fill]), canvas.values);
  const values = bitsOf(canvas.values);
  const bits = bitsOf(one)[0] as number;
  for (let b = 0, k = 0; b < bands; b++) {
    for (let r = 0; r < height; r++, k += width) fillInvalidRow(values, canvas.at(b, r), valid, k, width, bits);
  }
}

function fillRow(
  values: Bits,
  at: number,
  added: Bits,
  valid: Uint8Array,
  addedValid: Uint8Array | null,
  from: number,
  width: number,
): void {
  for (let i = from, o = at; i < from + width; i++, o++) {
    if (valid[i] === 1 || (addedValid !== null && addedValid[i] === 0)) continue;
    values[o] = added[i] as number;
    valid[i] = 1;
  }
}

function fillInvalidRow(values: Bits, at: number, valid: Uint8Array, from: number, width: number, bits: number): void {
  for (let i = from, o = at; i < from + width; i++, o++) if (valid[i] === 0) values[o] = bits;
}

/** Values as an array of another's type, which holds them all. */
export function sameType(values: NumericArray, like: NumericArray): NumericArray {
  const dtype = dtypeOf(like);
  if (dtypeOf(values) === dtype) return values;
  const converted = makeArray(dtype, values.length);
  converted.set(values);
  return converted;
}

type Bits = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Elements to be copied as they are: few types of arrays keep loops fast. */
function bitsOf(values: NumericArray): Bits {
  const { buffer, byteOffset, length } = values;
  switch (values.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new Float64Array(buffer, byteOffset, length);
  }
}
