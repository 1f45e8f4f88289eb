/** Cubes as series and as CSV. */
import { ArgumentError, formatTime, type Micros } from '../../core/index.js';
import { sizeOf, stridesOf, varOf, type CubeData, type CubeLabels, type CubeVar } from './cube-data.js';
import { cubeMean } from './cube-mean.js';

/** One value of a series. */
export interface SeriesPoint {
  readonly time: Micros;
  /** NaN where every cell is missing. */
  readonly value: number;
}

/** @throws {@link ArgumentError} `no-variable`, `no-time`. */
export function cubeSeries(cube: CubeData, name: string): SeriesPoint[] {
  const v = varOf(cube, name);
  const times = cube.coords['time'];
  if (!v.dims.includes('time') || !(times instanceof Float64Array))
    throw new ArgumentError('no-time', `Variable ${name} is on (${v.dims.join(', ')}), without time.`, {
      details: { variable: name },
    });
  const only = { ...cube, vars: { [name]: v } };
  const { vars } = cubeMean(
    only,
    v.dims.filter((dim) => dim !== 'time'),
  );
  const values = vars[name]?.values;
  return Array.from(times, (time, i) => ({ time, value: values?.[i] ?? NaN }));
}

/** Rows of a table: beyond, a text of this size helps nobody. */
const MAX_ROWS = 5_000_000;
/** Dimensions in the order of columns; others stand between time and y. */
const dimRank = (dim: string): number => (dim === 'time' ? 0 : dim === 'y' ? 2 : dim === 'x' ? 3 : 1);

/** A field of RFC 4180: quoted where it holds a comma, a quote or a line break. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Shortest decimal that reads back as the same float32. */
function shortFloat32(value: number): string {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function valueText(v: CubeVar, i: number): string {
  const value = v.values[i] ?? NaN;
  if (Number.isNaN(value)) return '';
  return v.values instanceof Float32Array ? shortFloat32(value) : String(value);
}

/** An instant as ISO 8601, to the second where it has no fraction. */
function timeText(t: Micros): string {
  return formatTime(t).replace('.000000Z', 'Z');
}

function labelTexts(dim: string, labels: CubeLabels): string[] {
  if (!(labels instanceof Float64Array)) return labels.map(field);
  return Array.from(labels, (v) => (dim === 'time' ? timeText(v) : String(v)));
}

/**
 * Tidy CSV (RFC 4180, lines end with CR LF): one row per cell, a column per dimension and per variable.
 *
 * @throws {@link ArgumentError} `too-large`.
 */
export function cubeCsv(cube: CubeData): string {
  const dims = Object.keys(cube.dims).sort((a, b) => dimRank(a) - dimRank(b));
  const shape = dims.map((dim) => cube.dims[dim] ?? 0);
  const rows = sizeOf(shape);
  if (rows > MAX_ROWS)
    throw new ArgumentError(
      'too-large',
      `The table would have ${rows} rows (${dims.map((d, i) => `${d} ${shape[i] ?? 0}`).join(' × ')}); at most ${MAX_ROWS} are written.`,
      { hint: 'Take a mean over dimensions or a part with sel first, or use saveZarr.', details: { rows } },
    );
  const labels = dims.map((dim) => labelTexts(dim, cube.coords[dim] ?? []));
  const columns = Object.entries(cube.vars).map(([name, v]) => {
    const own = stridesOf(v.shape);
    // A variable without a dimension repeats along it.
    return { name, v, strides: dims.map((dim) => (v.dims.includes(dim) ? (own[v.dims.indexOf(dim)] ?? 0) : 0)) };
  });
  const lines = [[...dims, ...columns.map((c) => c.name)].map(field).join(',')];
  const position = dims.map(() => 0);
  for (let row = 0; row < rows; row++) {
    const cells = labels.map((texts, axis) => texts[position[axis] ?? 0] ?? '');
    for (const { v, strides } of columns) {
      let i = 0;
      for (let axis = 0; axis < strides.length; axis++) i += (strides[axis] ?? 0) * (position[axis] ?? 0);
      cells.push(valueText(v, i));
    }
    lines.push(cells.join(','));
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] ?? 0) + 1;
      if ((position[axis] ?? 0) < (shape[axis] ?? 0)) break;
      position[axis] = 0;
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
