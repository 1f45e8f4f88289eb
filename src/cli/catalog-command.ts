/** `nadir catalog build|query|info` (`catalog.md`). */
import { ArgumentError, days, formatTime, parseInterval, type Bounds, type Interval } from '../core/index.js';
import { buildRasterCatalog, openCatalog } from '../catalog/index.js';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import { progressLine, table, type CliContext } from './console.js';
import { EXIT } from './exit-code.js';

export interface BuildFlags {
  readonly out: string;
  readonly regex?: string;
  readonly dateFormat?: string;
  readonly day?: boolean;
  readonly crs?: string;
  readonly resolution?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}
export interface QueryFlags {
  readonly bounds?: string;
  readonly crs?: string;
  readonly time?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** `xmin,ymin,xmax,ymax`. @throws {@link ArgumentError} `bad-bounds`. */
export function readBounds(text: string): Bounds {
  const parts = text.split(/[,\s]+/).filter((p) => p !== '');
  const [a, b, c, d] = parts.map(Number);
  if (
    parts.length !== 4 ||
    a === undefined ||
    b === undefined ||
    c === undefined ||
    d === undefined ||
    ![a, b, c, d].every(Number.isFinite)
  ) {
    throw new ArgumentError(
      'bad-bounds',
      `--bounds takes four numbers xmin,ymin,xmax,ymax; got ${JSON.stringify(text)}.`,
      { hint: 'For example --bounds 10.2,46.3,11.1,46.9 --crs EPSG:4326.' },
    );
  }
  return [a, b, c, d];
}

/** `2024-06-01`, or `start/end`; a date without a time of day means the whole day. @throws {@link IntervalError}. */
export function readTime(text: string): Interval {
  const [start = '', end = start, ...rest] = text.split('/');
  if (rest.length > 0)
    throw new ArgumentError('bad-time', `--time takes a date or start/end; got ${JSON.stringify(text)}.`, {
      hint: 'For example --time 2024-06-01/2024-06-30.',
    });
  if (DATE_ONLY.test(start) && DATE_ONLY.test(end)) return days(start, end);
  return parseInterval([start, DATE_ONLY.test(end) ? days(end).end : end]);
}

const seen = (row: CatalogRow): Readonly<Record<string, unknown>> => ({
  id: row.id,
  filepath: row.filepath,
  start: row.interval && formatTime(row.interval.start),
  end: row.interval && formatTime(row.interval.end),
  crs: row.crs.canonical,
  bbox: row.bbox,
  ...row.columns,
});

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function opened<T>(path: string, context: CliContext, use: (catalog: GeoCatalog) => Promise<T>): Promise<T> {
  const progress = progressLine(context.stderr, 'reading');
  try {
    const catalog = await openCatalog(path, { signal: context.signal, onProgress: progress.onProgress });
    try {
      return await use(catalog);
    } finally {
      await catalog.dispose();
    }
  } finally {
    progress.end();
  }
}

/** Indexes files into a GeoParquet catalog. */
export async function buildCommand(files: readonly string[], flags: BuildFlags, context: CliContext): Promise<number> {
  const resolution = flags.resolution === undefined ? undefined : Number(flags.resolution);
  if (resolution !== undefined && !(resolution > 0))
    throw new ArgumentError(
      'bad-resolution',
      `--resolution takes a positive number; got ${JSON.stringify(flags.resolution)}.`,
    );
  const progress = progressLine(context.stderr, 'indexing');
  // One argument may be a folder or a glob; several are what the shell made of one.
  const [only] = files;
  const catalog = await buildRasterCatalog(files.length === 1 && only !== undefined ? only : files, {
    signal: context.signal,
    onProgress: progress.onProgress,
    ...(flags.regex !== undefined && { filenameRegex: flags.regex }),
    ...(flags.dateFormat !== undefined && { dateFormat: flags.dateFormat }),
    ...(flags.day === true && { datePrecision: 'day' as const }),
    ...(flags.crs !== undefined && { targetCrs: flags.crs }),
    ...(resolution !== undefined && { targetResolution: resolution }),
    ...(flags.strict === true && { onError: 'raise' as const }),
  }).finally(progress.end);
  const report = await catalog.toGeoParquet(flags.out, { signal: context.signal, onProgress: progress.onProgress });
  const skipped = catalog.config.skipped ?? [];
  if (flags.json === true) {
    context.stdout.write(
      json({
        ...report,
        crs: catalog.crs.canonical,
        skipped: skipped.map((s) => ({ file: s.item, code: s.error.code, message: s.error.message })),
      }),
    );
  } else
    context.stdout.write(
      `${report.path}: ${report.rows} rows, ${report.bytes} bytes, ${catalog.crs.canonical}${skipped.length > 0 ? `, ${skipped.length} files skipped` : ''}\n`,
    );
  for (const { item, error } of skipped) context.stderr.write(`skipped ${item}: ${error.message}\n`);
  return EXIT.ok;
}

/** Rows of a catalog that meet an area and a time. */
export function queryCommand(path: string, flags: QueryFlags, context: CliContext): Promise<number> {
  const query = {
    ...(flags.bounds !== undefined && { bounds: readBounds(flags.bounds) }),
    ...(flags.crs !== undefined && { crs: flags.crs }),
    ...(flags.time !== undefined && { time: readTime(flags.time) }),
  };
  return opened(path, context, async (catalog) => {
    const found = catalog.query(query);
    const rows = await found.toArray({ signal: context.signal });
    if (flags.json === true) context.stdout.write(json(rows.map(seen)));
    else if (rows.length > 0) {
      const cells = rows.map((r) => [
        r.id,
        r.interval ? formatTime(r.interval.start) : 'static',
        r.interval ? formatTime(r.interval.end) : '',
        r.filepath,
      ]);
      context.stdout.write(table([['id', 'start', 'end', 'file'], ...cells]));
    }
    if (rows.length === 0) {
      context.stderr.write('nothing matched\n');
      return EXIT.usage;
    }
    if (flags.out !== undefined) await found.toGeoParquet(flags.out, { signal: context.signal });
    return EXIT.ok;
  });
}

/** What a catalog holds. */
export function infoCommand(path: string, flags: { readonly json?: boolean }, context: CliContext): Promise<number> {
  return opened(path, context, async (catalog) => {
    const rows = await catalog.toArray({ signal: context.signal });
    const extent = await catalog.temporalExtent();
    const crss = [...new Set(rows.map((r) => r.crs.canonical))];
    const bounds = await catalog.totalBounds();
    const info = {
      path,
      backend: catalog.backend,
      engine: catalog.engine,
      rows: rows.length,
      static: rows.filter((r) => r.static).length,
      crs: catalog.crs.canonical,
      bounds: rows.length > 0 ? bounds : null,
      start: extent && formatTime(extent.start),
      end: extent && formatTime(extent.end),
      nativeCrs: crss,
      bands: [...new Set(rows.flatMap((r) => r.native?.bandNames ?? []))].filter((b) => b !== null),
      dtypes: [...new Set(rows.flatMap((r) => r.native?.dtype ?? []))],
      columns: [...new Set(rows.flatMap((r) => Object.keys(r.columns)))],
    };
    if (flags.json === true) context.stdout.write(json(info));
    else
      context.stdout.write(
        table(
          Object.entries(info).map(([key, value]) => [
            key,
            Array.isArray(value) ? value.join(', ') : String(value ?? ''),
          ]),
        ),
      );
    return EXIT.ok;
  });
}
