/** Rows of a catalog as columns: what engines, operations and writers work on, so that a million rows are no million objects. */
import type { Bounds, Crs, Interval, LongTask, Resolution, RunningTask } from '../core/index.js';
import type { SqlExtras } from './sql.js';
import type { CatalogBackend, CatalogConfig, CatalogRow, MultiPolygon, NativeGrid, Polygon, Scalar } from './types.js';

/** What all catalogs derived from one have in common. */
export interface CatalogFacts {
  readonly backend: CatalogBackend;
  readonly crs: Crs;
  readonly targetResolution: Resolution | null;
  readonly config: CatalogConfig;
}

/**
 * Rows in a fixed order, by index 0 … length − 1. Never changed after it was made.
 *
 * Flat arrays hold what filters compare; everything else is decoded when asked for, one row at a time.
 */
export interface CatalogTable {
  readonly length: number;
  /** Envelopes of the footprints, four numbers a row: xmin, ymin, xmax, ymax, in the catalog's CRS. */
  readonly boxes: Float64Array;
  /** Microseconds; −Infinity (starts) and Infinity (ends) for static rows, which match every time. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** 1 where the footprint is exactly the rectangle of its box, so that the box test decides. */
  readonly boxed: Uint8Array;
  /** Names of user columns, in order. */
  readonly columnNames: readonly string[];
  id(i: number): string;
  filepath(i: number): string;
  geometry(i: number): Polygon | MultiPolygon;
  /** Little-endian WKB of the footprint. */
  wkb(i: number): Uint8Array;
  interval(i: number): Interval | null;
  /** CRS of the file itself. */
  crs(i: number): Crs;
  native(i: number): NativeGrid | null;
  /** Value of a user column; null where it has none. */
  value(name: string, i: number): Scalar;
  /** The whole row as a frozen object, made on demand. */
  row(i: number): CatalogRow;
  /** Makes ready what rows and boxes need, with turns of the event loop in between; else it is made when first asked for. */
  prepare?(task: RunningTask): Promise<void>;
}

/** Some rows of a table, ascending; `null` stands for all. */
export interface TableView {
  readonly table: CatalogTable;
  readonly indices: Uint32Array | null;
}

/**
 * What a source may leave out while it reads. Rows that it cannot judge it must deliver: whoever asked tests them again.
 */
export interface ScanFilter {
  /** Envelopes in the catalog's CRS: rows that touch none of them may be left out. Null for everywhere. */
  readonly boxes: readonly Bounds[] | null;
  /** Dated rows outside may be left out; static rows never. Null for always. */
  readonly interval: Interval | null;
  /** Expressions of `where` with their parameters, all of which must hold. */
  readonly where: readonly {
    readonly expression: string;
    readonly params: Readonly<Record<string, Scalar | readonly Scalar[]>>;
  }[];
}

/** Where the rows of a root catalog come from: memory, or files that DuckDB reads. */
export interface RowSource {
  readonly engine: 'memory' | 'duckdb';
  readonly facts: CatalogFacts;
  readonly columnNames: readonly string[];
  /** All rows, when they are in memory; such a source is never scanned. */
  readonly table: CatalogTable | null;
  /** Rows in catalog order, in batches of bounded size, at least those that pass the filter. */
  scan(filter: ScanFilter, o: LongTask): AsyncIterable<CatalogTable>;
  /** Number of rows, their envelope (four NaN when empty) and the extent of dated rows, without reading footprints. */
  summary(o: LongTask): Promise<{ readonly count: number; readonly bounds: Bounds; readonly extent: Interval | null }>;
  /** SQL over the rows, where there is any. */
  readonly extras?: SqlExtras;
  /** The statement that a scan runs, for `explain`; null where there is none. */
  describe(filter: ScanFilter): string | null;
  close(): Promise<void>;
}

/** The whole row of a table as a frozen object: what `row(i)` of tables without row objects returns. */
export function rowAt(table: CatalogTable, i: number): CatalogRow {
  const interval = table.interval(i);
  const { boxes } = table;
  return Object.freeze({
    id: table.id(i),
    filepath: table.filepath(i),
    geometry: table.geometry(i),
    bbox: Object.freeze<Bounds>([
      boxes[i * 4] ?? NaN,
      boxes[i * 4 + 1] ?? NaN,
      boxes[i * 4 + 2] ?? NaN,
      boxes[i * 4 + 3] ?? NaN,
    ]),
    interval,
    static: interval === null,
    crs: table.crs(i),
    native: table.native(i),
    columns: Object.freeze(Object.fromEntries(table.columnNames.map((name) => [name, table.value(name, i)]))),
  });
}
