/** Simplified polygons that stay valid. */
import type { Position } from 'geojson';
import { arePolygonsValid, type Rings } from './planar.js';
import { simplifyRing } from './ring-simplify.js';

/** Halvings of the tolerance before the original is kept. */
const MAX_HALVINGS = 6;

const keyOf = ([x = 0, y = 0]: Position): string => `${x} ${y}`;

/** Vertices where rings of one geometry touch: if one ring lost them, they could cross. */
function touchingVertices(polygons: readonly Rings[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const rings of polygons)
    for (const ring of rings)
      for (const position of ring.slice(1)) {
        const key = keyOf(position);
        if (seen.has(key)) shared.add(key);
        else seen.add(key);
      }
  return shared;
}

/** A ring at the largest of the halved tolerances that leaves a triangle; else as it was. */
function simplified(ring: Position[], tolerance: number, isFixed: (p: Position) => boolean): Position[] {
  for (let halving = 0; halving <= MAX_HALVINGS; halving++) {
    const simple = simplifyRing(ring, tolerance / 2 ** halving, isFixed);
    if (simple) return simple;
  }
  return ring;
}

/**
 * Polygons of one geometry with fewer vertices, valid as OGC says: where rings would cross, the tolerance is halved, up
 * to six times, and then the geometry stays as it is. Rings never vanish.
 */
export function simplifyPolygons(polygons: Rings[], tolerance: number): Rings[] {
  const shared = touchingVertices(polygons);
  const isFixed = (p: Position): boolean => shared.size > 0 && shared.has(keyOf(p));
  for (let halving = 0; halving <= MAX_HALVINGS; halving++) {
    const simple = polygons.map((rings) => rings.map((ring) => simplified(ring, tolerance / 2 ** halving, isFixed)));
    if (arePolygonsValid(simple)) return simple;
  }
  return polygons;
}
