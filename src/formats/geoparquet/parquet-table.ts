/** Tables of named columns to Parquet bytes and back. */
import { Vector, type DataType } from 'apache-arrow';
import { ArgumentError } from '../../core/index.js';
import { arrowColumn, type ColumnSpec } from './arrow-column.js';
import { isTimeType, valuesOf } from './arrow-values.js';
import { decodeParquet } from './parquet-file.js';
import { ParquetWriter, ROW_GROUP_ROWS } from './parquet-writer.js';

export interface ParquetWriteInit {
  readonly columns: readonly ColumnSpec[];
  /** Values by column name; all columns are equally long. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  /** One entry of file metadata. */
  readonly metadata?: { readonly key: string; readonly value: string };
  readonly rowGroupRows?: number;
}

/**
 * Parquet bytes of a table, Snappy-compressed. The same input gives the same bytes.
 *
 * @throws {@link ArgumentError} `ragged-columns` when columns differ in length or one is missing.
 */
export function writeParquetTable(init: ParquetWriteInit): Uint8Array {
  const length = init.rows[init.columns[0]?.name ?? '']?.length ?? 0;
  for (const { name } of init.columns) {
    const count = init.rows[name]?.length;
    if (count !== length)
      throw new ArgumentError(
        'ragged-columns',
        `Column ${name} has ${count ?? 'no'} values; the table has ${length} rows.`,
      );
  }
  const writer = new ParquetWriter(init.columns);
  const parts = [writer.begin()];
  const step = init.rowGroupRows ?? ROW_GROUP_ROWS;
  for (let from = 0; from < length; from += step) {
    const to = Math.min(length, from + step);
    const children = init.columns.map(({ name, type }) => arrowColumn((init.rows[name] ?? []).slice(from, to), type));
    parts.push(writer.add(children, to - from).slice());
  }
  parts.push(writer.end(init.metadata));
  const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export interface ParquetTable {
  readonly rowCount: number;
  readonly names: readonly string[];
  /**
   * Values by column. Integers come as numbers, timestamps as microseconds, bytes as Uint8Array, structs and lists as
   * plain objects and arrays, anything null as null.
   */
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  /** Names of the columns that hold times. */
  readonly timeColumns: ReadonlySet<string>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * The table of a Parquet file in memory, of some columns or all; `name` is the file in messages.
 *
 * @throws {@link FormatError} `not-parquet` for another or a truncated file, `bad-parquet` when decoding fails.
 */
export function readParquetTable(bytes: Uint8Array, name: string, columns?: readonly string[]): ParquetTable {
  const { batches, metadata } = decodeParquet(bytes, name, columns);
  const fields = batches[0]?.schema.fields ?? [];
  const values: Record<string, readonly unknown[]> = {};
  fields.forEach((field, i) => {
    const vector = new Vector(batches.flatMap((b) => b.data.children[i] ?? []));
    let converted: readonly unknown[] | undefined;
    // Converted when asked for: most readers want a few columns of many.
    Object.defineProperty(values, field.name, { enumerable: true, get: () => (converted ??= valuesOf(vector)) });
  });
  return {
    rowCount: batches.reduce((n, b) => n + b.numRows, 0),
    names: fields.map((f) => f.name),
    columns: values,
    timeColumns: new Set(fields.filter((f) => isTimeType(f.type as DataType)).map((f) => f.name)),
    metadata,
  };
}
