/** Building a catalog from the headers of raster files (`catalog.md` §3). */
import {
  ArgumentError,
  CatalogError,
  checkOptionNames,
  Crs,
  FormatError,
  isNadirError,
  mapConcurrent,
  messageOf,
  NadirError,
  startTask,
  warn,
  type CrsInput,
  type Interval,
  type LedgerEntry,
  type LongTask,
  type Resolution,
  type RunningTask,
} from '../core/index.js';
import { NO_CRS, openGeoTiff } from '../formats/geotiff/index.js';
import { MemoryCatalog } from './engines/memory/memory-catalog.js';
import { expandFiles, type FileInput } from './expand-files.js';
import { baseName, nameReader, stemOf, type NamedFiles } from './file-name.js';
import { DEFAULT_DENSIFY, rasterFootprint } from './footprint.js';
import { footprintBounds } from './geometry.js';
import { resolutionPair } from './resolution.js';
import { RowIds } from './row-id.js';
import type { CatalogRow, GeoCatalog, NativeGrid } from './types.js';

export type { FileInput } from './expand-files.js';
export type { NamedFiles } from './file-name.js';

export interface BuildOptions extends LongTask {
  /** CRS of the catalog; default that of the first file that produced a row. Files without CRS are taken to be in it. */
  readonly targetCrs?: CrsInput;
  /** Resolution of slices, in units of the catalog's CRS. */
  readonly targetResolution?: Resolution | number;
  /** Points inside each edge of a projected footprint. Default 21. */
  readonly densify?: number;
  /** `skip` (default) lists bad files in `config.skipped`; `raise` throws the first in input order. */
  readonly onError?: 'skip' | 'raise';
  /** Files read at once. Default 8. */
  readonly concurrency?: number;
}

const EXTENSIONS = ['.tif', '.tiff', '.gtiff', '.cog', '.btf', '.tf8'];
const DEFAULT_CONCURRENCY = 8;
const OPTION_NAMES: readonly (keyof (BuildOptions & NamedFiles))[] = [
  'targetCrs',
  'targetResolution',
  'densify',
  'onError',
  'concurrency',
  'filenameRegex',
  'dateFormat',
  'datePrecision',
  'signal',
  'onProgress',
];
/** Bad files that a warning names; the ledger has all. */
const SHOWN_FAILURES = 5;

/** A file whose header was read. */
interface Header {
  readonly file: string;
  readonly interval: Interval | null;
  readonly crs: Crs;
  readonly native: NativeGrid;
}
type Outcome<T> = { readonly value: T } | { readonly error: NadirError };

function asNadirError(file: string, error: unknown): NadirError {
  return isNadirError(error)
    ? error
    : new FormatError('unreadable', `${file}: ${messageOf(error)}.`, { details: { file }, cause: error });
}

async function readHeader(
  file: string,
  interval: Interval | null,
  targetCrs: Crs | null,
  signal: AbortSignal | undefined,
): Promise<Header> {
  const tiff = await openGeoTiff(file, { signal });
  try {
    const { header } = tiff;
    if (!header.georeferenced) {
      throw new CatalogError('not-georeferenced', `${baseName(file)} has no georeferencing, so its place is unknown.`, {
        hint: 'Set a transform and a CRS, e.g. with gdal_translate -a_srs -a_ullr.',
        details: { file },
      });
    }
    // A CRS that the file names but Nadir cannot read is never replaced by the target: the footprint would be elsewhere.
    const unnamed = header.crsProblem === null || header.crsProblem.endsWith(NO_CRS);
    const crs = header.crs ?? (unnamed ? targetCrs : null);
    if (!crs) {
      throw new CatalogError('no-crs', unnamed ? `${baseName(file)} has no CRS.` : header.crsProblem, {
        hint: unnamed ? 'Pass targetCrs to say what it is.' : 'Register or convert its CRS.',
        details: { file },
      });
    }
    const { transform, width, height, count, dtype, nodata, bandNames, overviews } = header;
    if (transform.some((v) => !Number.isFinite(v)) || transform[0] * transform[4] === transform[1] * transform[3]) {
      throw new CatalogError(
        'not-georeferenced',
        `${baseName(file)} has a transform without an inverse: [${transform.join(', ')}].`,
        { details: { file } },
      );
    }
    return {
      file,
      interval,
      crs,
      native: Object.freeze({ transform, width, height, count, dtype, nodata, bandNames, overviews }),
    };
  } finally {
    await tiff.close();
  }
}

