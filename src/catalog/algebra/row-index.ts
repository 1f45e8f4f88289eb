/** One side of a join: its rows by box and time, and their footprints made ready. */
import type { CatalogTable, TableView } from '../table.js';
import { prepareFootprint, type PreparedFootprint } from './prepared.js';
import { RowTree, type RowExtents } from './row-tree.js';

/** Footprints kept ready; one with a hundred corners takes about 10 kB. */
const KEPT_FOOTPRINTS = 2048;

/** Row numbers of a view, ascending. */
export function rowsOf({ table, indices }: TableView): Uint32Array {
  return indices ?? Uint32Array.from({ length: table.length }, (_, i) => i);
}

/** Footprints of a table, ready to be compared; the latest are kept. */
export class PreparedRows {
  readonly table: CatalogTable;
  readonly #kept = new Map<number, PreparedFootprint>();

  constructor(table: CatalogTable) {
    this.table = table;
  }

  get(row: number): PreparedFootprint {
    let prepared = this.#kept.get(row);
    if (prepared) return prepared;
    prepared = prepareFootprint(this.table.geometry(row));
    if (this.#kept.size >= KEPT_FOOTPRINTS)
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    this.#kept.set(row, prepared);
    return prepared;
  }
}

/** Rows of a view found by box and time. */
export class RowIndex {
  readonly table: CatalogTable;
  readonly tree: RowTree;
  readonly prepared: PreparedRows;

  constructor(view: TableView, rows: Uint32Array = rowsOf(view), extents?: RowExtents) {
    this.table = view.table;
    const { boxes, starts: lows, ends: highs } = view.table;
    this.tree = new RowTree(rows, extents ?? { boxes, lows, highs });
    this.prepared = new PreparedRows(view.table);
  }
}

const known = new WeakMap<object, RowIndex>();

/** The index over a view by its own boxes and times; kept, for batches of left rows come one after the other. */
export function indexOf(view: TableView): RowIndex {
  const key = view.indices ?? view.table;
  let index = known.get(key);
  if (index?.table !== view.table) known.set(key, (index = new RowIndex(view)));
  return index;
}
