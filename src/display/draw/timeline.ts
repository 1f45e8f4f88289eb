/** The strip under a map that shows when: a bar per day or a span per row, with a time axis. */
import type { Box, Canvas, Point } from './canvas.js';
import { drawText, textWidth } from './lettering.js';
import type { TimeHistogram } from '../wire/payload.js';
import { grouped } from '../words.js';
import { ACCENT, BORDER, MUTED } from './theme.js';

/** When one row is valid. */
export interface TimeMark {
  readonly startMicros: number;
  readonly endMicros: number;
}

const DAY = 86_400_000_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Width of one column of the histogram in CSS pixels. */
const COLUMN = 5;
/** Up to so many rows are shown as single dots, stacked. */
const MOST_DOTS = 400;
/** Share of the axis from which a row is a span instead of a moment. */
const SPAN_SHARE = 0.03;
const MOST_LANES = 7;
/** Height of the line above the marks, in CSS pixels. */
const NOTE = 9;

interface Tick {
  readonly micros: number;
  readonly label: string;
}

/** Ticks of an axis from `from` to `to`: years, months, days or hours, whichever gives at most `most`. */
export function timeTicks(from: number, to: number, most: number): Tick[] {
  const first = new Date(from / 1000);
  const months = ((to - from) / DAY) * (12 / 365.25);
  for (const step of [1, 2, 3, 6]) {
    if (months / step > most || months / step < 2) continue;
    const ticks: Tick[] = [];
    for (let m = Math.ceil(first.getUTCMonth() / step) * step; ; m += step) {
      const micros = Date.UTC(first.getUTCFullYear(), m) * 1000;
      if (micros > to) break;
      const month = new Date(micros / 1000).getUTCMonth();
      const name = MONTHS[month] ?? '';
      const needsYear = month === 0 || ticks.length === 0;
      if (micros >= from)
        ticks.push({ micros, label: needsYear ? `${name} ${new Date(micros / 1000).getUTCFullYear()}` : name });
    }
    return ticks;
  }
  if (months >= 2) {
    const years = (to - from) / DAY / 365.25;
    const step = [1, 2, 5, 10, 20, 50, 100, 500, 1000, 10_000].find((s) => years / s <= most) ?? 100_000;
    const ticks: Tick[] = [];
    for (let y = Math.ceil(first.getUTCFullYear() / step) * step; ; y += step) {
      const date = new Date(0);
      date.setUTCFullYear(y, 0, 1);
      const micros = date.getTime() * 1000;
      if (!(micros <= to)) break;
      if (micros >= from) ticks.push({ micros, label: String(y) });
    }
    return ticks;
  }
  const days = (to - from) / DAY;
  const step = [1, 2, 5, 7, 10, 14].find((s) => days / s <= most) ?? 14;
  const start = Math.ceil(from / DAY);
  const count = Math.floor((to / DAY - start) / step) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const micros = (start + i * step) * DAY;
    const date = new Date(micros / 1000);
    const label = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
    return { micros, label: i === 0 ? `${label} ${date.getUTCFullYear()}` : label };
  });
}

/** Rows one by one, or counted in bins. */
export type Times = readonly TimeMark[] | TimeHistogram;

function isCounted(times: Times): times is TimeHistogram {
  return 'counts' in times;
}

/** Draws when rows are; `undatedText` (e.g. "2 without date") stands at the right when not empty. */
export function drawTimeline(canvas: Canvas, box: Box, times: Times, undatedText: string): void {
  const axis = box.y + box.height - 15;
  const [left, right] = [box.x + 8, box.x + box.width - 8];
  canvas.stroke(
    [
      [
        [box.x, axis],
        [box.x + box.width, axis],
      ],
    ],
    { colour: BORDER, width: 1 },
  );
  let [start, end] = [Infinity, -Infinity];
  for (const m of isCounted(times) ? [times] : times) {
    start = Math.min(start, m.startMicros);
    end = Math.max(end, m.endMicros);
  }
  if (!(start <= end)) {
    drawText(canvas, undatedText === '' ? 'no dates' : undatedText, [left, axis - 8], { colour: MUTED, size: 9 });
    return;
  }
  const margin = Math.max((end - start) * 0.02, DAY / 2);
  const [from, to] = [start - margin, end + margin];
  const x = (micros: number): number => left + ((micros - from) / (to - from)) * (right - left);
  let free = -Infinity;
  for (const tick of timeTicks(from, to, Math.floor((right - left) / 70))) {
    const at = x(tick.micros);
    const half = textWidth(tick.label, 9) / 2;
    canvas.stroke(
      [
        [
          [at, axis],
          [at, axis + 3],
        ],
      ],
      { colour: MUTED, width: 0.8 },
    );
    const centre = Math.max(at, box.x + half);
    if (centre - half < free || centre + half > box.x + box.width) continue;
    drawText(canvas, tick.label, [centre, axis + 13], { colour: MUTED, size: 9, align: 'center' });
    free = centre + half + 8;
  }
  const plot: Box = { x: left, y: box.y + NOTE, width: right - left, height: axis - box.y - NOTE - 2 };
  const most = drawTimes(canvas, plot, times, x, to - from);
  const notes = [
    ...(most > 0 ? [`up to ${grouped(most)} a column`] : []),
    ...(undatedText === '' ? [] : [undatedText]),
  ];
  drawText(canvas, notes.join(' · '), [box.x + box.width, box.y + 7], { colour: MUTED, size: 9, align: 'right' });
}

