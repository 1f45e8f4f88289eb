/** What the commands of `nadir catalog` share: reading flags, opening catalogs of any kind, printing. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  ArgumentError,
  days,
  formatTime,
  messageOf,
  parseInterval,
  type Bounds,
  type Interval,
} from '../core/index.js';
import { catalogFromStac, openCatalog } from '../catalog/index.js';
import type { CatalogRow, GeoCatalog, MultiPolygon, Polygon } from '../catalog/types.js';
import { ParquetFile } from '../formats/geoparquet/index.js';
import { unsignedHref } from '../formats/stac/index.js';
import { isRemote, openSource } from '../io/index.js';
import { progressLine, type CliContext } from './console.js';

/** Flags of every command that opens a catalog. */
export interface OpenFlags {
  readonly engine?: string;
  /** Keys of STAC assets, with commas. */
  readonly assets?: string;
}

const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;
const ENGINES = ['memory', 'duckdb', 'auto'] as const;

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

/** A number of a flag. @throws {@link ArgumentError} `bad-number`. */
export function readNumber(
  flag: string,
  text: string,
  o: { readonly whole?: boolean; readonly least: number },
): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(value) && value >= o.least && (o.whole !== true || Number.isInteger(value))) return value;
  const what = o.whole === true ? 'a whole number' : 'a number';
  throw new ArgumentError('bad-number', `--${flag} takes ${what} from ${o.least}; got ${JSON.stringify(text)}.`);
}

/** The parts of a list with commas. @throws {@link ArgumentError} `bad-list` when there is none. */
export function readList(flag: string, text: string): readonly string[] {
  const parts = text
    .split(',')
    .map((p) => p.trim())
    .filter((p) => p !== '');
  if (parts.length === 0)
    throw new ArgumentError('bad-list', `--${flag} takes names with commas; got ${JSON.stringify(text)}.`);
  return parts;
}

/** One of some words. @throws {@link ArgumentError} `bad-choice`. */
export function readChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const found = choices.find((c) => c === text);
  if (found !== undefined) return found;
  throw new ArgumentError('bad-choice', `--${flag} takes ${choices.join(', ')}; got ${JSON.stringify(text)}.`);
}

/** Keys of STAC assets; `*` and nothing stand for all. */
export function readAssets(text: string | undefined): readonly string[] | '*' {
  return text === undefined || text.trim() === '*' ? '*' : readList('assets', text);
}

/** The polygon of a GeoJSON file: a geometry, a Feature, or all polygons of a FeatureCollection. */
export async function readArea(file: string): Promise<Polygon | MultiPolygon> {
  let json: unknown;
  const bad = (why: string, cause?: unknown): ArgumentError =>
    new ArgumentError('bad-geometry', `--geometry ${file} ${why}.`, {
      hint: 'Give a GeoJSON file with a Polygon or MultiPolygon.',
      ...(cause !== undefined && { cause }),
    });
  try {
    json = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    throw bad(`is not JSON: ${messageOf(error)}`, error);
  }
  const polygons: Polygon['coordinates'][] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    // SAFETY: GeoJSON objects are told apart by their type; query checks the coordinates.
    const object = value as { type?: unknown; geometry?: unknown; features?: unknown; coordinates?: unknown };
    if (object.type === 'FeatureCollection' && Array.isArray(object.features)) object.features.forEach(collect);
    else if (object.type === 'Feature') collect(object.geometry);
    else if (object.type === 'Polygon') polygons.push(object.coordinates as Polygon['coordinates']);
    else if (object.type === 'MultiPolygon') polygons.push(...(object.coordinates as MultiPolygon['coordinates']));
  };
  collect(json);
  const [only] = polygons;
  if (!only) throw bad('has no polygon');
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: polygons };
}

/** A row as JSON shows it. */
export const seen = (row: CatalogRow): Readonly<Record<string, unknown>> => ({
  id: row.id,
  filepath: unsignedHref(row.filepath),
  start: row.interval && formatTime(row.interval.start),
  end: row.interval && formatTime(row.interval.end),
  crs: row.crs.canonical,
  bbox: row.bbox,
  ...row.columns,
});

/** A value as one JSON document. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The document of a folder that is a static STAC catalog. */
function stacOf(folder: string): string | null {
  const found = ['catalog.json', 'collection.json'].map((name) => path.join(folder, name));
  return found.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true) ?? null;
}

const JSON_NAME = /\.(?:json|geojson|ndjson|jsonl|geojsonl)$/i;
export const PARQUET_NAME = /\.(?:parquet|geoparquet|pq)$/i;

/**
 * The STAC document that a path or address is, or null for a stored catalog. A Parquet file is STAC when it has items and
 * assets and no file paths.
 */
export async function stacPlace(place: string, signal: AbortSignal): Promise<string | null> {
  if (isRemote(place)) {
    const name = new URL(place).pathname;
    if (!PARQUET_NAME.test(name)) return place;
  } else {
    const found = statSync(place, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return stacOf(place);
    if (JSON_NAME.test(place)) return place;
    if (!found) return null;
  }
  const source = await openSource(place, { signal });
  try {
    const { names } = await ParquetFile.open(source, place, { signal });
    return names.includes('assets') && names.includes('id') && !names.includes('filepath') ? place : null;
  } catch {
    // openCatalog says what is wrong with it.
    return null;
  } finally {
    await source.close();
  }
}

/** Opens a catalog of any kind, uses and closes it; what a STAC import left out is named on stderr. */
export async function opened<T>(
  place: string,
  flags: OpenFlags,
  context: CliContext,
  use: (catalog: GeoCatalog) => Promise<T>,
): Promise<T> {
  const engine = flags.engine === undefined ? undefined : readChoice('engine', flags.engine, ENGINES);
  const progress = progressLine(context.stderr, 'reading');
  const task = { signal: context.signal, onProgress: progress.onProgress };
  try {
    const stac = await stacPlace(place, context.signal);
    const catalog =
      stac === null
        ? await openCatalog(place, { ...task, ...(engine && { engine }) })
        : await catalogFromStac(stac, { ...task, assets: readAssets(flags.assets) });
    progress.end();
    try {
      return await use(catalog);
    } finally {
      await catalog.dispose();
    }
  } finally {
    progress.end();
  }
}
