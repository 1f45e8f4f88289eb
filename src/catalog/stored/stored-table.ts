/** Stored rows, of Parquet files or of DuckDB, as a catalog table: one decoder, so that both engines give the same rows. */
import { CatalogError, Crs, FormatError, formatTime, type Interval } from '../../core/index.js';
import { decodeWkb, encodeWkb, scanWkb, WKB_BOX, WKB_FOREIGN, type ByteSpan } from '../../formats/geoparquet/index.js';
import { migrateRows, type Where } from './migrate.js';
import { nativeReader } from './stored-native.js';
import { crsReader, scalarReader } from './stored-readers.js';
import { filepathIn } from './stored-path.js';
import { rowAt, type CatalogTable } from '../table.js';
import type { CatalogRow, MultiPolygon, Polygon, Scalar } from '../types.js';

/** One stored column. */
export interface StoredColumn {
  readonly type: 'number' | 'time' | 'text' | 'bool' | 'bytes' | 'nested';
  /** Times in microseconds, integers as numbers, lists and structs as plain arrays and objects; null where null. */
  get(i: number): unknown;
  /** All values of a number or time column, NaN where null. */
  numbers?(): Float64Array;
  /**
   * Hands all values of a bytes or text column to `visit` without an object each: they are `data[from … to)`; from is
   * −1 where null. Optional: without it `get` is called.
   */
  bytes?(visit: (data: Uint8Array, from: number, to: number, i: number) => void): void;
  /** Bytes of one value of a bytes or text column, written to `out`; false where null. Optional, as a fast way. */
  span?(i: number, out: ByteSpan): boolean;
  /** Distinct values, nulls included, until there are `limit`. Optional, as a fast way. */
  distinct?(limit: number): readonly unknown[];
}

/** Key under which a table of stored rows hands out its columns: writers copy their bytes. */
export const STORED = Symbol('nadir.stored');

/** Stored rows by column. */
export interface StoredRows {
  readonly length: number;
  /** In stored order. */
  readonly names: readonly string[];
  column(name: string): StoredColumn | undefined;
}

/** What a table needs to know of the files that its rows come from. */
export interface StoredFacts {
  /** CRS of the footprints, and of the files of rows that name none. */
  readonly crs: Crs;
  readonly geometryColumn: string;
  /** Version of the row schema. 1 needs `id`, `filepath`, `start_time`, `end_time`; of version 0 give all rows at once. */
  readonly version: number;
  /** User columns in catalog order; default: {@link userColumns} of the rows. What the rows lack is null. */
  readonly columnNames?: readonly string[];
  /** Envelopes of the footprints where they are known to be right; footprints are then looked at when asked for only. */
  readonly boxes?: Float64Array;
  /** File of a row, which starts relative paths, and its number in that file; for messages. */
  readonly where: Where;
}

const SCHEMA_COLUMNS: ReadonlySet<string> = new Set(
  'id filepath bbox start_time end_time static crs native_transform width height n_bands dtype nodata band_names overviews'.split(
    ' ',
  ),
);

/** Names that start with `_` are Nadir's own; of those, pairs of set operations have columns (`catalog.md` §5, §6). */
const isUserName = (name: string): boolean => !name.startsWith('_') || /^_(?:right\d*_|gap$)/.test(name);

/** Names of the user columns of stored rows: `scalar` ones, which rows can hold, and `nested` ones, which they cannot. */
export function userColumns(
  rows: StoredRows,
  geometryColumn: string,
): { readonly scalar: readonly string[]; readonly nested: readonly string[] } {
  const user = rows.names.filter((n) => n !== geometryColumn && !SCHEMA_COLUMNS.has(n) && isUserName(n));
  const isNested = (name: string): boolean => ['bytes', 'nested'].includes(rows.column(name)?.type ?? '');
  return { scalar: user.filter((n) => !isNested(n)), nested: user.filter(isNested) };
}

const NO_BYTES = new Uint8Array(0);

const place = (where: Where, i: number): string => {
  const { file, row } = where(i);
  return `${file}, row ${row}`;
};

function noGeometry(where: Where, i: number): never {
  const { file, row } = where(i);
  throw new FormatError('null-geometry', `${file}: row ${row} has no geometry.`, {
    hint: 'Drop the rows without geometry.',
    details: { file, row },
  });
}

