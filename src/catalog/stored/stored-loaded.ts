/** Parts of Parquet files as stored rows: a column is decoded when its first value is asked for. */
import { Vector } from 'apache-arrow';
import {
  topNodes,
  type ByteSpan,
  type LoadedPart,
  type PagedBytes,
  type SchemaNode,
} from '../../formats/geoparquet/index.js';
import { ArrowColumn, scaled } from './stored-arrow.js';
import type { StoredColumn, StoredRows } from './stored-table.js';

const [BOOLEAN, INT96, DOUBLE, BYTES] = [0, 3, 5, 6];
/** Annotations of times, texts and what no row holds, as footers number them (`parquet.thrift`). */
const CONVERTED = { text: [0, 4, 19], nested: [5, 7, 8, 21], time: [6, 9, 10] };
const LOGICAL = { text: [1, 4, 12], nested: [5, 7], time: [6, 8] };

/** What a top column holds, by the schema of its file. */
function storedType({ children, repetition, type, converted, logical }: SchemaNode): StoredColumn['type'] {
  if (children > 0 || repetition === 2) return 'nested';
  const is = (kind: keyof typeof LOGICAL): boolean =>
    CONVERTED[kind].includes(converted) || LOGICAL[kind].includes(logical);
  if (is('nested')) return 'nested';
  if (is('time') || type === INT96) return 'time';
  if (type === BOOLEAN) return 'bool';
  if (type <= DOUBLE) return 'number';
  return type === BYTES && is('text') ? 'text' : 'bytes';
}

/** The rows of a loaded part; a column is decoded when its first value is asked for. */
export function loadedRows(part: LoadedPart, names: readonly string[]): StoredRows {
  const nodes = topNodes(part.file.footer.schema);
  const made = new Map<string, StoredColumn>();
  return {
    length: part.rows,
    names,
    column(name) {
      const node = nodes.get(name);
      if (!node || !names.includes(name)) return undefined;
      let column = made.get(name);
      if (!column) {
        column = new LoadedColumn(part, name, storedType(node), node);
        made.set(name, column);
      }
      return column;
    },
  };
}

/** Converted type and logical unit of timestamps in microseconds. */
const MICROS = 10;

/** Distinct values; those that equal the one before are told by their bytes. */
function distinctOf(paged: PagedBytes, get: (i: number) => unknown, limit: number): readonly unknown[] {
  const found = new Set<unknown>();
  const last: ByteSpan = { data: new Uint8Array(0), from: -2, to: 0 };
  paged.visit((data, from, to, i) => {
    if (found.size >= limit) return;
    const size = to - from;
    let same = from >= 0 && last.from >= 0 && size === last.to - last.from;
    for (let k = 0; same && k < size; k++) same = data[from + k] === last.data[last.from + k];
    if (same || (from < 0 && last.from === -1)) return;
    found.add(get(i));
    [last.data, last.from, last.to] = [data, from, to];
  });
  return [...found];
}

class LoadedColumn implements StoredColumn {
  readonly type: StoredColumn['type'];
  readonly #part: LoadedPart;
  readonly #name: string;
  readonly #node: SchemaNode;
  #decoded: ArrowColumn | undefined;
  #numbers: Float64Array | undefined;
  #paged: PagedBytes | null | undefined;
  #empty: boolean | undefined;
  readonly #span: ByteSpan = { data: new Uint8Array(0), from: 0, to: 0 };
  /** The bytes that a text was last read from. */
  #texts: Buffer = Buffer.alloc(0);
  #textsOf: Uint8Array | undefined;

  constructor(part: LoadedPart, name: string, type: StoredColumn['type'], node: SchemaNode) {
    this.#part = part;
    this.#name = name;
    this.type = type;
    this.#node = node;
  }

  get #column(): ArrowColumn {
    if (!this.#decoded) {
      const batches = this.#part.decode(this.#name);
      this.#decoded = new ArrowColumn(new Vector(batches.flatMap((b) => b.data.children[0] ?? [])));
    }
    return this.#decoded;
  }

  /** The values of a column of texts or bytes that need no codec. */
  get #bytes(): PagedBytes | null {
    if (this.#paged === undefined)
      this.#paged = this.type === 'text' || this.type === 'bytes' ? this.#part.pagedBytes(this.#name) : null;
    return this.#paged;
  }

  get(i: number): unknown {
    if ((this.#empty ??= this.#part.isEmpty(this.#name))) return null;
    if (this.type === 'time' || this.type === 'number') {
      const value = this.numbers()[i] ?? NaN;
      // A NaN is a null or a value, which only the column can tell.
      if (!Number.isNaN(value)) return value;
    }
    const paged = this.#bytes;
    if (!paged) return this.#column.get(i);
    const out = this.#span;
    if (!paged.span(i, out)) return null;
    const { data, from, to } = out;
    if (this.type === 'bytes') return data.subarray(from, to);
    if (this.#textsOf !== data) {
      this.#texts = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      this.#textsOf = data;
    }
    return this.#texts.toString('utf8', from, to);
  }
  numbers(): Float64Array {
    return (this.#numbers ??= this.#plainNumbers() ?? this.#column.numbers());
  }
  bytes(visit: (data: Uint8Array, from: number, to: number, i: number) => void): void {
    const paged = this.#bytes;
    if (paged) paged.visit(visit);
    else this.#column.bytes(visit);
  }
  span(i: number, out: ByteSpan): boolean {
    return this.#bytes ? this.#bytes.span(i, out) : this.#column.span(i, out);
  }
  distinct(limit: number): readonly unknown[] {
    const paged = this.#bytes;
    if (paged) return distinctOf(paged, (i) => this.get(i), limit);
    return this.#column.distinct(limit);
  }

  /** Doubles, and moments whose unit the footer gives in the older way too, need no codec. */
  #plainNumbers(): Float64Array | null {
    const { type, converted } = this.#node;
    if (type === DOUBLE && this.type === 'number') {
      const bytes = this.#part.plainBytes(this.#name, DOUBLE);
      return bytes && new Float64Array(bytes.buffer);
    }
    if (type !== 2 || converted !== MICROS) return null;
    const bytes = this.#part.plainBytes(this.#name, 2);
    if (!bytes) return null;
    const out = new Float64Array(bytes.length / 8);
    scaled(new BigInt64Array(bytes.buffer), 1, out, 0);
    return out;
  }
}
