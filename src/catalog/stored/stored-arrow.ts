/** Arrow batches as stored rows: typed arrays where there are numbers and times, values on demand elsewhere. */
import { DataType, TimeUnit, Vector, type Data, type RecordBatch } from 'apache-arrow';
import { isTimeType, plainValue, type ByteSpan } from '../../formats/geoparquet/index.js';
import type { StoredColumn, StoredRows } from './stored-table.js';

const MICROS_PER_DAY = 86_400_000_000;
const LOW_WORD = 2 ** 32;

/** Chunks of a column with the row at which each starts. */
interface Chunks {
  readonly data: readonly Data[];
  readonly starts: Uint32Array;
}

/** The chunk of a row; rows are mostly asked for in order. */
function finder({ data, starts }: Chunks): (i: number) => number {
  let last = 0;
  return (i) => {
    if (i < (starts[last] ?? 0) || i >= (starts[last + 1] ?? 0)) {
      last = 0;
      while (last < data.length - 1 && i >= (starts[last + 1] ?? 0)) last++;
    }
    return last;
  };
}

function typeOf(type: DataType): StoredColumn['type'] {
  if (isTimeType(type)) return 'time';
  if (DataType.isInt(type) || DataType.isFloat(type)) return 'number';
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return 'text';
  if (DataType.isBool(type)) return 'bool';
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type)) return 'bytes';
  return 'nested';
}

/** 64-bit integers as doubles, `scale` times as large; read as two words, since BigInt is slow. */
export function scaled(values: BigInt64Array | BigUint64Array, scale: number, out: Float64Array, at: number): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const unsigned = values instanceof BigUint64Array;
  for (let i = 0; i < values.length; i++) {
    const high = words[2 * i + 1] ?? 0;
    out[at + i] = ((unsigned ? high >>> 0 : high) * LOW_WORD + ((words[2 * i] ?? 0) >>> 0)) * scale;
  }
}

/** Nanoseconds as whole microseconds, floored; they need all 64 bits. */
function flooredNanos(values: BigInt64Array, out: Float64Array, at: number): void {
  for (let i = 0; i < values.length; i++) {
    const nanos = values[i] ?? 0n;
    const rest = ((nanos % 1000n) + 1000n) % 1000n;
    out[at + i] = Number((nanos - rest) / 1000n);
  }
}

function times(data: Data, out: Float64Array, at: number): void {
  // SAFETY: the caller checked that this is a timestamp or date column, whose values are integers.
  const type = data.type;
  if (DataType.isDate(type)) {
    const values = data.values as Int32Array | BigInt64Array;
    if (values instanceof Int32Array) values.forEach((day, i) => (out[at + i] = day * MICROS_PER_DAY));
    else scaled(values, 1000, out, at);
    return;
  }
  // SAFETY: a time type that is no date is a timestamp, which has a unit.
  const { unit } = type as unknown as { readonly unit: TimeUnit };
  const values = data.values as BigInt64Array;
  if (unit === TimeUnit.NANOSECOND) flooredNanos(values, out, at);
  else scaled(values, unit === TimeUnit.SECOND ? 1e6 : unit === TimeUnit.MILLISECOND ? 1000 : 1, out, at);
}

function numbersOf(chunks: Chunks, length: number): Float64Array {
  const out = new Float64Array(length);
  chunks.data.forEach((data, c) => {
    const at = chunks.starts[c] ?? 0;
    const type = data.type;
    const values = data.values as Float64Array | BigInt64Array | BigUint64Array;
    if (isTimeType(type)) times(data, out, at);
    else if (values instanceof BigInt64Array || values instanceof BigUint64Array) scaled(values, 1, out, at);
    else out.set(values.subarray(0, data.length), at);
    if (data.nullCount > 0) for (let i = 0; i < data.length; i++) if (!data.getValid(i)) out[at + i] = NaN;
  });
  return out;
}

/** Offsets of a binary or text chunk; those of large types are 64-bit. */
function offsetsOf(data: Data): Int32Array {
  const offsets: unknown = data.valueOffsets;
  return offsets instanceof BigInt64Array ? Int32Array.from(offsets, Number) : (offsets as Int32Array);
}

function visitBytes(chunks: Chunks, visit: (data: Uint8Array, from: number, to: number, i: number) => void): void {
  chunks.data.forEach((data, c) => {
    const at = chunks.starts[c] ?? 0;
    const offsets = offsetsOf(data);
    // SAFETY: the values of texts and binaries are bytes.
    const values = data.values as Uint8Array;
    const nulls = data.nullCount > 0;
    for (let i = 0; i < data.length; i++) {
      const valid = !nulls || data.getValid(i);
      visit(values, valid ? (offsets[i] ?? 0) : -1, offsets[i + 1] ?? 0, at + i);
    }
  });
}

/**
 * Whether all texts of a chunk are the same, told by three scans: equal lengths, and bytes equal to themselves moved by
 * one value.
 */
