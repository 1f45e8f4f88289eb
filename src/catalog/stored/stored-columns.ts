/** Rows of catalog tables as the columns of a file (`catalog.md` §2), without an object a row. */
import {
  type ByteSpan,
  arrowColumn,
  bboxData,
  boolData,
  constantInt32,
  nullColumn,
  timestampData,
  type ColumnType,
} from '../../formats/geoparquet/index.js';
import type { RowPicks } from './row-order.js';
import { BACKEND_ON_DISK, SCHEMA_VERSION } from './schema.js';
import { addressToStore, filepathToStore, isStoredAsIs } from './stored-path.js';
import {
  bytesColumn,
  emptySpan,
  forEachRow,
  gathered,
  storedText,
  type Adder,
  type ColumnData,
  type FileColumn,
} from './stored-picks.js';
import { STORED, StoredTable } from './stored-table.js';
import { userColumn, userTypes, type UserType } from './stored-user-columns.js';
import type { CatalogTable } from '../table.js';
import type { CatalogBackend, NativeGrid } from '../types.js';

const addId = (table: CatalogTable): Adder => {
  const stored = storedText(table, 'id');
  const span = emptySpan();
  return (i, to) => (stored?.span(i, span) ? to.span(span) : to.text(table.id(i)));
};

/**
 * How file paths are stored: `absolute`; as rows have them (`given`), relative ones starting at the folder of the file; or
 * as the file has them that the rows come from (`stored`), which the new one replaces.
 */
export type StoredPaths = 'absolute' | 'given' | 'stored';

const addFilepath =
  (paths: StoredPaths) =>
  (table: CatalogTable): Adder => {
    if (paths === 'stored' && table instanceof StoredTable) {
      const column = table[STORED].column('filepath');
      return (i, to) => {
        const path = column?.get(i);
        to.text(typeof path === 'string' ? addressToStore(path) : '');
      };
    }
    if (paths === 'given') return (i, to) => to.text(addressToStore(table.filepath(i)));
    const stored = storedText(table, 'filepath');
    const span = emptySpan();
    return (i, to) =>
      stored?.span(i, span) && isStoredAsIs(span) ? to.span(span) : to.text(filepathToStore(table.filepath(i)));
  };

function spanOf(text: string): ByteSpan {
  const data = Buffer.from(text, 'utf8');
  return { data, from: 0, to: data.length };
}

const addCrs = (table: CatalogTable): Adder => {
  // Neighbours mostly share their CRS, and one object stands for each.
  let crs: unknown = null;
  let span = emptySpan();
  return (i, to) => {
    const own = table.crs(i);
    if (own !== crs) {
      crs = own;
      span = spanOf(own.portable);
    }
    to.span(span);
  };
};

/** Columns of one value, by what makes them: the same data for as many rows, which writers then encode once. */
class OneValue {
  readonly #made = new Map<string, ColumnData>();

  get(key: string, length: number, make: () => ColumnData): ColumnData {
    const full = `${length} ${key}`;
    let data = this.#made.get(full);
    if (!data) {
      data = make();
      this.#made.set(full, data);
    }
    return data;
  }

  text(value: string, picks: RowPicks): ColumnData {
    const span = spanOf(value);
    return this.get(`text ${value}`, picks.rows.length, () =>
      bytesColumn('string', () => (_, to) => to.span(span), span.to + 1)(picks),
    );
  }
}

/** The CRSs of rows, mostly one. */
function crsColumn(same: OneValue): (picks: RowPicks) => ColumnData {
  const many = bytesColumn('string', addCrs, 12);
  return (picks) => {
    const first = picks.tables[picks.tableOf?.[0] ?? 0]?.crs(picks.rows[0] ?? 0);
    let equal = first !== undefined;
    const { tables, tableOf, rows } = picks;
    for (let k = 0; equal && k < rows.length; k++) equal = tables[tableOf?.[k] ?? 0]?.crs(rows[k] ?? 0) === first;
    return equal && first ? same.text(first.portable, picks) : many(picks);
  };
}

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
function nativeColumns(same: OneValue): readonly FileColumn[] {
  let last: { readonly picks: RowPicks; readonly grids: readonly (NativeGrid | null)[] | null } | undefined;
  /** Null where no row has a grid, as in catalogs of vector files. */
  const gridsOf = (picks: RowPicks): readonly (NativeGrid | null)[] | null => {
    if (last?.picks === picks) return last.grids;
    let grids: (NativeGrid | null)[] | null = null;
    forEachRow(
      picks,
      (t) => t,
      (t, i, k) => {
        const grid = t.native(i);
        if (grid === null) return;
        grids ??= new Array<NativeGrid | null>(picks.rows.length).fill(null);
        grids[k] = grid;
      },
    );
    last = { picks, grids };
    return last.grids;
  };
  return NATIVE.map(([name, type, value]) => ({
    name,
    type,
    make: (picks) => {
      const grids = gridsOf(picks);
      const { length } = picks.rows;
      if (!grids) return same.get(`null ${type}`, length, () => nullColumn(type, length));
      return arrowColumn(
        grids.map((grid) => grid && value(grid)),
        type,
      );
    },
  }));
}

/**
 * The columns of the file of some rows, in order. `types` collects the types of the footprints that are written. `known`
 * gives the types of user columns in files beside it; a column without values and known type is then left out, since
 * any type might follow.
 *
 * @throws {@link CatalogError} `mixed-column` when a user column holds values of several types.
 */
export function fileColumns(
  all: RowPicks,
  backend: CatalogBackend,
  types: GeometryTypes,
  known?: ReadonlyMap<string, UserType>,
  paths: StoredPaths = 'absolute',
): readonly FileColumn[] {
  const same = new OneValue();
  const user = [...userTypes(all)].flatMap(([name, type]) => {
    const final = type ?? (known ? known.get(name) : 'string');
    return final ? [userColumn(name, final)] : [];
  });
  return [
    { name: 'id', type: 'string', make: bytesColumn('string', addId) },
    { name: 'filepath', type: 'string', make: bytesColumn('string', addFilepath(paths), 64) },
    { name: 'geometry', type: 'binary', make: bytesColumn('binary', addGeometry(types), 96) },
    { name: 'bbox', type: 'bbox', make: boxes },
    { name: 'start_time', type: 'timestamp', make: (picks) => timestampData(gathered(picks, (t) => t.starts)) },
    { name: 'end_time', type: 'timestamp', make: (picks) => timestampData(gathered(picks, (t) => t.ends)) },
    { name: 'static', type: 'bool', make: statics },
    { name: 'crs', type: 'string', make: crsColumn(same) },
    ...nativeColumns(same),
    ...user,
    { name: '_backend', type: 'string', make: (picks) => same.text(BACKEND_ON_DISK[backend], picks) },
    {
      name: '_schema_version',
      type: 'int32',
      make: ({ rows }) => same.get('version', rows.length, () => constantInt32(SCHEMA_VERSION, rows.length)),
    },
  ];
}
