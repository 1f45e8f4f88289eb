/** The common part of two areas from their boundaries; every decision but the order of crossings on an edge is exact. */
import { sideOfArea } from '../geometry.js';
import type { Position } from '../types.js';
import { nextEdge, type Edges } from './edges.js';
import { passage, raysAt, type Crossing, type Meeting } from './meeting.js';
import type { PreparedFootprint } from './prepared.js';

type Ring = Position[];

/** Bound of the rounding error of a share along an edge that is computed from a point on it. */
const SHARE_ERROR = 1e-14;

/** A place where boundaries cross (one object for both) or touch (its position as text). */
type Place = Crossing | string;

/** A position of a boundary; the edge leads on from it. */
interface Node {
  readonly point: Position;
  readonly edge: number;
  readonly place: Place | null;
}

/** A piece of boundary from one place to the next. */
interface Chain {
  readonly points: Ring;
  readonly end: Place;
}

interface Cut {
  readonly at: number;
  readonly error: number;
  readonly place: Place;
  readonly point: Position;
}

const from = ({ at }: Edges, e: number): Position => [at[e * 4] ?? NaN, at[e * 4 + 1] ?? NaN];
const to = ({ at }: Edges, e: number): Position => [at[e * 4 + 2] ?? NaN, at[e * 4 + 3] ?? NaN];
/** The text of a position, as contacts are kept by. */
const textOf = ([x = NaN, y = NaN]: Position): string => `${x} ${y}`;

/** Where a → b crosses the line c → d, a share `t` along a → b; exact where an edge is parallel to an axis. */
function crossingPoint(a: Position, b: Position, c: Position, d: Position, t: number): Position {
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

/** Places inside of edges, by edge, in order; null where rounding leaves the order open. */
function cutsOf(
  edges: Edges,
  { crossings, contacts }: Meeting,
  side: 'e' | 'f',
  pointOf: ReadonlyMap<Crossing, Position>,
): Map<number, Cut[]> | null {
  const cuts = new Map<number, Cut[]>();
  const add = (edge: number, cut: Cut): void => {
    const list = cuts.get(edge);
    if (list) list.push(cut);
    else cuts.set(edge, [cut]);
  };
  for (const place of crossings) {
    const [at, error] = side === 'e' ? [place.t, place.tError] : [place.u, place.uError];
    add(place[side], { at, error, place, point: pointOf.get(place) ?? [] });
  }
  for (const [place, contact] of contacts) {
    for (const edge of contact[side]) {
      const { point } = contact;
      const [a, b] = [from(edges, edge), to(edges, edge)];
      if (textOf(a) === place || textOf(b) === place) continue;
      const axis = Math.abs((b[0] ?? 0) - (a[0] ?? 0)) > Math.abs((b[1] ?? 0) - (a[1] ?? 0)) ? 0 : 1;
      const [p = NaN, q = NaN] = [a[axis], b[axis]];
      add(edge, { at: (point[axis] - p) / (q - p), error: SHARE_ERROR, place, point: [...point] });
    }
  }
  for (const list of cuts.values()) {
    list.sort((p, q) => p.at - q.at);
    // Also not neighbours: a bad one may have been sorted past a good one.
    const open = (p: Cut, q: Cut): boolean => Math.abs(p.at - q.at) <= p.error + q.error;
    if (list.some((p, i) => list.slice(i + 1).some((q) => open(p, q)))) return null;
  }
  return cuts;
}

function nodesOf(edges: Edges, first: number, cuts: ReadonlyMap<number, Cut[]>, { contacts }: Meeting): Node[] {
  const nodes: Node[] = [];
  let e = first;
  do {
    const point = from(edges, e);
    const text = contacts.size > 0 ? textOf(point) : '';
    nodes.push({ point, edge: e, place: contacts.has(text) ? text : null });
    for (const cut of cuts.get(e) ?? []) nodes.push({ point: cut.point, edge: e, place: cut.place });
    e = nextEdge(edges, e);
  } while (e !== first);
  return nodes;
}

/** What of a's boundary bounds the common part: whole rings, and pieces by the place where they begin. */
function pieces(
  a: PreparedFootprint,
  b: PreparedFootprint,
  side: 'e' | 'f',
  meeting: Meeting,
  cuts: ReadonlyMap<number, Cut[]>,
  chains: Map<Place, Chain>,
): Ring[] | null {
  const rings: Ring[] = [];
  const within = ({ place, edge, point }: Node): boolean => {
    if (typeof place === 'object' && place) return place.enters === (side === 'e');
    const [x = NaN, y = NaN] = point;
    const [tx = NaN, ty = NaN] = to(a.edges, edge);
    const way = passage(raysAt(b.edges, x, y, 1), x, y, tx, ty);
    // A piece that both boundaries share in one direction is taken from a.
    return way === 'inside' || (way === 'along' && side === 'e');
  };
  for (const first of a.edges.firsts.slice(0, -1)) {
    const nodes = nodesOf(a.edges, first, cuts, meeting);
    const start = nodes.findIndex((node) => node.place !== null);
    const [x = NaN, y = NaN] = nodes[0]?.point ?? [];
    if (start < 0) {
      if (sideOfArea(b.area, x, y) > 0) rings.push([...nodes.map((node) => node.point), [x, y]]);
      continue;
    }
    const turned = [...nodes.slice(start), ...nodes.slice(0, start + 1)];
    for (let i = 0; i + 1 < turned.length;) {
      // SAFETY: i < length; the first and last nodes are places.
      const node = turned[i] as Node & { readonly place: Place };
      const points = [node.point];
      let next = turned[++i];
      for (; next?.place === null; next = turned[++i]) points.push(next.point);
      if (!within(node)) continue;
      if (chains.has(node.place) || !next?.place) return null;
      chains.set(node.place, { points, end: next.place });
    }
  }
  return rings;
}

/**
 * The rings that bound the common part, closed; outer rings counter-clockwise, holes clockwise. Null when rounding
 * leaves an order open, or when the common part touches itself.
 *
 * The boundary is what of each boundary runs inside the other area, and what both share with their areas on the same
 * side. All have the area on the left, so where one piece ends the next begins.
 */
export function commonRings(a: PreparedFootprint, b: PreparedFootprint, meeting: Meeting): Ring[] | null {
  const pointOf = new Map(
    meeting.crossings.map((c) => {
      const { e, f, t } = c;
      return [c, crossingPoint(from(a.edges, e), to(a.edges, e), from(b.edges, f), to(b.edges, f), t)];
    }),
  );
  const [onA, onB] = [cutsOf(a.edges, meeting, 'e', pointOf), cutsOf(b.edges, meeting, 'f', pointOf)];
  if (!onA || !onB) return null;
  const chains = new Map<Place, Chain>();
  const [ofA, ofB] = [pieces(a, b, 'e', meeting, onA, chains), pieces(b, a, 'f', meeting, onB, chains)];
  if (!ofA || !ofB) return null;
  const rings = [...ofA, ...ofB];
  for (const start of [...chains.keys()]) {
    const ring: Ring = [];
    let place = start;
    for (let chain = chains.get(place); chain; chain = chains.get(place)) {
      chains.delete(place);
      ring.push(...chain.points);
      place = chain.end;
    }
    const [first] = ring;
    if (!first) continue;
    if (place !== start) return null;
    rings.push([...ring, [...first]]);
  }
  return rings;
}
