/** One pass over a catalog: boxes and times as flat numbers, exact counts, how dense and when, a seeded sample if need be. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRandom } from '../../core/index.js';
import { viewIndex, viewLength } from '../../catalog/table-view.js';
import type { CatalogTable } from '../../catalog/table.js';
import type { GeoCatalog } from '../../catalog/types.js';
import { Coverage, gridShape, mercatorY, type DensityGrid } from '../wire/density.js';
import type { LonLatBox, TimeHistogram } from '../wire/payload.js';
import { TURN_ROWS, type Batches } from './batches.js';
import { boxAround, BoxArc } from './extent.js';
import { addToHistogram, histogramOver, wireHistogram } from './histogram.js';
import { placeBoxes } from './places.js';

/** Rows whose boxes and times are kept as numbers, 32 bytes each; above it a seeded sample is. */
export const MOST_KEPT = 2_000_000;
/** Rows of that sample. */
const SAMPLE_ROWS = 100_000;
/** Cells of a density grid. */
const DENSITY_CELLS = 40_000;

/** What is known of all rows, and boxes and times of those that are kept. */
export interface Places {
  readonly total: number;
  readonly dated: number;
  /** Rows that have a place on the map. */
  readonly placed: number;
  readonly bbox: LonLatBox | null;
  readonly interval: { readonly startMicros: number; readonly endMicros: number } | null;
  readonly density: DensityGrid | null;
  readonly histogram: TimeHistogram | null;
  /** Kept rows. */
  readonly length: number;
  /** West, south, east, north in degrees; NaN without a place. */
  readonly boxes: Float32Array;
  /** Microseconds; NaN for static rows and for open ends. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Position in the catalog of each kept row; null when all are kept. */
  readonly rowOf: Float64Array | null;
}

/** Rows to look at closer while they pass: positions ascend, `take` gets table, index and position. */
export interface Notice {
  readonly positions: Uint32Array;
  take(table: CatalogTable, i: number): void;
}

/** Times that views can show. */
const shownMicros = (micros: number): number => (Math.abs(micros) <= 8.64e18 ? micros : NaN);

/** Gathers the places of `total` rows; `seed` decides the sample when there are too many to keep. */
export async function gatherPlaces(
  catalog: GeoCatalog,
  batches: Batches,
  total: number,
  seed: string,
  mostKept = MOST_KEPT,
  notice?: Notice,
): Promise<Places> {
  const keepsAll = total <= mostKept;
  const capacity = keepsAll ? total : Math.min(SAMPLE_ROWS, mostKept);
  const boxes = new Float32Array(capacity * 4);
  const [starts, ends] = [new Float64Array(capacity), new Float64Array(capacity)];
  const rowOf = keepsAll ? null : new Float64Array(capacity);
  const place = placeBoxes(catalog.crs, total);
  // Where not all rows are kept, the grid and the bins have to be there before the rows come.
  const early = keepsAll ? null : await extentsOf(catalog);
  const coverage = early?.bbox ? coverageOf(early.bbox) : null;
  const bins = early?.interval ? histogramOver(early.interval) : null;
  const random = createRandom(seed, 'display');
  const scratch = new Float32Array(TURN_ROWS * 4);
  const arc = new BoxArc();
  let [seen, dated, placed, noticed, first, last] = [0, 0, 0, 0, Infinity, -Infinity];
  for await (const view of batches.now ? [batches.now] : batches.read()) {
    const { table } = view;
    const length = viewLength(view);
    for (let from = 0; from < length; from += TURN_ROWS) {
      const count = Math.min(TURN_ROWS, length - from);
      place(table, (k) => viewIndex(view, from + k), count, scratch, 0);
      for (let k = 0; k < count; k++) {
        const i = viewIndex(view, from + k);
        if (notice && notice.positions[noticed] === seen) {
          notice.take(table, i);
          noticed += 1;
        }
        const isDated = table.starts[i] !== -Infinity || table.ends[i] !== Infinity;
        const [start, end] = [shownMicros(table.starts[i] ?? NaN), shownMicros(table.ends[i] ?? NaN)];
        const o = k * 4;
        const [w = NaN, s = NaN, e = NaN, n = NaN] = [scratch[o], scratch[o + 1], scratch[o + 2], scratch[o + 3]];
        if (isDated) {
          dated += 1;
          if (start < first) first = start;
          if (end > last) last = end;
        }
        if (w <= e) {
          placed += 1;
          if (keepsAll) arc.add(w, s, e, n);
          else coverage?.add(w, e, mercatorY(n), mercatorY(s));
        }
        if (bins) addToHistogram(bins, start, end);
        // Algorithm R (Vitter 1985): every row has the same chance, whatever the number of rows turns out to be.
        const slot = seen < capacity ? seen : keepsAll ? -1 : random.int(seen + 1);
        seen += 1;
        if (slot < 0 || slot >= capacity) continue;
        boxes[slot * 4] = w;
        boxes[slot * 4 + 1] = s;
        boxes[slot * 4 + 2] = e;
        boxes[slot * 4 + 3] = n;
        starts[slot] = start;
        ends[slot] = end;
        if (rowOf) rowOf[slot] = seen - 1;
      }
      await nextTurn();
    }
  }
  const kept = { length: Math.min(seen, capacity), boxes, starts, ends, rowOf };
  const bbox = keepsAll ? boxAround(boxes, arc) : (early?.bbox ?? null);
  const interval = first <= last ? { startMicros: first, endMicros: last } : null;
  const grid = keepsAll && bbox ? coverageOf(bbox) : coverage;
  if (keepsAll && grid) cover(grid, boxes, kept.length);
  const filled = keepsAll && interval ? histogramOver(interval) : bins;
  if (keepsAll && filled)
    for (let k = 0; k < kept.length; k++) addToHistogram(filled, starts[k] ?? NaN, ends[k] ?? NaN);
  return {
    ...(rowOf ? inOrder(kept, rowOf) : kept),
    total: seen,
    dated,
    placed,
    bbox,
    interval,
    density: grid ? wireDensity(grid) : null,
    histogram: filled ? wireHistogram(filled) : null,
  };
}