/** Maps in input order; with `raise`, nothing after the first failure is started. */
async function attemptAll<T>(
  files: readonly string[],
  o: BuildOptions,
  task: RunningTask,
  fn: (file: string) => Promise<T>,
): Promise<Outcome<T>[]> {
  let done = 0;
  let failed = 0;
  return mapConcurrent(
    files,
    o.concurrency ?? DEFAULT_CONCURRENCY,
    async (file): Promise<Outcome<T>> => {
      task.throwIfAborted();
      if (failed > 0 && o.onError === 'raise') return { error: new CatalogError('not-read', `${file} was not read.`) };
      let outcome: Outcome<T>;
      try {
        outcome = { value: await fn(file) };
      } catch (error) {
        task.throwIfAborted();
        failed++;
        outcome = { error: asNadirError(file, error) };
      }
      task.report({ done: ++done, total: files.length, unit: 'files', failed });
      return outcome;
    },
    task.signal,
  );
}

function checkOptions(o: BuildOptions): void {
  const concurrency = o.concurrency ?? DEFAULT_CONCURRENCY;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new ArgumentError(
      'bad-concurrency',
      `concurrency is an integer of at least 1; got ${String(o.concurrency)}.`,
    );
  const densify = o.densify ?? DEFAULT_DENSIFY;
  if (!Number.isInteger(densify) || densify < 0)
    throw new ArgumentError('bad-densify', `densify is an integer of at least 0; got ${String(o.densify)}.`);
  if (o.onError !== undefined && !['skip', 'raise'].includes(o.onError))
    throw new ArgumentError('bad-on-error', `onError is 'skip' or 'raise'; got ${JSON.stringify(o.onError)}.`);
  for (const r of o.targetResolution === undefined ? [] : resolutionPair(o.targetResolution)) {
    if (!(Number.isFinite(r) && r > 0))
      throw new ArgumentError(
        'bad-resolution',
        `targetResolution is positive; got ${JSON.stringify(o.targetResolution)}.`,
      );
  }
}

