/** Parts of Parquet files: the footer first, then only the row groups and columns that are wanted. */
import type { RecordBatch } from 'apache-arrow';
import { FormatError } from '../../core/index.js';
import type { ReadOptions, Source } from '../../io/index.js';
import { parseFooter, selectSchema, type ColumnChunk, type Footer, type RowGroup } from './footer.js';
import { LoadedPart } from './loaded-part.js';
import { decodeGroups, MAGIC, MAX_PART_BYTES, rangesOf, withName } from './parquet-decode.js';

/** Bytes read at the end at first: the footers of most files fit. */
const TAIL_BYTES = 65_536;

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
