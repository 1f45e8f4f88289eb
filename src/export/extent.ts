/** Boxes around items, by CRS. */
import type { Bounds } from '../core/index.js';
import type { RecipeItem } from './types.js';

/** The envelope of the items of each CRS, in the order in which the CRSs appear. */
export function boxesAround(items: readonly RecipeItem[]): ReadonlyMap<string, Bounds> {
  const byCrs = new Map<string, Bounds>();
  for (const { slice } of items) {
    // SAFETY: slices were validated; bounds hold four numbers.
    const b = slice.bounds as unknown as Bounds;
    const old = byCrs.get(slice.crs);
    byCrs.set(
      slice.crs,
      old ? [Math.min(old[0], b[0]), Math.min(old[1], b[1]), Math.max(old[2], b[2]), Math.max(old[3], b[3])] : b,
    );
  }
  return byCrs;
}
