/** Rows of catalog tables as the columns of a file (`catalog.md` §2), without an object a row. */
import { CatalogError } from '../core/index.js';
import {
  arrowColumn,
  bboxData,
  boolData,
  BytesBuilder,
  constantInt32,
  doubleData,
  nullColumn,
  timestampData,
  type ByteSpan,
  type ColumnSpec,
  type ColumnType,
} from '../formats/geoparquet/index.js';
import type { RowPicks } from './row-order.js';
import { BACKEND_ON_DISK, SCHEMA_VERSION } from './schema.js';
import { filepathToStore, isStoredAsIs } from './stored-path.js';
import { STORED, StoredTable, type StoredColumn } from './stored-table.js';
import type { CatalogTable } from './table.js';
import type { CatalogBackend, NativeGrid } from './types.js';

/** The Arrow data of a column. */
export type ColumnData = ReturnType<typeof arrowColumn>;
export interface FileColumn extends ColumnSpec {
  /** Values of some rows. */
  readonly make: (picks: RowPicks) => ColumnData;
}

/** Adds the value of a row to a column under construction. */
type Adder = (i: number, to: BytesBuilder) => void;

const emptySpan = (): ByteSpan => ({ data: new Uint8Array(0), from: 0, to: 0 });

/** Calls `each` for every row with its table's reader; readers are made once a table. */
function forEachRow<R>(
  { tables, tableOf, rows }: RowPicks,
  readerOf: (t: CatalogTable) => R,
  each: (reader: R, i: number, k: number) => void,
): void {
  const readers = tables.map(readerOf);
  // SAFETY: `tableOf` numbers the tables.
  for (let k = 0; k < rows.length; k++) each(readers[tableOf?.[k] ?? 0] as R, rows[k] ?? 0, k);
}

function bytesColumn(type: 'string' | 'binary', adderOf: (t: CatalogTable) => Adder, expectedBytes?: number) {
  return (picks: RowPicks): ColumnData => {
    const builder = new BytesBuilder(picks.rows.length, expectedBytes);
    forEachRow(picks, adderOf, (add, i) => add(i, builder));
    return builder.finish(type);
  };
}

/** The stored text column of a table that has one with the bytes at hand. */
function storedText(table: CatalogTable, name: string): Required<Pick<StoredColumn, 'span'>> | null {
  const column = table instanceof StoredTable ? table[STORED].column(name) : undefined;
  if (column?.type !== 'text' || !column.span) return null;
  return { span: (i, out) => column.span?.(i, out) ?? false };
}

const addId = (table: CatalogTable): Adder => {
  const stored = storedText(table, 'id');
  const span = emptySpan();
  return (i, to) => (stored?.span(i, span) ? to.span(span) : to.text(table.id(i)));
};

const addFilepath = (table: CatalogTable): Adder => {
  const stored = storedText(table, 'filepath');
  const span = emptySpan();
  return (i, to) =>
    stored?.span(i, span) && isStoredAsIs(span) ? to.span(span) : to.text(filepathToStore(table.filepath(i)));
};

const addCrs = (table: CatalogTable): Adder => {
  // Neighbours mostly share their CRS, and one object stands for each.
  let [crs, bytes]: [unknown, Buffer] = [null, Buffer.alloc(0)];
  return (i, to) => {
    const own = table.crs(i);
    if (own !== crs) [crs, bytes] = [own, Buffer.from(own.canonical, 'utf8')];
    to.bytes(bytes);
  };
};

/** Types of footprints seen, by the WKB. */
export type GeometryTypes = Set<'Polygon' | 'MultiPolygon'>;
const MULTI_POLYGON = 6;

const addGeometry =
  (types: GeometryTypes) =>
  (table: CatalogTable): Adder => {
    const span = emptySpan();
    let [polygon, multi] = [false, false];
    return (i, to) => {
      if (!(table instanceof StoredTable && table.spanOfWkb(i, span))) {
        span.data = table.wkb(i);
        span.from = 0;
        span.to = span.data.length;
      }
      // The type is the first byte after that of the byte order, which is little-endian.
      if (span.data[span.from + 1] === MULTI_POLYGON) {
        if (!multi) types.add('MultiPolygon');
        multi = true;
      } else {
        if (!polygon) types.add('Polygon');
        polygon = true;
      }
      to.span(span);
    };
  };

