/** The mean of each box, weighted by covered area. */
import type { BoxRun } from './area.js';
import { rounded, type BandTarget, type BandWindow } from './bands.js';

/**
 * Writes the averages of the boxes of a run, which begins at a row and column of the targets: of four bands at a time
 * where all pixels are valid, as walking the boxes is the larger part.
 */
export function averageRun(
  sources: readonly BandWindow[],
  run: BoxRun,
  targets: readonly BandTarget[],
  row: number,
  col: number,
): void {
  let b = 0;
  if (sources.every((s) => s.valid === null)) {
    // The last band fills up a four of three.
    for (; sources.length - b > 2; b += 4) averageFour(sources, run, targets, row, col, b);
  }
  // SAFETY (both): there is a target for each source.
  for (; b < sources.length; b++) averageOne(sources[b] as BandWindow, run, targets[b] as BandTarget, row, col);
}

function averageOne(source: BandWindow, run: BoxRun, target: BandTarget, row: number, col: number): void {
  const { values, valid, width } = source;
  const { weights } = run;
  const out = target.values;
  const start = target.start + row * target.stride + col;
  const validStart = target.validStart + row * target.validStride + col;
  for (let i = 0; i < run.length; i++) {
    const columns = run.columns[i] as number;
    const rows = columns > 0 ? (run.rows[i] as number) : 0;
    let sum = 0;
    let total = 0;
    let w = run.begin[i] as number;
    for (let r = 0, line = run.first[i] as number; r < rows; r++, line += width) {
      for (let k = line; k < line + columns; k++, w++) {
        if (valid !== null && valid[k] === 0) continue;
        sum += (weights[w] as number) * (values[k] as number);
        total += weights[w] as number;
      }
    }
    if (total > 0) out[start + i] = rounded(sum / total, target.rounding);
    else if (target.valid !== null) target.valid[validStart + i] = 0;
  }
}

/** Bands `first` to `first + 3` of windows whose pixels are all valid; of three, the last twice. */
function averageFour(
  sources: readonly BandWindow[],
  run: BoxRun,
  targets: readonly BandTarget[],
  row: number,
  col: number,
  first: number,
): void {
  const last = Math.min(first + 3, sources.length - 1);
  // SAFETY (all): three bands or more are left, with a target each.
  const a = (sources[first] as BandWindow).values;
  const b = (sources[first + 1] as BandWindow).values;
  const c = (sources[first + 2] as BandWindow).values;
  const d = (sources[last] as BandWindow).values;
  const { width } = sources[first] as BandWindow;
  const [ta, tb, tc, td] = [first, first + 1, first + 2, last].map((t) => targets[t]) as [
    BandTarget,
    BandTarget,
    BandTarget,
    BandTarget,
  ];
  const startOf = (t: BandTarget): number => t.start + row * t.stride + col;
  const [sa, sb, sc, sd] = [startOf(ta), startOf(tb), startOf(tc), startOf(td)];
  const [oa, ob, oc, od] = [ta.values, tb.values, tc.values, td.values];
  const { rounding, valid } = ta;
  const { first: firsts, columns: columnCounts, rows: rowCounts, begin, total, weights } = run;
  for (let i = 0; i < run.length; i++) {
    const columns = columnCounts[i] as number;
    if (columns === 0) {
      for (let t = first; valid !== null && t <= last; t++) {
        const { validStart, validStride } = targets[t] as BandTarget;
        valid[validStart + row * validStride + col + i] = 0;
      }
      continue;
    }
    const rows = rowCounts[i] as number;
    let w = begin[i] as number;
    let line = firsts[i] as number;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let r = 0; r < rows; r++, line += width) {
      for (let k = line; k < line + columns; k++, w++) {
        const weight = weights[w] as number;
        s0 += weight * (a[k] as number);
        s1 += weight * (b[k] as number);
        s2 += weight * (c[k] as number);
        s3 += weight * (d[k] as number);
      }
    }
    const area = total[i] as number;
    oa[sa + i] = rounded(s0 / area, rounding);
    ob[sb + i] = rounded(s1 / area, rounding);
    oc[sc + i] = rounded(s2 / area, rounding);
    od[sd + i] = rounded(s3 / area, rounding);
  }
}
