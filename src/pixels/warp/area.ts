/** Resampling by the area of the destination pixel: average, mode, min and max (loading.md §2.1, rule 7). */
import type { BandTarget, BandWindow } from './bands.js';
import type { Coordinates } from './coordinates.js';
import { averageRun } from './average.js';
import { extremeRun } from './extreme.js';
import { modeRun } from './mode.js';
import { doubles, integers } from './scratch.js';
import { sameTurn } from './source-grid.js';

export type AreaMethod = 'average' | 'mode' | 'min' | 'max';

/** Overlaps below this are rounding noise, in source pixels. */
const OVERLAP = 1e-9;
/** Weights that one run of pixels may need: they stay in the processor's cache while the bands take their turns. */
const MAX_RUN_WEIGHTS = 16384;

/** Destination pixels of a row, worked on together: the source pixels that each covers, and by how much. */
export interface BoxRun {
  /** Number of destination pixels. */
  length: number;
  /** Per pixel: position in the window of the first source pixel, columns (0: nothing is covered) and rows. */
  first: Int32Array;
  columns: Int32Array;
  rows: Int32Array;
  /** Per pixel: where its weights begin, and their sum. */
  begin: Int32Array;
  total: Float64Array;
  /** Covered areas, row by row, pixel after pixel. */
  weights: Float64Array;
}

const scratch = {
  first: integers(),
  columns: integers(),
  rows: integers(),
  begin: integers(),
  total: doubles(),
  weights: doubles(),
};

/**
 * Aggregates the source pixels under each destination pixel.
 *
 * @param corners Source coordinates of the `(width + 1) × (height + 1)` corners of the destination pixels. The upper-left
 * and lower-right corners of a pixel span the rectangle that is aggregated.
 * @param turn Columns by which corners may seem to lie apart; the lower-right one is moved towards the upper-left one.
 */
export function resampleArea(
  sources: readonly BandWindow[],
  corners: Coordinates,
  targets: readonly BandTarget[],
  method: AreaMethod,
  turn: number,
): void {
  const width = corners.width - 1;
  const [window] = sources;
  if (!window) return;
  const run: BoxRun = {
    length: 0,
    first: scratch.first(width),
    columns: scratch.columns(width),
    rows: scratch.rows(width),
    begin: scratch.begin(width),
    total: scratch.total(width),
    weights: scratch.weights(MAX_RUN_WEIGHTS),
  };
  const wantsWeights = method === 'average' || method === 'mode';
  for (let r = 0; r < corners.height - 1; r++) {
    for (let c = 0; c < width; c += run.length) {
      fillRun(run, window, corners, r, c, width, wantsWeights, turn);
      if (method === 'average') averageRun(sources, run, targets, r, c);
      else if (method === 'mode') modeRun(sources, run, targets, r, c);
      else extremeRun(sources, run, targets, r, c, method === 'min' ? 1 : -1);
    }
  }
}

/** Finds the boxes of the pixels of a row from column `from` on, until the row or the room for weights ends. */
function fillRun(
  run: BoxRun,
  window: BandWindow,
  { u, v, width: stride }: Coordinates,
  row: number,
  from: number,
  end: number,
  wantsWeights: boolean,
  turn: number,
): void {
  const right = window.col + window.width;
  const bottom = window.row + window.height;
  let used = 0;
  let n = 0;
  for (let i = row * stride + from; from + n < end; i++, n++) {
    const ua = u[i] as number;
    const ub = sameTurn(u[i + stride + 1] as number, ua, turn);
    const va = v[i] as number;
    const vb = v[i + stride + 1] as number;
    const x0 = ua < ub ? ua : ub;
    const x1 = ua < ub ? ub : ua;
    const y0 = va < vb ? va : vb;
    const y1 = va < vb ? vb : va;
    let c0 = Math.floor(x0 + OVERLAP);
    let r0 = Math.floor(y0 + OVERLAP);
    let c1 = Math.ceil(x1 - OVERLAP);
    let r1 = Math.ceil(y1 - OVERLAP);
    if (c1 <= c0) c1 = c0 + 1;
    if (r1 <= r0) r1 = r0 + 1;
    if (c1 > right) c1 = right;
    if (r1 > bottom) r1 = bottom;
    if (c0 < window.col) c0 = window.col;
    if (r0 < window.row) r0 = window.row;
    // Written so that NaN coordinates fail too.
    if (!(c0 < c1 && r0 < r1)) {
      run.columns[n] = 0;
      continue;
    }
    const columns = c1 - c0;
    const rows = r1 - r0;
    if (wantsWeights) {
      const size = columns * rows;
      if (used + size > MAX_RUN_WEIGHTS && n > 0) break;
      if (size > run.weights.length) run.weights = scratch.weights(size);
      run.begin[n] = used;
      run.total[n] = weighBox(run.weights, used, c0, columns, x0, x1, r0, rows, y0, y1);
      used += size;
    }
    run.first[n] = (r0 - window.row) * window.width + c0 - window.col;
    run.columns[n] = columns;
    run.rows[n] = rows;
  }
  run.length = n;
}

/** Length of pixel [i, i + 1] inside [from, to]; a degenerate interval counts its pixel as covered by the noise bound. */
function covered(i: number, from: number, to: number): number {
  const length = (i + 1 < to ? i + 1 : to) - (i > from ? i : from);
  return length > OVERLAP ? length : OVERLAP;
}

const columnLengths = doubles();

/** Writes the covered areas of a box's pixels; gives their sum. */
function weighBox(
  into: Float64Array,
  at: number,
  c0: number,
  columns: number,
  x0: number,
  x1: number,
  r0: number,
  rows: number,
  y0: number,
  y1: number,
): number {
  const wx = columnLengths(columns);
  for (let c = 0; c < columns; c++) wx[c] = covered(c0 + c, x0, x1);
  let total = 0;
  for (let r = 0, k = at; r < rows; r++) {
    const wy = covered(r0 + r, y0, y1);
    for (let c = 0; c < columns; c++, k++) {
      const w = wy * (wx[c] as number);
      into[k] = w;
      total += w;
    }
  }
  return total;
}
