/** `nadir catalog query`: rows that meet an area, a time and a condition (`catalog.md` §4, §6). */
import { ArgumentError, formatTime } from '../core/index.js';
import { catalogToStac } from '../catalog/index.js';
import type { CatalogRow, GeoCatalog, QueryOptions, Scalar } from '../catalog/types.js';
import { unsignedHref } from '../formats/stac/index.js';
import {
  json,
  opened,
  readArea,
  readBounds,
  readChoice,
  readNumber,
  readTime,
  seen,
  type OpenFlags,
} from './catalog-command.js';
import { checkTarget, formatOf, writeTarget } from './catalog-command-target.js';
import { table, type CliContext } from './console.js';
import { EXIT } from './exit-code.js';

export interface QueryFlags extends OpenFlags {
  readonly bounds?: string;
  readonly geometry?: string;
  readonly crs?: string;
  readonly time?: string;
  readonly tStep?: string;
  readonly where?: string;
  readonly limit?: string;
  readonly format?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const FORMATS = ['table', 'json', 'geojson', 'csv'] as const;
type Format = (typeof FORMATS)[number];
/** Rows of a table whose columns are aligned together. */
const TABLE_ROWS = 1000;

async function queryOf(flags: QueryFlags): Promise<QueryOptions> {
  if (flags.crs !== undefined && flags.bounds === undefined && flags.geometry === undefined)
    throw new ArgumentError('wrong-flag', '--crs is the CRS of --bounds or --geometry; neither is given.');
  return {
    ...(flags.bounds !== undefined && { bounds: readBounds(flags.bounds) }),
    // GeoJSON is in degrees unless said otherwise.
    ...(flags.geometry !== undefined && { geometry: await readArea(flags.geometry), crs: 'EPSG:4326' }),
    ...(flags.crs !== undefined && { crs: flags.crs }),
    ...(flags.time !== undefined && { time: readTime(flags.time) }),
    ...(flags.tStep !== undefined && { tStep: readNumber('t-step', flags.tStep, { whole: true, least: 1 }) }),
  };
}

/** A field of CSV (RFC 4180). */
function csvField(value: Scalar | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvLines(rows: readonly CatalogRow[]): string {
  const columns = [...new Set(rows.flatMap((r) => Object.keys(r.columns)))];
  const head = ['id', 'filepath', 'start', 'end', 'crs', 'xmin', 'ymin', 'xmax', 'ymax', ...columns];
  const lines = rows.map((r) => {
    const [start, end] = r.interval ? [formatTime(r.interval.start), formatTime(r.interval.end)] : [null, null];
    return [
      r.id,
      unsignedHref(r.filepath),
      start,
      end,
      r.crs.canonical,
      ...r.bbox,
      ...columns.map((c) => r.columns[c]),
    ];
  });
  return [head, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

function tableLines(rows: readonly CatalogRow[]): string {
  const cells = rows.map((r) => [
    r.id,
    r.interval ? formatTime(r.interval.start) : 'static',
    r.interval ? formatTime(r.interval.end) : '',
    unsignedHref(r.filepath),
  ]);
  let text = '';
  for (let i = 0; i < cells.length; i += TABLE_ROWS)
    text += table([['id', 'start', 'end', 'file'], ...cells.slice(i, i + TABLE_ROWS)]);
  return text;
}

async function print(
  rows: readonly CatalogRow[],
  catalog: GeoCatalog,
  format: Format,
  context: CliContext,
): Promise<void> {
  switch (format) {
    case 'json':
      context.stdout.write(json(rows.map(seen)));
      return;
    case 'csv':
      context.stdout.write(csvLines(rows));
      return;
    case 'table':
      if (rows.length > 0) context.stdout.write(tableLines(rows));
      return;
    case 'geojson': {
      const features: unknown[] = [];
      for await (const item of catalogToStac(catalog, { signal: context.signal })) {
        if (features.length >= rows.length) break;
        features.push(item);
      }
      context.stdout.write(json({ type: 'FeatureCollection', features }));
      return;
    }
    default:
      format satisfies never;
  }
}

/** Lists the rows of a catalog that meet an area, a time and a condition. Returns the exit code. */
export async function queryCommand(place: string, flags: QueryFlags, context: CliContext): Promise<number> {
  const query = await queryOf(flags);
  const limit = flags.limit === undefined ? Infinity : readNumber('limit', flags.limit, { whole: true, least: 1 });
  const format =
    flags.format === undefined ? (flags.json === true ? 'json' : 'table') : readChoice('format', flags.format, FORMATS);
  if (flags.json === true && format !== 'json')
    throw new ArgumentError('contradiction', `--json and --format ${format} exclude each other.`);
  const target = flags.out === undefined ? null : { out: flags.out };
  if (target) await checkTarget(target, formatOf(target), true);
  return opened(place, flags, context, async (catalog) => {
    const queried = catalog.query(query);
    const found = flags.where === undefined ? queried : queried.where(flags.where);
    const rows: CatalogRow[] = [];
    let more = false;
    for await (const row of found.rows({ signal: context.signal })) {
      more = rows.length >= limit;
      if (more) break;
      rows.push(row);
    }
    await print(rows, found, format, context);
    if (more) context.stderr.write(`the first ${rows.length} rows; more match\n`);
    if (rows.length === 0) {
      context.stderr.write('nothing matched\n');
      return EXIT.usage;
    }
    if (target) await writeTarget(found, target, formatOf(target), context);
    return EXIT.ok;
  });
}
