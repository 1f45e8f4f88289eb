/** Resampling by the area of the destination pixel: average, mode, min and max (loading.md §2.1, rule 7). */
import type { BandTarget, BandWindow } from './bands.js';
import type { Coordinates } from './coordinates.js';
import { modeOf } from './mode.js';
import { doubles, integers } from './scratch.js';

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
  x: doubles(),
};

/**
 * Aggregates the source pixels under each destination pixel.
 *
 * @param corners Source coordinates of the `(width + 1) × (height + 1)` corners of the destination pixels. The upper-left
 * and lower-right corners of a pixel span the rectangle that is aggregated.
 */
export function resampleArea(
  sources: readonly BandWindow[],
  corners: Coordinates,
  targets: readonly BandTarget[],
  method: AreaMethod,
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
  const aggregate = method === 'average' ? averageRun : method === 'mode' ? modeOf : extremesOf(method);
  for (let r = 0; r < corners.height - 1; r++) {
    for (let c = 0; c < width; c += run.length) {
      fillRun(run, window, corners, r, c, width, method === 'average' || method === 'mode');
      for (let b = 0; b < sources.length; b++) {
        // SAFETY (both): there is a target for each source.
        const target = targets[b] as BandTarget;
        const start = target.start + r * target.stride + c;
        aggregate(sources[b] as BandWindow, run, target, start, target.validStart + r * target.validStride + c);
      }
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
): void {
  const right = window.col + window.width;
  const bottom = window.row + window.height;
  let used = 0;
  let n = 0;
  for (let i = row * stride + from; from + n < end; i++, n++) {
    const [ua, ub, va, vb] = [u[i] as number, u[i + stride + 1] as number, v[i] as number, v[i + stride + 1] as number];
    const x0 = ua < ub ? ua : ub;
    const x1 = ua < ub ? ub : ua;
    const y0 = va < vb ? va : vb;
    const y1 = va < vb ? vb : va;
    let c0 = Math.floor(x0 + OVERLAP);
    let r0 = Math.floor(y0 + OVERLAP);
    const c1 = Math.min(Math.max(c0 + 1, Math.ceil(x1 - OVERLAP)), right);
    const r1 = Math.min(Math.max(r0 + 1, Math.ceil(y1 - OVERLAP)), bottom);
    c0 = Math.max(c0, window.col);
    r0 = Math.max(r0, window.row);
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
  return Math.max(Math.min(i + 1, to) - Math.max(i, from), OVERLAP);
}

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
  const wx = scratch.x(columns);
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

function averageRun(source: BandWindow, run: BoxRun, target: BandTarget, start: number, validStart: number): void {
  const { values, valid, width } = source;
  const { weights } = run;
  const out = target.values;
  const { isInteger, min, max } = target.rounding;
  for (let i = 0; i < run.length; i++) {
    const columns = run.columns[i] as number;
    const rows = run.rows[i] as number;
    let sum = 0;
    let total = 0;
    if (columns > 0) {
      let w = run.begin[i] as number;
      let line = run.first[i] as number;
      if (valid === null) {
        for (let r = 0; r < rows; r++, line += width) {
          for (let k = line; k < line + columns; k++, w++) sum += (weights[w] as number) * (values[k] as number);
        }
        total = run.total[i] as number;
      } else {
        for (let r = 0; r < rows; r++, line += width) {
          for (let k = line; k < line + columns; k++, w++) {
            if (valid[k] === 0) continue;
            sum += (weights[w] as number) * (values[k] as number);
            total += weights[w] as number;
          }
        }
      }
    }
    if (!(total > 0)) {
      if (target.valid !== null) target.valid[validStart + i] = 0;
      continue;
    }
    let value = sum / total;
    if (isInteger) {
      value = Math.floor(value + 0.5);
      value = value < min ? min : value > max ? max : value;
    }
    out[start + i] = value;
  }
}

type Aggregate = (source: BandWindow, run: BoxRun, target: BandTarget, start: number, validStart: number) => void;

function extremesOf(method: 'min' | 'max'): Aggregate {
  return (source, run, target, start, validStart) =>
    extremeRun(source, run, target, start, validStart, method === 'min' ? 1 : -1);
}

function extremeRun(
  { values, valid, width }: BandWindow,
  run: BoxRun,
  target: BandTarget,
  start: number,
  validStart: number,
  sign: 1 | -1,
): void {
  const out = target.values;
  for (let i = 0; i < run.length; i++) {
    const columns = run.columns[i] as number;
    const rows = columns > 0 ? (run.rows[i] as number) : 0;
    let best = Infinity;
    let found = false;
    for (let r = 0, line = run.first[i] as number; r < rows; r++, line += width) {
      for (let k = line; k < line + columns; k++) {
        if (valid !== null && valid[k] === 0) continue;
        found = true;
        const value = sign * (values[k] as number);
        if (value < best) best = value;
      }
    }
    if (found) out[start + i] = sign * best;
    else if (target.valid !== null) target.valid[validStart + i] = 0;
  }
}
