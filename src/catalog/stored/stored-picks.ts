/** Values of picked rows as Arrow data, with one reader a table. */
import { BytesBuilder, type arrowColumn, type ByteSpan, type ColumnSpec } from '../../formats/geoparquet/index.js';
import type { RowPicks } from './row-order.js';
import { STORED, StoredTable, type StoredColumn } from './stored-table.js';
import type { CatalogTable } from '../table.js';

/** The Arrow data of a column. */
export type ColumnData = ReturnType<typeof arrowColumn>;
export interface FileColumn extends ColumnSpec {
  /** Values of some rows. */
  readonly make: (picks: RowPicks) => ColumnData;
}

/** Adds the value of a row to a column under construction. */
export type Adder = (i: number, to: BytesBuilder) => void;

/** A span to be filled. */
export const emptySpan = (): ByteSpan => ({ data: new Uint8Array(0), from: 0, to: 0 });

/** Calls `each` for every row with its table's reader; readers are made once a table. */
export function forEachRow<R>(
  { tables, tableOf, rows }: RowPicks,
  readerOf: (t: CatalogTable) => R,
  each: (reader: R, i: number, k: number) => void,
): void {
  const readers = tables.map(readerOf);
  // SAFETY: `tableOf` numbers the tables.
  for (let k = 0; k < rows.length; k++) each(readers[tableOf?.[k] ?? 0] as R, rows[k] ?? 0, k);
}

/** A column of texts or bytes, to which each table adds its rows. */
export function bytesColumn(type: 'string' | 'binary', adderOf: (t: CatalogTable) => Adder, expectedBytes?: number) {
  return (picks: RowPicks): ColumnData => {
    const builder = new BytesBuilder(picks.rows.length, expectedBytes);
    forEachRow(picks, adderOf, (add, i) => add(i, builder));
    return builder.finish(type);
  };
}

/** The stored text column of a table that has one with the bytes at hand. */
export function storedText(table: CatalogTable, name: string): Required<Pick<StoredColumn, 'span'>> | null {
  const column = table instanceof StoredTable ? table[STORED].column(name) : undefined;
  if (column?.type !== 'text' || !column.span) return null;
  return { span: (i, out) => column.span?.(i, out) ?? false };
}

/** Values of rows from flat arrays of their tables: `stride` numbers a row, of which the one at `offset`. */
export function gathered(
  { tables, tableOf, rows }: RowPicks,
  arrayOf: (t: CatalogTable) => Float64Array,
  stride = 1,
  offset = 0,
): Float64Array {
  const arrays = tables.map(arrayOf);
  const out = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) out[k] = arrays[tableOf?.[k] ?? 0]?.[stride * (rows[k] ?? 0) + offset] ?? NaN;
  return out;
}