/** Values of rows from flat arrays of their tables: `stride` numbers a row, of which the one at `offset`. */
function gathered(
  { tables, tableOf, rows }: RowPicks,
  arrayOf: (t: CatalogTable) => Float64Array,
  stride = 1,
  offset = 0,
): Float64Array {
  const arrays = tables.map(arrayOf);
  const out = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) out[k] = arrays[tableOf?.[k] ?? 0]?.[stride * (rows[k] ?? 0) + offset] ?? NaN;
  return out;
}

function boxes(picks: RowPicks): ColumnData {
  const axes = [0, 1, 2, 3].map((axis) => gathered(picks, (t) => t.boxes, 4, axis));
  return bboxData(axes, picks.rows.length);
}

function statics(picks: RowPicks): ColumnData {
  const starts = gathered(picks, (t) => t.starts);
  const out = new Uint8Array(starts.length);
  for (let k = 0; k < out.length; k++) out[k] = starts[k] === -Infinity ? 1 : 0;
  return boolData(out);
}

const NATIVE: readonly (readonly [string, ColumnType, (n: NativeGrid) => unknown])[] = [
  ['native_transform', 'list<double>', (n) => n.transform],
  ['width', 'int32', (n) => n.width],
  ['height', 'int32', (n) => n.height],
  ['n_bands', 'int32', (n) => n.count],
  ['dtype', 'string', (n) => n.dtype],
  ['nodata', 'double', (n) => n.nodata],
  ['band_names', 'list<string>', (n) => n.bandNames],
  // Flat pairs: width, height, width, height …, largest first.
  ['overviews', 'list<int32>', (n) => n.overviews.flat()],
];

/** The native columns, whose grids are read once for all of them. */
function nativeColumns(): readonly FileColumn[] {
  let last: { readonly picks: RowPicks; readonly grids: readonly (NativeGrid | null)[] | null } | undefined;
  /** Null where no row has a grid, as in catalogs of vector files. */
  const gridsOf = (picks: RowPicks): readonly (NativeGrid | null)[] | null => {
    if (last?.picks === picks) return last.grids;
    const grids = new Array<NativeGrid | null>(picks.rows.length).fill(null);
    let any = false;
    forEachRow(
      picks,
      (t) => t,
      (t, i, k) => {
        const grid = t.native(i);
        if (!grid) return;
        grids[k] = grid;
        any = true;
      },
    );
    last = { picks, grids: any ? grids : null };
    return last.grids;
  };
  return NATIVE.map(([name, type, value]) => ({
    name,
    type,
    make: (picks) => {
      const grids = gridsOf(picks);
      if (!grids) return nullColumn(type, picks.rows.length);
      return arrowColumn(
        grids.map((grid) => grid && value(grid)),
        type,
      );
    },
  }));
}

type UserType = 'double' | 'bool' | 'string';
const USER_TYPES: Readonly<Record<string, UserType>> = {
  number: 'double',
  boolean: 'bool',
  string: 'string',
  bool: 'bool',
  text: 'string',
  time: 'string',
};

/** Type of a user column: one for all values; numbers are doubles. */
function userType(name: string, picks: RowPicks): UserType {
  const kinds = new Set<UserType>();
  const known = picks.tables.map((t) => (t instanceof StoredTable ? t[STORED].column(name) : null));
  known.forEach((column) => {
    const type = USER_TYPES[column?.type ?? ''];
    if (type) kinds.add(type);
  });
  forEachRow(
    picks,
    (t) => (t instanceof StoredTable ? null : t),
    (t, i) => {
      const value = t?.value(name, i) ?? null;
      if (value !== null) kinds.add(USER_TYPES[typeof value] ?? 'string');
    },
  );
  if (kinds.size > 1)
    throw new CatalogError(
      'mixed-column',
      `Column ${name} mixes ${[...kinds].join(' and ')}; a column in a file has one type.`,
      { hint: 'Convert it first: withColumn(name, (row) => String(…)).' },
    );
  return [...kinds][0] ?? 'string';
}

