/** The files of a stored catalog and what their footers say, before any row is read (`catalog.md` §7, §8). */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  CatalogError,
  Crs,
  FormatError,
  mapConcurrent,
  warn,
  type CrsInput,
  type Resolution,
} from '../../core/index.js';
import { ParquetFile, parseGeoMetadata, type GeoColumn } from '../../formats/geoparquet/index.js';
import { isRemote, listFiles, openSource, type ReadOptions, type Source } from '../../io/index.js';
import { checkVersion } from './migrate.js';
import { backendOf } from './schema.js';
import { arrowRows } from './stored-arrow.js';
import { loadedRows } from './stored-loaded.js';
import type { StoredRows } from './stored-table.js';
import type { CatalogBackend } from '../types.js';

/** Files whose footers are read at the same time. */
const CONCURRENCY = 8;

/** One open file. */
export interface CatalogFile {
  readonly file: string;
  readonly parquet: ParquetFile;
  readonly geo: GeoColumn;
  readonly source: Source;
}

/** A stored catalog: its files in order, and what they have in common. */
export interface CatalogFiles {
  readonly files: readonly CatalogFile[];
  readonly rows: number;
  readonly crs: Crs;
  readonly geometryColumn: string;
  /** Version of the row schema. */
  readonly version: number;
  readonly backend: CatalogBackend;
  readonly targetResolution: Resolution | null;
  close(): Promise<void>;
}

/**
 * The Parquet files of a catalog: the path itself, or all below a folder in path order. Writers' temporary files
 * have other endings; hidden ones are left out.
 *
 * @throws {@link CatalogError} `no-files`; {@link SourceError}.
 */
export async function catalogFilesOf(place: string, o: ReadOptions = {}): Promise<readonly string[]> {
  if (isRemote(place)) return [place];
  const local = place.startsWith('file://') ? fileURLToPath(place) : place;
  if (!(await stat(local).catch(() => null))?.isDirectory()) return [place];
  const files = await listFiles(local, ['.parquet', '.geoparquet'], o);
  if (files.length > 0) return files;
  throw new CatalogError('no-files', `${place} holds no Parquet files.`, {
    hint: 'Give the folder of a catalog that was written with appendFiles, or a GeoParquet file.',
    details: { path: place },
  });
}

