/** Rows on the map as flat numbers: what the graphics card draws, what picking searches, what densities count. */
import Flatbush from 'flatbush';
import { decodeColumn, type ColumnsData, type DecodedColumn } from '../../../src/display/wire/columns.js';
import { Coverage, mercatorY } from '../../../src/display/wire/density.js';
import type { Cell, LonLatBox } from '../../../src/display/wire/payload.js';
import type { TimeFilter } from '../../../src/display/wire/message.js';
import { nextTask } from './tasks.js';

/** Rows between two tasks while a chunk is made: a few milliseconds. */
const ROWS_PER_TASK = 20_000;
/** Rows of one search tree: each is built in a few milliseconds, so that no task is long. */
const ROWS_PER_TREE = 16_384;

/** Bit of a row's state that hides it; the two lowest bits are its verdict. */
export const HIDDEN = 4;

/** Some rows, never changed but for `state`. */
export interface Chunk {
  readonly length: number;
  /** Degrees; `east` passes 180 across the antimeridian. NaN where a row has no place. */
  readonly west: Float32Array;
  readonly east: Float32Array;
  /** Mercator y, 0 in the north. */
  readonly north: Float32Array;
  readonly south: Float32Array;
  /** Latitudes as they came. */
  readonly latitudes: readonly [south: Float32Array, north: Float32Array];
  /** Microseconds, NaN for rows without a date; null when no row has one. */
  readonly starts: Float64Array | null;
  /** Position in the catalog; null when it is not known. */
  readonly rows: Uint32Array | null;
  /** One byte a row: verdict and {@link HIDDEN}. */
  readonly state: Uint8Array;
  /** Changes with `state`. */
  version: number;
  /** Columns that are not boxes or times. */
  readonly facts: ReadonlyMap<string, DecodedColumn>;
  /** End of a row's time in microseconds. */
  endOf(i: number): number;
  /** Search trees that were asked for. */
  readonly trees: (Flatbush | undefined)[];
}

const PLACES = ['xmin', 'ymin', 'xmax', 'ymax'];
const OWN = new Set([...PLACES, 'startMicros', 'spanSeconds', 'row']);

function floats(column: DecodedColumn | undefined, length: number): Float32Array {
  const n = column?.numbers;
  if (n instanceof Float32Array && n.length === length) return n;
  return n ? Float32Array.from(n) : new Float32Array(length).fill(NaN);
}

/** Decodes columns piece by piece, so that the page stays quick; `spanSeconds` is the length of times without a column. */
export async function makeChunk(data: ColumnsData, spanSeconds: number, signal?: AbortSignal): Promise<Chunk> {
  const { length } = data;
  const decoded = new Map<string, DecodedColumn>();
  for (const [name, column] of Object.entries(data.columns)) {
    decoded.set(name, decodeColumn(column));
    if (length >= ROWS_PER_TASK) await nextTask(signal);
  }
  const [west, ymin, east, ymax] = PLACES.map((name) => floats(decoded.get(name), length)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ]; // SAFETY: four names, four arrays.
  const [north, south] = [new Float32Array(length), new Float32Array(length)];
  for (let i = 0; i < length; i++) {
    const isEmpty = west[i] === east[i] && ymin[i] === ymax[i];
    // The wire holds no NaN: an empty box is a row without a place.
    if (isEmpty || !((west[i] ?? NaN) <= (east[i] ?? NaN))) west[i] = NaN;
    north[i] = mercatorY(ymax[i] ?? NaN);
    south[i] = mercatorY(ymin[i] ?? NaN);
    if (i % ROWS_PER_TASK === ROWS_PER_TASK - 1) await nextTask(signal);
  }
  const times = decoded.get('startMicros');
  const starts = times ? Float64Array.from({ length }, (_, i) => numberAt(times, i)) : null;
  const spans = decoded.get('spanSeconds')?.numbers ?? null;
  const rows = decoded.get('row')?.numbers ?? null;
  return {
    length,
    west,
    east,
    north,
    south,
    latitudes: [ymin, ymax],
    starts,
    rows: rows instanceof Uint32Array ? rows : null,
    state: new Uint8Array(length),
    version: 0,
    facts: new Map([...decoded].filter(([name]) => !OWN.has(name))),
    endOf: (i) => (starts?.[i] ?? NaN) + (spans?.[i] ?? spanSeconds) * 1e6,
    trees: [],
  };
}

function numberAt(column: DecodedColumn, i: number): number {
  const v = column.cell(i);
  return typeof v === 'number' ? v : NaN;
}

/** Start and end of a row as views print them. */
export function timesOf(chunk: Chunk, i: number): readonly [start: number | null, end: number | null] {
  const start = chunk.starts?.[i] ?? NaN;
  return Number.isNaN(start) ? [null, null] : [start, chunk.endOf(i)];
}

/** Box of a row; null without a place. */
export function boxOf(chunk: Chunk, i: number): LonLatBox | null {
  const w = chunk.west[i] ?? NaN;
  const [ymin, ymax] = chunk.latitudes;
  return Number.isNaN(w) ? null : [w, ymin[i] ?? 0, chunk.east[i] ?? w, ymax[i] ?? 0];
}

/** A fact of a row, null when the payload does not hold it. */
export function factOf(chunk: Chunk, name: string, i: number): Cell {
  return chunk.facts.get(name)?.cell(i) ?? null;
}