/** All values of a stored column of numbers. */
function storedNumbers(table: CatalogTable, name: string): (() => Float64Array) | null {
  const column = table instanceof StoredTable ? table[STORED].column(name) : undefined;
  if (column?.type !== 'number' || !column.numbers) return null;
  return () => column.numbers?.() ?? new Float64Array(0);
}

const valueAt = ({ tables, tableOf, rows }: RowPicks, name: string, k: number): unknown =>
  tables[tableOf?.[k] ?? 0]?.value(name, rows[k] ?? 0) ?? null;

function userColumn(name: string, type: UserType): FileColumn {
  const values = (picks: RowPicks, each: (value: unknown, k: number) => void): void =>
    forEachRow(
      picks,
      (t) => t,
      (t, i, k) => each(t.value(name, i), k),
    );
  if (type === 'double')
    return {
      name,
      type,
      make: (picks) => {
        const missing = new Uint8Array(picks.rows.length);
        const stored = picks.tables.map((t) => storedNumbers(t, name));
        if (stored.every((column) => column !== null)) {
          const found = gathered(picks, (t) => stored[picks.tables.indexOf(t)]?.() ?? new Float64Array(0));
          // A NaN is a null or a value, which only the column can tell.
          for (let k = 0; k < found.length; k++)
            if (Number.isNaN(found[k])) missing[k] = valueAt(picks, name, k) === null ? 1 : 0;
          return doubleData(found, (k) => missing[k] === 1);
        }
        const out = new Float64Array(picks.rows.length);
        values(picks, (v, k) => {
          if (typeof v === 'number') out[k] = v;
          else missing[k] = 1;
        });
        return doubleData(out, (k) => missing[k] === 1);
      },
    };
  if (type === 'bool')
    return {
      name,
      type,
      make: (picks) => {
        const out = new Uint8Array(picks.rows.length);
        values(picks, (v, k) => (out[k] = v === null ? 2 : v === true ? 1 : 0));
        return boolData(out);
      },
    };
  const addText = (table: CatalogTable): Adder => {
    const stored = storedText(table, name);
    const span = emptySpan();
    return (i, to) => {
      if (stored) {
        if (stored.span(i, span)) to.span(span);
        else to.null();
        return;
      }
      const value = table.value(name, i);
      if (value === null) to.null();
      else to.text(String(value));
    };
  };
  return { name, type, make: bytesColumn('string', addText) };
}

/**
 * The columns of the file of some rows, in order. `types` collects the types of the footprints that are written.
 *
 * @throws {@link CatalogError} `mixed-column` when a user column holds values of several types.
 */
export function fileColumns(all: RowPicks, backend: CatalogBackend, types: GeometryTypes): readonly FileColumn[] {
  const userNames = [...new Set(all.tables.flatMap((t) => t.columnNames))];
  const backendBytes = Buffer.from(BACKEND_ON_DISK[backend], 'utf8');
  return [
    { name: 'id', type: 'string', make: bytesColumn('string', addId) },
    { name: 'filepath', type: 'string', make: bytesColumn('string', addFilepath, 64) },
    { name: 'geometry', type: 'binary', make: bytesColumn('binary', addGeometry(types), 96) },
    { name: 'bbox', type: 'bbox', make: boxes },
    { name: 'start_time', type: 'timestamp', make: (picks) => timestampData(gathered(picks, (t) => t.starts)) },
    { name: 'end_time', type: 'timestamp', make: (picks) => timestampData(gathered(picks, (t) => t.ends)) },
    { name: 'static', type: 'bool', make: statics },
    { name: 'crs', type: 'string', make: bytesColumn('string', addCrs, 12) },
    ...nativeColumns(),
    ...userNames.map((name) => userColumn(name, userType(name, all))),
    { name: '_backend', type: 'string', make: bytesColumn('string', () => (_, to) => to.bytes(backendBytes), 8) },
    { name: '_schema_version', type: 'int32', make: ({ rows }) => constantInt32(SCHEMA_VERSION, rows.length) },
  ];
}
