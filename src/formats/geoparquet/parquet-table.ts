/** Tables of named columns to Parquet bytes and back. */
import {
  Field,
  RecordBatch,
  Schema,
  Struct,
  Table,
  makeData,
  tableFromIPC,
  tableToIPC,
  type DataType,
} from 'apache-arrow';
import { ArgumentError, FormatError, messageOf } from '../../core/index.js';
import { arrowColumn, type ColumnSpec } from './arrow-column.js';
import { isTimeType, valuesOf } from './arrow-values.js';
import { parquetWasm } from './wasm.js';

/** Rows in a row group: small enough that a box query skips most groups by their statistics. */
export const ROW_GROUP_ROWS = 10_000;

/** Rows decoded at once. */
const BATCH_ROWS = 65_536;

export interface ParquetWriteInit {
  readonly columns: readonly ColumnSpec[];
  /** Values by column name; all columns are equally long. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  /**
   * One entry of file metadata. One only: parquet-wasm writes several in the order of a randomly seeded hash map, and
   * the same table would give other bytes each time.
   */
  readonly metadata?: { readonly key: string; readonly value: string };
  readonly rowGroupRows?: number;
}

/**
 * Parquet bytes of a table, zstd-compressed. The same input gives the same bytes.
 *
 * @throws {@link ArgumentError} `ragged-columns` when columns differ in length or one is missing.
 */
export function writeParquetTable(init: ParquetWriteInit): Uint8Array {
  const length = init.rows[init.columns[0]?.name ?? '']?.length ?? 0;
  const children = init.columns.map(({ name, type }) => {
    const values = init.rows[name];
    if (values?.length !== length) {
      throw new ArgumentError(
        'ragged-columns',
        `Column ${name} has ${values?.length ?? 'no'} values; the table has ${length} rows.`,
      );
    }
    return arrowColumn(values, type);
  });
  // Every column but the box is declared nullable, so that files with and without nulls share one schema.
  const fields = init.columns.map(
    ({ name, type }, i) => new Field(name, children[i]?.type as Field['type'], type !== 'bbox'),
  );
  const schema = new Schema(fields);
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children }));
  const wasm = parquetWasm();
  let properties = new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression.ZSTD)
    .setMaxRowGroupSize(init.rowGroupRows ?? ROW_GROUP_ROWS)
    .setCreatedBy('nadir');
  if (init.metadata) properties = properties.setKeyValueMetadata(new Map([[init.metadata.key, init.metadata.value]]));
  const table = wasm.Table.fromIPCStream(tableToIPC(new Table(schema, [batch]), 'stream'));
  return wasm.writeParquet(table, properties.build());
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

const MAGIC = 0x31524150; // "PAR1", little-endian

function checkEnvelope(bytes: Uint8Array, name: string): void {
  const malformed = (why: string): FormatError =>
    new FormatError('not-parquet', `${name}: ${why}.`, {
      hint: 'The file is no Parquet file, or was cut off while it was written or copied.',
      details: { file: name, bytes: bytes.byteLength },
    });
  if (bytes.byteLength < 12) throw malformed(`it has only ${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw malformed('it does not begin with PAR1');
  if (view.getUint32(bytes.byteLength - 4, true) !== MAGIC)
    throw malformed('it does not end with PAR1, so its footer is missing');
  const footer = view.getUint32(bytes.byteLength - 8, true);
  if (footer > bytes.byteLength - 12) throw malformed(`its footer claims ${footer} bytes, more than the file has`);
}

/**
 * The table of a Parquet file in memory; `name` is the file in messages.
 *
 * @throws {@link FormatError} `not-parquet` for another or a truncated file, `bad-parquet` when decoding fails.
 */
export function readParquetTable(bytes: Uint8Array, name: string, columns?: readonly string[]): ParquetTable {
  checkEnvelope(bytes, name);
  const wasm = parquetWasm();
  try {
    const decoded = wasm.readParquet(bytes, { batchSize: BATCH_ROWS, ...(columns && { columns: [...columns] }) });
    const table = tableFromIPC(decoded.intoIPCStream());
    const { fields } = table.schema;
    const values: Record<string, readonly unknown[]> = {};
    fields.forEach((field, i) => {
      const vector = table.getChildAt(i);
      if (!vector) throw new FormatError('bad-parquet', `${name}: column ${field.name} has no data.`);
      let converted: readonly unknown[] | undefined;
      // Converted when asked for: most readers want a few columns of many.
      Object.defineProperty(values, field.name, { enumerable: true, get: () => (converted ??= valuesOf(vector)) });
    });
    const timeColumns = new Set(fields.filter((f) => isTimeType(f.type as DataType)).map((f) => f.name));
    return {
      rowCount: table.numRows,
      names: fields.map((f) => f.name),
      columns: values,
      timeColumns,
      metadata: table.schema.metadata,
    };
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError('bad-parquet', `${name}: ${messageOf(error).replace(/\.$/, '')}.`, {
      hint: 'The Parquet content is malformed, or uses a type or codec that Nadir does not read.',
      details: { file: name },
      cause: error,
    });
  }
}
