/** Edges of areas as flat numbers, and the pairs of them that come near each other. */
import Flatbush from 'flatbush';
import type { Bounds } from '../../core/index.js';
import { polygonsOf, type Area } from '../geometry.js';

/** Above this many pairs of edges a tree is faster than looking at all. */
const TREE_PAIRS = 20_000;

/** Rings of an area, one after the other. */
export interface Edges {
  readonly count: number;
  /** Four numbers an edge: from x, y, to x, y. */
  readonly at: Float64Array;
  /** Number of the ring of each edge, over all polygons. */
  readonly ring: Uint32Array;
  /** First edge of each ring, and the number of edges at the end. */
  readonly firsts: readonly number[];
}

/** The edges of an area, ring by ring. */
export function edgesOf(area: Area): Edges {
  const rings = polygonsOf(area).flat();
  const firsts = [0];
  for (const ring of rings) firsts.push((firsts.at(-1) ?? 0) + Math.max(0, ring.length - 1));
  const count = firsts.at(-1) ?? 0;
  const at = new Float64Array(count * 4);
  const ringOf = new Uint32Array(count);
  let e = 0;
  rings.forEach((ring, r) => {
    for (let i = 0; i + 1 < ring.length; i++, e++) {
      const [p, q] = [ring[i], ring[i + 1]];
      at[e * 4] = p?.[0] ?? NaN;
      at[e * 4 + 1] = p?.[1] ?? NaN;
      at[e * 4 + 2] = q?.[0] ?? NaN;
      at[e * 4 + 3] = q?.[1] ?? NaN;
      ringOf[e] = r;
    }
  });
  return { count, at, ring: ringOf, firsts };
}

/** The edge after this one in its ring. */
export function nextEdge({ firsts, ring }: Edges, e: number): number {
  const r = ring[e] ?? 0;
  return e + 1 === firsts[r + 1] ? (firsts[r] ?? 0) : e + 1;
}

/** Edges near a box, with their envelopes: xmin, ymin, xmax, ymax. */
interface Near {
  readonly count: number;
  readonly edges: Uint32Array;
  readonly boxes: Float64Array;
}

function edgesNear({ count, at }: Edges, [xmin, ymin, xmax, ymax]: Bounds): Near {
  const edges = new Uint32Array(count);
  const boxes = new Float64Array(count * 4);
  let n = 0;
  for (let e = 0; e < count; e++) {
    const k = e * 4;
    // SAFETY: four numbers an edge.
    const [x0, y0, x1, y1] = [at[k] as number, at[k + 1] as number, at[k + 2] as number, at[k + 3] as number];
    const [west, east] = x0 < x1 ? [x0, x1] : [x1, x0];
    if (west > xmax || east < xmin) continue;
    const [south, north] = y0 < y1 ? [y0, y1] : [y1, y0];
    if (south > ymax || north < ymin) continue;
    boxes[n * 4] = west;
    boxes[n * 4 + 1] = south;
    boxes[n * 4 + 2] = east;
    boxes[n * 4 + 3] = north;
    edges[n++] = e;
  }
  return { count: n, edges, boxes };
}

/**
 * Calls for every pair of edges, one of each area, whose envelopes touch, within a box; ends early when it returns true.
 *
 * @returns whether a call returned true.
 */
export function someEdgePair(a: Edges, b: Edges, near: Bounds, test: (e: number, f: number) => boolean): boolean {
  const [someA, someB] = [edgesNear(a, near), edgesNear(b, near)];
  const [p, q] = [someA.boxes, someB.boxes];
  // SAFETY (all reads): four numbers an edge.
  if (someA.count * someB.count > TREE_PAIRS) {
    const tree = new Flatbush(someB.count);
    for (let k = 0; k < someB.count * 4; k += 4) tree.add(q[k] as number, q[k + 1] as number, q[k + 2], q[k + 3]);
    tree.finish();
    for (let i = 0; i < someA.count; i++) {
      const k = i * 4;
      const found = tree.search(p[k] as number, p[k + 1] as number, p[k + 2] as number, p[k + 3] as number);
      // Ascending: what follows does not depend on how the tree is laid out.
      for (const f of found.sort((s, t) => s - t))
        if (test(someA.edges[i] as number, someB.edges[f] as number)) return true;
    }
    return false;
  }
  for (let i = 0; i < someA.count; i++) {
    const [xmin, ymin] = [p[i * 4] as number, p[i * 4 + 1] as number];
    const [xmax, ymax] = [p[i * 4 + 2] as number, p[i * 4 + 3] as number];
    for (let f = 0; f < someB.count; f++) {
      const k = f * 4;
      if (
        (q[k] as number) <= xmax &&
        (q[k + 1] as number) <= ymax &&
        (q[k + 2] as number) >= xmin &&
        (q[k + 3] as number) >= ymin &&
        test(someA.edges[i] as number, someB.edges[f] as number)
      )
        return true;
    }
  }
  return false;
}
