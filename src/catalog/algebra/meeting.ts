/** Where the boundaries of two footprints meet, and whether their interiors do; all decisions are exact. */
import type { Bounds } from '../../core/index.js';
import { polygonsOf, sideOfArea } from '../geometry.js';
import { orientation } from '../orientation.js';
import { someEdgePair, type Edges } from './edges.js';
import type { PreparedFootprint } from './prepared.js';

/** Rounding error of an orientation relative to the extents of its points, doubled twice for the quotient of two. */
const ROUNDING = 16 * 2 ** -53;

/** Two edges that cross in their interiors. */
export interface Crossing {
  /** Edge of a and edge of b. */
  readonly e: number;
  readonly f: number;
  /** How far along each edge, 0 to 1. */
  readonly t: number;
  readonly u: number;
  /** Bounds of the rounding errors of t and u: large where edges are nearly parallel. */
  readonly tError: number;
  readonly uError: number;
  /** Whether a's boundary enters b here; else b's enters a. */
  readonly enters: boolean;
}

/** What the boundaries of two footprints have in common. */
export interface Meeting {
  readonly crossings: readonly Crossing[];
  /** Vertices of one on the boundary of the other, by their position as text "x y". */
  readonly contacts: ReadonlyMap<string, Contact>;
}

/** A vertex of one boundary on the other one. */
export interface Contact {
  readonly point: readonly [x: number, y: number];
  /** Edges of a and edges of b that hold it. */
  readonly e: Set<number>;
  readonly f: Set<number>;
}

/** Common part of two boxes; reversed where they do not touch. */
export function commonBox(a: Bounds, b: Bounds): Bounds {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
}

/** Finds where boundaries cross and touch; `first` stops at the first crossing. */
export function meetingOf(a: PreparedFootprint, b: PreparedFootprint, first = false): Meeting {
  const crossings: Crossing[] = [];
  const contacts = new Map<string, Contact>();
  const [p, q] = [a.edges.at, b.edges.at];
  someEdgePair(a.edges, b.edges, commonBox(a.bounds, b.bounds), (e, f) => {
    // SAFETY: four numbers an edge.
    const [ax, ay, bx, by] = [p[e * 4], p[e * 4 + 1], p[e * 4 + 2], p[e * 4 + 3]] as [number, number, number, number];
    const [cx, cy, dx, dy] = [q[f * 4], q[f * 4 + 1], q[f * 4 + 2], q[f * 4 + 3]] as [number, number, number, number];
    const c = orientation(ax, ay, bx, by, cx, cy);
    const d = orientation(ax, ay, bx, by, dx, dy);
    if ((c > 0 && d > 0) || (c < 0 && d < 0)) return false;
    const s = orientation(cx, cy, dx, dy, ax, ay);
    const t = orientation(cx, cy, dx, dy, bx, by);
    if ((s > 0 && t > 0) || (s < 0 && t < 0)) return false;
    if (c !== 0 && d !== 0 && s !== 0 && t !== 0) {
      const span = Math.max(ax, bx, cx, dx) - Math.min(ax, bx, cx, dx);
      const rise = Math.max(ay, by, cy, dy) - Math.min(ay, by, cy, dy);
      const error = ROUNDING * span * rise;
      const [tError, uError] = [error / Math.abs(s - t), error / Math.abs(c - d)];
      crossings.push({ e, f, t: s / (s - t), u: c / (c - d), tError, uError, enters: t > 0 });
      return first;
    }
    const touch = (zero: number, x: number, y: number, [x0, y0, x1, y1]: readonly number[]): void => {
      if (zero !== 0 || x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) return;
      if (x < Math.min(x0, x1) || x > Math.max(x0, x1) || y < Math.min(y0, y1) || y > Math.max(y0, y1)) return;
      const text = `${x} ${y}`;
      let contact = contacts.get(text);
      if (!contact) contacts.set(text, (contact = { point: [x, y], e: new Set(), f: new Set() }));
      contact.e.add(e);
      contact.f.add(f);
    };
    touch(c, cx, cy, [ax, ay, bx, by]);
    touch(d, dx, dy, [ax, ay, bx, by]);
    touch(s, ax, ay, [cx, cy, dx, dy]);
    touch(t, bx, by, [cx, cy, dx, dy]);
    return false;
  });
  return { crossings, contacts };
}

/** A piece of boundary that leaves a point: towards x, y; `out` when the area lies on its left. */
export interface Ray {
  readonly x: number;
  readonly y: number;
  readonly of: 0 | 1;
  readonly out: boolean;
}

