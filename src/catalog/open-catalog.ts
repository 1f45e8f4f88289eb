/** Catalogs from GeoParquet files, Nadir's own and those of others (`catalog.md` §7, §8). */
import { stat } from 'node:fs/promises';
import {
  ArgumentError,
  CatalogError,
  checkOptionNames,
  Crs,
  FormatError,
  formatTime,
  startTask,
  warn,
  type Affine,
  type CrsInput,
  type DType,
  type LongTask,
  type Resolution,
} from '../core/index.js';
import { footprintBounds, readGeoParquet, type GeoParquetTable } from '../formats/geoparquet/index.js';
import { isRemote, openSource } from '../io/index.js';
import { memoryCatalog } from './catalog.js';
import { migration, type StoredRow } from './migrate.js';
import { RowIds } from './row-id.js';
import { backendOf } from './schema.js';
import { filepathIn } from './stored-path.js';
import type { CatalogBackend, CatalogRow, GeoCatalog, MultiPolygon, NativeGrid, Polygon, Scalar } from './types.js';

export interface OpenOptions extends LongTask {
  /** `auto` (default) and `memory` hold the rows in memory. */
  readonly engine?: 'memory' | 'duckdb' | 'auto';
  /** CRS of the footprints, where the file says that it is unknown. */
  readonly crs?: CrsInput;
  /** Fail, rather than assume `raster`, when the file does not say what it indexes. */
  readonly strict?: boolean;
}

const SCHEMA_COLUMNS: ReadonlySet<string> = new Set(
  'id filepath bbox start_time end_time static crs native_transform width height n_bands dtype nodata band_names overviews _backend _schema_version'.split(
    ' ',
  ),
);
const DTYPES: ReadonlySet<string> = new Set<DType>([
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'float64',
]);

async function readAll(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const source = await openSource(path, { signal });
  try {
    if (source.size === undefined)
      throw new FormatError('unknown-size', `The length of ${path} is unknown, so its footer cannot be found.`, {
        details: { file: path },
      });
    return await source.read(0, source.size, { signal });
  } finally {
    await source.close();
  }
}

/** The one value of a column that is the same for all rows. */
function oneValue(values: readonly unknown[], column: string, file: string): unknown {
  const distinct = new Set(values);
  if (distinct.size <= 1) return values[0];
  throw new CatalogError(
    'mixed-values',
    `${file}: column ${column} has several values: ${[...distinct].slice(0, 5).map(String).join(', ')}.`,
    { hint: 'Write one catalog to one file.', details: { file, column } },
  );
}

function versionOf({ table }: GeoParquetTable, file: string): number {
  const column = table.columns['_schema_version'];
  if (!column || column.length === 0) return 0;
  const version = oneValue(column, '_schema_version', file);
  if (typeof version === 'number' && Number.isInteger(version) && version >= 0) return version;
  throw new CatalogError('bad-schema-version', `${file}: column _schema_version holds ${String(version)}.`, {
    details: { file },
  });
}

function readBackend({ table }: GeoParquetTable, file: string, strict: boolean): CatalogBackend {
  const column = table.columns['_backend'];
  if (!column) {
    const message = `${file} does not say what its files are (no column _backend)`;
    if (strict)
      throw new CatalogError('no-backend', `${message}.`, {
        hint: 'Open it without strict to take them for rasters.',
        details: { file },
      });
    warn(`${message}; they are taken to be rasters.`);
    return 'raster';
  }
  const stored = column.length === 0 ? 'raster' : oneValue(column, '_backend', file);
  const backend = typeof stored === 'string' ? backendOf(stored) : undefined;
  if (!backend)
    throw new CatalogError(
      'bad-backend',
      `${file}: column _backend holds ${String(stored)}; known are raster, cube (xarray) and vector.`,
      { details: { file } },
    );
  return backend;
}

const isNumber = (v: unknown): v is number => typeof v === 'number';

