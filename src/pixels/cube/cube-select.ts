/** Parts of a cube, by position and by label. Georeferencing follows the cells. */
import {
  applyAffine,
  ArgumentError,
  durationMicros,
  formatTime,
  isNadirError,
  parseTime,
  type Affine,
  type Duration,
  type NumericArray,
} from '../../core/index.js';
import { arrayLike } from '../tensor/data.js';
import { positions, type AxisRange } from '../tensor/select.js';
import {
  dimOf,
  evenStep,
  sizeOf,
  stridesOf,
  type CubeData,
  type CubeLabels,
  type CubeVar,
  type DataCubeInit,
} from './cube-data.js';

/** Positions by dimension, counted from 0; negative ones count from the end. A number drops its dimension. */
export type CubeIndexes = Readonly<Record<string, number | readonly number[] | AxisRange>>;

/** A label: a number, a text, or for time also a Date or an ISO 8601 text. */
export type CubeLabel = number | string | Date;
/** All labels from `start` to `end`, both included; a missing end is open. `days(…)` is such a range. */
export interface LabelRange {
  readonly start?: CubeLabel;
  readonly end?: CubeLabel;
}
/** Labels by dimension. A single label drops its dimension. */
export type CubeSelectors = Readonly<Record<string, CubeLabel | readonly CubeLabel[] | LabelRange>>;
export interface SelOptions {
  /** Takes the closest label instead of an equal one; of two equally close ones the larger. */
  readonly method?: 'nearest';
  /** Largest distance to the closest label, in units of the coordinate; a duration for time. */
  readonly tolerance?: number | Duration;
}

function requireRecord(value: unknown, rule: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new ArgumentError('bad-option', `${rule}; got ${JSON.stringify(value)}.`);
}

/** Values at chosen positions of each axis, in their order. */
function gather(v: CubeVar, chosen: readonly (readonly number[])[]): NumericArray {
  const out = arrayLike(v.values, sizeOf(chosen.map((c) => c.length)));
  const strides = stridesOf(v.shape);
  const last = chosen.length - 1;
  const inner = chosen[last] ?? [];
  const from = inner[0] ?? 0;
  const isRun = inner.every((i, k) => i === from + k);
  let o = 0;
  const walk = (axis: number, offset: number): void => {
    if (axis < last) {
      for (const i of chosen[axis] ?? []) walk(axis + 1, offset + i * (strides[axis] ?? 0));
    } else if (isRun) {
      out.set(v.values.subarray(offset + from, offset + from + inner.length), o);
      o += inner.length;
    } else {
      for (const i of inner) out[o++] = v.values[offset + i] ?? NaN;
    }
  };
  if (last < 0) out.set(v.values);
  else walk(0, 0);
  return out;
}

/** The affine of chosen rows and columns; null where they are not evenly spaced southwards and eastwards. */
function transformOf(
  transform: Affine | null,
  rows: readonly number[] | undefined,
  cols: readonly number[] | undefined,
): Affine | null {
  if (!transform) return null;
  const stepOf = (at: readonly number[] | undefined): number | null => {
    if (!at || at.length < 2) return 1;
    return evenStep(Float64Array.from(at));
  };
  const [sy, sx] = [stepOf(rows), stepOf(cols)];
  if (sy === null || sx === null || sy < 0 || sx < 0) return null;
  const [a, b, , d, e] = transform;
  // Cells that are left out widen those that stay on both sides: labels remain centres.
  const [c, f] = applyAffine(transform, (cols?.[0] ?? 0) + (1 - sx) / 2, (rows?.[0] ?? 0) + (1 - sy) / 2);
  return [a * sx, b * sy, c, d * sx, e * sy, f];
}

/**
 * The chosen positions of each dimension.
 *
 * @throws {@link ArgumentError} `no-dim`, `bad-index`, `empty-range`.
 */
export function cubeIsel(cube: CubeData, indexes: CubeIndexes): DataCubeInit {
  requireRecord(indexes, 'isel takes positions by dimension: isel({ time: 0 })');
  const chosen = new Map<string, readonly number[]>();
  const dropped = new Set<string>();
  for (const [name, choice] of Object.entries(indexes)) {
    const dim = dimOf(cube, name);
    chosen.set(dim, positions(dim, choice, cube.dims[dim] ?? 0));
    if (typeof choice === 'number') dropped.add(dim);
  }
  const all = new Map(Object.entries(cube.dims).map(([dim, n]) => [dim, Array.from({ length: n }, (_, i) => i)]));
  const at = (dim: string): readonly number[] => chosen.get(dim) ?? all.get(dim) ?? [];
  const vars = Object.entries(cube.vars).map(([name, v]): [string, CubeVar] => {
    if (!v.dims.some((dim) => chosen.has(dim))) return [name, v];
    const kept = v.dims.filter((dim) => !dropped.has(dim));
    return [
      name,
      { dims: kept, shape: kept.map((dim) => at(dim).length), values: gather(v, v.dims.map(at)), attrs: v.attrs },
    ];
  });
  const pick = (labels: CubeLabels, dim: string): CubeLabels =>
    labels instanceof Float64Array
      ? Float64Array.from(at(dim), (i) => labels[i] ?? NaN)
      : at(dim).map((i) => labels[i] ?? '');
  return {
    ...cube,
    vars: Object.fromEntries(vars),
    coords: Object.fromEntries(
      Object.entries(cube.coords)
        .filter(([dim]) => !dropped.has(dim))
        .map(([dim, labels]) => [dim, chosen.has(dim) ? pick(labels, dim) : labels]),
    ),
    transform: transformOf(cube.transform, chosen.get('y'), chosen.get('x')),
  };
}

