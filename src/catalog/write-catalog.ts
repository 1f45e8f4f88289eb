/** Catalogs to GeoParquet files (`catalog.md` §2 on disk, §7). */
import { ArgumentError, CatalogError, startTask, type Crs, type Resolution } from '../core/index.js';
import { writeGeoParquet, type ColumnSpec } from '../formats/geoparquet/index.js';
import { writeFileAtomic } from '../io/index.js';
import { spaceTimeOrder } from './row-order.js';
import { BACKEND_ON_DISK, SCHEMA_VERSION } from './schema.js';
import { filepathToStore } from './stored-path.js';
import type { CatalogBackend, CatalogRow, NativeGrid, Scalar, WriteOptions, WriteReport } from './types.js';

interface Column extends ColumnSpec {
  readonly value: (row: CatalogRow) => unknown;
}

const native = (name: string, type: ColumnSpec['type'], value: (grid: NativeGrid) => unknown): Column => ({
  name,
  type,
  value: (row) => (row.native ? value(row.native) : null),
});

const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'string', value: (r) => r.id },
  { name: 'filepath', type: 'string', value: (r) => r.filepath },
  { name: 'geometry', type: 'geometry', value: (r) => r.geometry },
  { name: 'bbox', type: 'bbox', value: (r) => r.bbox },
  { name: 'start_time', type: 'timestamp', value: (r) => r.interval?.start ?? null },
  { name: 'end_time', type: 'timestamp', value: (r) => r.interval?.end ?? null },
  { name: 'static', type: 'bool', value: (r) => r.static },
  { name: 'crs', type: 'string', value: (r) => r.crs.canonical },
  native('native_transform', 'list<double>', (n) => n.transform),
  native('width', 'int32', (n) => n.width),
  native('height', 'int32', (n) => n.height),
  native('n_bands', 'int32', (n) => n.count),
  native('dtype', 'string', (n) => n.dtype),
  native('nodata', 'double', (n) => n.nodata),
  native('band_names', 'list<string>', (n) => n.bandNames),
  // Flat pairs: width, height, width, height …, largest first.
  native('overviews', 'list<int32>', (n) => n.overviews.flat()),
];

/** Type of a user column: one for all values; numbers are doubles. */
function typeOf(name: string, values: readonly Scalar[]): ColumnSpec['type'] {
  const kinds = new Set(values.filter((v) => v !== null).map((v) => typeof v));
  if (kinds.size > 1)
    throw new CatalogError(
      'mixed-column',
      `Column ${name} mixes ${[...kinds].join(' and ')}; a column in a file has one type.`,
      { hint: 'Convert it first: withColumn(name, (row) => String(…)).' },
    );
  const [kind] = kinds;
  return kind === 'number' ? 'double' : kind === 'boolean' ? 'bool' : 'string';
}

/** Bytes of the GeoParquet file of a catalog's rows, in the order given. */
export function encodeCatalog(
  rows: readonly CatalogRow[],
  facts: { readonly backend: CatalogBackend; readonly crs: Crs; readonly targetResolution: Resolution | null },
): Uint8Array {
  const userNames = [...new Set(rows.flatMap((row) => Object.keys(row.columns)))];
  const user = userNames.map((name): Column => {
    const value = (row: CatalogRow): Scalar => row.columns[name] ?? null;
    return { name, type: typeOf(name, rows.map(value)), value };
  });
  const columns: readonly Column[] = [
    ...COLUMNS,
    ...user,
    { name: '_backend', type: 'string', value: () => BACKEND_ON_DISK[facts.backend] },
    { name: '_schema_version', type: 'int32', value: () => SCHEMA_VERSION },
  ];
  const values = Object.fromEntries(columns.map(({ name, value }) => [name, rows.map(value)]));
  return writeGeoParquet({
    rows: { ...values, geometry: rows.map((r) => r.geometry), bbox: rows.map((r) => r.bbox) },
    crs: facts.crs,
    columns: columns.map(({ name, type }) => ({ name, type })),
    metadata: { target_resolution: facts.targetResolution },
  });
}

/**
 * Writes a catalog as one GeoParquet file, atomically: a failure leaves what was there before.
 *
 * @throws {@link CatalogError} `mixed-column`; {@link ArgumentError} `bad-sort`; {@link SourceError} when the place
 * cannot be written; the signal's reason when cancelled.
 */
export async function writeCatalog(
  path: string,
  rows: readonly CatalogRow[],
  facts: { readonly backend: CatalogBackend; readonly crs: Crs; readonly targetResolution: Resolution | null },
  o: WriteOptions = {},
): Promise<WriteReport> {
  const sort = o.sort ?? 'space-time';
  if (!['space-time', 'none'].includes(sort))
    throw new ArgumentError('bad-sort', `sort is 'space-time' or 'none'; got ${JSON.stringify(sort)}.`);
  const task = startTask('Writing GeoParquet', o);
  try {
    task.throwIfAborted();
    const stored = (sort === 'none' ? rows : spaceTimeOrder(rows)).map((row) => ({
      ...row,
      filepath: filepathToStore(row.filepath),
    }));
    const bytes = encodeCatalog(stored, facts);
    await writeFileAtomic(path, bytes, { signal: task.signal });
    task.report({ done: rows.length, total: rows.length, unit: 'rows', bytes: bytes.byteLength });
    return { path, rows: rows.length, bytes: bytes.byteLength };
  } finally {
    task.end();
  }
}
