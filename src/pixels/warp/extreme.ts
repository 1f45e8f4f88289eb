/** The least or greatest value of each box. */
import type { BoxRun } from './area.js';
import type { BandTarget, BandWindow } from './bands.js';

/** Writes the extremes of the boxes of a run, which begins at a row and column of the targets; `sign` is −1 for maxima. */
export function extremeRun(
  sources: readonly BandWindow[],
  run: BoxRun,
  targets: readonly BandTarget[],
  row: number,
  col: number,
  sign: 1 | -1,
): void {
  // SAFETY (both): there is a target for each source.
  for (let b = 0; b < sources.length; b++)
    extremes(sources[b] as BandWindow, run, targets[b] as BandTarget, row, col, sign);
}

function extremes(
  { values, valid, width }: BandWindow,
  run: BoxRun,
  target: BandTarget,
  row: number,
  col: number,
  sign: 1 | -1,
): void {
  const out = target.values;
  const start = target.start + row * target.stride + col;
  const validStart = target.validStart + row * target.validStride + col;
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
