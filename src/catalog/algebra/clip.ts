/** The common part of two footprints (`catalog.md` §5). */
import { intersection, type Geom } from 'polyclip-ts';
import { CatalogError } from '../../core/index.js';
import { boxPolygon, polygonsOf, sideOfArea, signedArea } from '../geometry.js';
import type { MultiPolygon, Polygon, Position } from '../types.js';
import type { Edges } from './edges.js';
import { commonBox, interiorsMeet, meetingOf } from './meeting.js';
import { commonRings } from './overlay.js';
import { PreparedFootprint, prepareFootprint } from './prepared.js';
import { footprintOf, GRIDS, oriented, snapped, tidyRing } from './repair.js';

/**
 * A disc of this radius, relative to the largest coordinate, survives rounding: 8 000 times the spacing of doubles there.
 * In degrees it is 2·10⁻¹⁰ (20 µm), in UTM metres 10 µm.
 */
const CLEAR = 2 ** -40;

/** The smaller in WKB bytes first, so that the answer does not depend on which side is left. */
function inOrder(a: PreparedFootprint, b: PreparedFootprint): readonly [PreparedFootprint, PreparedFootprint, boolean] {
  const order = Buffer.compare(a.wkb, b.wkb);
  return order <= 0 ? [a, b, order === 0] : [b, a, false];
}

/** Polygons that still have an area after rounding; null when none has. */
function solid(polygons: readonly (readonly (readonly Position[])[])[]): Polygon | MultiPolygon | null {
  const kept: Position[][][] = [];
  for (const rings of polygons) {
    const tidy = rings.map(tidyRing);
    const outer = tidy[0];
    if (!outer || signedArea(outer) === 0) continue;
    const holes = tidy.slice(1).filter((ring): ring is Position[] => ring !== null && signedArea(ring) !== 0);
    kept.push([[...oriented(outer, false)], ...holes.map((ring) => [...oriented(ring, true)])]);
  }
  return kept.length > 0 ? footprintOf(kept) : null;
}

/** Rings as polygons: each hole goes to the smallest outer ring around it. */
function nestRings(rings: readonly Position[][]): Position[][][] {
  const outers = rings.filter((ring) => signedArea(ring) > 0);
  const polygons = outers.map((ring) => [ring]);
  for (const hole of rings.filter((ring) => signedArea(ring) < 0)) {
    // Rings do not cross: one vertex inside decides. Others may touch, or lie a rounding beside.
    const around = polygons
      .filter(([outer = []]) =>
        hole.some(([x = NaN, y = NaN]) => sideOfArea({ type: 'Polygon', coordinates: [outer] }, x, y) > 0),
      )
      .sort(([p = []], [q = []]) => signedArea(p) - signedArea(q));
    around[0]?.push(hole);
  }
  return polygons;
}

function build(first: PreparedFootprint, second: PreparedFootprint): Polygon | MultiPolygon | null {
  const [a, b, same] = inOrder(first, second);
  if (same) return a.area;
  const rings = commonRings(a, b, meetingOf(a, b));
  if (rings) return solid(nestRings(rings));
  for (const grid of GRIDS) {
    const rounded = onGrid(a, b, grid);
    if (rounded) return solid(nestRings(rounded));
  }
  try {
    return solid(intersection(a.area.coordinates as Geom, b.area.coordinates as Geom));
  } catch (error) {
    throw new CatalogError('bad-footprint', 'The common part of two footprints cannot be computed.', {
      hint: 'Repair the footprints where they were made, for instance with shapely.make_valid.',
      details: { left: a.bounds, right: b.bounds },
      cause: error,
    });
  }
}

/** As {@link commonRings} after moving what lies within roundings of each other onto the same places. */
function onGrid(a: PreparedFootprint, b: PreparedFootprint, grid: number): Position[][] | null {
  const both = snapped(
    {
      type: 'MultiPolygon',
      coordinates: [...polygonsOf(a.area), ...polygonsOf(b.area)].map((p) => [...p].map((r) => [...r])),
    },
    grid,
  );
  const count = polygonsOf(a.area).length;
  const [s, t] = [both.coordinates.slice(0, count), both.coordinates.slice(count)].map(
    (coordinates) => new PreparedFootprint({ type: 'MultiPolygon', coordinates }),
  );
  return s && t ? commonRings(s, t, meetingOf(s, t)) : null;
}

/** {@link clipFootprints} of prepared footprints. */
export function clipPrepared(a: PreparedFootprint, b: PreparedFootprint): Polygon | MultiPolygon | null {
  const box = commonBox(a.bounds, b.bounds);
  if (!(box[0] < box[2] && box[1] < box[3])) return null;
  if (a.box && b.box) return boxPolygon(box);
  return interiorsMeet(a, b) ? build(a, b) : null;
}

/** Squared distance of a point to the nearest edge. */
function clearance2({ at, count }: Edges, x: number, y: number): number {
  let nearest = Infinity;
  for (let k = 0; k < count * 4; k += 4) {
    // SAFETY: four numbers an edge.
    const [x0, y0] = [at[k] as number, at[k + 1] as number];
    const [dx, dy] = [(at[k + 2] as number) - x0, (at[k + 3] as number) - y0];
    const t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
    const [ex, ey] = [x0 + t * dx - x, y0 + t * dy - y];
    nearest = Math.min(nearest, ex * ex + ey * ey);
  }
  return nearest;
}

/** Whether a disc that survives rounding lies around a point in both areas. */
function clearlyInBoth(a: PreparedFootprint, b: PreparedFootprint, x: number, y: number): boolean {
  const radius = CLEAR * Math.max(...[...a.bounds, ...b.bounds].map(Math.abs));
  const clear = radius * radius;
  return (
    sideOfArea(a.area, x, y) > 0 &&
    sideOfArea(b.area, x, y) > 0 &&
    clearance2(a.edges, x, y) > clear &&
    clearance2(b.edges, x, y) > clear
  );
}

/** {@link shareArea} of prepared footprints. */
export function sharePrepared(a: PreparedFootprint, b: PreparedFootprint): boolean {
  const box = commonBox(a.bounds, b.bounds);
  if (!(box[0] < box[2] && box[1] < box[3])) return false;
  if (a.box && b.box) return true;
  if (clearlyInBoth(a, b, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)) return true;
  return interiorsMeet(a, b) && build(a, b) !== null;
}

/**
 * The common part of two footprints in one CRS: outer rings counter-clockwise, holes clockwise; null when it has no
 * area, so touching footprints have none.
 *
 * Footprints are repaired first. Boxes are clipped by min and max. Otherwise whether interiors meet is decided exactly, and the
 * part is dropped only if no area is left when its corners are rounded to doubles; the answer is the same in both orders.
 *
 * @throws {@link CatalogError} `bad-footprint`.
 */
export function clipFootprints(a: Polygon | MultiPolygon, b: Polygon | MultiPolygon): Polygon | MultiPolygon | null {
  return clipPrepared(prepareFootprint(a), prepareFootprint(b));
}

/** Whether {@link clipFootprints} finds a common part, mostly without building it. */
export function shareArea(a: Polygon | MultiPolygon, b: Polygon | MultiPolygon): boolean {
  return sharePrepared(prepareFootprint(a), prepareFootprint(b));
}
