/** Bins of a time series: which days each covers and which rows belong to it (loading.md §3). */
import type { CatalogRow } from '../catalog/types.js';
import { MICROS_PER_DAY, startOfDay, type Interval, type Micros } from '../core/index.js';

/** A bin and its rows, in the order given. */
export interface TimeBin {
  /** Closed; the last bin ends with the slice. */
  readonly covers: Interval;
  readonly rows: readonly CatalogRow[];
}

/** When a row counts: at its start, or at the first day's beginning when it started before. */
function momentOf(row: CatalogRow, t0: Micros): Micros | null {
  return row.static || row.interval === null ? null : Math.max(row.interval.start, t0);
}

/**
 * The bins of an interval in time order: from the UTC day of its start, `tStep` days each. Rows without a date belong
 * to none. Bins without rows are left out unless `dense`.
 */
export function binRows(
  rows: readonly CatalogRow[],
  interval: Interval,
  tStep: number,
  dense: boolean,
): readonly TimeBin[] {
  const t0 = startOfDay(interval.start);
  const step = tStep * MICROS_PER_DAY;
  const groups = new Map<number, CatalogRow[]>();
  if (dense) for (let k = 0; t0 + k * step <= interval.end; k++) groups.set(k, []);
  for (const row of rows) {
    const at = momentOf(row, t0);
    if (at === null || at > interval.end) continue;
    const k = Math.floor((at - t0) / step);
    const group = groups.get(k);
    if (group) group.push(row);
    else groups.set(k, [row]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([k, members]) => {
      const start = t0 + k * step;
      return { covers: { start, end: Math.min(start + step - 1, interval.end) }, rows: members };
    });
}

const middle = ({ start, end }: Interval): number => start + (end - start) / 2;

/** The rows of a bin by UTC day: the day whose midpoint is closest to the bin's first, of two as close the earlier. */
export function daysByNearness(bin: TimeBin): readonly (readonly CatalogRow[])[] {
  const days = new Map<Micros, CatalogRow[]>();
  for (const row of bin.rows) {
    // A row that started before the first bin counts on that bin's first day.
    const day = startOfDay(Math.max(row.interval?.start ?? bin.covers.start, bin.covers.start));
    const group = days.get(day);
    if (group) group.push(row);
    else days.set(day, [row]);
  }
  const target = middle(bin.covers);
  const distance = (day: Micros): number => Math.abs(middle({ start: day, end: day + MICROS_PER_DAY - 1 }) - target);
  return [...days].sort(([a], [b]) => distance(a) - distance(b) || a - b).map(([, rows]) => rows);
}
