/**
 * Reading tables of SQLite databases (sqlite.org/fileformat2.html) from ranges, without a database engine: nothing is
 * locked or written beside the file, it may lie on a server, and a forged file can neither hang nor run anything.
 */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import { pageSource, showSource, type Source } from '../../io/index.js';
import { recordSlots, slotValue, varint, type Slot, type SqlEncoding, type SqlValue } from './record.js';
import { tableColumns, type SqlColumn } from './table-columns.js';

const MAGIC = 'SQLite format 3\0';
const ENCODINGS: readonly SqlEncoding[] = ['utf-8', 'utf-16le', 'utf-16be'];
const [INTERIOR, LEAF] = [0x05, 0x0d];
/** Bytes read at once: several pages, since tables mostly lie in a row. */
const READ_BYTES = 1 << 18;
/** Deeper trees would hold more rows than a file can. */
const MAX_DEPTH = 24;
/** A row longer than this is refused before it fills memory. */
const MAX_ROW_BYTES = 256 << 20;

export interface SqlTable {
  readonly name: string;
  readonly columns: readonly SqlColumn[];
  readonly rootPage: number;
}

/** A row whose values are decoded when asked for; what overflows its page is read then. */
export interface SqlRow {
  readonly rowId: number;
  /** The first bytes of a column's value without reading more than the row's own page holds; null when they do not suffice. */
  peek(column: number, bytes: number): Uint8Array | null;
  values(): Promise<readonly SqlValue[]>;
}

/** An open database. */
export class SqliteDatabase {
  readonly name: string;
  readonly #read: (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;
  readonly #pageBytes: number;
  readonly #usable: number;
  readonly #pages: number;
  readonly #encoding: SqlEncoding;
  #tables: Promise<ReadonlyMap<string, SqlTable>> | undefined;

  private constructor(
    name: string,
    read: (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>,
    header: DataView,
    fileBytes: number,
  ) {
    this.name = name;
    this.#read = read;
    const stored = header.getUint16(16);
    this.#pageBytes = stored === 1 ? 65536 : stored;
    this.#usable = this.#pageBytes - header.getUint8(20);
    this.#pages = Math.floor(fileBytes / this.#pageBytes);
    this.#encoding = ENCODINGS[header.getUint32(56) - 1] ?? 'utf-8';
    if (this.#pageBytes < 512 || (this.#pageBytes & (this.#pageBytes - 1)) !== 0 || this.#usable < 480)
      throw this.#bad(`pages of ${this.#pageBytes} bytes with ${this.#usable} usable`);
  }

  /** @throws {@link FormatError} `not-sqlite`, `bad-sqlite`. */
  static async open(source: Source, signal?: AbortSignal): Promise<SqliteDatabase> {
    const name = showSource(source.url);
    const pages = pageSource(source, READ_BYTES);
    const read = (offset: number, length: number, s?: AbortSignal): Promise<Uint8Array> =>
      pages.readPaged(offset, length, { signal: s });
    const header = await read(0, 100, signal);
    if (header.byteLength < 100 || new TextDecoder('latin1').decode(header.subarray(0, 16)) !== MAGIC)
      throw new FormatError('not-sqlite', `${name} is no SQLite database.`);
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    return new SqliteDatabase(name, read, view, source.size ?? 0);
  }

  #bad(text: string): FormatError {
    return new FormatError('bad-sqlite', `${this.name}: ${text}.`, {
      hint: 'The database is damaged; PRAGMA integrity_check tells more.',
    });
  }

  /** Tables by lower-case name. */
  async tables(signal?: AbortSignal): Promise<ReadonlyMap<string, SqlTable>> {
    this.#tables ??= this.#readSchema(signal);
    this.#tables.catch(() => (this.#tables = undefined));
    return this.#tables;
  }

  async #readSchema(signal?: AbortSignal): Promise<ReadonlyMap<string, SqlTable>> {
    const tables = new Map<string, SqlTable>();
    for await (const row of this.#scan(1, signal)) {
      const [type, name, , rootPage, sql] = await row.values();
      if (type !== 'table' || typeof name !== 'string' || typeof rootPage !== 'number' || typeof sql !== 'string')
        continue;
      if (rootPage <= 0) continue; // a virtual table has no pages of its own
      if (/\bwithout\s+rowid\b/i.test(sql.slice(sql.lastIndexOf(')')))) continue;
      tables.set(name.toLowerCase(), { name, rootPage, columns: tableColumns(sql) });
    }
    return tables;
  }

  /** Rows of a table by row id. */
  rows(table: SqlTable, signal?: AbortSignal): AsyncGenerator<SqlRow> {
    return this.#scan(table.rootPage, signal);
  }

