/** Parts of Parquet files: the footer first, then only the row groups and columns that are wanted. */
import { tableFromIPC, type RecordBatch } from 'apache-arrow';
import { FormatError, isNadirError, messageOf } from '../../core/index.js';
import type { ReadOptions, Source } from '../../io/index.js';
import {
  chunkStart,
  encodeFooter,
  moveGroup,
  parseFooter,
  selectSchema,
  endOf,
  type ColumnChunk,
  type SchemaNode,
  type Footer,
  type RowGroup,
} from './footer.js';
import { readPlain } from './plain-numbers.js';
import { checkPages } from './page-check.js';
import { parquetWasm } from './wasm.js';

const MAGIC = 0x31524150; // "PAR1", little-endian
/** Bytes read at the end at first: the footers of most files fit. */
const TAIL_BYTES = 65_536;
/** Ranges with a gap below this are read at once. */
const MAX_GAP_BYTES = 65_536;
/** Unpacked bytes decoded at once; the codec's memory never shrinks. */
const MAX_PART_BYTES = 48 << 20;
/** No writer makes row groups of more rows; a forged number would reserve memory for them. */
const MAX_GROUP_ROWS = 50_000_000;
/** Each part comes as one batch. */
const BATCH_ROWS = 1 << 20;

/** Which part of a file to read; all of it where not said. */
export interface ParquetPart {
  readonly groups?: readonly number[];
  readonly columns?: readonly string[];
}

function malformed(name: string, why: string, bytes: number): FormatError {
  return new FormatError('not-parquet', `${name}: ${why}.`, {
    hint: 'The file is no Parquet file, or was cut off while it was written or copied.',
    details: { file: name, bytes },
  });
}

/** Errors of the codec and of footers, with the file. */
function withName(name: string, error: unknown): unknown {
  if (isNadirError(error) && error.message.startsWith(name)) return error;
  if (isNadirError(error) && !isNadirError(error, 'FormatError')) return error;
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  return new FormatError('bad-parquet', `${name}: ${messageOf(error).replace(/\.$/, '')}.`, {
    hint: 'The Parquet content is malformed, or uses a type or codec that Nadir does not read.',
    details: { file: name },
    cause: error,
  });
}

async function readFooter(source: Source, name: string, o: ReadOptions): Promise<Footer> {
  const { size } = source;
  if (size === undefined)
    throw new FormatError('unknown-size', `The length of ${name} is unknown, so its footer cannot be found.`, {
      details: { file: name },
    });
  if (size < 12) throw malformed(name, `it has only ${size} bytes`, size);
  const at = Math.max(0, size - TAIL_BYTES);
  const [head, tail] = await Promise.all([at === 0 ? null : source.read(0, 4, o), source.read(at, size - at, o)]);
  const first = head ?? tail;
  if (new DataView(first.buffer, first.byteOffset, 4).getUint32(0, true) !== MAGIC)
    throw malformed(name, 'it does not begin with PAR1', size);
  const length = footerLength(tail, size, name);
  const bytes =
    length + 8 <= tail.length
      ? tail.subarray(tail.length - 8 - length, tail.length - 8)
      : await source.read(size - 8 - length, length, o);
  return parseFooter(bytes, size);
}

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Byte ranges of row groups in order, near ones joined. */
function rangesOf(groups: readonly RowGroup[], maxGap = MAX_GAP_BYTES): readonly ByteRange[] {
  const ranges = groups
    .flatMap((g) => g.columns)
    .map((c) => ({ start: chunkStart(c), end: chunkStart(c) + c.compressed }))
    .sort((a, b) => a.start - b.start);
  const out: { start: number; end: number }[] = [];
  for (const range of ranges) {
    const last = out.at(-1);
    if (last && range.start - last.end <= maxGap) last.end = Math.max(last.end, range.end);
    else out.push({ ...range });
  }
  return out;
}

