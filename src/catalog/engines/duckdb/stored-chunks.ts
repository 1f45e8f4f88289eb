/** Chunks of a DuckDB result as stored rows: vectors are read where they are, values on demand. */
import type { DuckDBDataChunk, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import { formatTime } from '../../../core/index.js';
import type { StoredColumn, StoredRows } from '../../stored/stored-table.js';
import type { Duckdb } from './driver.js';

/** How rows hold a column of a DuckDB type. Decimals, times of day and the like are no scalars of rows. */
export function storedType(type: string): StoredColumn['type'] {
  if (/^(TIMESTAMP|DATE)[^[]*$/.test(type)) return 'time';
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE)$/.test(type)) return 'number';
  if (type === 'VARCHAR') return 'text';
  if (type === 'BOOLEAN') return 'bool';
  return type === 'BLOB' || type === 'UUID' ? 'bytes' : 'nested';
}

/** A value of DuckDB as plain data: integers as numbers, lists and structs as arrays and objects, bytes as a copy. */
export function plainValue(api: Duckdb, value: DuckDBValue | undefined): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  if (value instanceof api.DuckDBListValue || value instanceof api.DuckDBArrayValue)
    return value.items.map((item) => plainValue(api, item));
  if (value instanceof api.DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, plainValue(api, item)]));
  if (value instanceof api.DuckDBBlobValue) return Uint8Array.from(value.bytes);
  if (value instanceof api.DuckDBTimestampValue || value instanceof api.DuckDBTimestampTZValue)
    return formatTime(Number(value.micros));
  if (value instanceof api.DuckDBDecimalValue) return value.toDouble();
  return String(value);
}

/** Rows of some chunks of one result; `at` finds the chunk of a row and its place there. */
class Chunks {
  readonly length: number;
  readonly chunks: readonly DuckDBDataChunk[];
  readonly #starts: Uint32Array;
  #last = 0;

  constructor(chunks: readonly DuckDBDataChunk[]) {
    this.chunks = chunks;
    this.#starts = new Uint32Array(chunks.length + 1);
    chunks.forEach((chunk, c) => (this.#starts[c + 1] = (this.#starts[c] ?? 0) + chunk.rowCount));
    this.length = this.#starts[chunks.length] ?? 0;
  }

  start(chunk: number): number {
    return this.#starts[chunk] ?? 0;
  }

  /** Rows are mostly asked for in order, so the last chunk is tried first. */
  chunkOf(i: number): number {
    if (i < this.start(this.#last) || i >= this.start(this.#last + 1)) {
      this.#last = 0;
      while (this.#last < this.chunks.length - 1 && i >= this.start(this.#last + 1)) this.#last++;
    }
    return this.#last;
  }
}

class ChunkColumn implements StoredColumn {
  readonly type: StoredColumn['type'];
  readonly #api: Duckdb;
  readonly #chunks: Chunks;
  readonly #vectors: readonly DuckDBVector[];
  #numbers: Float64Array | undefined;

  constructor(api: Duckdb, chunks: Chunks, index: number, type: StoredColumn['type']) {
    this.#api = api;
    this.#chunks = chunks;
    this.#vectors = chunks.chunks.map((chunk) => chunk.getColumnVector(index));
    this.type = type;
  }

  get(i: number): unknown {
    const c = this.#chunks.chunkOf(i);
    return plainValue(this.#api, this.#vectors[c]?.getItem(i - this.#chunks.start(c)));
  }

  numbers(): Float64Array {
    if (this.#numbers) return this.#numbers;
    const out = new Float64Array(this.#chunks.length).fill(NaN);
    if (this.type === 'number' || this.type === 'time') {
      this.#vectors.forEach((vector, c) => {
        const start = this.#chunks.start(c);
        for (let i = 0; i < vector.itemCount; i++) {
          const value = vector.getItem(i);
          if (value !== null) out[start + i] = Number(value);
        }
      });
    }
    this.#numbers = out;
    return out;
  }

  /** Values are copied into one array: what DuckDB hands out ends with its chunk. */
  bytes(visit: (data: Uint8Array, from: number, to: number, i: number) => void): void {
    this.#vectors.forEach((vector, c) => {
      const start = this.#chunks.start(c);
      const found: (Uint8Array | null)[] = [];
      let total = 0;
      for (let i = 0; i < vector.itemCount; i++) {
        const value = vector.getItem(i);
        const bytes =
          value instanceof this.#api.DuckDBBlobValue
            ? value.bytes
            : typeof value === 'string'
              ? Buffer.from(value)
              : null;
        total += bytes?.length ?? 0;
        found.push(bytes);
      }
      const data = new Uint8Array(total);
      let at = 0;
      found.forEach((bytes, i) => {
        if (!bytes) {
          visit(data, -1, -1, start + i);
          return;
        }
        data.set(bytes, at);
        visit(data, at, at + bytes.length, start + i);
        at += bytes.length;
      });
    });
  }
}

/** Columns of a result by their names in the catalog. */
export interface ResultColumn {
  readonly name: string;
  /** Times are selected as microseconds in DOUBLE. */
  readonly type: StoredColumn['type'];
}

/** The rows of some chunks. `columns` names those of the result in order. */
export function storedChunks(
  api: Duckdb,
  chunks: readonly DuckDBDataChunk[],
  columns: readonly ResultColumn[],
): StoredRows {
  const all = new Chunks(chunks);
  const indexOf = new Map(columns.map(({ name }, index) => [name, index]));
  const made = new Map<string, StoredColumn>();
  return {
    length: all.length,
    names: columns.map(({ name }) => name),
    column(name) {
      const index = indexOf.get(name);
      if (index === undefined) return undefined;
      let column = made.get(name);
      if (!column) {
        column = new ChunkColumn(api, all, index, columns[index]?.type ?? 'nested');
        made.set(name, column);
      }
      return column;
    },
  };
}
