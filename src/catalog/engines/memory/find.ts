/** Which rows of a store answer a query. */
import Flatbush from 'flatbush';
import type { Bounds } from '../../../core/index.js';
import type { PreparedQuery } from '../../area.js';
import { footprintBounds, isBox, meets, type Area } from '../../geometry.js';
import type { RowStore } from './row-store.js';

/** Below this many rows a scan is faster than building a tree. */
const SCAN_ROWS = 64;

/** A packed Hilbert R-tree over some rows of a store, made on first use. */
export class SpatialIndex {
  readonly #store: RowStore;
  readonly #indices: Uint32Array;
  #tree: Flatbush | undefined;

  constructor(store: RowStore, indices: Uint32Array) {
    this.#store = store;
    this.#indices = indices;
  }

  /** Indices into the store, ascending in catalog order, of the rows whose boxes touch a box. */
  touching(box: Bounds, accept: (index: number) => boolean): number[] {
    const { boxes } = this.#store;
    const indices = this.#indices;
    if (indices.length <= SCAN_ROWS) {
      const found: number[] = [];
      indices.forEach((i, position) => {
        const touches =
          (boxes[i * 4] ?? NaN) <= box[2] &&
          (boxes[i * 4 + 1] ?? NaN) <= box[3] &&
          (boxes[i * 4 + 2] ?? NaN) >= box[0] &&
          (boxes[i * 4 + 3] ?? NaN) >= box[1];
        if (touches && accept(i)) found.push(position);
      });
      return found;
    }
    this.#tree ??= this.#build();
    // SAFETY: the tree holds exactly the positions of `indices`.
    return this.#tree.search(...box, (position) => accept(indices[position] as number));
  }

  #build(): Flatbush {
    const { boxes } = this.#store;
    const tree = new Flatbush(this.#indices.length);
    for (const i of this.#indices) {
      // SAFETY: four numbers a row.
      tree.add(boxes[i * 4] as number, boxes[i * 4 + 1] as number, boxes[i * 4 + 2], boxes[i * 4 + 3]);
    }
    tree.finish();
    return tree;
  }
}

interface PreparedArea {
  readonly area: Area;
  readonly bounds: Bounds;
  readonly box: boolean;
}

function rowMeets(store: RowStore, index: number, { area, bounds, box }: PreparedArea): boolean {
  // Two rectangles whose boxes touch share a point; the tree has tested that.
  if (box && store.boxed[index] === 1) return true;
  return meets(store.row(index).geometry, area, store.bounds(index), bounds);
}

/** Indices of the rows that meet a query, in catalog order, before `tStep`. */
export function findRows(
  store: RowStore,
  indices: Uint32Array,
  index: SpatialIndex,
  query: PreparedQuery,
): Uint32Array {
  const { starts, ends } = store;
  const { interval, areas } = query;
  const inTime = (i: number): boolean =>
    !interval || ((starts[i] ?? NaN) <= interval.end && (ends[i] ?? NaN) >= interval.start);
  if (!areas) return interval ? indices.filter(inTime) : indices;
  const found = new Set<number>();
  for (const area of areas) {
    const prepared: PreparedArea = { area, bounds: footprintBounds(area), box: isBox(area) };
    for (const position of index.touching(prepared.bounds, (i) => inTime(i) && rowMeets(store, i, prepared)))
      found.add(position);
  }
  // SAFETY: positions are within `indices`.
  return Uint32Array.from(found)
    .sort()
    .map((position) => indices[position] as number);
}

/** Keeps the rows of every `tStep`-th distinct start time, counted in time order; static rows stay. */
export function strideTimes(store: RowStore, indices: Uint32Array, tStep: number): Uint32Array {
  if (tStep === 1) return indices;
  const distinct = new Set<number>();
  for (const i of indices) if (!store.row(i).static) distinct.add(store.starts[i] ?? NaN);
  const kept = new Set([...distinct].sort((a, b) => a - b).filter((_, k) => k % tStep === 0));
  return indices.filter((i) => store.row(i).static || kept.has(store.starts[i] ?? NaN));
}
