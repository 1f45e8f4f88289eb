/**
 * Predicates on polygons as closed point sets: boundaries belong to them, so touching is meeting.
 *
 * Decisions (`meets`, `containsPoint`) are exact; coordinates of crossings are exact where an edge is parallel to an axis.
 */
import { boxesTouch, type Bounds } from '../core/index.js';
import { footprintBounds } from '../formats/geoparquet/index.js';
import { orientation } from './orientation.js';
import type { MultiPolygon, Polygon, Position } from './types.js';

export { footprintBounds };
export type Area = Polygon | MultiPolygon;
type Ring = readonly Position[];
type Point = readonly [x: number, y: number];

const pointOf = (p: Position | undefined): Point => [p?.[0] ?? NaN, p?.[1] ?? NaN];

/** The rectangle of bounds as a polygon, counter-clockwise from the south-west. */
export function boxPolygon([xmin, ymin, xmax, ymax]: Bounds): Polygon {
  const ring: Position[] = [
    [xmin, ymin],
    [xmax, ymin],
    [xmax, ymax],
    [xmin, ymax],
    [xmin, ymin],
  ];
  return { type: 'Polygon', coordinates: [ring] };
}

/** The polygons of an area, each its outer ring followed by its holes. */
export function polygonsOf(area: Area): readonly (readonly Ring[])[] {
  return area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
}

/** Whether an area is exactly the rectangle of its bounds. */
export function isBox(area: Area): boolean {
  if (area.type === 'MultiPolygon' && area.coordinates.length !== 1) return false;
  const rings = area.type === 'Polygon' ? area.coordinates : area.coordinates[0];
  const ring = rings?.[0];
  if (rings?.length !== 1 || ring?.length !== 5) return false;
  // Opposite corners span the rectangle; the two between them take one coordinate of each. Asked for every row, so nothing is made.
  const [x0, y0, x2, y2] = [ring[0]?.[0], ring[0]?.[1], ring[2]?.[0], ring[2]?.[1]];
  const [x1, y1, x3, y3] = [ring[1]?.[0], ring[1]?.[1], ring[3]?.[0], ring[3]?.[1]];
  if (x0 === x2 || y0 === y2 || ring[4]?.[0] !== x0 || ring[4]?.[1] !== y0) return false;
  return (x1 === x0 && y1 === y2 && x3 === x2 && y3 === y0) || (x1 === x2 && y1 === y0 && x3 === x0 && y3 === y2);
}

/** Twice the signed area of a ring: positive when it runs counter-clockwise. */
export function signedArea(ring: Ring): number {
  const ox = ring[0]?.[0] ?? NaN;
  const oy = ring[0]?.[1] ?? NaN;
  let ax = 0;
  let ay = 0;
  let sum = 0;
  // By index: every footprint of a build passes here, and destructuring makes objects until the code is optimised.
  for (let i = 1; i < ring.length; i++) {
    const bx = (ring[i]?.[0] ?? NaN) - ox;
    const by = (ring[i]?.[1] ?? NaN) - oy;
    sum += ax * by - bx * ay;
    ax = bx;
    ay = by;
  }
  return sum;
}

/** 1 inside the ring, 0 on it, −1 outside. */
function sideOfRing(ring: Ring, x: number, y: number): number {
  let inside = false;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = pointOf(ring[i]);
    const [bx, by] = pointOf(ring[i + 1]);
    if (Math.max(ay, by) < y || Math.min(ay, by) > y || Math.max(ax, bx) < x) continue;
    if (ay === by) {
      if (ay === y && Math.min(ax, bx) <= x) return 0;
      continue;
    }
    const turn = orientation(ax, ay, bx, by, x, y);
    if (turn === 0) return 0;
    // Half-open in y, so that a ray through a vertex counts once.
    if (ay > y !== by > y && turn > 0 === by > ay) inside = !inside;
  }
  return inside ? 1 : -1;
}

/** Whether a point lies in an area or on its boundary. */
export function containsPoint(area: Area, x: number, y: number): boolean {
  return polygonsOf(area).some(
    ([outer, ...holes]) =>
      outer !== undefined && sideOfRing(outer, x, y) >= 0 && holes.every((hole) => sideOfRing(hole, x, y) <= 0),
  );
}

/** 1 inside an area whose polygons are valid and share no interior, 0 on its boundary, −1 outside. */
export function sideOfArea(area: Area, x: number, y: number): number {
  let side = -1;
  for (const [outer, ...holes] of polygonsOf(area)) {
    if (!outer) continue;
    let here = sideOfRing(outer, x, y);
    for (const hole of holes) here = Math.min(here, -sideOfRing(hole, x, y));
    side = Math.max(side, here);
  }
  return side;
}

