/** Stored rows, of Parquet files or of DuckDB, as a catalog table: one decoder, so that both engines give the same rows. */

/** One stored column. */
export interface StoredColumn {
  readonly type: 'number' | 'time' | 'text' | 'bool' | 'bytes' | 'nested';
  /** Times in microseconds, integers as numbers, lists and structs as plain arrays and objects; null where null. */
  get(i: number): unknown;
  /** All values of a number or time column, NaN where null. */
  numbers?(): Float64Array;
}

/** Stored rows by column. */
export interface StoredRows {
  readonly length: number;
  /** In stored order. */
  readonly names: readonly string[];
  column(name: string): StoredColumn | undefined;
}