const isRange = (choice: unknown): choice is LabelRange =>
  typeof choice === 'object' && choice !== null && !Array.isArray(choice) && !(choice instanceof Date);

/** A numeric label is met when it is this close, in steps: coordinates carry rounding noise. */
const SAME_LABEL = 1e-6;
const TURN = 360;

interface Axis {
  readonly dim: string;
  readonly labels: CubeLabels;
  /** Whether labels are longitudes, which repeat. */
  readonly turns: boolean;
}

function numeric(axis: Axis, label: CubeLabel): number {
  if (axis.dim === 'time') {
    try {
      return parseTime(label);
    } catch (error) {
      if (!isNadirError(error)) throw error;
      throw new ArgumentError('bad-label', `A label of time: ${error.message}`, { cause: error });
    }
  }
  if (typeof label === 'number' && Number.isFinite(label)) return label;
  throw new ArgumentError('bad-label', `Labels of ${axis.dim} are numbers; got ${JSON.stringify(label)}.`);
}

function shown(axis: Axis, label: unknown): string {
  return axis.dim === 'time' && typeof label === 'number' ? formatTime(label) : JSON.stringify(label);
}

function noLabel(axis: Axis, label: unknown, o: SelOptions): ArgumentError {
  const { dim, labels } = axis;
  const ends = labels.length > 0 ? ` from ${shown(axis, labels[0])} to ${shown(axis, labels.at(-1))}` : '';
  return new ArgumentError(
    'no-label',
    `Dimension ${dim} has no label ${shown(axis, label)}${o.tolerance === undefined ? '' : ' within the tolerance'}; it has ${labels.length}${ends}.`,
    {
      hint: o.method === 'nearest' ? 'Raise tolerance.' : "Use { method: 'nearest' } for the closest one.",
      details: { dim, label },
    },
  );
}

function indexOfLabel(axis: Axis, label: CubeLabel, o: SelOptions): number {
  const { labels, dim } = axis;
  if (!(labels instanceof Float64Array)) {
    const i = labels.indexOf(String(label));
    if (i < 0) throw noLabel(axis, label, o);
    return i;
  }
  const wanted = numeric(axis, label);
  const step = Math.abs(evenStep(labels) ?? 0);
  const { tolerance = Infinity } = o;
  const limit =
    o.method === 'nearest'
      ? typeof tolerance === 'number'
        ? tolerance
        : durationMicros(tolerance)
      : dim === 'x' || dim === 'y'
        ? step * SAME_LABEL
        : 0;
  let [best, distance] = [-1, Infinity];
  const targets = axis.turns ? [wanted, wanted - TURN, wanted + TURN] : [wanted];
  for (const target of targets) {
    for (let i = 0; i < labels.length; i++) {
      const own = Math.abs((labels[i] ?? NaN) - target);
      const isLarger = own === distance && (labels[i] ?? NaN) > (labels[best] ?? NaN);
      if (own < distance || isLarger) [best, distance] = [i, own];
    }
  }
  if (best < 0 || distance > limit) throw noLabel(axis, dim === 'time' ? wanted : label, o);
  return best;
}

function indexesOfRange(axis: Axis, range: LabelRange): readonly number[] {
  const { labels, dim } = axis;
  const unknown = Object.keys(range).filter((k) => k !== 'start' && k !== 'end');
  if (unknown.length > 0)
    throw new ArgumentError('bad-label', `A range of labels is { start, end }; got ${unknown.join(', ')} for ${dim}.`);
  const found: number[] = [];
  if (labels instanceof Float64Array) {
    const [a, b] = [
      range.start === undefined ? -Infinity : numeric(axis, range.start),
      range.end === undefined ? Infinity : numeric(axis, range.end),
    ];
    // Descending axes are asked for from either end.
    const [low, high] = dim === 'time' ? [a, b] : [Math.min(a, b), Math.max(a, b)];
    labels.forEach((v, i) => {
      if (v >= low && v <= high) found.push(i);
    });
  } else {
    const first = range.start === undefined ? 0 : indexOfLabel(axis, range.start, {});
    const last = range.end === undefined ? labels.length - 1 : indexOfLabel(axis, range.end, {});
    for (let i = first; i <= last; i++) found.push(i);
  }
  if (found.length > 0) return found;
  throw new ArgumentError('empty-range', `No label of ${dim} lies in ${JSON.stringify(range)}.`, { details: { dim } });
}

/**
 * The chosen labels of each dimension.
 *
 * @throws {@link ArgumentError} `no-dim`, `no-label`, `bad-label`, `empty-range`.
 */
export function cubeSel(cube: CubeData, selectors: CubeSelectors, o: SelOptions): DataCubeInit {
  requireRecord(selectors, "sel takes labels by dimension: sel({ time: '2024-05-01' })");
  if (o.method !== undefined && (o.method as string) !== 'nearest')
    throw new ArgumentError('bad-option', `method is 'nearest'; got ${JSON.stringify(o.method)}.`);
  if (o.tolerance !== undefined && o.method === undefined)
    throw new ArgumentError('bad-option', "tolerance goes with method: 'nearest'.");
  const indexes = Object.entries(selectors).map(([name, choice]): [string, CubeIndexes[string]] => {
    const dim = dimOf(cube, name);
    const axis: Axis = { dim, labels: cube.coords[dim] ?? [], turns: dim === 'x' && cube.crs.isGeographic };
    if (Array.isArray(choice))
      return [dim, (choice as readonly CubeLabel[]).map((label) => indexOfLabel(axis, label, o))];
    if (isRange(choice)) return [dim, indexesOfRange(axis, choice)];
    // SAFETY: neither a list nor a range.
    return [dim, indexOfLabel(axis, choice as CubeLabel, o)];
  });
  return cubeIsel(cube, Object.fromEntries(indexes));
}