function isUniform(data: Data): boolean {
  if (data.nullCount > 0) return data.nullCount === data.length;
  const offsets = offsetsOf(data);
  const first = offsets[0] ?? 0;
  const size = (offsets[1] ?? first) - first;
  for (let i = 1; i < data.length; i++) if ((offsets[i + 1] ?? 0) - (offsets[i] ?? 0) !== size) return false;
  const bytes = (data.values as Uint8Array).subarray(first, first + size * data.length);
  return Buffer.compare(bytes.subarray(size), bytes.subarray(0, bytes.length - size)) === 0;
}

/** A text that is all ASCII, as most are; the decoder is slow to start. Undefined for any other. */
function asciiText(bytes: Buffer, from: number, to: number): string | undefined {
  for (let k = from; k < to; k++) if ((bytes[k] ?? 0) > 0x7f) return undefined;
  return bytes.toString('latin1', from, to);
}

/** A column of Arrow chunks. */
export class ArrowColumn implements StoredColumn {
  readonly type: StoredColumn['type'];
  readonly #vector: Vector;
  readonly #length: number;
  readonly #chunks: Chunks;
  readonly #find: (i: number) => number;
  #numbers: Float64Array | undefined;
  /** The bytes of the chunk of texts that was last read. */
  #bytes: Buffer = Buffer.alloc(0);
  #bytesOf: Data | undefined;

  constructor(vector: Vector) {
    this.#vector = vector;
    this.#length = vector.length;
    // SAFETY: Vector's type parameter is any DataType.
    this.type = typeOf(vector.type as DataType);
    let at = 0;
    const starts = Uint32Array.from([...vector.data, null], (data) => {
      const start = at;
      at += data?.length ?? 0;
      return start;
    });
    // SAFETY: Vector's type parameter is any DataType, and so is its data's.
    this.#chunks = { data: vector.data as readonly Data[], starts };
    this.#find = finder(this.#chunks);
  }

  get(i: number): unknown {
    const c = this.#find(i);
    const data = this.#chunks.data[c];
    const at = i - (this.#chunks.starts[c] ?? 0);
    if (!data?.getValid(at)) return null;
    if (this.type === 'number' || this.type === 'time') return this.numbers()[i];
    return (this.type === 'text' ? this.#text(data, at) : undefined) ?? plainValue(this.#vector.get(i));
  }

  #text(data: Data, at: number): string | undefined {
    const values: unknown = data.values;
    const offsets: unknown = data.valueOffsets;
    if (!(offsets instanceof Int32Array) || !(values instanceof Uint8Array)) return undefined;
    if (this.#bytesOf !== data) {
      this.#bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      this.#bytesOf = data;
    }
    return asciiText(this.#bytes, offsets[at] ?? 0, offsets[at + 1] ?? 0);
  }

  /** @inheritdoc */
  numbers(): Float64Array {
    if (this.type === 'number' || this.type === 'time')
      return (this.#numbers ??= numbersOf(this.#chunks, this.#length));
    return new Float64Array(this.#length).fill(NaN);
  }

  bytes(visit: (data: Uint8Array, from: number, to: number, i: number) => void): void {
    visitBytes(this.#chunks, visit);
  }

  span(i: number, out: ByteSpan): boolean {
    const c = this.#find(i);
    const data = this.#chunks.data[c];
    const at = i - (this.#chunks.starts[c] ?? 0);
    if (!data || (data.nullCount > 0 && !data.getValid(at))) return false;
    const offsets = offsetsOf(data);
    // SAFETY: the values of texts and binaries are bytes.
    out.data = data.values as Uint8Array;
    out.from = offsets[at] ?? 0;
    out.to = offsets[at + 1] ?? 0;
    return true;
  }

  distinct(limit: number): readonly unknown[] {
    const found = new Set<unknown>();
    this.#chunks.data.forEach((data, c) => {
      const at = this.#chunks.starts[c] ?? 0;
      const uniform = data.length > 0 && this.type === 'text' && isUniform(data);
      for (let i = 0; i < (uniform ? 1 : data.length) && found.size < limit; i++) found.add(this.get(at + i));
    });
    return [...found];
  }
}

/** The rows of Arrow batches that share a schema; columns are made when asked for. */
export function arrowRows(batches: readonly RecordBatch[]): StoredRows {
  const fields = batches[0]?.schema.fields ?? [];
  const made = new Map<string, StoredColumn>();
  const indexOf = new Map(fields.map((f, i) => [f.name, i]));
  return {
    length: batches.reduce((n, b) => n + b.numRows, 0),
    names: fields.map((f) => f.name),
    column(name) {
      const index = indexOf.get(name);
      if (index === undefined) return undefined;
      let column = made.get(name);
      if (!column) {
        column = new ArrowColumn(new Vector(batches.flatMap((b) => b.data.children[index] ?? [])));
        made.set(name, column);
      }
      return column;
    },
  };
}