/** Makes a small file of the bytes of some row groups, which the codec reads as any other. */
function decodeGroups(part: {
  readonly footer: Footer;
  readonly schema: Footer['schema'];
  readonly groups: readonly RowGroup[];
  readonly ranges: readonly ByteRange[];
  readonly pieces: readonly Uint8Array[];
}): readonly RecordBatch[] {
  const { footer, groups, pieces } = part;
  if (groups.some((g) => g.rows > MAX_GROUP_ROWS))
    throw new FormatError('bad-parquet', `a row group claims more than ${MAX_GROUP_ROWS} rows`);
  const rows = groups.reduce((n, g) => n + g.rows, 0);
  let at = 4;
  const places = part.ranges.map((r) => {
    const place = { ...r, at };
    at += r.end - r.start;
    return place;
  });
  const shift = (c: ColumnChunk): number => {
    const start = chunkStart(c);
    const place = places.find((p) => p.start <= start && start + c.compressed <= p.end);
    return place ? place.at - place.start : 0;
  };
  const moved = groups.map((g) => moveGroup(g, shift));
  const end = encodeFooter({
    version: footer.version,
    rows,
    schema: part.schema,
    groups: moved.map((g) => ({ ...g, columns: g.columns.map((c) => ({ ...c, statistics: undefined })) })),
    // Without the writer's own Arrow types: the types of Parquet say all, and dictionaries come as plain values.
    metadata: [],
    createdBy: footer.createdBy,
    columnOrders: undefined,
  });
  const bytes = new Uint8Array(at + end.length);
  new DataView(bytes.buffer).setUint32(0, MAGIC, true);
  places.forEach((p, i) => bytes.set(pieces[i] ?? new Uint8Array(0), p.at));
  bytes.set(end, at);
  for (const g of moved) for (const c of g.columns) checkPages(bytes, chunkStart(c), c);
  const decoded = tableFromIPC(parquetWasm().readParquet(bytes, { batchSize: BATCH_ROWS }).intoIPCStream());
  if (decoded.numRows !== rows)
    throw new FormatError('bad-parquet', `its pages hold ${decoded.numRows} rows of ${rows}`);
  return decoded.batches;
}

/** Length of the footer by the last bytes of a file of `size` bytes. */
function footerLength(tail: Uint8Array, size: number, name: string): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (view.getUint32(tail.length - 4, true) !== MAGIC)
    throw malformed(name, 'it does not end with PAR1, so its footer is missing', size);
  const length = view.getUint32(tail.length - 8, true);
  if (length > size - 12) throw malformed(name, `its footer claims ${length} bytes, more than the file has`, size);
  return length;
}

/**
 * Batches and metadata of a Parquet file in memory, some columns or all; `name` stands in messages.
 *
 * @throws {@link FormatError} `not-parquet`, `bad-parquet`.
 */
export function decodeParquet(
  bytes: Uint8Array,
  name: string,
  columns?: readonly string[],
): { readonly batches: readonly RecordBatch[]; readonly metadata: ReadonlyMap<string, string> } {
  const size = bytes.byteLength;
  if (size < 12) throw malformed(name, `it has only ${size} bytes`, size);
  if (new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) !== MAGIC)
    throw malformed(name, 'it does not begin with PAR1', size);
  const length = footerLength(bytes.subarray(size - 8), size, name);
  try {
    const footer = parseFooter(bytes.subarray(size - 8 - length, size - 8), size);
    const keep = (top: string): boolean => columns?.includes(top) ?? true;
    const groups = footer.groups.map((g) => ({ ...g, columns: g.columns.filter((c) => keep(c.parts[0] ?? '')) }));
    const ranges = rangesOf(groups);
    const pieces = ranges.map((r) => bytes.subarray(r.start, r.end));
    const schema = selectSchema(footer.schema, keep);
    return { batches: decodeGroups({ footer, schema, groups, ranges, pieces }), metadata: new Map(footer.metadata) };
  } catch (error) {
    throw withName(name, error);
  }
}

/** An open Parquet file. */
export class ParquetFile {
  readonly name: string;
  readonly footer: Footer;
  /** Names of the top columns, in stored order. */
  readonly names: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly #source: Source;

  private constructor(source: Source, name: string, footer: Footer) {
    this.#source = source;
    this.name = name;
    this.footer = footer;
    this.metadata = new Map(footer.metadata);
    const names: string[] = [];
    selectSchema(footer.schema, (column) => {
      names.push(column);
      return true;
    });
    this.names = names;
  }

