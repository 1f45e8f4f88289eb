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

/** Envelopes of edges, four numbers each: xmin, ymin, xmax, ymax. */
function envelopes({ count, at }: Edges): Float64Array {
  const boxes = new Float64Array(count * 4);
  for (let k = 0; k < count * 4; k += 4) {
    // SAFETY: four numbers an edge.
    const [x0, y0, x1, y1] = [at[k] as number, at[k + 1] as number, at[k + 2] as number, at[k + 3] as number];
    boxes[k] = Math.min(x0, x1);
    boxes[k + 1] = Math.min(y0, y1);
    boxes[k + 2] = Math.max(x0, x1);
    boxes[k + 3] = Math.max(y0, y1);
  }
  return boxes;
}

function inside(boxes: Float64Array, count: number, near: Bounds): number[] {
  const found: number[] = [];
  for (let e = 0; e < count; e++) {
    const k = e * 4;
    // SAFETY: four numbers an edge.
    if (
      (boxes[k] as number) <= near[2] &&
      (boxes[k + 1] as number) <= near[3] &&
      (boxes[k + 2] as number) >= near[0] &&
      (boxes[k + 3] as number) >= near[1]
    )
      found.push(e);
  }
  return found;
}

/**
 * Calls for every pair of edges, one of each area, whose envelopes touch, within a box; ends early when it returns true.
 *
 * @returns whether a call returned true.
 */
export function someEdgePair(a: Edges, b: Edges, near: Bounds, test: (e: number, f: number) => boolean): boolean {
  const [boxesA, boxesB] = [envelopes(a), envelopes(b)];
  const [someA, someB] = [inside(boxesA, a.count, near), inside(boxesB, b.count, near)];
  const boxOf = (e: number): Bounds =>
    // SAFETY: four numbers an edge.
    [boxesA[e * 4], boxesA[e * 4 + 1], boxesA[e * 4 + 2], boxesA[e * 4 + 3]] as unknown as Bounds;
  if (someA.length * someB.length > TREE_PAIRS) {
    const tree = new Flatbush(someB.length);
    for (const f of someB)
      tree.add(boxesB[f * 4] ?? NaN, boxesB[f * 4 + 1] ?? NaN, boxesB[f * 4 + 2], boxesB[f * 4 + 3]);
    tree.finish();
    // Ascending: what follows does not depend on how the tree is laid out.
    return someA.some((e) =>
      tree
        .search(...boxOf(e))
        .sort((p, q) => p - q)
        // SAFETY: the tree holds the positions of someB.
        .some((k) => test(e, someB[k] as number)),
    );
  }
  for (const e of someA) {
    const [xmin, ymin, xmax, ymax] = boxOf(e);
    for (const f of someB) {
      const k = f * 4;
      // SAFETY: four numbers an edge.
      if (
        (boxesB[k] as number) <= xmax &&
        (boxesB[k + 1] as number) <= ymax &&
        (boxesB[k + 2] as number) >= xmin &&
        (boxesB[k + 3] as number) >= ymin &&
        test(e, f)
      )
        return true;
    }
  }
  return false;
}