function showInput(files: FileInput): string {
  if (typeof files === 'string') return files;
  const [first, ...rest] = files;
  return first === undefined ? 'an empty list' : rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

function warnOfSkipped(skipped: readonly LedgerEntry[], total: number): void {
  if (skipped.length === 0) return;
  const lines = skipped.slice(0, SHOWN_FAILURES).map(({ item, error }) => `  ${baseName(item)}: ${error.message}`);
  const rest = skipped.length - lines.length;
  warn(
    [
      `${skipped.length} of ${total} files could not be indexed:`,
      ...lines,
      ...(rest > 0 ? [`  … and ${rest} more; config.skipped has all.`] : []),
    ].join('\n'),
  );
}

/** Interval of each file by its name; those that do not match are left out. */
function readNames(
  files: readonly string[],
  o: NamedFiles,
): { readonly named: ReadonlyMap<string, Outcome<Interval | null>>; readonly unmatched: readonly string[] } {
  const read = nameReader(o);
  const named = new Map<string, Outcome<Interval | null>>();
  const unmatched: string[] = [];
  for (const file of files) {
    try {
      const interval = read(file);
      if (interval === 'unmatched') unmatched.push(file);
      else named.set(file, { value: interval });
    } catch (error) {
      named.set(file, { error: asNadirError(file, error) });
    }
  }
  return { named, unmatched };
}

/**
 * A catalog with one row per raster file, in input order, from headers only.
 *
 * A string is a file, an address, a pattern or a folder (searched deeply for GeoTIFFs). Footprints are in the catalog's
 * CRS. Without `filenameRegex` every row is static. Bad files are skipped, named in a warning and listed in
 * `config.skipped`; the result does not depend on `concurrency`.
 *
 * @throws {@link CatalogError} `no-files-matched`, `no-rows`, `bad-regex`, `no-date-group`, `bad-date-format`;
 * {@link ArgumentError}; with `onError: 'raise'` the first error of a file; the signal's reason when cancelled.
 */
export async function buildRasterCatalog(
  files: FileInput,
  options: BuildOptions & NamedFiles = {},
): Promise<GeoCatalog> {
  checkOptionNames('buildRasterCatalog', options, OPTION_NAMES);
  checkOptions(options);
  const given: unknown = files;
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null || !(Symbol.iterator in given))) {
    throw new ArgumentError(
      'bad-files',
      `files is a folder, file, pattern or a list of paths; got ${JSON.stringify(files)}.`,
    );
  }
  const input = typeof files === 'string' ? files : [...files];
  const targetCrs = options.targetCrs === undefined ? null : Crs.from(options.targetCrs);
  nameReader(options); // argument errors come before any file is looked at
  const task = startTask('Indexing files', options);
  try {
    task.throwIfAborted();
    const listed = await expandFiles(input, EXTENSIONS, task.signal);
    if (listed.length === 0) {
      throw new CatalogError('no-files-matched', `No files matched: ${showInput(input)} has no GeoTIFF.`, {
        hint: 'Check the folder or pattern; ** searches folders deeply.',
        details: { input },
      });
    }
    const { named, unmatched } = readNames(listed, options);
    const regex = String(options.filenameRegex);
    if (named.size === 0) {
      throw new CatalogError(
        'no-files-matched',
        `No files matched: none of ${listed.length} names fits filenameRegex ${regex}; the first is ${baseName(listed[0] ?? '')}.`,
        {
          hint: 'The expression is searched in the base name, without folders.',
          details: { regex, first: listed[0] },
        },
      );
    }
    if (unmatched.length > 0) {
      warn(
        `${unmatched.length} of ${listed.length} files do not match filenameRegex ${regex} and are left out, the first is ${baseName(unmatched[0] ?? '')}.`,
      );
    }
    const matched = [...named.keys()];
    const headers = await attemptAll(matched, options, task, (file) => {
      const name = named.get(file);
      if (name && 'error' in name) return Promise.reject(name.error);
      return readHeader(file, name?.value ?? null, targetCrs, task.signal);
    });
    const { rows, skipped, crs } = assemble(matched, headers, targetCrs, options);
    warnOfSkipped(skipped, matched.length);
    return MemoryCatalog.of(rows, {
      backend: 'raster',
      crs,
      targetResolution: options.targetResolution === undefined ? null : resolutionPair(options.targetResolution),
      config: Object.freeze({
        files: input,
        skipped,
        unmatched,
        ...(options.filenameRegex !== undefined && {
          filenameRegex: regex,
          dateFormat: options.dateFormat ?? '%Y%m%d',
        }),
      }),
    });
  } finally {
    task.end();
  }
}

/** Rows of the headers in input order, and the ledger of what failed. */
function assemble(
  files: readonly string[],
  headers: readonly Outcome<Header>[],
  targetCrs: Crs | null,
  o: BuildOptions,
): { readonly rows: readonly CatalogRow[]; readonly skipped: readonly LedgerEntry[]; readonly crs: Crs } {
  const ids = new RowIds();
  const rows: CatalogRow[] = [];
  const skipped: LedgerEntry[] = [];
  let crs = targetCrs;
  headers.forEach((outcome, i) => {
    let error: NadirError;
    if ('value' in outcome) {
      try {
        const { file, interval, native, crs: nativeCrs } = outcome.value;
        const catalogCrs = crs ?? nativeCrs;
        const geometry = rasterFootprint(native, nativeCrs, catalogCrs, o.densify);
        rows.push(
          Object.freeze({
            id: ids.claim(stemOf(file), file),
            filepath: file,
            geometry,
            bbox: footprintBounds(geometry),
            interval,
            static: interval === null,
            crs: nativeCrs,
            native,
            columns: Object.freeze({}),
          }),
        );
        crs = catalogCrs;
        return;
      } catch (failure) {
        error = asNadirError(files[i] ?? '', failure);
      }
    } else {
      error = outcome.error;
    }
    if (o.onError === 'raise') throw error;
    skipped.push({ item: files[i] ?? '', error });
  });
  if (rows.length > 0 && crs) return { rows, skipped, crs };
  throw new CatalogError(
    'no-rows',
    `None of ${files.length} files could be indexed; the first failed with: ${skipped[0]?.error.message ?? ''}`,
    {
      details: { skipped },
      cause: skipped[0]?.error,
    },
  );
}
