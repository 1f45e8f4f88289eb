/** Stored rows, of Parquet files or of DuckDB, as a catalog table: one decoder, so that both engines give the same rows. */
import type { Crs } from '../core/index.js';
import type { CatalogTable } from './table.js';

/** One stored column. */
export interface StoredColumn {
  readonly type: 'number' | 'time' | 'text' | 'bool' | 'bytes' | 'nested';
  /** Times in microseconds, integers as numbers, lists and structs as plain arrays and objects; null where null. */
  get(i: number): unknown;
  /** All values of a number or time column, NaN where null. */
  numbers?(): Float64Array;
  /**
   * Hands all values of a bytes column to `visit` without an object each: they are `data[from … to)`; from is −1 where
   * null. Optional: without it `get` is called.
   */
  bytes?(visit: (data: Uint8Array, from: number, to: number, i: number) => void): void;
}

/** Stored rows by column. */
export interface StoredRows {
  readonly length: number;
  /** In stored order. */
  readonly names: readonly string[];
  column(name: string): StoredColumn | undefined;
}

/** What a table needs to know of the files that its rows come from. */
export interface StoredFacts {
  /** CRS of the footprints, and of the files of rows that name none. */
  readonly crs: Crs;
  readonly geometryColumn: string;
  /** Version of the row schema. 1 needs `id`, `filepath`, `start_time`, `end_time`; of version 0 give all rows at once. */
  readonly version: number;
  /** User columns in catalog order; default: the scalar ones of the rows. What the rows lack is null. */
  readonly columnNames?: readonly string[];
  /** File of a row, which starts relative paths, and its number in that file; for messages. */
  where(i: number): { readonly file: string; readonly row: number };
}

/**
 * The catalog table of stored rows. Footprints are checked and measured at once (boxes are those of the WKB, never of
 * a stored bbox, which only serves to skip rows); everything else is decoded when asked for.
 *
 * @throws {@link FormatError} `null-geometry`, `bad-wkb`; {@link CatalogError} `reversed-interval`, `half-interval`,
 * `newer-schema`; {@link UnsupportedDataError} `geometry-type`; all naming file and row.
 */
export declare function storedTable(rows: StoredRows, facts: StoredFacts): CatalogTable;
