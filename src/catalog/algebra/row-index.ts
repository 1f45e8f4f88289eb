/** One side of a join: its rows by box and time, and their footprints made ready. */
import { CatalogError, isNadirError } from '../../core/index.js';
import type { CatalogTable, TableView } from '../table.js';
import { PreparedFootprint } from './prepared.js';
import { RowTree, type RowExtents } from './row-tree.js';

/** Corners of the footprints kept ready on one side; a corner takes about 100 bytes. */
const KEPT_CORNERS = 500_000;
/** What a footprint takes beside its corners, in corners. */
const OVERHEAD = 10;

/** Row numbers of a view, ascending. */
export function rowsOf({ table, indices }: TableView): Uint32Array {
  return indices ?? Uint32Array.from({ length: table.length }, (_, i) => i);
}

/** Footprints of a table, ready to be compared; the latest are kept. */
export class PreparedRows {
  readonly table: CatalogTable;
  #corners = 0;
  readonly #kept = new Map<number, PreparedFootprint>();

  constructor(table: CatalogTable) {
    this.table = table;
  }

  /** @throws {@link CatalogError} `bad-footprint` naming the row. */
  get(row: number): PreparedFootprint {
    let prepared = this.#kept.get(row);
    if (prepared) return prepared;
    prepared = this.#prepare(row);
    this.#corners += prepared.edges.count + OVERHEAD;
    for (const [oldest, { edges }] of this.#kept) {
      if (this.#corners <= KEPT_CORNERS) break;
      this.#kept.delete(oldest);
      this.#corners -= edges.count + OVERHEAD;
    }
    this.#kept.set(row, prepared);
    return prepared;
  }

  #prepare(row: number): PreparedFootprint {
    const { table } = this;
    try {
      return new PreparedFootprint(table.geometry(row));
    } catch (error) {
      if (!isNadirError(error, 'CatalogError')) throw error;
      throw new CatalogError(error.code, `${table.filepath(row)} (row ${table.id(row)}): ${error.message}`, {
        ...(error.hint !== undefined && { hint: error.hint }),
        cause: error,
      });
    }
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
