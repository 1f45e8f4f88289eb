/** Rows per span of time. */
import type { TimeHistogram } from '../wire/payload.js';

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
/** Widths of a bin that people know; above them, whole multiples of 100 days. */
const SIZES = [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 360 * MINUTE, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY];
/** Most bins: enough for one a pixel. */
const MOST_BINS = 960;

/** Bins of equal width from `start` on. */
export interface Bins {
  readonly start: number;
  readonly size: number;
  readonly counts: Uint32Array;
}

/** Empty bins over an interval, whose edges are round times. */
export function histogramOver(interval: { readonly startMicros: number; readonly endMicros: number }): Bins {
  const { startMicros, endMicros } = interval;
  const span = endMicros - startMicros;
  const size =
    SIZES.find((s) => span / s <= MOST_BINS - 2) ?? Math.ceil(span / (MOST_BINS - 2) / (100 * DAY)) * 100 * DAY;
  const start = Math.floor(startMicros / size) * size;
  return { start, size, counts: new Uint32Array(Math.floor((endMicros - start) / size) + 1) };
}

/** Counts a row in the bin of the middle of its time; NaN counts nowhere. */
export function addToHistogram({ start, size, counts }: Bins, startMicros: number, endMicros: number): void {
  const bin = Math.floor(((startMicros + endMicros) / 2 - start) / size);
  if (bin >= 0 && bin < counts.length) counts[bin] = (counts[bin] ?? 0) + 1;
}

/** Bins for the wire. */
export function wireHistogram({ start, size, counts }: Bins): TimeHistogram {
  return { startMicros: start, endMicros: start + size * counts.length, counts: [...counts] };
}
