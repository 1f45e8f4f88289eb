/** Columns as pages: plain values, the repeated ones packed. Source: Apache Parquet, parquet.thrift and Encodings.md. */
import { DataType, type Data } from 'apache-arrow';
import type { ColumnChunk } from './footer.js';
import { encodeLevels, sameLevels } from './levels.js';
import { BOOLEAN, BYTES, type Leaf } from './schema-write.js';
import { packNumbers, packValues, type PageSink, type PackedBytes } from './snappy-pack.js';
import { encodeStatistics, extremesOf, extremesOfLongs, type Extremes } from './statistics.js';

const [UNCOMPRESSED, SNAPPY] = [0, 1];
const [PLAIN, RLE] = [0, 3];
/**
 * Rows in a page of texts or footprints: a box holds a few runs of the rows of a day, so that readers who look at boxes
 * first unpack few of the pages.
 */
const PAGE_ROWS = 250;
/** A page header takes fewer bytes. */
const HEADER_BYTES = 40;

/** Rows of one column. */
interface Rows {
  readonly data: Data;
  readonly length: number;
}

const isThere = (valid: Uint8Array | null, k: number): boolean =>
  valid === null || ((valid[k >> 3] ?? 0) & (1 << (k & 7))) !== 0;

// SAFETY: columns of texts, binaries and lists are made with 32-bit offsets.
const offsetsOf = (data: Data): Int32Array => data.valueOffsets as Int32Array;
const validOf = ({ nullCount, nullBitmap }: Data): Uint8Array | null => (nullCount === 0 ? null : nullBitmap);

/** Writes a page that `fill` makes, with its header before it; returns the bytes that it unpacks to, header included. */
function writePage(sink: PageSink, values: number, full: number, packed: boolean, fill: () => void): number {
  sink.room(2 * full + 2 * HEADER_BYTES);
  const start = sink.at;
  sink.at += HEADER_BYTES;
  const body = sink.at;
  if (packed) sink.varint(full);
  fill();
  const end = sink.at;
  sink.at = start;
  // Fields of the compact protocol: type, both sizes, and the struct of data pages. Integers are zigzag: twice as large.
  const integer = (value: number): void => {
    sink.byte(0x15);
    sink.varint(value * 2);
  };
  integer(0);
  integer(full);
  integer(end - body);
  sink.byte(0x2c);
  [values, PLAIN, RLE, RLE].forEach(integer);
  sink.byte(0);
  sink.byte(0);
  const header = sink.at - start;
  sink.bytes.copyWithin(sink.at, body, end);
  sink.at += end - body;
  return header + full;
}

/** Bytes of a literal at the begin of a packed page, or as they are. */
function put(sink: PageSink, bytes: Uint8Array, packed: boolean): void {
  if (packed && bytes.length > 0) sink.literal(bytes.length);
  sink.raw(bytes, 0, bytes.length);
}

/** Levels of rows that may be null, as bytes. */
function nullLevels(sink: PageSink, valid: Uint8Array | null, from: number, to: number): Uint8Array {
  let there = 0;
  for (let k = from; k < to; k++) if (isThere(valid, k)) there++;
  if (there === to - from || there === 0) {
    const at = sink.at;
    sink.room(16);
    sameLevels(sink, to - from, there === 0 ? 0 : 1);
    const bytes = sink.bytes.slice(at, sink.at);
    sink.at = at;
    return bytes;
  }
  return encodeLevels(
    Uint8Array.from({ length: to - from }, (_, k) => (isThere(valid, from + k) ? 1 : 0)),
    1,
  );
}

/** Pages of texts or bytes, a few rows each; one page where all are null. */
function writeBytes(sink: PageSink, { data, length }: Rows, geometry: boolean): number {
  const valid = validOf(data);
  // SAFETY: the values and offsets of texts and binaries.
  const values: PackedBytes = { data: data.values as Uint8Array, offsets: offsetsOf(data), valid, geometry };
  const step = data.nullCount === length ? length : PAGE_ROWS;
  let size = 0;
  for (let from = 0; from < length; from += step) {
    const to = Math.min(length, from + step);
    const levels = nullLevels(sink, valid, from, to);
    let there = to - from;
    if (valid) for (let k = from; k < to; k++) if (!isThere(valid, k)) there--;
    const full = levels.length + 4 * there + (values.offsets[to] ?? 0) - (values.offsets[from] ?? 0);
    size += writePage(sink, to - from, full, true, () => {
      put(sink, levels, true);
      packValues(sink, values, from, to);
    });
  }
  return size;
}

type Fixed = Float64Array | Float32Array | Int32Array | BigInt64Array;

/** Numbers that are there, or booleans as bits. */
function present({ data, length }: Rows): Fixed | Uint8Array {
  const valid = validOf(data);
  if (DataType.isBool(data.type)) {
    const bits = new Uint8Array(Math.ceil((length - data.nullCount) / 8));
    for (let k = 0, n = 0; k < length; k++) {
      if (!isThere(valid, k)) continue;
      // SAFETY: booleans are stored as bits.
      if (isThere(data.values as Uint8Array, k)) bits[n >> 3] = (bits[n >> 3] ?? 0) | (1 << (n & 7));
      n++;
    }
    return bits;
  }
  // SAFETY: the other types of columns are numbers.
  const values = (data.values as Fixed).subarray(0, length);
  if (!valid) return values;
  const out = values.slice(0, length - data.nullCount);
  let n = 0;
  for (let k = 0; k < length; k++) if (isThere(valid, k)) out[n++] = values[k] ?? 0;
  return out;
}