/** The rays of a boundary at a point on it. */
export function raysAt({ at, count }: Edges, vx: number, vy: number, of: 0 | 1): Ray[] {
  const rays: Ray[] = [];
  for (let k = 0; k < count * 4; k += 4) {
    // SAFETY: four numbers an edge.
    const [x0, y0, x1, y1] = [at[k] as number, at[k + 1] as number, at[k + 2] as number, at[k + 3] as number];
    if (vx < Math.min(x0, x1) || vx > Math.max(x0, x1) || vy < Math.min(y0, y1) || vy > Math.max(y0, y1)) continue;
    if (orientation(x0, y0, x1, y1, vx, vy) !== 0) continue;
    if (x1 !== vx || y1 !== vy) rays.push({ x: x1, y: y1, of, out: true });
    if (x0 !== vx || y0 !== vy) rays.push({ x: x0, y: y0, of, out: false });
  }
  return rays;
}

/** Compares rays by their angle around a point, from the east counter-clockwise. */
function anglesAt(vx: number, vy: number): (r: Towards, s: Towards) => number {
  const half = ({ x, y }: Towards): number => (y > vy || (y === vy && x > vx) ? 0 : 1);
  return (r, s) => half(r) - half(s) || -Math.sign(orientation(vx, vy, r.x, r.y, s.x, s.y));
}
type Towards = Pick<Ray, 'x' | 'y'>;

/** The ray that comes first, turning clockwise from the direction of x, y around a point. */
export function firstClockwise<T extends Towards>(
  rays: T[],
  vx: number,
  vy: number,
  x: number,
  y: number,
): T | undefined {
  const angle = anglesAt(vx, vy);
  rays.sort(angle);
  return rays.findLast((ray) => angle(ray, { x, y }) < 0) ?? rays.at(-1);
}

/**
 * Where a line goes that leaves a point on a boundary: into the area, out of it, or along its boundary in the same
 * direction or against it.
 */
export function passage(
  rays: Ray[],
  vx: number,
  vy: number,
  x: number,
  y: number,
): 'inside' | 'outside' | 'along' | 'against' {
  const angle = anglesAt(vx, vy);
  const same = rays.filter((ray) => angle(ray, { x, y }) === 0);
  if (same.length > 0) return same.some((ray) => ray.out) ? 'along' : 'against';
  // The area lies on the left of its boundary: counter-clockwise of rays that lead out, up to one that leads in.
  return firstClockwise(rays, vx, vy, x, y)?.out ? 'inside' : 'outside';
}

/** Whether two areas share a sector around a point on both boundaries. */
function shareSector(a: PreparedFootprint, b: PreparedFootprint, [vx, vy]: readonly [number, number]): boolean {
  const rays = [...raysAt(a.edges, vx, vy, 0), ...raysAt(b.edges, vx, vy, 1)];
  const angle = anglesAt(vx, vy);
  rays.sort(angle);
  const within: [boolean, boolean] = [false, false];
  // The first turn finds out on which side of their last rays the areas begin.
  for (const turn of [0, 1]) {
    for (let i = 0; i < rays.length;) {
      // SAFETY: i < length.
      const ray = rays[i] as Ray;
      let k = i;
      const out: [boolean, boolean] = [false, false];
      const any: [boolean, boolean] = [false, false];
      for (let r = rays[k]; r && angle(r, ray) === 0; r = rays[++k]) {
        any[r.of] = true;
        out[r.of] ||= r.out;
      }
      for (const of of [0, 1] as const) if (any[of]) within[of] = out[of];
      if (turn === 1 && within[0] && within[1]) return true;
      i = k;
    }
  }
  return false;
}

/** Whether a part of a, none of whose boundary runs inside and outside of b, lies in b. */
function partInside(a: PreparedFootprint, b: PreparedFootprint): boolean {
  return polygonsOf(a.area).some(([outer = []]) => {
    for (const [x = NaN, y = NaN] of outer) {
      const side = sideOfArea(b.area, x, y);
      if (side !== 0) return side > 0;
    }
    return false;
  });
}

/**
 * Whether the interiors of two areas meet.
 *
 * Every component of the common interior is bounded by both areas, and then two edges cross or the areas share a
 * sector where the boundaries touch; or by one of them alone, and then a part of that one lies in the other.
 */
export function interiorsMeet(a: PreparedFootprint, b: PreparedFootprint): boolean {
  const { crossings, contacts } = meetingOf(a, b, true);
  if (crossings.length > 0) return true;
  return [...contacts.values()].some(({ point }) => shareSector(a, b, point)) || partInside(a, b) || partInside(b, a);
}
