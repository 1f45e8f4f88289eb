/**
 * Columns of texts and bytes whose pages are unpacked one by one, when a value of them is asked for. Source: Apache
 * Parquet, Encodings.md (PLAIN).
 */
import { FormatError } from '../../core/index.js';
import type { ByteSpan } from './bytes-builder.js';
import type { ColumnChunk } from './footer.js';
import { decodeBits } from './levels.js';
import { DATA_PAGE, PLAIN, readPageHeader, SNAPPY, UNCOMPRESSED } from './page-read.js';
import { unpackSnappy } from './snappy-unpack.js';
import { ThriftReader } from './thrift.js';

/** Largest page that is unpacked, in bytes. */
const MAX_PAGE_BYTES = 1 << 28;

interface StoredPage {
  readonly bytes: Uint8Array;
  readonly packed: boolean;
  readonly full: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** An unpacked page: values are `data[from … to)`, from is −1 where null. */
interface Page {
  readonly data: Uint8Array;
  readonly froms: Int32Array;
  readonly tos: Int32Array;
}

/** A chunk of a column with its stored bytes. */
export interface StoredChunk {
  readonly chunk: ColumnChunk;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

function fail(path: string, why: string): never {
  throw new FormatError('bad-parquet', `a page of column ${path} ${why}`);
}

/** The pages of a chunk, null where one is of a kind that only the codec reads. */
function pagesOf({ chunk, rows, bytes }: StoredChunk, firstRow: number): readonly StoredPage[] | null {
  const { codec, path } = chunk;
  if (codec !== UNCOMPRESSED && codec !== SNAPPY) return null;
  const r = new ThriftReader(bytes);
  const pages: StoredPage[] = [];
  let [row, unpacked] = [0, 0];
  while (r.at < bytes.length) {
    const { type, full, stored, values, encoding } = readPageHeader(r);
    if (type !== DATA_PAGE || encoding !== PLAIN) return null;
    if (stored < 0 || full < 0 || r.at + stored > bytes.length) fail(path, 'claims more bytes than its column has');
    unpacked += full;
    if (unpacked > chunk.uncompressed || full > MAX_PAGE_BYTES) fail(path, 'unpacks to more than its column');
    if (codec === UNCOMPRESSED && full !== stored) fail(path, 'gives two lengths');
    const packed = codec === SNAPPY;
    pages.push({ bytes: bytes.subarray(r.at, r.at + stored), packed, full, firstRow: firstRow + row, rows: values });
    row += values;
    if (values <= 0 || row > rows) fail(path, `claims ${values} values where the row group has ${rows} rows`);
    r.at += stored;
  }
  if (row !== rows) fail(path, `is missing: there are ${row} values of ${rows}`);
  return pages;
}

/** Finds the values of a page. */
function unpack({ bytes, packed, full, rows }: StoredPage, nullable: boolean, path: string): Page {
  const data = packed ? unpackSnappy(bytes, full) : bytes;
  const levels = nullable ? decodeBits(data, rows) : { levels: 'all', end: 0 };
  if (!levels) return fail(path, 'has malformed levels');
  const isThere = levels.levels;
  const froms = new Int32Array(rows);
  const tos = new Int32Array(rows);
  const size = data.length;
  let at = levels.end;
  for (let k = 0; k < rows; k++) {
    if (isThere === 'none' || (typeof isThere !== 'string' && isThere[k] === 0)) {
      froms[k] = -1;
      continue;
    }
    if (at + 4 > size) fail(path, 'ends inside a value');
    // SAFETY: four bytes are there.
    const length =
      (data[at] as number) +
      (data[at + 1] as number) * 256 +
      (data[at + 2] as number) * 65_536 +
      (data[at + 3] as number) * 2 ** 24;
    froms[k] = at + 4;
    at += 4 + length;
    if (at > size) fail(path, 'ends inside a value');
    tos[k] = at;
  }
  if (at !== size) fail(path, 'holds more than its values');
  return { data, froms, tos };
}

/** All values of a column of some row groups. */
export class PagedBytes {
  readonly #path: string;
  readonly #nullable: boolean;
  readonly #stored: readonly StoredPage[];
  readonly #pages: (Page | undefined)[] = [];
  #last = 0;

  private constructor(path: string, nullable: boolean, stored: readonly StoredPage[]) {
    this.#path = path;
    this.#nullable = nullable;
    this.#stored = stored;
  }

  /**
   * The values of chunks that follow each other; null where only the codec reads them.
   *
   * @throws {@link FormatError} `bad-parquet`.
   */
  static of(chunks: readonly StoredChunk[], nullable: boolean): PagedBytes | null {
    const all: StoredPage[] = [];
    let row = 0;
    for (const one of chunks) {
      const pages = pagesOf(one, row);
      if (!pages) return null;
      for (const page of pages) all.push(page);
      row += one.rows;
    }
    return new PagedBytes(chunks[0]?.chunk.path ?? '', nullable, all);
  }

  #page(p: number): Page | undefined {
    const stored = this.#stored[p];
    return stored && (this.#pages[p] ??= unpack(stored, this.#nullable, this.#path));
  }

  #find(i: number): number {
    const isIn = (p: number): boolean => {
      const page = this.#stored[p];
      return page !== undefined && i >= page.firstRow && i < page.firstRow + page.rows;
    };
    // Rows are mostly asked for in order.
    if (isIn(this.#last)) return this.#last;
    if (isIn(this.#last + 1)) return ++this.#last;
    let [low, high] = [0, this.#stored.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#stored[middle]?.firstRow ?? 0) <= i) low = middle;
      else high = middle - 1;
    }
    return (this.#last = low);
  }

  /** Where the value of a row lies; false where it is null. */
  span(i: number, out: ByteSpan): boolean {
    const p = this.#find(i);
    const page = this.#page(p);
    const k = i - (this.#stored[p]?.firstRow ?? 0);
    const from = page?.froms[k] ?? -1;
    if (!page || from < 0) return false;
    out.data = page.data;
    out.from = from;
    out.to = page.tos[k] ?? from;
    return true;
  }

  /** All values in order; from is −1 where null. */
  visit(each: (data: Uint8Array, from: number, to: number, i: number) => void): void {
    for (let p = 0; p < this.#stored.length; p++) {
      const page = this.#page(p);
      const first = this.#stored[p]?.firstRow ?? 0;
      if (page)
        for (let k = 0; k < page.froms.length; k++) each(page.data, page.froms[k] ?? -1, page.tos[k] ?? 0, first + k);
    }
  }
}
