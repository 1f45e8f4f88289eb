/**
 * Which row groups of a part can hold rows of interest, from the statistics of its footer.
 *
 * DuckDB itself skips row groups by plain comparisons, but not by alternatives, and `OR start_time IS NULL` is one. So
 * the statistics are kept, and what they rule out never reaches a statement: parts without static rows are asked without
 * that alternative, and others for ranges of rows.
 *
 * Partitions by year and month hold the rows that BEGIN then; a row may reach far beyond. The statistics of `end_time`
 * bound that exactly, so the names of the folders are not needed.
 */
import type { Bounds, Interval } from '../../../core/index.js';
import type { ColumnChunk, Footer } from '../../../formats/geoparquet/index.js';

/** Least and greatest values of one column over the row groups, and which groups have nulls or do not say. */
interface Range {
  readonly least: Float64Array;
  readonly greatest: Float64Array;
  readonly nulls: Uint8Array;
}

/** Rows of a part that may be of interest. */
export interface Selection {
  /** First and last row of each range, inclusive; null for the whole part. */
  readonly ranges: readonly (readonly [first: number, last: number])[] | null;
  /** Whether there may be rows without times, or without a box, among them. */
  readonly undated: boolean;
  readonly unboxed: boolean;
}

/** More ranges than this make a statement slower than the rows between them. */
const MAX_RANGES = 64;

const INT64 = 2;
const FLOAT = 4;
const DOUBLE = 5;
const SIDES = ['xmin', 'ymin', 'xmax', 'ymax'] as const;

/** A statistic as a number, NaN where it is none. */
function statistic(type: number, bytes: Uint8Array | undefined): number {
  const view = bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view?.byteLength === 8 && type === DOUBLE) return view.getFloat64(0, true);
  if (view?.byteLength === 8 && type === INT64) return Number(view.getBigInt64(0, true));
  if (view?.byteLength === 4 && type === FLOAT) return view.getFloat32(0, true);
  return NaN;
}

function rangeOf(footer: Footer, path: string): Range {
  const count = footer.groups.length;
  const [least, greatest] = [new Float64Array(count).fill(NaN), new Float64Array(count).fill(NaN)];
  const nulls = new Uint8Array(count).fill(1);
  // The place of a column in its group is mostly the same in all.
  let place = 0;
  footer.groups.forEach(({ columns }, g) => {
    if (columns[place]?.path !== path)
      place = Math.max(
        0,
        columns.findIndex((c) => c.path === path),
      );
    const chunk: ColumnChunk | undefined = columns[place];
    if (chunk?.path !== path) return;
    least[g] = statistic(chunk.type, chunk.min);
    greatest[g] = statistic(chunk.type, chunk.max);
    nulls[g] = chunk.nulls === 0 ? 0 : 1;
  });
  return { least, greatest, nulls };
}

/** The row groups of one part. */
export class RowGroups {
  readonly rows: number;
  readonly #starts: Float64Array;
  readonly #start: Range;
  readonly #end: Range;
  /** xmin, ymin, xmax, ymax. */
  readonly #sides: readonly [Range, Range, Range, Range] | null;

  /** @param covering the struct of the envelopes; null when there is none to rely on. */
  constructor(footer: Footer, covering: string | null) {
    const { groups } = footer;
    this.#starts = new Float64Array(groups.length + 1);
    groups.forEach(({ rows }, g) => (this.#starts[g + 1] = (this.#starts[g] ?? 0) + rows));
    this.rows = this.#starts[groups.length] ?? 0;
    this.#start = rangeOf(footer, 'start_time');
    this.#end = rangeOf(footer, 'end_time');
    const [xmin, ymin, xmax, ymax] = SIDES.map((side) => rangeOf(footer, `${covering ?? ''}.${side}`));
    this.#sides = covering !== null && xmin && ymin && xmax && ymax ? [xmin, ymin, xmax, ymax] : null;
  }

  /**
   * Rows that may pass, or null when none can.
   *
   * @param timed whether times are stored in whole microseconds, as the schema has them; else they are not judged.
   */
  select(boxes: readonly Bounds[] | null, interval: Interval | null, timed: boolean): Selection | null {
    const ranges: [number, number][] = [];
    const asked = boxes?.map(loosened);
    const count = this.#starts.length - 1;
    let [kept, undated, unboxed] = [0, false, false];
    for (let g = 0; g < count; g++) {
      const first = this.#starts[g] ?? 0;
      const last = (this.#starts[g + 1] ?? 0) - 1;
      const timeless = !timed || this.#start.nulls[g] !== 0 || this.#end.nulls[g] !== 0;
      const boxless = this.#sides?.some(({ nulls }) => nulls[g] !== 0) ?? true;
      if (interval && !timeless && this.#misses(interval, g)) continue;
      if (asked && !boxless && asked.every((box) => this.#outside(box, g))) continue;
      kept++;
      undated ||= timeless;
      unboxed ||= boxless;
      const before = ranges.at(-1);
      if (before?.[1] === first - 1) before[1] = last;
      else ranges.push([first, last]);
    }
    if (kept === 0) return null;
    return { ranges: kept === count ? null : merged(ranges), undated, unboxed };
  }

  /** Unknown values compare false, and rule out nothing. */
  #misses({ start, end }: Interval, g: number): boolean {
    return (this.#start.least[g] ?? NaN) > end || (this.#end.greatest[g] ?? NaN) < start;
  }

  #outside([xmin, ymin, xmax, ymax]: Bounds, g: number): boolean {
    if (!this.#sides) return false;
    const [left, bottom, right, top] = this.#sides;
    return (
      (left.least[g] ?? NaN) > xmax ||
      (bottom.least[g] ?? NaN) > ymax ||
      (right.greatest[g] ?? NaN) < xmin ||
      (top.greatest[g] ?? NaN) < ymin
    );
  }
}

/** A box enlarged by more than what its sides lose as 32-bit numbers, in which some coverings are stored. */
export function loosened([xmin, ymin, xmax, ymax]: Bounds): Bounds {
  const slack = (v: number): number => Math.abs(v) * 2 ** -22 + Number.MIN_VALUE;
  return [xmin - slack(xmin), ymin - slack(ymin), xmax + slack(xmax), ymax + slack(ymax)];
}

/** Joins the ranges with the smallest gaps between them until there are few. */
function merged(ranges: readonly [number, number][]): readonly (readonly [number, number])[] {
  if (ranges.length <= MAX_RANGES) return ranges;
  const gaps = ranges.slice(1).map(([first], i) => ({ i, gap: first - (ranges[i]?.[1] ?? 0) }));
  const breaks = new Set(
    gaps
      .sort((a, b) => b.gap - a.gap)
      .slice(0, MAX_RANGES - 1)
      .map(({ i }) => i),
  );
  const out: [number, number][] = [];
  ranges.forEach(([first, last], i) => {
    const before = out.at(-1);
    if (before && !breaks.has(i - 1)) before[1] = last;
    else out.push([first, last]);
  });
  return out;
}
