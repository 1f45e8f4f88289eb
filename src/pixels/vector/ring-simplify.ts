/** Fewer vertices for a ring, within a distance. */
import type { Position } from 'geojson';

type Point = readonly [number, number];

/** Squared distance of a point to a segment. */
function squaredDistance([px, py]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / length));
  return (px - ax - t * dx) ** 2 + (py - ay - t * dy) ** 2;
}

/** Marks the vertices to keep between two that are kept. */
function keepBetween(points: readonly Point[], from: number, to: number, squared: number, kept: Uint8Array): void {
  const stack: [number, number][] = [[from, to]];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [first, last] = span;
    const [a, b] = [points[first], points[last]];
    if (!a || !b) continue;
    let [farthest, distance] = [-1, squared];
    for (let i = first + 1; i < last; i++) {
      const point = points[i];
      const d = point ? squaredDistance(point, a, b) : 0;
      if (d > distance) [farthest, distance] = [i, d];
    }
    if (farthest < 0) continue;
    kept[farthest] = 1;
    stack.push([first, farthest], [farthest, last]);
  }
}

const pointOf = (p: Position): Point => [p[0] ?? 0, p[1] ?? 0];

/**
 * A closed ring with fewer vertices: none of those left out is farther than `tolerance` from the new ring. Vertices for
 * which `isFixed` holds stay. Null where less than a triangle is left.
 *
 * Source: Douglas and Peucker 1973, from two vertices that stay: the first fixed one (or the first), and the farthest
 * from it.
 */
export function simplifyRing(
  ring: readonly Position[],
  tolerance: number,
  isFixed: (p: Position) => boolean,
): Position[] | null {
  const open = ring.slice(0, -1);
  const shift = Math.max(0, open.findIndex(isFixed));
  const turned = [...open.slice(shift), ...open.slice(0, shift)];
  const points = turned.map(pointOf);
  const [first] = points;
  if (!first) return null;
  points.push(first);
  const count = points.length - 1;
  const kept = new Uint8Array(count + 1);
  let farthest = 0;
  let distance = -1;
  for (let i = 1; i < count; i++) {
    const point = points[i] ?? first;
    const d = (point[0] - first[0]) ** 2 + (point[1] - first[1]) ** 2;
    if (d > distance) [farthest, distance] = [i, d];
    if (isFixed(turned[i] ?? [])) kept[i] = 1;
  }
  kept[0] = kept[farthest] = kept[count] = 1;
  const anchors = Array.from(kept.keys()).filter((i) => kept[i] === 1);
  for (let i = 1; i < anchors.length; i++)
    keepBetween(points, anchors[i - 1] ?? 0, anchors[i] ?? 0, tolerance * tolerance, kept);
  const simple = turned.filter((_, i) => kept[i] === 1);
  const [start] = simple;
  if (!start || simple.length < 3 || doubleArea(simple) === 0) return null;
  return [...simple, start];
}

/** Twice the area of an open or closed ring; positive when it runs counter-clockwise with y up. */
export function doubleArea(ring: readonly Position[]): number {
  // Counted from the first point: products of whole coordinates would drown the area of a small ring far from the origin.
  const [x0 = 0, y0 = 0] = ring[0] ?? [];
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[j] ?? [], ring[i] ?? []];
    sum += ((a[0] ?? 0) - x0) * ((b[1] ?? 0) - y0) - ((b[0] ?? 0) - x0) * ((a[1] ?? 0) - y0);
  }
  return sum;
}
