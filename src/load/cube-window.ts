/** Which cells of a grid a box takes, and where on the result's lattice they lie (loading.md §4, rule 2). */
import { transformBounds, type Bounds, type Crs, type GeoSlice } from '../core/index.js';
import type { CubeGrid } from '../formats/cube/index.js';

/** Overlaps of at most this part of a cell are rounding noise. */
const OVERLAP = 1e-6;
/** Degrees after which longitudes repeat. */
export const TURN = 360;

/** Cells along one axis of a file, as they lie in the result: `at` counts cells from the lattice's zero. */
export interface Run {
  /** First cell in the file, and how many. */
  readonly start: number;
  readonly count: number;
  /** Lattice index of the westmost (or northmost) of them. */
  readonly at: number;
}

/** One axis of a file: its edge at the west (or north) end, cells counted from there. */
export interface CellAxis {
  readonly edge: number;
  /** Positive length of a cell; positions run west to east, or north to south. */
  readonly step: number;
  readonly count: number;
  /** Whether the file stores the cells in the opposite order. */
  readonly reversed: boolean;
  /** Cells after which the axis repeats: grids around the globe; null for others. */
  readonly period: number | null;
}

/** Noise of coordinates is cut off, so that copies of a grid that run the other way give the same doubles. */
const DIGITS = 13;
const tidy = (v: number): number => Number(v.toPrecision(DIGITS)) + 0;

/** A grid counts as global when it lacks at most this part of a cell. */
const CLOSING = 1e-2;

/** Axes of a grid, x from the west and y from the north. */
export function cellAxes(cells: CubeGrid, crs: Crs): { readonly x: CellAxis; readonly y: CellAxis } {
  const [a, , c, , e, f] = cells.transform;
  const [xStep, yStep] = [tidy(Math.abs(a)), tidy(Math.abs(e))];
  const around = TURN / xStep;
  const isGlobal = crs.isGeographic && cells.width > around - CLOSING;
  const period = isGlobal ? Math.round(around) : null;
  return {
    x: {
      edge: tidy(a > 0 ? c : c + a * cells.width),
      step: period === null ? xStep : TURN / period,
      count: cells.width,
      reversed: a < 0,
      period,
    },
    y: {
      edge: tidy(e < 0 ? f : f + e * cells.height),
      step: yStep,
      count: cells.height,
      reversed: e > 0,
      period: null,
    },
  };
}

/** The box of a slice in a CRS, densified; across ±180 its east end lies beyond 180. */
export function queryBox(slice: Pick<GeoSlice, 'bounds' | 'crs'>, crs: Crs): Bounds {
  const [xmin, ymin, xmax, ymax] = transformBounds(slice.bounds, slice.crs, crs);
  return [xmin, ymin, crs.isGeographic && xmin > xmax ? xmax + TURN : xmax, ymax];
}

/** Cells from `low` to `high`, both in cells from the edge, that overlap by more than noise: first and end. */
function overlapped(low: number, high: number): readonly [first: number, end: number] {
  const first = Math.floor(low + OVERLAP);
  const end = Math.ceil(high - OVERLAP);
  if (end > first) return [first, end];
  // A box narrower than the noise, or on an edge, takes the cell of its middle.
  const middle = Math.floor((low + high) / 2);
  return [middle, middle + 1];
}

/** Cells of an axis between two positions in cells from its edge, which do not repeat. */
function plainRun(axis: CellAxis, first: number, end: number, shift: number): Run[] {
  const [from, to] = [Math.max(0, first), Math.min(axis.count, end)];
  if (to <= from) return [];
  const start = axis.reversed ? axis.count - to : from;
  return [{ start, count: to - from, at: from + shift }];
}

/**
 * The cells of an axis that a range takes, in runs from west to east (or north to south). `margin` adds cells on both
 * sides. Lattice indexes count cells from the axis' own edge, beyond it too where the axis repeats.
 */
export function axisRuns(
  axis: CellAxis,
  range: readonly [from: number, to: number],
  turns: boolean,
  margin = 0,
): Run[] {
  const { edge, step, count, period } = axis;
  const [low, high] = [(range[0] - edge) / step, (range[1] - edge) / step];
  if (period !== null) {
    let [first, end] = overlapped(low, high);
    [first, end] = [first - margin, end + margin];
    if (end - first > period) {
      // More than once around: what margins add twice is left out evenly, and the box decides where the seam lies.
      const whole = Math.floor(low + OVERLAP);
      [first, end] = [whole, whole + period];
    }
    const runs: Run[] = [];
    for (let k = Math.floor(first / period); k * period < end; k++) {
      const within = { ...axis, count: Math.min(count, period) };
      // Cells of a column that is stored twice come from the first of both.
      const skipped = axis.reversed ? count - within.count : 0;
      for (const run of plainRun(within, first - k * period, end - k * period, k * period))
        runs.push({ ...run, start: run.start + skipped });
    }
    return runs;
  }
  const runs: Run[] = [];
  const cellsPerTurn = TURN / step;
  for (const k of turns ? [-3, -2, -1, 0, 1, 2, 3] : [0]) {
    const offset = k * cellsPerTurn;
    const [from, to] = [low - offset, high - offset];
    // Only what lies inside by more than noise; a box inside the domain always takes a cell.
    if (Math.min(count, to) - Math.max(0, from) <= (to - from < 2 * OVERLAP ? 0 : OVERLAP)) continue;
    const [first, end] = overlapped(from, to);
    for (const run of plainRun(axis, first - margin, end + margin, 0)) runs.push({ ...run, at: run.at + offset });
  }
  return runs.sort((p, q) => p.at - q.at);
}
