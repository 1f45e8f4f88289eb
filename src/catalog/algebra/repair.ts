/** Valid footprints from what files hold: closed, oriented, without crossings of their own edges (`catalog.md` §5). */
import { union, type Geom } from 'polyclip-ts';
import { CatalogError } from '../../core/index.js';
import { containsPoint, footprintBounds, polygonsOf, signedArea, type Area } from '../geometry.js';
import { orientation } from '../orientation.js';
import type { MultiPolygon, Polygon, Position } from '../types.js';
import { edgesOf, nextEdge, someEdgePair } from './edges.js';

type Ring = readonly Position[];

/** Grids for coordinates where plain ones are too close to each other, relative to the largest coordinate: in degrees from 5·10⁻¹² up to 1·10⁻⁹. */
export const GRIDS: readonly number[] = [2 ** -45, 2 ** -41, 2 ** -37];

/** An area with its positions moved onto a grid, which is relative to the largest coordinate. */
export function snapped(area: Area, grid: number): MultiPolygon {
  const step = grid * 2 ** Math.ceil(Math.log2(Math.max(...footprintBounds(area).map(Math.abs))));
  const move = (ring: Ring): Position[] => ring.map((p) => p.map((v) => Math.round(v / step) * step));
  return { type: 'MultiPolygon', coordinates: polygonsOf(area).map((rings) => rings.map(move)) };
}

/** A ring that is closed, without a position repeated in a row; null when fewer than three are left. */
export function tidyRing(ring: Ring): Position[] | null {
  const out: Position[] = [];
  for (const p of ring) {
    const last = out.at(-1);
    if (!last || last[0] !== p[0] || last[1] !== p[1]) out.push(p);
  }
  const first = out[0];
  while (out.length > 1 && out.at(-1)?.[0] === first?.[0] && out.at(-1)?.[1] === first?.[1]) out.pop();
  return out.length < 3 || !first ? null : [...out, [...first]];
}

/** A ring that runs counter-clockwise (outer rings) or clockwise (holes). */
export function oriented(ring: Ring, hole: boolean): Ring {
  return signedArea(ring) < 0 === hole ? ring : ring.toReversed();
}

/** Polygons as a footprint: one as Polygon, others as MultiPolygon. */
export function footprintOf(polygons: readonly (readonly Ring[])[]): Polygon | MultiPolygon {
  const coordinates = polygons.map((rings) => rings.map((ring) => [...ring]));
  const [only, second] = coordinates;
  return only && !second ? { type: 'Polygon', coordinates: only } : { type: 'MultiPolygon', coordinates };
}

/** Whether any two edges meet that are not neighbours in a ring, or neighbours run back over each other. */
function touchesItself(area: Area): boolean {
  const edges = edgesOf(area);
  const { at } = edges;
  // SAFETY: four numbers an edge.
  const x = (e: number, end: 0 | 1): number => at[e * 4 + end * 2] as number;
  const y = (e: number, end: 0 | 1): number => at[e * 4 + end * 2 + 1] as number;
  const turn = (e: number, f: number, end: 0 | 1): number =>
    Math.sign(orientation(x(e, 0), y(e, 0), x(e, 1), y(e, 1), x(f, end), y(f, end)));
  return someEdgePair(edges, edges, footprintBounds(area), (e, f) => {
    if (f <= e) return false;
    const [before, after] = nextEdge(edges, e) === f ? [e, f] : nextEdge(edges, f) === e ? [f, e] : [-1, -1];
    if (before >= 0) {
      const back =
        (x(after, 1) - x(after, 0)) * (x(before, 0) - x(before, 1)) +
        (y(after, 1) - y(after, 0)) * (y(before, 0) - y(before, 1));
      return turn(before, after, 1) === 0 && back > 0;
    }
    // Their envelopes touch: neither line separates the other's ends.
    return turn(e, f, 0) * turn(e, f, 1) <= 0 && turn(f, e, 0) * turn(f, e, 1) <= 0;
  });
}

/** Whether holes lie in their polygon, none in another, and no polygon in another. No two edges meet. */
function wellNested(polygons: readonly (readonly Ring[])[]): boolean {
  const holds = (ring: Ring, other: Ring): boolean =>
    containsPoint({ type: 'Polygon', coordinates: [[...ring]] }, other[0]?.[0] ?? NaN, other[0]?.[1] ?? NaN);
  const all = polygons.every(([outer, ...holes]) =>
    holes.every((hole, i) => outer && holds(outer, hole) && !holes.some((other, k) => k !== i && holds(other, hole))),
  );
  if (!all || polygons.length < 2) return all;
  return polygons.every((rings, i) =>
    polygons.every(
      (others, k) =>
        k === i ||
        !containsPoint(
          { type: 'Polygon', coordinates: others.map((ring) => [...ring]) },
          rings[0]?.[0]?.[0] ?? NaN,
          rings[0]?.[0]?.[1] ?? NaN,
        ),
    ),
  );
}

/**
 * The same ground as valid polygons: rings closed, without repeated positions, outer rings counter-clockwise and holes
 * clockwise; crossing, overlapping or touching rings are united (what a ring winds around is inside). A footprint
 * without area becomes a MultiPolygon without parts. A footprint that is right already is returned itself.
 *
 * @throws {@link CatalogError} `bad-footprint` when its crossings cannot be resolved.
 */
export function repairFootprint(footprint: Area): Polygon | MultiPolygon {
  let same = true;
  const polygons: (readonly Ring[])[] = [];
  for (const rings of polygonsOf(footprint)) {
    const fixed: Ring[] = [];
    for (const [r, ring] of rings.entries()) {
      const tidy = tidyRing(ring);
      const closed = ring[0]?.[0] === ring.at(-1)?.[0] && ring[0]?.[1] === ring.at(-1)?.[1];
      if (!tidy || !closed || tidy.length !== ring.length || signedArea(tidy) < 0 !== r > 0) same = false;
      if (tidy) fixed.push(oriented(tidy, r > 0));
      else if (r === 0) break;
    }
    if (fixed.length > 0) polygons.push(fixed);
    else same = false;
  }
  const tidy = same ? footprint : footprintOf(polygons);
  if (!touchesItself(tidy) && (polygons.flat().length === 1 || wellNested(polygons))) return tidy;
  // The clipper loses its way where vertices lie a few roundings beside edges: moved onto a grid they lie on them.
  const from = polygons.length > 0 ? footprintOf(polygons) : tidy;
  for (const area of [from, ...GRIDS.map((grid) => snapped(from, grid))]) {
    try {
      const united = union(polygonsOf(area) as Geom);
      return footprintOf(united.map((rings) => rings.map((ring, r) => oriented(ring, r > 0))));
    } catch {
      continue;
    }
  }
  throw new CatalogError('bad-footprint', 'A footprint crosses itself and cannot be repaired.', {
    hint: 'Repair it where it was made, for instance with shapely.make_valid.',
    details: { bounds: footprintBounds(footprint) },
  });
}