  /** Rows of a small table as objects by column name. */
  async all(table: SqlTable, signal?: AbortSignal): Promise<Record<string, SqlValue>[]> {
    const out: Record<string, SqlValue>[] = [];
    for await (const row of this.rows(table, signal)) out.push(namedValues(table, row.rowId, await row.values()));
    return out;
  }

  async #page(number: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (!(number >= 1 && number <= this.#pages)) throw this.#bad(`page ${number} of ${this.#pages} is asked for`);
    signal?.throwIfAborted();
    return this.#read((number - 1) * this.#pageBytes, this.#pageBytes, signal);
  }

  /** Walks a table's tree in order; every page is met at most once, so that a loop in a damaged file ends. */
  async *#scan(root: number, signal?: AbortSignal): AsyncGenerator<SqlRow> {
    const met = new Set<number>();
    const stack: { readonly number: number; readonly depth: number }[] = [{ number: root, depth: 0 }];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { number, depth } = top;
      if (met.has(number)) throw this.#bad(`page ${number} belongs to a table twice`);
      if (depth > MAX_DEPTH) throw this.#bad('a table is nested too deep');
      met.add(number);
      const page = await this.#page(number, signal);
      const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
      const at = number === 1 ? 100 : 0;
      const kind = view.getUint8(at);
      const cells = view.getUint16(at + 3);
      const pointers = at + (kind === INTERIOR ? 12 : 8);
      if ((kind !== INTERIOR && kind !== LEAF) || pointers + cells * 2 > page.byteLength)
        throw this.#bad(`page ${number} is no page of a table`);
      const cellAt = (i: number): number => {
        const place = view.getUint16(pointers + i * 2);
        if (place + 4 > page.byteLength) throw this.#bad(`a cell of page ${number} lies at ${place}`);
        return place;
      };
      if (kind === INTERIOR) {
        stack.push({ number: view.getUint32(at + 8), depth: depth + 1 });
        for (let i = cells - 1; i >= 0; i--) stack.push({ number: view.getUint32(cellAt(i)), depth: depth + 1 });
      } else for (let i = 0; i < cells; i++) yield this.#row(page, cellAt(i), number, signal);
    }
  }

  /** A leaf cell: size, row id, the part of the record that fits, and the page where it goes on (§1.6). */
  #row(page: Uint8Array, cell: number, number: number, signal?: AbortSignal): SqlRow {
    const where = `${this.name}, page ${number}`;
    const [size, afterSize] = varint(page, cell, where);
    const [rowId, start] = varint(page, afterSize, where);
    const most = this.#usable - 35;
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const spread = least + ((size - least) % (this.#usable - 4));
    const local = size <= most ? size : spread <= most ? spread : least;
    if (start + local + (local < size ? 4 : 0) > page.byteLength)
      throw this.#bad(`a row of page ${number} runs over its end`);
    const own = page.subarray(start, start + local);
    let slots: readonly Slot[] | undefined;
    const whole = async (): Promise<Uint8Array> => {
      if (local === size) return own;
      const next = new DataView(page.buffer, page.byteOffset + start + local, 4).getUint32(0);
      return this.#overflow(own, size, next, where, signal);
    };
    return {
      rowId,
      peek: (column, bytes) => {
        const slot = (slots ??= recordSlots(own, where))[column];
        return slot && slot.at + bytes <= local ? own.subarray(slot.at, slot.at + Math.min(bytes, slot.bytes)) : null;
      },
      values: async () => {
        const record = await whole();
        return recordSlots(record, where).map((slot) => slotValue(record, slot, this.#encoding, where));
      },
    };
  }

  async #overflow(
    own: Uint8Array,
    size: number,
    first: number,
    where: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    if (size > MAX_ROW_BYTES)
      throw new UnsupportedDataError(
        'too-large',
        `${where}: a row has ${size} bytes; the most is ${MAX_ROW_BYTES >> 20} MiB.`,
      );
    if (size > this.#pages * this.#pageBytes) throw this.#bad(`a row claims ${size} bytes, more than the file has`);
    const record = new Uint8Array(size);
    record.set(own);
    let filled = own.byteLength;
    for (let page = first; filled < size;) {
      const bytes = await this.#page(page, signal);
      const piece = bytes.subarray(4, Math.min(this.#usable, 4 + size - filled));
      record.set(piece, filled);
      filled += piece.byteLength;
      page = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    }
    return record;
  }
}

/** Values by column name; the alias of the row id has it. */
export function namedValues(table: SqlTable, rowId: number, values: readonly SqlValue[]): Record<string, SqlValue> {
  const out: Record<string, SqlValue> = {};
  table.columns.forEach(({ name, isRowId }, i) => {
    const value = isRowId ? rowId : (values[i] ?? null);
    Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true });
  });
  return out;
}