/** Hides rows whose time does not touch a span; rows without a date stay. */
export function filterChunk(chunk: Chunk, time: TimeFilter | null): void {
  const { starts, state } = chunk;
  for (let i = 0; i < chunk.length; i++) {
    const start = starts?.[i] ?? NaN;
    const isHidden = time !== null && (start > time[1] || chunk.endOf(i) < time[0]);
    state[i] = isHidden ? (state[i] ?? 0) | HIDDEN : (state[i] ?? 0) & ~HIDDEN;
  }
  chunk.version += 1;
}

/** What of a chunk lies in a box of the map. */
export interface Seen {
  readonly count: number;
  /** Mean width of those rows, in degrees of longitude. */
  readonly width: number;
}

/** Calls `take` for visible rows that touch `box`; the same place a turn of the globe away counts too. */
function eachIn(chunk: Chunk, box: LonLatBox, take: (i: number) => void): void {
  const { west, east, north, south, state } = chunk;
  const [w0, , e0] = box;
  const [y0, y1] = [mercatorY(box[3]), mercatorY(box[1])];
  for (let i = 0; i < chunk.length; i++) {
    if (((state[i] ?? 0) & HIDDEN) !== 0) continue;
    if (!((north[i] ?? 2) <= y1 && (south[i] ?? -1) >= y0)) continue;
    const [w, e] = [west[i] ?? NaN, east[i] ?? NaN];
    if ((w <= e0 && e >= w0) || (w - 360 <= e0 && e - 360 >= w0) || (w + 360 <= e0 && e + 360 >= w0)) take(i);
  }
}

/** Counts rows in a box. */
export function countIn(chunks: readonly Chunk[], box: LonLatBox): Seen {
  let [count, width] = [0, 0];
  for (const chunk of chunks)
    eachIn(chunk, box, (i) => {
      count += 1;
      width += (chunk.east[i] ?? 0) - (chunk.west[i] ?? 0);
    });
  return { count, width: count === 0 ? 0 : width / count };
}

/** Visible rows of many chunks that touch a box, as one small chunk; `rows` are their numbers over all chunks. */
export function cutOut(chunks: readonly Chunk[], box: LonLatBox): Chunk {
  const picked: { readonly chunk: Chunk; readonly i: number; readonly number: number }[] = [];
  let before = 0;
  for (const chunk of chunks) {
    eachIn(chunk, box, (i) => picked.push({ chunk, i, number: before + i }));
    before += chunk.length;
  }
  const pick = (value: (chunk: Chunk, i: number) => number | undefined): Float32Array<ArrayBuffer> =>
    Float32Array.from(picked, ({ chunk, i }) => value(chunk, i) ?? NaN);
  return {
    length: picked.length,
    west: pick((c, i) => c.west[i]),
    east: pick((c, i) => c.east[i]),
    north: pick((c, i) => c.north[i]),
    south: pick((c, i) => c.south[i]),
    latitudes: [pick((c, i) => c.latitudes[0][i]), pick((c, i) => c.latitudes[1][i])],
    starts: null,
    rows: Uint32Array.from(picked, (p) => p.number),
    state: Uint8Array.from(picked, ({ chunk, i }) => chunk.state[i] ?? 0),
    version: 0,
    facts: new Map(),
    endOf: () => NaN,
    trees: [],
  };
}

/** How dense rows lie over a box. */
export function coverIn(chunks: readonly Chunk[], box: LonLatBox, width: number, height: number): Uint32Array {
  const grid = new Coverage(box, width, height);
  for (const chunk of chunks)
    eachIn(chunk, box, (i) =>
      grid.add(chunk.west[i] ?? NaN, chunk.east[i] ?? NaN, chunk.north[i] ?? NaN, chunk.south[i] ?? NaN),
    );
  return grid.counts();
}

function treeOf(chunk: Chunk, t: number): Flatbush {
  const known = chunk.trees[t];
  if (known) return known;
  const from = t * ROWS_PER_TREE;
  const to = Math.min(chunk.length, from + ROWS_PER_TREE);
  const tree = new Flatbush(to - from, 16, Float32Array);
  const [ymin, ymax] = chunk.latitudes;
  for (let i = from; i < to; i++) {
    const w = chunk.west[i] ?? NaN;
    // Rows without a place lie where no pointer gets.
    if (Number.isNaN(w)) tree.add(-9999, -9999, -9999, -9999);
    else tree.add(w, ymin[i] ?? 0, chunk.east[i] ?? w, ymax[i] ?? 0);
  }
  tree.finish();
  chunk.trees[t] = tree;
  return tree;
}

/** Builds the search trees of a chunk one after the other, each in a task of its own. */
export async function plantTrees(chunk: Chunk, signal?: AbortSignal): Promise<void> {
  for (let t = 0; t * ROWS_PER_TREE < chunk.length; t++) {
    treeOf(chunk, t);
    await nextTask(signal);
  }
}

/** Visible rows within `reach` degrees of a place, smallest first: a small footprint on a large one is the one meant. */
export function pickIn(chunk: Chunk, lon: number, lat: number, reach: readonly [lon: number, lat: number]): number[] {
  const found = new Set<number>();
  for (let t = 0; t * ROWS_PER_TREE < chunk.length; t++)
    for (const turn of [-360, 0, 360]) {
      const x = lon + turn;
      for (const k of treeOf(chunk, t).search(x - reach[0], lat - reach[1], x + reach[0], lat + reach[1])) {
        const i = t * ROWS_PER_TREE + k;
        if (((chunk.state[i] ?? 0) & HIDDEN) === 0) found.add(i);
      }
    }
  const area = (i: number): number =>
    ((chunk.east[i] ?? 0) - (chunk.west[i] ?? 0)) * ((chunk.south[i] ?? 0) - (chunk.north[i] ?? 0));
  return [...found].sort((a, b) => area(a) - area(b) || a - b);
}
