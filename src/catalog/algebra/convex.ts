/** The common part of two convex rings (Sutherland and Hodgman 1974). */
import { orientation } from '../orientation.js';
import type { Position } from '../types.js';

/** What of a convex ring lies in another one, both closed and counter-clockwise; not closed, maybe without area. */
export function clipConvex(ring: readonly Position[], by: readonly Position[]): Position[] {
  let kept: Position[] = ring.slice(0, -1);
  for (let i = 0; i + 1 < by.length && kept.length > 0; i++) {
    const [ax = NaN, ay = NaN] = by[i] ?? [];
    const [bx = NaN, by1 = NaN] = by[i + 1] ?? [];
    const sides = kept.map(([x = NaN, y = NaN]) => orientation(ax, ay, bx, by1, x, y));
    const next: Position[] = [];
    for (let k = 0; k < kept.length; k++) {
      const after = (k + 1) % kept.length;
      // SAFETY: both lists have the same length.
      const [p, q] = [kept[k] as Position, kept[after] as Position];
      const [s, t] = [sides[k] as number, sides[after] as number];
      if (s >= 0) next.push(p);
      if ((s > 0 && t < 0) || (s < 0 && t > 0)) next.push(crossingPoint(p, q, [ax, ay], [bx, by1], s / (s - t)));
    }
    kept = next;
  }
  return kept;
}

/** Where a → b crosses the line c → d, a share `t` along a → b; exact where an edge is parallel to an axis. */
export function crossingPoint(a: Position, b: Position, c: Position, d: Position, t: number): [number, number] {
  const at = (axis: 0 | 1): number => {
    const [p = NaN, q = NaN, r = NaN] = [a[axis], b[axis], c[axis]];
    if (p === q) return p;
    if (r === d[axis]) return r;
    const value = p + t * (q - p);
    // Rounding must not carry it beyond the edge.
    return Math.min(Math.max(value, Math.min(p, q)), Math.max(p, q));
  };
  return [at(0), at(1)];
}