/** Header facts, or null when the file does not have all that make up a grid. */
function nativeOf(row: StoredRow): NativeGrid | null {
  const {
    native_transform: transform,
    width,
    height,
    n_bands: count,
    dtype,
    nodata,
    band_names: bandNames,
    overviews,
  } = row;
  if (!Array.isArray(transform) || transform.length !== 6 || !transform.every(isNumber)) return null;
  if (!isNumber(width) || !isNumber(height) || !isNumber(count) || typeof dtype !== 'string' || !DTYPES.has(dtype))
    return null;
  const flat = Array.isArray(overviews) ? overviews.filter(isNumber) : [];
  const names = Array.isArray(bandNames) ? bandNames : [];
  return Object.freeze({
    // SAFETY: six numbers, checked above.
    transform: transform as unknown as Affine,
    width,
    height,
    count,
    // SAFETY: a member of DTYPES.
    dtype: dtype as DType,
    nodata: isNumber(nodata) ? nodata : null,
    bandNames: Array.from({ length: count }, (_, i) => (typeof names[i] === 'string' ? names[i] : null)),
    overviews: Array.from(
      { length: Math.floor(flat.length / 2) },
      (_, i) => [flat[2 * i] ?? 0, flat[2 * i + 1] ?? 0] as const,
    ),
  });
}

/** Names of the user columns that hold scalars; others (lists, structs, bytes) cannot be held by a row. */
function scalarColumns({ table, geometryColumn }: GeoParquetTable, file: string): readonly string[] {
  const user = table.names.filter(
    (name) => name !== geometryColumn && !SCHEMA_COLUMNS.has(name) && !name.startsWith('_'),
  );
  const nested = user.filter((name) => (table.columns[name] ?? []).some((v) => typeof v === 'object' && v !== null));
  if (nested.length > 0)
    warn(
      `${file}: ${nested.length === 1 ? 'the column' : 'the columns'} ${nested.join(', ')} hold lists, structs or bytes and are left out.`,
    );
  return user.filter((name) => !nested.includes(name));
}

function makeRow(
  stored: StoredRow,
  geometry: Polygon | MultiPolygon,
  crs: Crs,
  ids: RowIds,
  columns: Readonly<Record<string, Scalar>>,
  file: string,
): CatalogRow {
  const { start_time: start, end_time: end } = stored;
  const interval = isNumber(start) && isNumber(end) ? Object.freeze({ start, end }) : null;
  const filepath = String(stored['filepath']);
  return Object.freeze({
    id: ids.claim(String(stored['id']), filepath),
    filepath: filepathIn(file, filepath),
    geometry,
    bbox: footprintBounds(geometry),
    interval,
    static: interval === null,
    crs: typeof stored['crs'] === 'string' ? Crs.from(stored['crs']) : crs,
    native: nativeOf(stored),
    columns: Object.freeze(columns),
  });
}

function checkRow(row: CatalogRow, index: number, file: string): CatalogRow {
  if (row.interval && row.interval.start > row.interval.end) {
    throw new CatalogError(
      'reversed-interval',
      `${file}, row ${index}: the interval ends (${formatTime(row.interval.end)}) before it starts (${formatTime(row.interval.start)}).`,
      { details: { file, row: index } },
    );
  }
  if (!row.bbox.every(Number.isFinite))
    throw new FormatError('bad-wkb', `${file}, row ${index}: the footprint is empty or not finite.`, {
      details: { file, row: index },
    });
  return row;
}

function resolutionOf(value: unknown): Resolution | null {
  return Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isNumber(value[1])
    ? [value[0], value[1]]
    : null;
}

