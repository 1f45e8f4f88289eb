/** Ids of chips (`export.md`). */
import type { GeoSlice } from '../core/index.js';

/** Hexadecimal digits of a slice's hash that name it; 64 bits keep a million chips apart. */
const ID_DIGITS = 16;

/** The id of a slice: the first 16 hexadecimal digits of its hash. Equal slices are one item. */
export function itemId(slice: GeoSlice): string {
  return slice.hash().slice(0, ID_DIGITS);
}
