/** Rows of any catalog as views of tables, batch by batch, without an object per row where the engine allows it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CatalogTable, TableView } from '../../catalog/table.js';
import { viewIndex, viewLength } from '../../catalog/table-view.js';
import type { CatalogRow, GeoCatalog } from '../../catalog/types.js';
import { isBox } from '../../catalog/geometry.js';
import { BATCHES, catalogBatches, VIEW_NOW, viewNow } from '../../catalog/rows-now.js';

/** Rows between two turns of the event loop, so that a kernel goes on answering. */
export const TURN_ROWS = 65_536;

/** A table over row objects, for catalogs that have no columns. */
export function tableOfRows(rows: readonly CatalogRow[]): CatalogTable {
  const at = (i: number): CatalogRow => {
    const row = rows[i];
    if (!row) throw new RangeError(`there is no row ${i}`);
    return row;
  };
  return {
    length: rows.length,
    boxes: Float64Array.from(rows.flatMap((r) => [...r.bbox])),
    starts: Float64Array.from(rows, (r) => r.interval?.start ?? -Infinity),
    ends: Float64Array.from(rows, (r) => r.interval?.end ?? Infinity),
    boxed: Uint8Array.from(rows, (r) => (isBox(r.geometry) ? 1 : 0)),
    columnNames: [...new Set(rows.flatMap((r) => Object.keys(r.columns)))],
    id: (i) => at(i).id,
    filepath: (i) => at(i).filepath,
    geometry: (i) => at(i).geometry,
    wkb: () => {
      throw new Error('a table made for display holds no WKB');
    },
    interval: (i) => at(i).interval,
    crs: (i) => at(i).crs,
    native: (i) => at(i).native,
    value: (name, i) => at(i).columns[name] ?? null,
    row: at,
  };
}

/** Rows of a catalog, once or again. */
export interface Batches {
  /** All rows, when they are in memory as columns. */
  readonly now: TableView | null;
  read(): AsyncIterable<TableView>;
}

/** Calls `take` with table, index within it and `k` for the catalog rows `wanted[k]`, which ascend. */
export async function visitRows(
  batches: Batches,
  wanted: ArrayLike<number>,
  take: (table: CatalogTable, i: number, k: number) => void,
): Promise<void> {
  const { now } = batches;
  if (now) {
    for (let k = 0; k < wanted.length; k++) {
      take(now.table, viewIndex(now, wanted[k] ?? 0), k);
      if (k % TURN_ROWS === TURN_ROWS - 1) await nextTurn();
    }
    return;
  }
  let [before, k] = [0, 0];
  for await (const view of batches.read()) {
    const length = viewLength(view);
    for (; k < wanted.length && (wanted[k] ?? 0) < before + length; k++)
      take(view.table, viewIndex(view, (wanted[k] ?? 0) - before), k);
    before += length;
    if (k >= wanted.length) return;
  }
}

/** Batches of a catalog; of rows in memory there is one, as soon as they have been counted. */
export function batchesOf(catalog: GeoCatalog): Batches {
  if (VIEW_NOW in catalog && BATCHES in catalog) return { now: viewNow(catalog), read: () => catalogBatches(catalog) };
  return {
    now: null,
    async *read() {
      const rows = await catalog.toArray();
      yield { table: tableOfRows(rows), indices: null };
    },
  };
}