/** Finds and scans one footprint at a time; null where the column does not tell where its values lie. */
function singleFootprint(rows: StoredRows, { geometryColumn, where }: StoredFacts) {
  const column = rows.column(geometryColumn);
  if (!column?.span) return null;
  const box = new Float64Array(4);
  return (i: number, out: ByteSpan): number => {
    if (!column.span?.(i, out)) return noGeometry(where, i);
    const { data } = out;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return scanWkb(view, out.from, out.to, box, 0, () => place(where, i));
  };
}

/** Footprints: their bytes by row, envelopes, and which are rectangles or written in a foreign way. */
function footprints(rows: StoredRows, { geometryColumn, where }: StoredFacts) {
  const column = rows.column(geometryColumn);
  if (!column && rows.length > 0) {
    const { file } = where(0);
    throw new FormatError('no-geometry', `${file}: the geometry column "${geometryColumn}" is missing.`, {
      details: { file, columns: rows.names },
    });
  }
  const boxes = new Float64Array(rows.length * 4);
  const flags = new Uint8Array(rows.length);
  const froms = new Uint32Array(rows.length);
  const tos = new Uint32Array(rows.length);
  const buffers: { readonly start: number; readonly data: Uint8Array; readonly view: DataView }[] = [];
  const visit = (data: Uint8Array, from: number, to: number, i: number): void => {
    if (from < 0) noGeometry(where, i);
    let last = buffers.at(-1);
    if (last?.data !== data) {
      last = { start: i, data, view: new DataView(data.buffer, data.byteOffset, data.byteLength) };
      buffers.push(last);
    }
    flags[i] = scanWkb(last.view, from, to, boxes, i, () => place(where, i));
    froms[i] = from;
    tos[i] = to;
  };
  if (column?.bytes) column.bytes(visit);
  else
    for (let i = 0; i < rows.length; i++) {
      const value = column?.get(i);
      if (value instanceof Uint8Array) visit(value, 0, value.length, i);
      else visit(new Uint8Array(0), -1, 0, i);
    }
  const span = (i: number, out: ByteSpan): boolean => {
    let [low, high] = [0, buffers.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((buffers[middle]?.start ?? 0) <= i) low = middle;
      else high = middle - 1;
    }
    out.data = buffers[low]?.data ?? out.data;
    out.from = froms[i] ?? 0;
    out.to = tos[i] ?? 0;
    return true;
  };
  return { boxes, flags, span };
}

/** Times of rows: −Infinity and Infinity for static ones. */
function intervals(rows: StoredRows, where: Where): { readonly starts: Float64Array; readonly ends: Float64Array } {
  const read = (name: string): Float64Array => {
    const column = rows.column(name);
    if (column && column.type !== 'time' && rows.length > 0) {
      const { file } = where(0);
      throw new CatalogError('bad-time', `${file}: column ${name} holds no times.`, { details: { file } });
    }
    if (column?.numbers) return Float64Array.from(column.numbers());
    return Float64Array.from({ length: rows.length }, (_, i) => Number(column?.get(i) ?? NaN));
  };
  const [starts, ends] = [read('start_time'), read('end_time')];
  const fail = (code: string, i: number, text: string): never => {
    const { file, row } = where(i);
    throw new CatalogError(code, `${file}, row ${row}: ${text}.`, { details: { file, row } });
  };
  for (let i = 0; i < rows.length; i++) {
    const [start, end] = [starts[i] ?? NaN, ends[i] ?? NaN];
    if (start <= end && Number.isSafeInteger(start) && Number.isSafeInteger(end)) continue;
    if (start !== start && end !== end) {
      starts[i] = -Infinity;
      ends[i] = Infinity;
    } else if (start !== start || end !== end) fail('half-interval', i, 'only one of start_time and end_time is given');
    else if (start > end)
      fail('reversed-interval', i, `the interval ends (${formatTime(end)}) before it starts (${formatTime(start)})`);
    else fail('bad-time', i, 'its times are beyond what a catalog holds');
  }
  return { starts, ends };
}

