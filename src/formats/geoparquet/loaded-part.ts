/** Row groups of a Parquet file as they are stored, whose columns are decoded when they are asked for. */
import type { RecordBatch } from 'apache-arrow';
import { chunkStart, endOf, selectSchema, type ColumnChunk, type RowGroup, type SchemaNode } from './footer.js';
import { decodeGroups, MAX_GROUP_ROWS, MAX_PART_BYTES, rangesOf, withName, type ByteRange } from './parquet-decode.js';
import type { ParquetFile } from './parquet-file.js';
import { PagedBytes, type StoredChunk } from './paged-bytes.js';
import { readPlain } from './plain-numbers.js';

/** Physical type of texts and bytes. */
const BYTES = 6;

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
    let [i, high] = [0, this.#ranges.length - 1];
    while (i < high) {
      const middle = (i + high + 1) >> 1;
      if ((this.#ranges[middle]?.start ?? 0) <= start) i = middle;
      else high = middle - 1;
    }
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

  /** Whether the footer says that a top column holds nothing but nulls and empty lists. */
  isEmpty(column: string): boolean {
    return this.#groups.every((g) =>
      g.columns.every((c) => c.parts[0] !== column || (c.nulls === c.values && c.values === g.rows)),
    );
  }

  /**
   * The values of a top column of texts or bytes, a page at a time; null where only the codec reads them.
   *
   * @throws {@link FormatError} `bad-parquet`.
   */
  pagedBytes(column: string): PagedBytes | null {
    const [node, ...below] = nodesOf(this.file.footer.schema, [column]);
    if (!node || below.length > 0 || node.type !== BYTES || node.repetition === 2 || node.children > 0) return null;
    if (this.rows > MAX_GROUP_ROWS) return null;
    const chunks: StoredChunk[] = [];
    for (const { columns, rows } of this.#groups) {
      const chunk = columns.find((c) => c.path === column);
      // Values need their lengths, and nulls are told by few bytes: rows without bytes cannot ask for room.
      if (chunk?.type !== BYTES || chunk.values !== rows) return null;
      if (chunk.nulls !== rows && chunk.uncompressed < (rows - (chunk.nulls ?? 0)) * 4) return null;
      chunks.push({ chunk, rows, bytes: this.#bytesOf(chunk) });
    }
    try {
      return PagedBytes.of(chunks, node.repetition === 1);
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
