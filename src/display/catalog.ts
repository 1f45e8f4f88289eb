/** How a catalog shows itself: footprints on a map, when, how many, and what was skipped. */
import type { LedgerEntry } from '../core/index.js';
import type { GeoCatalog } from '../catalog/types.js';
import type { DisplayBundle } from '../core/index.js';
import {
  answers,
  fingerprint,
  itemsFingerprint,
  makeBundle,
  payloadBudget,
  wholeArg,
  withoutSecrets,
} from './bundle.js';
import { drawMapPicture } from './draw/map-picture.js';
import { fitRows } from './fit.js';
import { footprintRow } from './footprint.js';
import { unionOf } from './draw/view.js';
import type { CatalogData, FootprintRow, LedgerRow } from './wire/payload.js';
import { facts, grouped, isoDay, placeRange, plural, textTable, timeSpan } from './words.js';

const HEIGHT = 420;
/** Rows of the table in the text summary. */
const TEXT_ROWS = 18;
/** Most skipped files in a payload. */
const MOST_SKIPPED = 500;
/** Most rows of one answer to op `rows`. */
const ROWS_PER_ANSWER = 1000;

/** One entry of an error ledger for a view. */
export function ledgerRow({ item, error }: LedgerEntry): LedgerRow {
  return { item: withoutSecrets(item), code: error.code, message: error.message, hint: error.hint ?? null };
}

/** The earliest start and latest end of dated rows; null when no row has a date. */
export function extentOf(
  rows: readonly { readonly startMicros: number | null; readonly endMicros: number | null }[],
): CatalogData['interval'] {
  let [start, end] = [Infinity, -Infinity];
  for (const r of rows) {
    if (r.startMicros !== null) start = Math.min(start, r.startMicros);
    if (r.endMicros !== null) end = Math.max(end, r.endMicros);
  }
  return start <= end ? { startMicros: start, endMicros: end } : null;
}

/** Marks of a timeline. */
export function timeMarks(
  rows: readonly { readonly startMicros: number | null; readonly endMicros: number | null }[],
): { startMicros: number; endMicros: number }[] {
  return rows.flatMap(({ startMicros, endMicros }) =>
    startMicros === null || endMicros === null ? [] : [{ startMicros, endMicros }],
  );
}

/** Values of a property that rows share, at most three named. */
function variety(rows: readonly FootprintRow[], name: string): string {
  const values = [
    ...new Set(rows.flatMap((r) => (r.properties[name] === undefined ? [] : [String(r.properties[name])]))),
  ];
  if (values.length <= 3) return values.join(' · ');
  return `${values.slice(0, 3).join(' · ')} and ${values.length - 3} more`;
}

/** The bundle of a catalog. */
export async function displayCatalog(catalog: GeoCatalog): Promise<DisplayBundle> {
  const source = await catalog.toArray();
  const all = source.map((row) => footprintRow(row, catalog.crs));
  const skipped = catalog.config.skipped ?? [];
  const datasetId = itemsFingerprint(all.map((r) => r.id));
  const { rows, truncated } = fitRows(all, payloadBudget(), fingerprint(datasetId));
  const placed = all.filter((r) => r.outline.length > 0);
  const [bbox, interval] = [unionOf(placed.map((r) => r.bbox)), extentOf(all)];
  const dated = all.filter((r) => r.startMicros !== null).length;
  const title = plural(all.length, catalog.backend === 'raster' ? 'raster' : 'file');
  const where = all.length === 0 ? 'empty catalog' : placeRange(bbox);
  const skippedText = skipped.length === 0 ? '' : `, ${plural(skipped.length, 'file')} skipped`;
  const data: CatalogData = {
    crs: catalog.crs.canonical,
    counts: { rows: all.length, dated, static: all.length - dated, skipped: skipped.length },
    bbox,
    interval,
    rows,
    skipped: skipped.slice(0, MOST_SKIPPED).map(ledgerRow),
  };
  return makeBundle({
    kind: 'catalog',
    title,
    alt: `${title}, ${timeSpan(interval)}, ${where}${skippedText}`,
    datasetId,
    truncated,
    data,
    picture: drawMapPicture({
      title,
      subtitle: [
        ...(interval ? [timeSpan(interval)] : []),
        where,
        catalog.crs.canonical.slice(0, 40),
        ...(skippedText === '' ? [] : [skippedText.slice(2)]),
      ].join(' · '),
      areas: placed,
      timeline:
        dated === 0
          ? null
          : {
              marks: timeMarks(all),
              undatedText: dated === all.length ? '' : `${grouped(all.length - dated)} without date`,
            },
      height: HEIGHT,
    }),
    text: catalogText(title, data, all),
    handler: answers({
      rows: (args) => {
        const from = wholeArg(args['from'], 0, 0, all.length);
        const to = wholeArg(args['to'], from + ROWS_PER_ANSWER, from, Math.min(all.length, from + ROWS_PER_ANSWER));
        return { rows: all.slice(from, to) };
      },
      detail: (args) => ({ row: all.find((r) => r.id === args['id']) ?? null }),
    }),
  });
}

function catalogText(title: string, data: CatalogData, all: readonly FootprintRow[]): string[] {
  const { counts, skipped } = data;
  const lines = [
    title,
    ...facts([
      [
        'time',
        counts.dated === 0
          ? 'no dates'
          : `${timeSpan(data.interval)}${counts.static > 0 ? ` (${counts.static} without date)` : ''}`,
      ],
      ['place', placeRange(data.bbox)],
      ['CRS', data.crs.slice(0, 80)],
      ['file CRS', variety(all, 'crs')],
      ['bands', variety(all, 'bands')],
      ['dtype', variety(all, 'dtype')],
    ]),
  ];
  if (all.length > 0) {
    const shown = all.slice(0, TEXT_ROWS);
    const day = (micros: number | null): string | null => (micros === null ? null : isoDay(micros));
    const table = shown.map((r) => [
      String(r.properties['file'] ?? r.id),
      day(r.startMicros),
      String(r.properties['size'] ?? '-'),
      String(r.properties['crs'] ?? '-'),
    ]);
    lines.push('', ...textTable(['file', 'date', 'size', 'crs'], table));
    if (all.length > shown.length) lines.push(`  … ${grouped(all.length - shown.length)} more rows`);
  }
  if (skipped.length > 0) {
    lines.push(
      '',
      `  skipped ${plural(counts.skipped, 'file')}`,
      ...textTable(
        ['file', 'why'],
        skipped.slice(0, 6).map((s) => [s.item, s.message]),
      ),
    );
  }
  return lines;
}