  /**
   * Reads the footer of a file; `name` stands in messages. The source stays the caller's to close.
   *
   * @throws {@link FormatError} `not-parquet`, `bad-parquet`, `unknown-size`.
   */
  static async open(source: Source, name: string, o: ReadOptions = {}): Promise<ParquetFile> {
    try {
      return new ParquetFile(source, name, await readFooter(source, name, o));
    } catch (error) {
      throw withName(name, error);
    }
  }

  get rows(): number {
    return this.footer.rows;
  }

  /** The chunk of a leaf column (`bbox.xmin`) in a row group. */
  chunk(group: number, path: string): ColumnChunk | undefined {
    return this.footer.groups[group]?.columns.find((c) => c.path === path);
  }

  /**
   * Arrow batches of some row groups and top columns, in stored order, some groups at a time.
   *
   * @throws {@link FormatError} `bad-parquet`; {@link SourceError}.
   */
  async *read(part: ParquetPart = {}, o: ReadOptions = {}): AsyncGenerator<readonly RecordBatch[]> {
    const keep = part.columns && new Set(part.columns);
    const wanted = (c: ColumnChunk): boolean => !keep || keep.has(c.parts[0] ?? '');
    const groups = (part.groups ?? [...this.footer.groups.keys()]).flatMap((g) => this.footer.groups[g] ?? []);
    const schema = selectSchema(this.footer.schema, (name) => !keep || keep.has(name));
    let waiting: RowGroup[] = [];
    let size = 0;
    for (const [i, group] of groups.entries()) {
      const slim = { ...group, columns: group.columns.filter(wanted) };
      waiting.push(slim);
      size += slim.columns.reduce((n, c) => n + c.uncompressed, 0);
      if (size < MAX_PART_BYTES && i < groups.length - 1) continue;
      o.signal?.throwIfAborted();
      yield await this.#decode(schema, waiting, o);
      [waiting, size] = [[], 0];
    }
    if (groups.length === 0) yield await this.#decode(schema, [], o);
  }