function extremes(values: Fixed | Uint8Array, leaf: Leaf, count: number): Extremes | null {
  if (values instanceof BigInt64Array) return extremesOfLongs(values);
  if (!(values instanceof Uint8Array)) return extremesOf(values);
  if (leaf.type !== BOOLEAN || count === 0) return null;
  let set = 0;
  for (let k = 0; k < count; k++) if (isThere(values, k)) set++;
  return { min: Uint8Array.of(set === count ? 1 : 0), max: Uint8Array.of(set > 0 ? 1 : 0) };
}

/** The one value of a column of texts, where all rows have the same. */
function sameText({ data, length }: Rows): Extremes | null {
  const offsets = offsetsOf(data);
  // SAFETY: the values of texts and binaries are bytes.
  const values = data.values as Uint8Array;
  const size = offsets[1] ?? 0;
  for (let k = 1; k < length; k++) if ((offsets[k + 1] ?? 0) - (offsets[k] ?? 0) !== size) return null;
  // All values are equal when the text moved by one value is the text.
  if (Buffer.compare(values.subarray(size, size * length), values.subarray(0, size * (length - 1))) !== 0) return null;
  const one = values.slice(0, size);
  return { min: one, max: one };
}

/** Repetition and definition levels of a column of lists, and its values. */
function listLevels({ data, length }: Rows): { readonly repeated: Uint8Array; readonly defined: Uint8Array } {
  const valid = validOf(data);
  const child = data.children[0];
  const inner = child ? validOf(child) : null;
  const offsets = offsetsOf(data);
  let size = 0;
  for (let k = 0; k < length; k++) size += Math.max(1, (offsets[k + 1] ?? 0) - (offsets[k] ?? 0));
  const [repeated, defined] = [new Uint8Array(size), new Uint8Array(size)];
  let n = 0;
  for (let k = 0; k < length; k++) {
    const [from, to] = [offsets[k] ?? 0, offsets[k + 1] ?? 0];
    if (!isThere(valid, k)) defined[n++] = 0;
    else if (from === to) defined[n++] = 1;
    else
      for (let j = from; j < to; j++, n++) {
        repeated[n] = j > from ? 1 : 0;
        defined[n] = isThere(inner, j) ? 3 : 2;
      }
  }
  return { repeated, defined };
}

/** One page of a column of lists. */
function writeLists(
  sink: PageSink,
  rows: Rows,
): {
  readonly size: number;
  readonly entries: number;
  readonly nulls: number;
  readonly values: Fixed | Uint8Array | null;
} {
  const { repeated, defined } = listLevels(rows);
  const child = rows.data.children[0];
  const levels = [encodeLevels(repeated, 1), encodeLevels(defined, 2)];
  const items: Rows | null = child ? { data: child, length: child.length } : null;
  const there = defined.reduce((n, level) => n + (level === 3 ? 1 : 0), 0);
  const texts = items && DataType.isUtf8(items.data.type) ? items.data : null;
  const numbers = items && !texts && there > 0 ? present(items) : null;
  const head = levels.reduce((n, l) => n + l.length, 0);
  // SAFETY: the values of texts are bytes.
  const full = head + (texts ? 4 * there + (offsetsOf(texts)[texts.length] ?? 0) : (numbers?.byteLength ?? 0));
  const size = writePage(sink, defined.length, full, true, () => {
    for (const l of levels) put(sink, l, true);
    if (texts)
      packValues(
        sink,
        { data: texts.values as Uint8Array, offsets: offsetsOf(texts), valid: validOf(texts), geometry: false },
        0,
        texts.length,
      );
    else if (numbers) putNumbers(sink, numbers);
  });
  return { size, entries: defined.length, nulls: defined.length - there, values: numbers };
}

function putNumbers(sink: PageSink, values: Fixed | Uint8Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  packNumbers(sink, bytes, values instanceof Uint8Array ? 1 : values.BYTES_PER_ELEMENT);
}

/**
 * Writes the pages of one leaf of some rows, and returns what the footer says of them; `at` is where the sink's first
 * byte stands in the file. `measured` adds least and greatest values.
 */
export function writeLeaf(
  sink: PageSink,
  leaf: Leaf,
  rows: Rows,
  o: { readonly at: number; readonly measured: boolean; readonly geometry: boolean },
): ColumnChunk {
  const start = sink.at;
  let nulls = rows.data.nullCount;
  let entries = rows.length;
  let size = 0;
  let codec = SNAPPY;
  let found: Extremes | null = null;
  if (leaf.depth === 3) {
    const written = writeLists(sink, rows);
    ({ size, nulls, entries } = written);
    if (written.values && o.measured) found = extremes(written.values, leaf, entries - nulls);
  } else if (leaf.type === BYTES) {
    size = writeBytes(sink, rows, o.geometry);
    if (o.measured && nulls === 0 && rows.length > 0) found = sameText(rows);
  } else {
    const values = present(rows);
    // What is in a box hardly repeats; readers then take it as it is.
    const packed = leaf.depth > 0;
    if (!packed) codec = UNCOMPRESSED;
    const levels = leaf.depth === 0 ? new Uint8Array(0) : nullLevels(sink, validOf(rows.data), 0, rows.length);
    size = writePage(sink, rows.length, levels.length + values.byteLength, packed, () => {
      put(sink, levels, packed);
      if (packed) putNumbers(sink, values);
      else put(sink, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), false);
    });
    if (o.measured) found = extremes(values, leaf, rows.length - nulls);
  }
  return {
    path: leaf.parts.join('.'),
    parts: leaf.parts,
    type: leaf.type,
    encodings: [PLAIN, RLE],
    codec,
    values: entries,
    uncompressed: size,
    compressed: sink.at - start,
    dataPage: o.at + start,
    dictionaryPage: undefined,
    min: found?.min,
    max: found?.max,
    nulls,
    statistics: encodeStatistics(nulls, found),
  };
}
