/** How a catalog shows itself: footprints on a map, when, how many, and what was skipped. */
import type { DisplayBundle } from '../core/index.js';
import type { GeoCatalog } from '../catalog/types.js';
import { answers, fingerprint, itemsFingerprint, makeBundle, payloadBudget, wholeArg } from './bundle.js';
import { catalogSummary, catalogTitle, HEIGHT, MOST_SKIPPED } from './catalog-words.js';
import { batchesOf } from './columns/batches.js';
import { displayColumns } from './columns/display.js';
import { facetsOf } from './columns/facets.js';
import { addToHistogram, histogramOver, wireHistogram } from './columns/histogram.js';
import { drawMapPicture } from './draw/map-picture.js';
import { fitRows, rowBytes } from './fit.js';
import { footprintRow } from './footprint.js';
import { ledgerRow } from './ledger.js';
import { unionOf } from './draw/view.js';
import type { CatalogData, FootprintRow } from './wire/payload.js';
import { grouped } from './words.js';

/** Rows of the table in the text summary. */
const TEXT_ROWS = 18;
/** Most rows of one answer to op `rows`. */
const ROWS_PER_ANSWER = 1000;
/** From so many rows on, columns replace row objects (`renderers.md` §2). */
const COLUMNS_FROM = 20_000;
/** Above so many bytes too, where the map draws boxes anyway: up to the second number it draws true polygons. */
const COLUMNS_BYTES = 1_000_000;
const OUTLINES = 5000;
/** Above so many dated rows a timeline shows counts instead of a mark for each. */
const SINGLE_MARKS = 400;

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

/** The bundle of a catalog. */
export async function displayCatalog(catalog: GeoCatalog): Promise<DisplayBundle> {
  const total = await catalog.count();
  if (total >= COLUMNS_FROM) return displayColumns(catalog, batchesOf(catalog), total);
  const source = await catalog.toArray();
  const all = source.map((row) => footprintRow(row, catalog.crs));
  if (all.length > OUTLINES && rowBytes(all) > COLUMNS_BYTES) return displayColumns(catalog, batchesOf(catalog), total);
  return displayRows(catalog, all);
}

function displayRows(catalog: GeoCatalog, all: readonly FootprintRow[]): DisplayBundle {
  const skipped = catalog.config.skipped ?? [];
  const datasetId = itemsFingerprint(all.map((r) => r.id));
  const { rows, truncated } = fitRows(all, payloadBudget(), fingerprint(datasetId));
  const placed = all.filter((r) => r.outline.length > 0);
  const dated = all.filter((r) => r.startMicros !== null).length;
  const interval = extentOf(all);
  const bins = interval && dated > SINGLE_MARKS ? histogramOver(interval) : null;
  if (bins) for (const r of all) addToHistogram(bins, r.startMicros ?? NaN, r.endMicros ?? NaN);
  const data: CatalogData = {
    crs: catalog.crs.canonical,
    counts: { rows: all.length, dated, static: all.length - dated, skipped: skipped.length },
    bbox: unionOf(placed.map((r) => r.bbox)),
    interval,
    rows,
    skipped: skipped.slice(0, MOST_SKIPPED).map(ledgerRow),
    facets: facetsOf(all.map((r) => r.properties)),
    ...(bins ? { histogram: wireHistogram(bins) } : {}),
  };
  const { title, alt, subtitle } = catalogTitle(catalog, data);
  return makeBundle({
    kind: 'catalog',
    title,
    alt,
    datasetId,
    truncated,
    data,
    picture: drawMapPicture({
      title,
      subtitle,
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
    text: catalogSummary(catalog.backend, title, data, all.slice(0, TEXT_ROWS)),
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
