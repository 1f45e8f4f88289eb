/** The common part of two areas from their boundaries; every decision but the order of crossings on an edge is exact. */
import { sideOfArea } from '../geometry.js';
import type { Position } from '../types.js';
import { nextEdge, type Edges } from './edges.js';
import { firstClockwise, passage, raysAt, type Crossing, type Meeting } from './meeting.js';
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
  /** From the place where it begins, without the one where it ends. */
  readonly points: Ring;
  readonly end: Place;
  readonly endPoint: Position;
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
  chains: Map<Place, Chain[]>,
): Ring[] {
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
      // SAFETY: the last node is a place.
      const { place: end, point: endPoint } = next as Node & { readonly place: Place };
      const chain = { points, end, endPoint };
      const others = chains.get(node.place);
      if (others) others.push(chain);
      else chains.set(node.place, [chain]);
    }
  }
  return rings;
}

/** Of the pieces that begin where one ends the first clockwise: between the two lies the common part. */
function following(chain: Chain, chains: ReadonlyMap<Place, Chain[]>): Chain | null {
  const candidates = chains.get(chain.end) ?? [];
  const [only, second] = candidates;
  if (!second) return only ?? null;
  const [vx = NaN, vy = NaN] = chain.endPoint;
  const [x = NaN, y = NaN] = chain.points.at(-1) ?? [];
  const rays = candidates.map((next) => {
    const [nx = NaN, ny = NaN] = next.points[1] ?? next.endPoint;
    return { x: nx, y: ny, next };
  });
  return firstClockwise(rays, vx, vy, x, y)?.next ?? null;
}

/** Pieces put together; null where they do not follow each other round. */
function joined(chains: ReadonlyMap<Place, Chain[]>): Ring[] | null {
  const rings: Ring[] = [];
  const used = new Set<Chain>();
  for (const start of [...chains.values()].flat()) {
    if (used.has(start)) continue;
    const ring: Ring = [];
    let chain: Chain | null = start;
    do {
      if (!chain || used.has(chain)) return null;
      used.add(chain);
      for (const point of chain.points) ring.push(point);
      chain = following(chain, chains);
    } while (chain !== start);
    rings.push([...ring, [...(ring[0] ?? [])]]);
  }
  return rings;
}

/**
 * The rings that bound the common part, closed; outer rings counter-clockwise, holes clockwise. Null when rounding
 * leaves an order open.
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
  const chains = new Map<Place, Chain[]>();
  const whole = [...pieces(a, b, 'e', meeting, onA, chains), ...pieces(b, a, 'f', meeting, onB, chains)];
  const rings = joined(chains);
  return rings && [...whole, ...rings];
}
