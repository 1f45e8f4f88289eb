/** The most covered value of each box. */
import type { BoxRun } from './area.js';
import type { BandTarget, BandWindow } from './bands.js';

/** Areas this close, relative, are a tie: positions carry noise of up to ~1e-7 pixel. */
const TIE = 1e-6;
/** Distinct values that are looked up one by one; from there on a table is faster. */
const MAX_LISTED = 16;

const listed = new Float64Array(MAX_LISTED);
const listedAreas = new Float64Array(MAX_LISTED);

/** Writes the modes of the boxes of a run, which begins at a row and column of the targets; ties go to the smallest value. */
export function modeRun(
  sources: readonly BandWindow[],
  run: BoxRun,
  targets: readonly BandTarget[],
  row: number,
  col: number,
): void {
  // SAFETY (both): there is a target for each source.
  for (let b = 0; b < sources.length; b++) modes(sources[b] as BandWindow, run, targets[b] as BandTarget, row, col);
}

function modes(source: BandWindow, run: BoxRun, target: BandTarget, row: number, col: number): void {
  const start = target.start + row * target.stride + col;
  const validStart = target.validStart + row * target.validStride + col;
  for (let i = 0; i < run.length; i++) {
    const n = run.columns[i] === 0 ? 0 : listValues(source, run, i);
    if (n > 0) target.values[start + i] = n > MAX_LISTED ? modeOfMany(source, run, i) : mostCovered(n);
    else if (target.valid !== null) target.valid[validStart + i] = 0;
  }
}

/** Sums areas by value in the order of appearance; more than MAX_LISTED when there are too many values. */
function listValues({ values, valid, width }: BandWindow, run: BoxRun, box: number): number {
  const columns = run.columns[box] as number;
  const rows = run.rows[box] as number;
  const { weights } = run;
  let n = 0;
  let w = run.begin[box] as number;
  for (let r = 0, line = run.first[box] as number; r < rows; r++, line += width) {
    for (let k = line; k < line + columns; k++, w++) {
      if (valid !== null && valid[k] === 0) continue;
      const value = values[k] as number;
      let at = 0;
      while (at < n && listed[at] !== value) at++;
      if (at === n) {
        if (n === MAX_LISTED) return MAX_LISTED + 1;
        // Zero has no sign here, as in a Map.
        listed[n] = value + 0;
        listedAreas[n++] = weights[w] as number;
      } else listedAreas[at] = (listedAreas[at] as number) + (weights[w] as number);
    }
  }
  return n;
}

function mostCovered(n: number): number {
  let best = listed[0] as number;
  let bestArea = listedAreas[0] as number;
  for (let i = 1; i < n; i++) {
    const value = listed[i] as number;
    const area = listedAreas[i] as number;
    const isTie = Math.abs(area - bestArea) <= TIE * bestArea;
    if (isTie ? value < best : area > bestArea) {
      best = value;
      bestArea = area;
    }
  }
  return best;
}

function modeOfMany({ values, valid, width }: BandWindow, run: BoxRun, box: number): number {
  const areas = new Map<number, number>();
  const columns = run.columns[box] as number;
  const rows = run.rows[box] as number;
  let w = run.begin[box] as number;
  for (let r = 0, line = run.first[box] as number; r < rows; r++, line += width) {
    for (let k = line; k < line + columns; k++, w++) {
      if (valid !== null && valid[k] === 0) continue;
      const value = values[k] as number;
      areas.set(value, (areas.get(value) ?? 0) + (run.weights[w] as number));
    }
  }
  let best = NaN;
  let bestArea = 0;
  for (const [value, area] of areas) {
    const isTie = Math.abs(area - bestArea) <= TIE * bestArea;
    if (bestArea === 0 || (isTie ? value < best : area > bestArea)) {
      best = value;
      bestArea = area;
    }
  }
  return best;
}
