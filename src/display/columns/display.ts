/** How a large catalog shows itself: counts of all rows, how dense and when they lie, and as many rows as fit. */
import { sha256, type DisplayBundle } from '../../core/index.js';
import type { GeoCatalog } from '../../catalog/types.js';
import { catalogSummary, catalogTitle, HEIGHT, MOST_SKIPPED } from '../catalog-words.js';
import { fingerprint, makeBundle, payloadBudget } from '../bundle.js';
import { drawMapPicture } from '../draw/map-picture.js';
import { footprintFacts, footprintRow } from '../footprint.js';
import { ledgerRow } from '../ledger.js';
import type { CatalogData, FootprintRow } from '../wire/payload.js';
import { bytesOf } from '../wire/columns.js';
import type { DensityGrid } from '../wire/density.js';
import { grouped } from '../words.js';
import { catalogAnswers } from './answers.js';
import type { Batches } from './batches.js';
import { facetPositions, facetsOf } from './facets.js';
import { gatherPlaces, MOST_KEPT, type Places } from './gather.js';
import { commonSpan, inlineRows } from './inline.js';

/** Rows of the table in the text summary. */
const TEXT_ROWS = 12;
/** Largest part of the budget that names of skipped files may take, in bytes. */
const LEDGER_SHARE = 0.2;
/** Room for what stands around the data, and what rows get in any case. */
const FRAME_BYTES = 4000;
const LEAST_BYTES = 50_000;

/** The bundle of a catalog of `total` rows. */
export async function displayColumns(
  catalog: GeoCatalog,
  batches: Batches,
  total: number,
  mostKept = MOST_KEPT,
): Promise<DisplayBundle> {
  const seed = `${catalog.crs.canonical}|${total}`;
  const facts: Record<string, unknown>[] = [];
  const first: FootprintRow[] = [];
  const places = await gatherPlaces(catalog, batches, total, seed, mostKept, {
    positions: withFirst(facetPositions(total, seed), Math.min(TEXT_ROWS, total)),
    take(table, i) {
      // One pass serves the summary too: reading a large file again takes as long as the whole display.
      if (first.length < TEXT_ROWS) first.push(footprintRow(table.row(i), catalog.crs));
      facts.push(footprintFacts(table, i));
    },
  });
  const datasetId = fingerprintOf(places, catalog);
  const span = commonSpan(places);
  const allSkipped = catalog.config.skipped ?? [];
  const data: Omit<CatalogData, 'columns'> = {
    crs: catalog.crs.canonical,
    counts: {
      rows: places.total,
      dated: places.dated,
      static: places.total - places.dated,
      skipped: allSkipped.length,
    },
    bbox: places.bbox,
    interval: places.interval,
    rows: [],
    skipped: allSkipped.slice(0, MOST_SKIPPED).map(ledgerRow),
    facets: facetsOf(facts),
    ...(span === null || places.dated === 0 ? {} : { spanSeconds: span }),
    ...(places.density ? { density: places.density } : {}),
    ...(places.histogram ? { histogram: places.histogram } : {}),
  };
  const { title, alt, subtitle } = catalogTitle(catalog, data);
  const undated = data.counts.static > 0 ? `${grouped(data.counts.static)} without date` : '';
  const picture = drawMapPicture({
    title,
    subtitle,
    areas: [],
    ...(places.density ? { density: countsOf(places.density) } : {}),
    timeline: places.histogram ? { marks: places.histogram, undatedText: undated } : null,
    height: HEIGHT,
  });
  const budget = payloadBudget(picture);
  const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
  let { skipped } = data;
  while (skipped.length > 0 && bytes(skipped) > budget * LEDGER_SHARE) skipped = skipped.slice(0, skipped.length >> 1);
  const room = budget - bytes({ ...data, skipped }) - FRAME_BYTES;
  const { columns, sample, truncated } = await inlineRows(places, batches, Math.max(LEAST_BYTES, room), seed);
  return makeBundle({
    kind: 'catalog',
    title,
    alt,
    datasetId,
    truncated,
    data: { ...data, skipped, columns },
    picture,
    text: catalogSummary(catalog.backend, title, data, first),
    handler: catalogAnswers(catalog, batches, places, sample),
  });
}

/** Positions with those of the first rows among them, ascending. */
function withFirst(positions: Uint32Array, count: number): Uint32Array {
  const first = Array.from({ length: count }, (_, i) => i);
  return Uint32Array.from([...new Set([...first, ...positions])]).sort();
}

/** Equal places and times have equal ids; ids of a million rows would have to be made to be hashed. */
function fingerprintOf(places: Places, catalog: GeoCatalog): string {
  const hex = (a: Float32Array | Float64Array): string => sha256(new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
  return fingerprint({
    crs: catalog.crs.canonical,
    rows: places.total,
    boxes: hex(places.boxes),
    starts: hex(places.starts),
    ends: hex(places.ends),
  });
}

function countsOf(grid: DensityGrid): { readonly counts: Uint32Array } & Pick<DensityGrid, 'box' | 'width' | 'height'> {
  const { buffer } = bytesOf(grid.values);
  return {
    box: grid.box,
    width: grid.width,
    height: grid.height,
    counts: Uint32Array.from(grid.type === 'u16' ? new Uint16Array(buffer) : new Uint32Array(buffer)),
  };
}
