/** A catalog in words: title, sentence, summary lines. */
import type { GeoCatalog } from '../catalog/types.js';
import type { CatalogData, Facet, FootprintRow } from './wire/payload.js';
import { facts, grouped, isoDay, placeRange, plural, textTable, timeSpan } from './words.js';

/** Height of the view and the picture in CSS pixels. */
export const HEIGHT = 420;
/** Most skipped files in a payload. */
export const MOST_SKIPPED = 500;
const TEXT_SKIPPED = 6;

/** Facts that rows of a kind have in common: label of the line and of the facet. */
const COMMON: Readonly<Record<GeoCatalog['backend'], readonly (readonly [line: string, facet: string])[]>> = {
  raster: [
    ['bands', 'bands'],
    ['dtype', 'data type'],
    ['assets', 'asset'],
  ],
  cube: [
    ['variables', 'variables'],
    ['dtype', 'data type'],
    ['steps', 'steps'],
  ],
  vector: [
    ['layers', 'layer'],
    ['features', 'features'],
    ['geometry', 'geometry type'],
  ],
};

/** Columns of the table of first rows after file and date: heading and property. */
const COLUMNS: Readonly<Record<GeoCatalog['backend'], readonly (readonly [heading: string, property: string])[]>> = {
  raster: [['size', 'size']],
  cube: [
    ['variables', 'data_vars'],
    ['steps', 'n_timesteps'],
    ['size', 'size'],
  ],
  vector: [
    ['layer', 'layer'],
    ['features', 'n_features'],
    ['geometry', 'geometry_type'],
  ],
};

const NOUNS = { raster: 'raster', cube: 'cube', vector: 'vector file' } as const;

type Whole = Pick<CatalogData, 'crs' | 'counts' | 'bbox' | 'interval' | 'skipped' | 'facets'>;

/** Title, sentence and muted line of a catalog. */
export function catalogTitle(
  catalog: GeoCatalog,
  data: Whole,
): { readonly title: string; readonly alt: string; readonly subtitle: string } {
  const { counts, interval, bbox } = data;
  const title = plural(counts.rows, NOUNS[catalog.backend]);
  const where = counts.rows === 0 ? 'empty catalog' : placeRange(bbox);
  const skipped = counts.skipped === 0 ? [] : [`${plural(counts.skipped, 'file')} skipped`];
  return {
    title,
    alt: [title, timeSpan(interval), where, ...skipped].join(', '),
    subtitle: [...(interval ? [timeSpan(interval)] : []), where, data.crs.slice(0, 40), ...skipped].join(' · '),
  };
}

/** Values of a fact, at most three named. */
function variety(facets: readonly Facet[] | undefined, label: string): string {
  const facet = facets?.find((f) => f.label === label);
  if (!facet) return '';
  const shown = facet.values.slice(0, 3).map((v) => v.value);
  const more = facet.values.length - shown.length + facet.others;
  return more === 0 ? shown.join(' · ') : `${shown.join(' · ')} and ${more} more`;
}

/** The text summary: facts of the whole, the first rows, what was skipped. */
export function catalogSummary(
  backend: GeoCatalog['backend'],
  title: string,
  data: Whole,
  first: readonly FootprintRow[],
): string[] {
  const { counts, skipped } = data;
  const undated = counts.static > 0 ? ` (${grouped(counts.static)} without date)` : '';
  const lines = [
    title,
    ...facts([
      ['time', counts.dated === 0 ? 'no dates' : `${timeSpan(data.interval)}${undated}`],
      ['place', placeRange(data.bbox)],
      ['CRS', data.crs.slice(0, 80)],
      ['file CRS', variety(data.facets, 'file CRS')],
      ...COMMON[backend].flatMap(([line, facet]): [string, string][] => {
        const values = variety(data.facets, facet);
        return values === '' ? [] : [[line, values]];
      }),
    ]),
  ];
  if (first.length > 0) {
    const day = (micros: number | null): string | null => (micros === null ? null : isoDay(micros));
    const table = first.map((r) => [
      String(r.properties['file'] ?? r.id),
      day(r.startMicros),
      ...COLUMNS[backend].map(([, name]) => r.properties[name] ?? null),
      r.properties['crs'] ?? null,
    ]);
    const headings = COLUMNS[backend].map(([heading]) => heading);
    lines.push('', ...textTable(['file', 'date', ...headings, 'crs'], table));
    if (counts.rows > first.length) lines.push(`  … ${grouped(counts.rows - first.length)} more rows`);
  }
  if (skipped.length > 0) {
    const shown = skipped.slice(0, TEXT_SKIPPED).map((s) => [s.item, s.message]);
    lines.push('', `  skipped ${plural(counts.skipped, 'file')}`, ...textTable(['file', 'why'], shown));
  }
  return lines;
}
