/** The nearest row in time among those at a place, in a tree whose spans are instants. */
import { overlaps, type RowTree } from './row-tree.js';

/** What is looked for: rows whose boxes share area with a box and whose instants lie in a span. */
export interface NearestQuery {
  readonly box: readonly [xmin: number, ymin: number, xmax: number, ymax: number];
  readonly at: number;
  readonly low: number;
  readonly high: number;
  /** The dear test, asked only of rows that would win. */
  readonly accept: (row: number) => boolean;
}

export interface Nearest {
  readonly row: number;
  /** The row's instant minus the one asked for. */
  readonly gap: number;
}

/** Rows that can be taken away, so that a later search passes over them. */
export class NearestRows {
  readonly #tree: RowTree;
  readonly #prefers: (row: number, other: number) => boolean;
  /** Rows left below each node, and 1 for each row in tree order that is left; made when the first is taken. */
  #left: { readonly nodes: Uint32Array; readonly items: Uint8Array; readonly places: Map<number, number> } | undefined;

  /** `prefers` decides between rows of one instant. */
  constructor(tree: RowTree, prefers: (row: number, other: number) => boolean) {
    this.#tree = tree;
    this.#prefers = prefers;
  }

  /** The row with the smallest gap; of two as near the earlier one, then the preferred one. Null for none. */
  find(query: NearestQuery): Nearest | null {
    const { nodes, items, rows, firstLeaf } = this.#tree;
    const { at, low, high } = query;
    const [xmin, ymin, xmax, ymax] = query.box;
    const left = this.#left;
    let best: Nearest | null = null;
    const visit = (k: number, lo: number, hi: number): void => {
      if (left?.nodes[k] === 0 || !overlaps(nodes, k * 6, xmin, ymin, xmax, ymax, low, high)) return;
      if (best && this.#distance(k, at) > Math.abs(best.gap)) return;
      if (k >= firstLeaf) {
        for (let i = lo; i < hi; i++) {
          if (left?.items[i] === 0 || !overlaps(items, i * 6, xmin, ymin, xmax, ymax, low, high)) continue;
          // SAFETY: i < hi, six numbers a row.
          const found = { row: rows[i] as number, gap: (items[i * 6 + 2] as number) - at };
          if (this.#wins(found, best) && query.accept(found.row)) best = found;
        }
        return;
      }
      const mid = (lo + hi) >>> 1;
      const [first, second] = [2 * k + 1, 2 * k + 2];
      if (this.#distance(second, at) < this.#distance(first, at)) {
        visit(second, mid, hi);
        visit(first, lo, mid);
      } else {
        visit(first, lo, mid);
        visit(second, mid, hi);
      }
    };
    visit(0, 0, rows.length);
    return best;
  }

  #wins(found: Nearest, best: Nearest | null): boolean {
    if (!best) return true;
    const [d, e] = [Math.abs(found.gap), Math.abs(best.gap)];
    if (d !== e) return d < e;
    return found.gap === best.gap ? this.#prefers(found.row, best.row) : found.gap < best.gap;
  }

  #distance(k: number, at: number): number {
    const { nodes } = this.#tree;
    // SAFETY: six numbers a node.
    return Math.max(0, (nodes[k * 6 + 2] as number) - at, at - (nodes[k * 6 + 5] as number));
  }

  /** Takes a row away. */
  take(row: number): void {
    const { rows, firstLeaf } = this.#tree;
    const left = (this.#left ??= this.#countAll());
    const place = left.places.get(row);
    if (place === undefined || left.items[place] === 0) return;
    left.items[place] = 0;
    let [k, lo, hi] = [0, 0, rows.length];
    for (;;) {
      // SAFETY: k is a node.
      left.nodes[k] = (left.nodes[k] as number) - 1;
      if (k >= firstLeaf) return;
      const mid = (lo + hi) >>> 1;
      if (place < mid) [k, hi] = [2 * k + 1, mid];
      else [k, lo] = [2 * k + 2, mid];
    }
  }
  taken(row: number): boolean {
    return this.#left?.items[this.#left.places.get(row) ?? -1] === 0;
  }

  #countAll(): { readonly nodes: Uint32Array; readonly items: Uint8Array; readonly places: Map<number, number> } {
    const { rows, firstLeaf } = this.#tree;
    const nodes = new Uint32Array(2 * firstLeaf + 1);
    const count = (k: number, lo: number, hi: number): void => {
      nodes[k] = hi - lo;
      if (k >= firstLeaf) return;
      const mid = (lo + hi) >>> 1;
      count(2 * k + 1, lo, mid);
      count(2 * k + 2, mid, hi);
    };
    count(0, 0, rows.length);
    return {
      nodes,
      items: new Uint8Array(rows.length).fill(1),
      places: new Map(Array.from(rows, (row, i) => [row, i])),
    };
  }
}