/** Adds boxes to a grid. */
export function cover(grid: Coverage, boxes: Float32Array, length: number): void {
  for (let k = 0; k < length; k++) {
    const o = k * 4;
    grid.add(boxes[o] ?? NaN, boxes[o + 2] ?? NaN, mercatorY(boxes[o + 3] ?? NaN), mercatorY(boxes[o + 1] ?? NaN));
  }
}

function coverageOf(bbox: LonLatBox): Coverage {
  const { width, height } = gridShape(bbox, DENSITY_CELLS);
  return new Coverage(bbox, width, height);
}

/** A grid for the wire, in the smallest type that holds its counts. */
export function wireDensity(grid: Coverage): DensityGrid {
  const counts = grid.counts();
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const fitting = most < 65_536 ? Uint16Array.from(counts) : counts;
  return {
    box: grid.box,
    width: grid.width,
    height: grid.height,
    type: most < 65_536 ? 'u16' : 'u32',
    values: Buffer.from(fitting.buffer, fitting.byteOffset, fitting.byteLength).toString('base64'),
  };
}

async function extentsOf(catalog: GeoCatalog): Promise<Pick<Places, 'bbox' | 'interval'>> {
  const bounds = await catalog.totalBounds();
  const time = await catalog.temporalExtent();
  const out = new Float32Array(4);
  const one = { boxes: Float64Array.from(bounds), boxed: new Uint8Array([1]) };
  // SAFETY: a row that is a box is placed by its box alone.
  placeBoxes(catalog.crs, 1)(one as unknown as Parameters<ReturnType<typeof placeBoxes>>[0], () => 0, 1, out, 0);
  const arc = new BoxArc();
  arc.add(out[0] ?? NaN, out[1] ?? NaN, out[2] ?? NaN, out[3] ?? NaN);
  const [start, end] = [shownMicros(time?.start ?? NaN), shownMicros(time?.end ?? NaN)];
  return { bbox: boxAround(out, arc), interval: start <= end ? { startMicros: start, endMicros: end } : null };
}

type Kept = Pick<Places, 'length' | 'boxes' | 'starts' | 'ends' | 'rowOf'>;

/** Kept rows in catalog order. */
function inOrder(kept: Kept, rowOf: Float64Array): Kept {
  const order = Uint32Array.from({ length: kept.length }, (_, k) => k).sort(
    (a, b) => (rowOf[a] ?? 0) - (rowOf[b] ?? 0),
  );
  const pick = (from: Float64Array): Float64Array => Float64Array.from(order, (k) => from[k] ?? NaN);
  const boxes = new Float32Array(kept.length * 4);
  order.forEach((k, at) => boxes.set(kept.boxes.subarray(k * 4, k * 4 + 4), at * 4));
  return { length: kept.length, boxes, starts: pick(kept.starts), ends: pick(kept.ends), rowOf: pick(rowOf) };
}