function segmentsMeet(a: Point, b: Point, c: Point, d: Point): boolean {
  if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0])) return false;
  if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1])) return false;
  const c1 = Math.sign(orientation(...a, ...b, ...c));
  const d1 = Math.sign(orientation(...a, ...b, ...d));
  if (c1 * d1 > 0) return false;
  return Math.sign(orientation(...c, ...d, ...a)) * Math.sign(orientation(...c, ...d, ...b)) <= 0;
}

/** Edges of an area whose envelope touches a box. */
function* edgesNear(area: Area, near: Bounds): Generator<readonly [Point, Point]> {
  for (const rings of polygonsOf(area)) {
    for (const ring of rings) {
      for (let i = 0; i + 1 < ring.length; i++) {
        const a = pointOf(ring[i]);
        const b = pointOf(ring[i + 1]);
        if (boxesTouch([Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])], near))
          yield [a, b];
      }
    }
  }
}

function* verticesOf(area: Area): Generator<Point> {
  for (const rings of polygonsOf(area))
    for (const ring of rings) for (let i = 0; i + 1 < ring.length; i++) yield pointOf(ring[i]);
}

/** Whether two areas share a point; touching counts. */
export function meets(a: Area, b: Area, aBounds = footprintBounds(a), bBounds = footprintBounds(b)): boolean {
  if (!boxesTouch(aBounds, bBounds)) return false;
  if (isBox(a) && isBox(b)) return true;
  const edges = [...edgesNear(b, aBounds)];
  for (const [p, q] of edgesNear(a, bBounds)) if (edges.some(([r, s]) => segmentsMeet(p, q, r, s))) return true;
  // No boundaries cross: each part lies wholly inside or outside the other, so one vertex of every ring decides.
  const firstVertices = (area: Area): Point[] =>
    polygonsOf(area).flatMap((rings) => rings.map((ring) => pointOf(ring[0])));
  return (
    firstVertices(a).some(([x, y]) => containsPoint(b, x, y)) ||
    firstVertices(b).some(([x, y]) => containsPoint(a, x, y))
  );
}

/** Where two segments cross or overlap: no, one or two points. */
function crossings(a: Point, b: Point, c: Point, d: Point): Point[] {
  if (!segmentsMeet(a, b, c, d)) return [];
  const c1 = orientation(...a, ...b, ...c);
  const d1 = orientation(...a, ...b, ...d);
  if (c1 === 0 && d1 === 0) {
    const within = (p: Point, q: Point, r: Point): boolean =>
      p[0] >= Math.min(q[0], r[0]) &&
      p[0] <= Math.max(q[0], r[0]) &&
      p[1] >= Math.min(q[1], r[1]) &&
      p[1] <= Math.max(q[1], r[1]);
    return [...[a, b].filter((p) => within(p, c, d)), ...[c, d].filter((p) => within(p, a, b))];
  }
  const t = c1 / (c1 - d1);
  const at = (axis: 0 | 1): number => {
    if (a[axis] === b[axis]) return a[axis];
    if (c[axis] === d[axis]) return c[axis];
    return c[axis] + t * (d[axis] - c[axis]);
  };
  return [[at(0), at(1)]];
}

/**
 * Envelope of the common part of two areas, or null when they share nothing.
 *
 * The corners of an intersection are vertices of one area inside the other, and crossings of edges; no clipping is needed.
 */
export function intersectionBounds(a: Area, b: Area): Bounds | null {
  const [ab, bb] = [footprintBounds(a), footprintBounds(b)];
  if (!boxesTouch(ab, bb)) return null;
  if (isBox(a) && isBox(b))
    return [Math.max(ab[0], bb[0]), Math.max(ab[1], bb[1]), Math.min(ab[2], bb[2]), Math.min(ab[3], bb[3])];
  const points: Point[] = [];
  for (const p of verticesOf(a)) if (containsPoint(b, ...p)) points.push(p);
  for (const p of verticesOf(b)) if (containsPoint(a, ...p)) points.push(p);
  const edges = [...edgesNear(b, ab)];
  for (const [p, q] of edgesNear(a, bb)) for (const [r, s] of edges) points.push(...crossings(p, q, r, s));
  if (points.length === 0) return null;
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Whether two areas share more than a boundary, judged by the envelope of their common part. */
export function overlaps(a: Area, b: Area): boolean {
  const common = intersectionBounds(a, b);
  return common !== null && common[0] < common[2] && common[1] < common[3];
}
