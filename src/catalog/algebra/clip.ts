/** The common part of two footprints (`catalog.md` §5). */
import type { MultiPolygon, Polygon } from '../types.js';

/** The common part of two footprints in one CRS, outer rings counter-clockwise; null when it has no area. */
export function clipFootprints(a: Polygon | MultiPolygon, b: Polygon | MultiPolygon): Polygon | MultiPolygon | null {
  throw new Error(`not yet ${a.type} ${b.type}`);
}

/** Whether {@link clipFootprints} finds a common part, mostly without building it. */
export function shareArea(a: Polygon | MultiPolygon, b: Polygon | MultiPolygon): boolean {
  return clipFootprints(a, b) !== null;
}