  async #decode(
    schema: Footer['schema'],
    groups: readonly RowGroup[],
    o: ReadOptions,
  ): Promise<readonly RecordBatch[]> {
    try {
      const ranges = rangesOf(groups);
      const pieces = await Promise.all(ranges.map((r) => this.#source.read(r.start, r.end - r.start, o)));
      return decodeGroups({ footer: this.footer, schema, groups, ranges, pieces });
    } catch (error) {
      throw withName(this.name, error);
    }
  }

  /**
   * Fetches a part as it is stored; its columns are decoded when they are asked for.
   *
   * @throws {@link SourceError}; the signal's reason when cancelled.
   */
  async load(part: ParquetPart = {}, o: ReadOptions = {}): Promise<LoadedPart> {
    const keep = part.columns && new Set(part.columns);
    const wanted = (part.groups ?? [...this.footer.groups.keys()]).flatMap((g) => this.footer.groups[g] ?? []);
    const groups = wanted.map((g) => ({ ...g, columns: g.columns.filter((c) => !keep || keep.has(c.parts[0] ?? '')) }));
    const ranges = rangesOf(groups);
    const pieces = await Promise.all(ranges.map((r) => this.#source.read(r.start, r.end - r.start, o)));
    return new LoadedPart(this, groups, ranges, pieces);
  }

  /** All batches of a part. */
  async readAll(part: ParquetPart = {}, o: ReadOptions = {}): Promise<readonly RecordBatch[]> {
    const all: RecordBatch[] = [];
    for await (const batches of this.read(part, o)) all.push(...batches);
    return all;
  }
}

/** The nodes of a schema along a path; empty when it is not there. */
function nodesOf(schema: readonly SchemaNode[], path: readonly string[]): readonly SchemaNode[] {
  const found: SchemaNode[] = [];
  let [at, left] = [1, schema[0]?.children ?? 0];
  for (const name of path) {
    while (left > 0 && schema[at]?.name !== name) {
      at = endOf(schema, at);
      left--;
    }
    const node = schema[at];
    if (left <= 0 || !node) return [];
    found.push(node);
    at++;
    left = node.children;
  }
  return found;
}

/** Some row groups of a file as they are stored. */
export class LoadedPart {
  readonly file: ParquetFile;
  readonly rows: number;
  readonly #groups: readonly RowGroup[];
  readonly #ranges: readonly ByteRange[];
  readonly #pieces: readonly Uint8Array[];

  constructor(
    file: ParquetFile,
    groups: readonly RowGroup[],
    ranges: readonly ByteRange[],
    pieces: readonly Uint8Array[],
  ) {
    this.file = file;
    this.rows = groups.reduce((n, g) => n + g.rows, 0);
    this.#groups = groups;
    this.#ranges = ranges;
    this.#pieces = pieces;
  }

  /** Stored bytes of a chunk. */
  #bytesOf(chunk: ColumnChunk): Uint8Array {
    const start = chunkStart(chunk);
    const i = this.#ranges.findIndex((r) => r.start <= start && start + chunk.compressed <= r.end);
    const from = start - (this.#ranges[i]?.start ?? 0);
    return this.#pieces[i]?.subarray(from, from + chunk.compressed) ?? new Uint8Array(0);
  }

  /**
   * The Arrow batches of one top column, some row groups at a time.
   *
   * @throws {@link FormatError} `bad-parquet`.
   */
  decode(column: string): readonly RecordBatch[] {
    const { footer, name } = this.file;
    const schema = selectSchema(footer.schema, (top) => top === column);
    const out: RecordBatch[] = [];
    let waiting: RowGroup[] = [];
    let size = 0;
    const flush = (): void => {
      const ranges = rangesOf(waiting, 0);
      const chunks = new Map(waiting.flatMap((g) => g.columns).map((c) => [chunkStart(c), c]));
      const pieces = ranges.map((r) => this.#join(r, chunks));
      out.push(...decodeGroups({ footer, schema, groups: waiting, ranges, pieces }));
      [waiting, size] = [[], 0];
    };
    try {
      for (const group of this.#groups) {
        const slim = { ...group, columns: group.columns.filter((c) => c.parts[0] === column) };
        waiting.push(slim);
        size += slim.columns.reduce((n, c) => n + c.uncompressed, 0);
        if (size >= MAX_PART_BYTES) flush();
      }
      if (waiting.length > 0 || out.length === 0) flush();
      return out;
    } catch (error) {
      throw withName(name, error);
    }
  }

  /**
   * All values of a leaf column of 8-byte numbers without nulls (`bbox.xmin`), as bytes; null where it is of another kind.
   *
   * @throws {@link FormatError} `bad-parquet`.
   */
  plainBytes(path: string, physicalType: number): Uint8Array | null {
    if (this.rows > MAX_GROUP_ROWS) return null;
    const nodes = nodesOf(this.file.footer.schema, path.split('.'));
    if (nodes.some((n) => n.repetition === 2) || nodes.length === 0) return null;
    const levels = nodes.some((n) => n.repetition === 1);
    const chunks = this.#groups.map((g) => g.columns.find((c) => c.path === path));
    if (chunks.some((c, i) => c?.type !== physicalType || c.values !== this.#groups[i]?.rows)) return null;
    // A page unpacks to about what its values take, so rows without bytes behind them cannot ask for room.
    if (chunks.some((c) => (c?.uncompressed ?? 0) < (c?.values ?? 0) * 8)) return null;
    const out = new Uint8Array(this.rows * 8);
    let at = 0;
    try {
      for (const chunk of chunks) {
        if (!chunk) return null;
        const size = chunk.values * 8;
        if (!readPlain(this.#bytesOf(chunk), chunk, levels, out.subarray(at, at + size))) return null;
        at += size;
      }
      return out;
    } catch (error) {
      throw withName(this.file.name, error);
    }
  }

  /** The bytes of chunks that follow each other. */
  #join(range: ByteRange, chunks: ReadonlyMap<number, ColumnChunk>): Uint8Array {
    const bytes = new Uint8Array(range.end - range.start);
    for (let at = range.start; at < range.end;) {
      const chunk = chunks.get(at);
      if (!chunk || chunk.compressed === 0) break;
      bytes.set(this.#bytesOf(chunk), at - range.start);
      at += chunk.compressed;
    }
    return bytes;
  }
}