/** A table over stored rows; made by {@link storedTable}. */
export class StoredTable implements CatalogTable {
  readonly length: number;
  readonly boxes: Float64Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly columnNames: readonly string[];
  readonly crs: (i: number) => Crs;
  readonly native: CatalogTable['native'];
  readonly #rows: StoredRows;
  /** Footprints that are looked at one by one, where nothing else is asked of them. */
  readonly #single: ((i: number, out: ByteSpan) => number) | null;
  readonly #footprints: () => ReturnType<typeof footprints>;
  #made: ReturnType<typeof footprints> | undefined;
  #boxed: Uint8Array | undefined;
  readonly #where: Where;
  readonly #values: ReadonlyMap<string, (i: number) => Scalar>;

  constructor(rows: StoredRows, facts: StoredFacts) {
    this.#rows = rows;
    this.#where = facts.where;
    this.length = rows.length;
    this.#footprints = () => footprints(rows, facts);
    this.#single = facts.boxes ? singleFootprint(rows, facts) : null;
    this.boxes = facts.boxes ?? this.#measured().boxes;
    const { starts, ends } = intervals(rows, facts.where);
    this.starts = starts;
    this.ends = ends;
    this.columnNames = facts.columnNames ?? userColumns(rows, facts.geometryColumn).scalar;
    this.#values = new Map(this.columnNames.map((name) => [name, scalarReader(rows.column(name))]));
    this.crs = crsReader(rows, facts);
    this.native = nativeReader(rows);
  }

  #measured(): ReturnType<typeof footprints> {
    return (this.#made ??= this.#footprints());
  }
  get boxed(): Uint8Array {
    return (this.#boxed ??= this.#measured().flags.map((flag) => flag & WKB_BOX));
  }
  /** The migrated rows behind the table. */
  get [STORED](): StoredRows {
    return this.#rows;
  }
  /** Bytes of the footprint as the file has them; false where they are not little-endian x and y. */
  spanOfWkb(i: number, out: ByteSpan): boolean {
    return (this.#find(i, out) & WKB_FOREIGN) === 0;
  }
  id(i: number): string {
    const value = this.#rows.column('id')?.get(i);
    if (typeof value === 'string') return value;
    const { file, row } = this.#where(i);
    throw new CatalogError(
      'no-id',
      `${file}, row ${row}: its id is ${value === null || value === undefined ? 'missing' : 'no text'}.`,
      {
        hint: 'Give every row an id, a text of its own.',
        details: { file, row },
      },
    );
  }
  filepath(i: number): string {
    const value = this.#rows.column('filepath')?.get(i);
    return typeof value === 'string' ? filepathIn(this.#where(i).file, value) : '';
  }
  /** Finds the bytes of a footprint and returns what a scan found of it. */
  #find(i: number, out: ByteSpan): number {
    if (this.#single && !this.#made) return this.#single(i, out);
    const { span, flags } = this.#measured();
    span(i, out);
    return flags[i] ?? 0;
  }
  wkb(i: number): Uint8Array {
    const out = { data: NO_BYTES, from: 0, to: 0 };
    const flags = this.#find(i, out);
    const bytes = out.data.subarray(out.from, out.to);
    return (flags & WKB_FOREIGN) === 0 ? bytes : encodeWkb(decodeWkb(bytes, () => place(this.#where, i)));
  }
  geometry(i: number): Polygon | MultiPolygon {
    const out = { data: NO_BYTES, from: 0, to: 0 };
    this.#find(i, out);
    return decodeWkb(out.data.subarray(out.from, out.to), () => place(this.#where, i));
  }
  interval(i: number): Interval | null {
    const start = this.starts[i] ?? -Infinity;
    return start === -Infinity ? null : Object.freeze({ start, end: this.ends[i] ?? start });
  }
  value(name: string, i: number): Scalar {
    return this.#values.get(name)?.(i) ?? null;
  }
  row(i: number): CatalogRow {
    return rowAt(this, i);
  }
}

/**
 * The catalog table of stored rows. Footprints are checked and measured at once (boxes are those of the WKB, never of
 * a stored bbox, which only serves to skip rows); everything else is decoded when asked for.
 *
 * @throws {@link FormatError} `null-geometry`, `bad-wkb`; {@link CatalogError} `reversed-interval`, `half-interval`,
 * `bad-time`, `newer-schema`, and `no-id` when the id is asked for; {@link UnsupportedDataError} `geometry-type`; all naming file and row.
 */
export function storedTable(rows: StoredRows, facts: StoredFacts): CatalogTable {
  return new StoredTable(migrateRows(rows, facts.version, facts.where), facts);
}
