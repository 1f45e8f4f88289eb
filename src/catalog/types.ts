/** The catalog interface and its rows (`catalog.md` §1, §2). */
import type {
  Bounds,
  Crs,
  CrsInput,
  Duration,
  GeoSlice,
  Interval,
  IntervalInput,
  LedgerEntry,
  LongTask,
  Resolution,
  NativeGrid,
} from '../core/index.js';
import type { SqlExtras } from './sql.js';
import type { MultiPolygon, Polygon } from 'geojson';

export type { Aggregate, Measure, SqlExtras, SqlParams, SqlRow } from './sql.js';

export type { MultiPolygon, Polygon, Position } from 'geojson';
export type { DType, NativeGrid } from '../core/index.js';
export type Scalar = string | number | boolean | null;
export type CatalogBackend = 'raster' | 'cube' | 'vector';

export interface CatalogRow {
  readonly id: string;
  /** Path or URI. */
  readonly filepath: string;
  /** Footprint in the catalog's CRS. */
  readonly geometry: Polygon | MultiPolygon;
  readonly bbox: Bounds;
  /** Null when static. */
  readonly interval: Interval | null;
  readonly static: boolean;
  /** CRS of the file itself. */
  readonly crs: Crs;
  readonly native: NativeGrid | null;
  readonly columns: Readonly<Record<string, Scalar>>;
}

export interface QueryOptions {
  readonly bounds?: Bounds;
  readonly geometry?: Polygon | MultiPolygon;
  /** CRS of the area; default the catalog's. */
  readonly crs?: CrsInput;
  readonly time?: IntervalInput;
  readonly tStep?: number;
}

export interface WriteOptions extends LongTask {
  readonly sort?: 'space-time' | 'none';
}
export interface WriteReport {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** The rows of one period. */
export interface CatalogGroup {
  /** `2024-06-03`, `2024-06`, `2024` or `static`. */
  readonly key: string;
  /** The whole period; null for static rows. */
  readonly interval: Interval | null;
  readonly catalog: GeoCatalog;
}

/** One operation of a chain, and what it did. */
export interface ExplanationStep {
  /** `open`, `build`, `query`, `where`, `intersect` … */
  readonly operation: string;
  /** Its arguments in words. */
  readonly detail: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** Rows that each test removed; a row that several would remove counts for the first of space, time, predicate. */
  readonly removed: { readonly space: number; readonly time: number; readonly predicate: number };
  /** The statement that DuckDB ran; null where none did. */
  readonly sql: string | null;
}
export interface Explanation {
  readonly steps: readonly ExplanationStep[];
}

/** Facts about how a catalog came to be. */
export interface CatalogConfig extends Readonly<Record<string, unknown>> {
  /** Files that could not be indexed, with the reason. */
  readonly skipped?: readonly LedgerEntry[];
  /** Files whose names did not match `filenameRegex`. */
  readonly unmatched?: readonly string[];
}

/** An index of files in space and time; set algebra returns new catalogs and never reads pixels. */
export interface GeoCatalog extends SqlExtras {
  readonly backend: CatalogBackend;
  readonly engine: 'memory' | 'duckdb';
  readonly crs: Crs;
  readonly targetResolution: Resolution | null;
  readonly config: CatalogConfig;
  /** Rows that meet an area (touching counts) and a time; static rows match every time. */
  query(target: GeoSlice | QueryOptions): GeoCatalog;
  /**
   * Every pair of rows that share area (more than a boundary) and time, in the left's CRS: its footprint is the common
   * part, its interval the common time, its columns the left's and the right's as `_right_<name>` (with `_right_id`,
   * `_right_filepath`, `_right_start_time`, `_right_end_time`; `_right2_` at a second intersect).
   */
  intersect(other: GeoCatalog, o?: { readonly spatialOnly?: boolean }): GeoCatalog;
  /** Left rows, then right rows in the left's CRS; columns united by name. `exact` drops later equal rows. */
  union(other: GeoCatalog, o?: { readonly dedupe?: 'none' | 'exact'; readonly force?: boolean }): GeoCatalog;
  /** Left rows without partner in `other`: by the rules of `intersect`, or by file, layer, asset and times. */
  difference(
    other: GeoCatalog,
    o?: { readonly spatialOnly?: boolean; readonly by?: 'overlap' | 'identity' },
  ): GeoCatalog;
  /**
   * For each left row the right row nearest in time among those that share area. Left rows stay as they are, with the
   * partner's columns as `_right_<name>` and the gap in µs (right minus left midpoint) as `_gap`.
   */
  nearestInTime(
    other: GeoCatalog,
    o: {
      readonly maxGap: Duration;
      readonly direction?: 'both' | 'before' | 'after';
      readonly oneToOne?: boolean;
    },
  ): GeoCatalog;
  /** One catalog per UTC day, month or year of the start, in time order; static rows last, key `static`. */
  groupBy(by: 'day' | 'month' | 'year', o?: LongTask): AsyncIterable<CatalogGroup>;
  /**
   * Rows for which a callback or an expression (`` `eo:cloud_cover` < 20 and start_time >= '2024-06-01' ``) holds.
   *
   * @throws {@link ExpressionError} with the position and the nearest column name.
   */
  where(
    predicate: string | ((row: CatalogRow) => boolean),
    params?: Readonly<Record<string, Scalar | readonly Scalar[]>>,
  ): GeoCatalog;
  /** Adds or replaces a column. Names of the row schema and names starting with `_` are reserved. */
  withColumn(name: string, value: (row: CatalogRow) => Scalar): GeoCatalog;
  /** Moves starts back and ends forward; static rows stay. */
  withIntervalPadding(by: Duration): GeoCatalog;
  count(o?: LongTask): Promise<number>;
  /** Four NaN when empty. */
  totalBounds(o?: LongTask): Promise<Bounds>;
  /** Null when there is no dated row. */
  temporalExtent(o?: LongTask): Promise<Interval | null>;
  rows(o?: LongTask): AsyncIterable<CatalogRow>;
  toArray(o?: LongTask): Promise<readonly CatalogRow[]>;
  slices(o?: { resolution?: Resolution | number }): AsyncIterable<GeoSlice>;
  /** The chain of operations with rows in, rows out, and how many each test removed. */
  explain(o?: LongTask): Promise<Explanation>;
  toGeoParquet(path: string, o?: WriteOptions): Promise<WriteReport>;
  dispose(): Promise<void>;
}
