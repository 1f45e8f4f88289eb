/** The common part of two areas whose boundaries cross but nowhere touch. */
import { containsPoint, polygonsOf, sideOfArea, signedArea } from '../geometry.js';
import type { Position } from '../types.js';
import { crossingPoint } from './convex.js';
import { nextEdge, type Edges } from './edges.js';
import type { Crossing } from './meeting.js';
import type { PreparedFootprint } from './prepared.js';

type Ring = Position[];

/** Crossings in the order of a boundary, by edge; null where rounding leaves the order open. */
function byEdge(crossings: readonly Crossing[], side: 'e' | 'f'): Map<number, Crossing[]> | null {
  const [along, error] = side === 'e' ? (['t', 'tError'] as const) : (['u', 'uError'] as const);
  const lists = new Map<number, Crossing[]>();
  for (const c of crossings) {
    const list = lists.get(c[side]);
    if (list) list.push(c);
    else lists.set(c[side], [c]);
  }
  for (const list of lists.values()) {
    list.sort((p, q) => p[along] - q[along]);
    // Also not neighbours: a bad one may have been sorted past a good one.
    const open = (p: Crossing, q: Crossing): boolean => Math.abs(p[along] - q[along]) <= p[error] + q[error];
    if (list.some((p, i) => list.slice(i + 1).some((q) => open(p, q)))) return null;
  }
  return lists;
}

const from = ({ at }: Edges, e: number): Position => [at[e * 4] ?? NaN, at[e * 4 + 1] ?? NaN];
const to = ({ at }: Edges, e: number): Position => [at[e * 4 + 2] ?? NaN, at[e * 4 + 3] ?? NaN];

/** Adds the vertices of a boundary after a crossing and returns the next crossing on it. */
function walk(edges: Edges, lists: ReadonlyMap<number, Crossing[]>, start: Crossing, e: number, ring: Ring): Crossing {
  const here = lists.get(e) ?? [];
  const after = here[here.indexOf(start) + 1];
  if (after) return after;
  for (let k = e; ;) {
    ring.push(to(edges, k));
    k = nextEdge(edges, k);
    const [next] = lists.get(k) ?? [];
    if (next) return next;
  }
}

/** Rings of one area that cross nothing and lie in the other. */
function freeRings(a: PreparedFootprint, b: PreparedFootprint, crossed: ReadonlySet<number>): Ring[] {
  return polygonsOf(a.area)
    .flat()
    .filter((ring, r) => !crossed.has(r) && sideOfArea(b.area, ring[0]?.[0] ?? NaN, ring[0]?.[1] ?? NaN) > 0)
    .map((ring) => [...ring]);
}

/**
 * The rings that bound the common part, closed; outer rings counter-clockwise, holes clockwise. Null when rounding
 * leaves the order of crossings on an edge open.
 *
 * The boundary is what of each boundary runs inside the other area. Both have their area on the left, so from where one
 * enters the other it is followed to where it leaves, and there the other one enters.
 */
export function stitchRings(a: PreparedFootprint, b: PreparedFootprint, crossings: readonly Crossing[]): Ring[] | null {
  const [onA, onB] = [byEdge(crossings, 'e'), byEdge(crossings, 'f')];
  if (!onA || !onB) return null;
  const point = ({ e, f, t }: Crossing): Position =>
    crossingPoint(from(a.edges, e), to(a.edges, e), from(b.edges, f), to(b.edges, f), t);
  const left = new Set(crossings.filter((c) => c.enters));
  const rings: Ring[] = [];
  for (const start of left) {
    const ring: Ring = [];
    let entry = start;
    do {
      if (!left.delete(entry)) return null;
      ring.push(point(entry));
      const exit = walk(a.edges, onA, entry, entry.e, ring);
      if (exit.enters) return null;
      ring.push(point(exit));
      entry = walk(b.edges, onB, exit, exit.f, ring);
      if (!entry.enters) return null;
    } while (entry !== start);
    // SAFETY: a ring begins with the point of its first crossing.
    rings.push([...ring, [...(ring[0] as Position)]]);
  }
  const ringsOf = (edges: Edges, side: 'e' | 'f'): Set<number> =>
    new Set(crossings.map((c) => edges.ring[c[side]] ?? -1));
  rings.push(...freeRings(a, b, ringsOf(a.edges, 'e')), ...freeRings(b, a, ringsOf(b.edges, 'f')));
  return rings;
}

/** Rings as polygons: each hole goes to the smallest outer ring around it; a hole without one is dropped. */
export function nestRings(rings: readonly Ring[]): Ring[][] {
  const outers = rings.filter((ring) => signedArea(ring) > 0);
  const polygons = outers.map((ring) => [ring]);
  for (const hole of rings.filter((ring) => signedArea(ring) < 0)) {
    const around = polygons
      .filter(([outer = []]) =>
        hole.every(([x = NaN, y = NaN]) => containsPoint({ type: 'Polygon', coordinates: [outer] }, x, y)),
      )
      .sort(([p = []], [q = []]) => signedArea(p) - signedArea(q));
    around[0]?.push(hole);
  }
  return polygons;
}