/** Rows of a decoded file, in stored order. */
function rowsOf(decoded: GeoParquetTable, file: string): readonly CatalogRow[] {
  const { table } = decoded;
  const migrate = migration(versionOf(decoded, file), file);
  const names = scalarColumns(decoded, file);
  const ids = new RowIds();
  return decoded.geometries.map((geometry, i) => {
    const at = (name: string): unknown => table.columns[name]?.[i] ?? null;
    const stored = migrate(Object.fromEntries([...SCHEMA_COLUMNS].map((name) => [name, at(name)])), i);
    const columns = Object.fromEntries(
      names.map((name): [string, Scalar] => {
        const value = at(name);
        // SAFETY: scalarColumns left out every column with an object.
        return [name, table.timeColumns.has(name) && isNumber(value) ? formatTime(value) : (value as Scalar)];
      }),
    );
    return checkRow(makeRow(stored, geometry, decoded.crs, ids, columns, file), i, file);
  });
}

/** The CRS in the spelling of the rows, where a row's is the same: a PROJ string and its PROJJSON do not compare equal. */
function asRowsSpellIt(crs: Crs, rows: readonly CatalogRow[]): Crs {
  const spellings = new Map(rows.map((row) => [row.crs.canonical, row.crs]));
  for (const own of spellings.values()) {
    if (own.equals(crs)) return own;
    try {
      if (Crs.from(own.toProjJson()).equals(crs)) return own;
    } catch {
      // A projection without PROJJSON cannot be the one that was read from PROJJSON.
    }
  }
  return crs;
}

/**
 * Opens a GeoParquet file as a catalog, rows in stored order.
 *
 * Files of other tools need a polygon column; `filepath`, `id`, `start_time` and `end_time` are used when they are there,
 * other scalar columns become columns of the rows. A relative `filepath` starts at the folder of the catalog.
 *
 * @throws {@link FormatError} for another, malformed or truncated file; {@link CatalogError} `no-crs`, `no-backend`,
 * `newer-schema`, `mixed-values`; {@link UnsupportedDataError}; {@link SourceError}; {@link ArgumentError} `not-yet`.
 */
export async function openCatalog(path: string, o: OpenOptions = {}): Promise<GeoCatalog> {
  checkOptionNames('openCatalog', o, ['engine', 'crs', 'strict', 'signal', 'onProgress']);
  const given: unknown = path;
  if (typeof given !== 'string')
    throw new ArgumentError('bad-path', `A catalog is opened by its path or address; got ${JSON.stringify(path)}.`);
  if (o.engine !== undefined && !['memory', 'duckdb', 'auto'].includes(o.engine))
    throw new ArgumentError('bad-engine', `engine is 'memory', 'duckdb' or 'auto'; got ${JSON.stringify(o.engine)}.`);
  if (o.engine === 'duckdb')
    throw new ArgumentError('not-yet', 'The DuckDB engine is not part of this version.', {
      hint: "Open with engine 'memory'.",
    });
  const task = startTask('Opening catalog', o);
  try {
    task.throwIfAborted();
    if (!isRemote(path) && (await stat(path).catch(() => null))?.isDirectory() === true) {
      throw new ArgumentError('not-yet', `${path} is a folder; this version opens single GeoParquet files.`, {
        hint: 'Give the file inside it.',
        details: { path },
      });
    }
    const bytes = await readAll(path, task.signal);
    task.throwIfAborted();
    const decoded = readGeoParquet(bytes, path, o.crs === undefined ? {} : { crs: o.crs });
    const rows = rowsOf(decoded, path);
    if (!decoded.table.columns['filepath'])
      warn(`${path} has no column filepath: its rows can be shown, queried and sampled, but no pixels can be loaded.`);
    const backend = readBackend(decoded, path, o.strict ?? false);
    task.report({ done: rows.length, total: rows.length, unit: 'rows', bytes: bytes.byteLength });
    return memoryCatalog(rows, {
      backend,
      crs: asRowsSpellIt(decoded.crs, rows),
      targetResolution: resolutionOf(decoded.extra['target_resolution']),
      config: Object.freeze({ opened: path }),
    });
  } finally {
    task.end();
  }
}