async function openOne(file: string, crs: CrsInput | undefined, o: ReadOptions): Promise<CatalogFile> {
  const source = await openSource(file, { signal: o.signal });
  try {
    const parquet = await ParquetFile.open(source, file, o);
    const geo = parseGeoMetadata(parquet.metadata.get('geo'), file, crs);
    if (!parquet.names.includes(geo.name))
      throw new FormatError(
        'no-geometry',
        `${file}: the geometry column "${geo.name}" that its metadata names is missing.`,
        { details: { file, columns: parquet.names } },
      );
    return { file, parquet, geo, source };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Distinct values of a column, at most five: from the statistics of the footer where they tell, else from the rows. */
async function distinctValues({ parquet }: CatalogFile, name: string, o: ReadOptions): Promise<readonly unknown[]> {
  const chunks = parquet.footer.groups.map((_, g) => parquet.chunk(g, name));
  const values = new Set<string | number>();
  const told = chunks.every((c) => {
    if (c?.nulls !== 0 || !c.min || !c.max || Buffer.compare(c.min, c.max) !== 0) return false;
    if (c.type === 6) values.add(Buffer.from(c.min).toString('utf8'));
    else if (c.type === 1 && c.min.length === 4) values.add(Buffer.from(c.min).readInt32LE());
    else return false;
    return true;
  });
  if (told) return [...values].slice(0, 5);
  const column = arrowRows(await parquet.readAll({ columns: [name] }, o)).column(name);
  return column?.distinct?.(5) ?? [];
}

/** The one value of a column in all files; undefined where no file has rows. */
async function oneValue(files: readonly CatalogFile[], name: string, o: ReadOptions): Promise<unknown> {
  const found = await mapConcurrent(files, CONCURRENCY, async (f) =>
    f.parquet.names.includes(name) || f.parquet.rows === 0 ? distinctValues(f, name, o) : [null],
  );
  const all = new Map<unknown, string>();
  found.forEach((values, i) => {
    for (const value of values) if (!all.has(value)) all.set(value, files[i]?.file ?? '');
  });
  if (all.size <= 1) return [...all.keys()][0];
  const shown = [...all]
    .slice(0, 5)
    .map(([value, file]) => (files.length > 1 ? `${String(value)} (${file})` : String(value)));
  const file = files.length === 1 ? (files[0]?.file ?? '') : 'The files of this catalog';
  throw new CatalogError('mixed-values', `${file}: column ${name} has several values: ${shown.join(', ')}.`, {
    hint: files.length > 1 ? 'Keep one catalog to a folder.' : 'Write one catalog to one file.',
    details: { file, column: name },
  });
}

async function versionOf(files: readonly CatalogFile[], o: ReadOptions): Promise<number> {
  if (!files.some((f) => f.parquet.names.includes('_schema_version'))) return 0;
  const version = await oneValue(files, '_schema_version', o);
  const file = files[0]?.file ?? '';
  if (version === undefined) return 0;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
    throw new CatalogError('bad-schema-version', `${file}: column _schema_version holds ${JSON.stringify(version)}.`, {
      details: { file },
    });
  checkVersion(version, file);
  return version;
}

async function readBackend(files: readonly CatalogFile[], strict: boolean, o: ReadOptions): Promise<CatalogBackend> {
  const file = files[0]?.file ?? '';
  if (!files.some((f) => f.parquet.names.includes('_backend'))) {
    const message = `${file} does not say what its files are (no column _backend)`;
    if (strict)
      throw new CatalogError('no-backend', `${message}.`, {
        hint: 'Open it without strict to take them for rasters.',
        details: { file },
      });
    warn(`${message}; they are taken to be rasters.`);
    return 'raster';
  }
  const stored = await oneValue(files, '_backend', o);
  const backend = stored === undefined ? 'raster' : typeof stored === 'string' ? backendOf(stored) : undefined;
  if (!backend)
    throw new CatalogError(
      'bad-backend',
      `${file}: column _backend holds ${String(stored)}; known are raster, cube (xarray) and vector.`,
      { details: { file } },
    );
  return backend;
}

function checkSame(files: readonly CatalogFile[]): void {
  const [first, ...rest] = files;
  for (const { file, geo } of rest) {
    if (!first) return;
    const details = { files: [first.file, file] };
    if (!geo.crs.equals(first.geo.crs))
      throw new CatalogError(
        'mixed-crs',
        `The parts of this catalog differ in CRS: ${first.geo.crs.canonical} in ${first.file}, ${geo.crs.canonical} in ${file}.`,
        { hint: 'Open them one by one and unite them: union projects the second.', details },
      );
    if (geo.name !== first.geo.name)
      throw new CatalogError(
        'mixed-geometry',
        `The parts of this catalog differ in their geometry column: ${first.geo.name} in ${first.file}, ${geo.name} in ${file}.`,
        { hint: 'Keep one catalog to a folder.', details },
      );
  }
}

/** A resolution as the metadata of our own files has it. */
function resolutionOf(value: unknown): Resolution | null {
  const isNumber = (v: unknown): v is number => typeof v === 'number';
  return Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isNumber(value[1])
    ? [value[0], value[1]]
    : null;
}

/**
 * Opens the files of a catalog and reads their footers; rows are read by {@link readStoredRows}.
 *
 * @throws {@link FormatError} for another, malformed or truncated file, by name; {@link CatalogError} `no-crs`,
 * `no-backend`, `newer-schema`, `mixed-values`, `mixed-crs`, `mixed-geometry`, `no-files`; {@link SourceError}.
 */
export async function openCatalogFiles(
  place: string,
  options: { readonly crs?: CrsInput | undefined; readonly strict?: boolean | undefined },
  o: ReadOptions = {},
): Promise<CatalogFiles> {
  const opened: CatalogFile[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(({ source }) => source.close()));
  };
  try {
    const names = await catalogFilesOf(place, o);
    const files = await mapConcurrent(
      names,
      CONCURRENCY,
      async (file) => {
        const one = await openOne(file, options.crs, o);
        opened.push(one);
        return one;
      },
      o.signal,
    );
    checkSame(files);
    const [first] = files;
    const version = await versionOf(files, o);
    const backend = await readBackend(files, options.strict ?? false, o);
    return {
      files,
      rows: files.reduce((n, f) => n + f.parquet.rows, 0),
      crs: first?.geo.crs ?? Crs.from('OGC:CRS84'),
      geometryColumn: first?.geo.name ?? 'geometry',
      version,
      backend,
      targetResolution: resolutionOf(first?.geo.extra['target_resolution']),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Columns of a file that rows are made of: all but the covering, whose boxes the footprints give. */
export function columnsToRead({ parquet, geo }: CatalogFile): readonly string[] {
  return parquet.names.filter((name) => name !== geo.covering && name !== '_backend' && name !== '_schema_version');
}

/** The rows of one file, or of some of its row groups; columns are decoded when they are asked for. */
export async function readStoredRows(
  one: CatalogFile,
  o: ReadOptions & { readonly groups?: readonly number[] } = {},
): Promise<StoredRows> {
  const columns = columnsToRead(one);
  return loadedRows(await one.parquet.load({ columns, ...(o.groups && { groups: o.groups }) }, o), columns);
}

/** Least x, least y, greatest x and greatest y of rows. */
type Axes = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * What a file of ours says of the rows of a group beside their footprints: envelopes, and times if asked for, NaN for
 * static rows; null in files of others, whose boxes may not be those of the footprints.
 */
export async function loadFacts(
  one: CatalogFile,
  o: ReadOptions & { readonly group: number; readonly times: boolean },
): Promise<{ readonly axes: Axes; readonly starts?: Float64Array; readonly ends?: Float64Array } | null> {
  const { covering } = one.geo;
  if (covering === null || one.parquet.footer.createdBy !== 'nadir') return null;
  const times = o.times ? ['start_time', 'end_time'] : [];
  const part = await one.parquet.load({ columns: [covering, ...times], groups: [o.group] }, o);
  const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((axis) => {
    const bytes = part.plainBytes(`${covering}.${axis}`, DOUBLE);
    return bytes && new Float64Array(bytes.buffer);
  });
  if (!xmin || !ymin || !xmax || !ymax) return null;
  const axes: Axes = [xmin, ymin, xmax, ymax];
  if (!o.times) return { axes };
  const rows = loadedRows(part, times);
  const [starts, ends] = times.map((name) => rows.column(name)?.numbers?.());
  return starts && ends ? { axes, starts, ends } : null;
}

const DOUBLE = 5;
