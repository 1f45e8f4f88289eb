/** Tables of Arrow columns to Parquet files, a batch at a time. */
import type { Data } from 'apache-arrow';
import type { ColumnSpec, ColumnType } from './arrow-column.js';
import type { ColumnChunk, RowGroup } from './footer.js';
import { encodeFooter } from './footer-write.js';
import { writeLeaf } from './page-write.js';
import { columnOrders, schemaOf, type Leaf } from './schema-write.js';
import { PageSink } from './snappy-pack.js';

/** Rows in a row group: small enough that a box query skips most groups by their statistics. */
export const ROW_GROUP_ROWS = 10_000;
const MARK = [0x50, 0x41, 0x52, 0x31]; // "PAR1"

/** Types whose least and greatest values are stored; those of texts and geometries cost more than they tell. */
const MEASURED: ReadonlySet<ColumnType> = new Set([
  'int32',
  'int64',
  'float32',
  'double',
  'bool',
  'timestamp',
  'bbox',
  'list<double>',
  'list<int32>',
]);
/** Texts that are the same for all rows, which readers learn from the footer. */
const CONSTANTS: ReadonlySet<string> = new Set(['_backend']);

/** Columns of one value take less. */
const MAX_KEPT_BYTES = 65_536;

/** The last pages of a leaf, and what they were made of. */
interface Written {
  readonly data: Data;
  readonly rows: number;
  readonly bytes: Uint8Array;
  readonly chunk: ColumnChunk;
}

/**
 * Joins batches to one file: write what `begin`, every `add` and `end` return, in this order. The same batches give the
 * same bytes.
 *
 * Plain values, packed with Snappy, the codec that all readers have. Every column but the box may be null, so that files
 * with and without nulls share one schema.
 */
export class ParquetWriter {
  readonly #columns: readonly ColumnSpec[];
  readonly #schema: ReturnType<typeof schemaOf>;
  readonly #groups: RowGroup[] = [];
  readonly #sink = new PageSink();
  readonly #written: (Written | undefined)[] = [];
  #rows = 0;
  #at = MARK.length;

  constructor(columns: readonly ColumnSpec[]) {
    this.#columns = columns;
    this.#schema = schemaOf(columns);
  }

  begin(): Uint8Array {
    return Uint8Array.from(MARK);
  }

  /**
   * The pages of one row group: the Arrow data of all columns, `length` rows each. The bytes hold until the next call.
   */
  add(children: readonly Data[], length: number): Uint8Array {
    this.#sink.at = 0;
    if (length > 0) this.#group(children, length);
    this.#rows += length;
    this.#at += this.#sink.at;
    return this.#sink.bytes.subarray(0, this.#sink.at);
  }

  #group(children: readonly Data[], rows: number): void {
    const columns: ColumnChunk[] = [];
    this.#columns.forEach((column, i) => {
      const { name, type } = column;
      const data = children[i];
      if (!data) throw new RangeError(`column ${name} is missing`);
      const parts = type === 'bbox' ? data.children : [data];
      for (const part of parts) {
        columns.push(this.#leaf(columns.length, part, rows, column));
      }
    });
    this.#groups.push({ rows, bytes: columns.reduce((n, c) => n + c.uncompressed, 0), columns });
  }

  /** The pages of a leaf. Columns that are the same for all rows come as the same data, and are then not made anew. */
  #leaf(index: number, data: Data, rows: number, { name, type }: ColumnSpec): ColumnChunk {
    const sink = this.#sink;
    const before = this.#written[index];
    const start = sink.at;
    if (before?.data === data && before.rows === rows) {
      sink.room(before.bytes.length);
      sink.raw(before.bytes, 0, before.bytes.length);
      return { ...before.chunk, dataPage: this.#at + start };
    }
    // SAFETY: there are as many leaves as parts of columns.
    const leaf = this.#schema.leaves[index] as Leaf;
    const chunk = writeLeaf(
      sink,
      leaf,
      { data, length: rows },
      {
        at: this.#at,
        measured: MEASURED.has(type) || CONSTANTS.has(name),
        geometry: type === 'geometry' || name === 'geometry',
      },
    );
    const small = sink.at - start <= MAX_KEPT_BYTES;
    this.#written[index] = small ? { data, rows, bytes: sink.bytes.slice(start, sink.at), chunk } : undefined;
    return chunk;
  }

  /** The footer, with one entry of metadata first. */
  end(metadata?: { readonly key: string; readonly value: string }): Uint8Array {
    const { nodes, leaves } = this.#schema;
    return encodeFooter({
      version: 1,
      rows: this.#rows,
      schema: nodes,
      groups: this.#groups,
      metadata: metadata ? [[metadata.key, metadata.value]] : [],
      createdBy: 'nadir',
      columnOrders: columnOrders(leaves),
    });
  }
}