/** Draws spans, dots or columns; returns the count of the highest column, 0 where there are no columns. */
function drawTimes(canvas: Canvas, plot: Box, times: Times, x: (micros: number) => number, span: number): number {
  if (isCounted(times)) return drawHistogram(canvas, plot, times, x);
  const longest = Math.max(...times.slice(0, 5000).map((m) => m.endMicros - m.startMicros));
  const asSpans = longest > span * SPAN_SHARE && longest > 2 * DAY;
  return asSpans ? drawSpans(canvas, plot, times, x) : drawMoments(canvas, plot, times, x);
}

/** Draws bins as columns, a whole number of bins each: a varying one would show as waves that are not in the data. */
function drawHistogram(canvas: Canvas, plot: Box, times: TimeHistogram, x: (micros: number) => number): number {
  const { startMicros, endMicros, counts } = times;
  const at = (k: number): number => x(startMicros + (k / counts.length) * (endMicros - startMicros));
  const together = Math.max(1, Math.ceil((COLUMN - 1) / Math.max(1e-9, at(1) - at(0))));
  const columns: number[] = [];
  for (let k = 0; k < counts.length; k += together)
    columns.push(counts.slice(k, k + together).reduce((sum, c) => sum + c, 0));
  const most = Math.max(0, ...columns);
  columns.forEach((count, c) => {
    if (count === 0) return;
    const height = Math.max(1, plot.height * (count / most));
    const [left, right] = [at(c * together), at((c + 1) * together)];
    const width = Math.min(24, Math.max(1.5, right - left - 1));
    canvas.fillBox({ x: (left + right - width) / 2, y: plot.y + plot.height - height, width, height }, ACCENT, 0.8);
  });
  return most;
}

function drawSpans(canvas: Canvas, plot: Box, marks: readonly TimeMark[], x: (micros: number) => number): number {
  const lanes: number[] = [];
  const height = plot.height / MOST_LANES;
  const sorted = [...marks].sort((a, b) => a.startMicros - b.startMicros);
  for (const m of sorted) {
    let lane = lanes.findIndex((busyUntil) => busyUntil < m.startMicros);
    if (lane < 0) lane = lanes.length < MOST_LANES ? lanes.length : MOST_LANES - 1;
    lanes[lane] = Math.max(lanes[lane] ?? -Infinity, m.endMicros);
    const y = plot.y + plot.height - (lane + 0.5) * height;
    const line: Point[] = [
      [x(m.startMicros), y],
      [x(m.endMicros), y],
    ];
    canvas.stroke([line], { colour: ACCENT, width: Math.max(1.5, height * 0.55), alpha: 0.75 });
  }
  return 0;
}

/** Draws dots or a histogram; returns the count of the highest column of a histogram, 0 for dots. */
function drawMoments(canvas: Canvas, plot: Box, marks: readonly TimeMark[], x: (micros: number) => number): number {
  const size = marks.length <= MOST_DOTS ? COLUMN : COLUMN - 1;
  const counts = new Map<number, number>();
  for (const m of marks) {
    const column = Math.floor((x((m.startMicros + m.endMicros) / 2) - plot.x) / size);
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  const rise = plot.height / most;
  const asDots = rise >= 5 && marks.length <= MOST_DOTS;
  for (const [column, count] of counts) {
    const cx = plot.x + (column + 0.5) * size;
    const base = plot.y + plot.height;
    if (!asDots) {
      const height = Math.max(1.5, plot.height * (count / most));
      canvas.fillBox({ x: cx - size / 2 + 0.5, y: base - height, width: size - 1, height }, ACCENT, 0.8);
      continue;
    }
    const gap = Math.min(6, rise);
    for (let k = 0; k < count; k++) canvas.fillDisc([cx, base - 3 - k * gap], 2.4, ACCENT, 0.9);
  }
  return asDots ? 0 : most;
}
