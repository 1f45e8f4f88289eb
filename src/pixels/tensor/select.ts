/** Parts of a tensor: ranges of axes, boxes, windows and margins. Georeferencing follows the pixels. */
import {
  applyAffine,
  ArgumentError,
  EmptySelectionError,
  invertAffine,
  isNorthUp,
  outerWindow,
  TransformError,
  windowTransform,
  type Affine,
  type Bounds,
  type PixelWindow,
} from '../../core/index.js';
import {
  arrayLike,
  compactValid,
  planeCount,
  spatialShape,
  type Dim,
  type GeoTensorInit,
  type TensorData,
} from './data.js';

/** A range of an axis, end exclusive; negative positions count from the end. Default: the whole axis. */
export interface AxisRange {
  readonly start?: number;
  readonly stop?: number;
  /** Whole and positive; default 1. */
  readonly step?: number;
}

/** Positions by axis, counted from 0. A number drops its axis; spatial axes take ranges only. */
export interface AxisSelection {
  readonly time?: number | readonly number[] | AxisRange;
  readonly band?: number | readonly number[] | AxisRange;
  readonly y?: AxisRange;
  readonly x?: AxisRange;
}

function badIndex(dim: string, got: unknown, length: number): ArgumentError {
  return new ArgumentError(
    'bad-index',
    `Axis ${dim} has ${length} positions, counted from 0; got ${JSON.stringify(got)}.`,
    {
      details: { dim, length },
    },
  );
}

/** The positions that a choice names on an axis. @throws {@link ArgumentError} `bad-index`, `empty-range`. */
export function positions(
  dim: string,
  choice: number | readonly number[] | AxisRange | undefined,
  length: number,
): number[] {
  if (choice === undefined) return Array.from({ length }, (_, i) => i);
  const at = (i: number): number => {
    const k = i < 0 ? i + length : i;
    if (!Number.isInteger(k) || k < 0 || k >= length) throw badIndex(dim, i, length);
    return k;
  };
  if (typeof choice === 'number') return [at(choice)];
  if (Array.isArray(choice)) return (choice as readonly number[]).map(at);
  if (typeof choice !== 'object' || (choice as unknown) === null) throw badIndex(dim, choice, length);
  // SAFETY: neither a number nor an array: a range.
  const { start = 0, stop = length, step = 1 } = choice as AxisRange;
  if (![start, stop, step].every(Number.isInteger) || step < 1) throw badIndex(dim, choice, length);
  const clampTo = (i: number): number => Math.min(length, Math.max(0, i < 0 ? i + length : i));
  const out: number[] = [];
  for (let i = clampTo(start); i < clampTo(stop); i += step) out.push(i);
  if (out.length === 0) {
    throw new ArgumentError(
      'empty-range',
      `The range ${JSON.stringify(choice)} of axis ${dim} (length ${length}) is empty.`,
      { details: { dim, length } },
    );
  }
  return out;
}

/**
 * The chosen positions of each axis. The start of a spatial range shifts the origin, its step scales the pixel.
 *
 * @throws {@link ArgumentError} `bad-index`, `empty-range`, `spatial-range` (a spatial axis takes a range only), `no-axis`.
 */
export function isel<A extends TensorData['values']>(t: TensorData<A>, selection: AxisSelection): GeoTensorInit<A> {
  const unknown = Object.keys(selection).filter((name) => !['time', 'band', 'y', 'x'].includes(name));
  if (unknown.length > 0) {
    throw new ArgumentError('no-axis', `There is no ${unknown.join(', ')} axis; the axes are ${t.dims.join(', ')}.`, {
      details: { dims: t.dims },
    });
  }
  for (const dim of ['y', 'x'] as const) {
    const choice: unknown = selection[dim];
    if (choice !== undefined && (typeof choice !== 'object' || choice === null || Array.isArray(choice))) {
      throw new ArgumentError(
        'spatial-range',
        `Axis ${dim} takes a range { start, stop, step }, so that the result keeps its place on Earth; got ${JSON.stringify(choice)}.`,
      );
    }
  }
  for (const dim of ['time', 'band'] as const) {
    if (selection[dim] !== undefined && !t.dims.includes(dim)) {
      throw new ArgumentError('no-axis', `There is no ${dim} axis; the axes are ${t.dims.join(', ')}.`, {
        details: { dims: t.dims },
      });
    }
  }
  const chosen = t.dims.map((dim, axis) => positions(dim, selection[dim], t.shape[axis] ?? 0));
  const full = chosen.map((c) => c.length);
  const length = full.reduce((a, b) => a * b, 1);
  const values = arrayLike(t.values, length);
  const valid = t.valid && new Uint8Array(length);
  const strides = t.shape.map((_, axis) => t.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  let o = 0;
  const walk = (axis: number, offset: number): void => {
    // SAFETY: axis < number of axes.
    const [at, stride] = [chosen[axis] as number[], strides[axis] as number];
    for (const i of at) {
      if (axis < chosen.length - 1) walk(axis + 1, offset + i * stride);
      else {
        values[o] = t.values[offset + i] as number;
        if (t.valid && valid) valid[o] = t.valid[offset + i] as number;
        o++;
      }
    }
  };
  walk(0, 0);
  const isKept = t.dims.map((dim) => typeof selection[dim] !== 'number');
  const pick = <T>(dim: Dim, list: readonly T[] | null): T[] | null => {
    const axis = t.dims.indexOf(dim);
    // SAFETY: positions are inside the axis, whose length is the list's.
    return list && axis >= 0 ? (chosen[axis] ?? []).map((i) => list[i] as T) : list && [...list];
  };
  const [y, x] = [chosen.at(-2) ?? [0], chosen.at(-1) ?? [0]];
  const [a, b, c, d, e, f] = windowTransform(t.transform, { col: x[0] ?? 0, row: y[0] ?? 0 });
  const [sx, sy] = [selection.x?.step ?? 1, selection.y?.step ?? 1];
  return {
    values,
    valid: valid && compactValid(valid),
    shape: full.filter((_, axis) => isKept[axis]),
    dims: t.dims.filter((_, axis) => isKept[axis]),
    transform: [a * sx, b * sy, c, d * sx, e * sy, f],
    crs: t.crs,
    fillValue: t.fillValue,
    bandNames: pick('band', t.bandNames),
    times: typeof selection.time === 'number' ? null : pick('time', t.times),
    attrs: t.attrs,
  };
}

/**
 * The pixels of a window, which may reach beyond the tensor: pixels outside are invalid fill.
 *
 * @throws {@link ArgumentError} `fractional-window`.
 */
export function readWindow<A extends TensorData['values']>(t: TensorData<A>, window: PixelWindow): GeoTensorInit<A> {
  const { col, row, width, height } = window;
  if (![col, row, width, height].every(Number.isInteger) || width < 1 || height < 1) {
    throw new ArgumentError(
      'fractional-window',
      `A window is whole pixels, at least one; got ${JSON.stringify(window)}.`,
      {
        hint: 'Take outerWindow(window) first.',
      },
    );
  }
  const [h, w] = spatialShape(t);
  const planes = planeCount(t);
  const values = arrayLike(t.values, planes * width * height);
  const c0 = Math.max(0, col);
  const c1 = Math.min(w, col + width);
  const r0 = Math.max(0, row);
  const r1 = Math.min(h, row + height);
  const isInside = c0 === col && r0 === row && c1 === col + width && r1 === row + height;
  const valid = isInside && t.valid === null ? null : new Uint8Array(values.length);
  if (!isInside) values.fill(t.fillValue);
  for (let p = 0; p < planes; p++) {
    for (let r = r0; r < r1 && c0 < c1; r++) {
      const from = (p * h + r) * w;
      const to = (p * height + r - row) * width + c0 - col;
      values.set(t.values.subarray(from + c0, from + c1), to);
      if (!valid) continue;
      if (t.valid) valid.set(t.valid.subarray(from + c0, from + c1), to);
      else valid.fill(1, to, to + c1 - c0);
    }
  }
  return {
    ...t,
    values,
    valid: valid && compactValid(valid),
    shape: [...t.shape.slice(0, -2), height, width],
    transform: windowTransform(t.transform, { col, row }),
  };
}

/** The tensor with a window replaced by another tensor of that size; parts outside are left out. */
export function writeWindow<A extends TensorData['values']>(
  t: TensorData<A>,
  window: Pick<PixelWindow, 'col' | 'row'>,
  patch: TensorData,
): GeoTensorInit<A> {
  const [h, w] = spatialShape(t);
  const [ph, pw] = spatialShape(patch);
  const planes = planeCount(t);
  if (planeCount(patch) !== planes || !Number.isInteger(window.col) || !Number.isInteger(window.row)) {
    throw new ArgumentError(
      'bad-window',
      `The patch has ${planeCount(patch)} planes for ${planes}, at column ${window.col}, row ${window.row}; planes must agree and positions be whole.`,
    );
  }
  // SAFETY: slice() of a typed array keeps its type.
  const values = t.values.slice() as A;
  const valid = t.valid ? t.valid.slice() : new Uint8Array(values.length).fill(1);
  for (let p = 0; p < planes; p++) {
    for (let r = 0; r < ph; r++) {
      const row = r + window.row;
      if (row < 0 || row >= h) continue;
      for (let c = Math.max(0, -window.col); c < pw && c + window.col < w; c++) {
        const from = (p * ph + r) * pw + c;
        const to = (p * h + row) * w + c + window.col;
        values[to] = patch.values[from] as number;
        valid[to] = patch.valid ? (patch.valid[from] as number) : 1;
      }
    }
  }
  return { ...t, values, valid: compactValid(valid) };
}

/** The tensor grown on both sides by rows and columns; new pixels are invalid, the origin moves outwards. */
export function pad<A extends TensorData['values']>(t: TensorData<A>, rows: number, cols: number): GeoTensorInit<A> {
  if (![rows, cols].every((n) => Number.isInteger(n) && n >= 0)) {
    throw new ArgumentError('bad-padding', `Padding is whole rows and columns ≥ 0; got ${rows} and ${cols}.`);
  }
  const [height, width] = spatialShape(t);
  return readWindow(t, { col: -cols, row: -rows, width: width + 2 * cols, height: height + 2 * rows });
}

/**
 * The pixels that a box in the tensor's CRS touches, cut at the tensor's edge.
 *
 * @throws {@link TransformError} `not-north-up`; {@link EmptySelectionError} `outside` when they do not meet.
 */
export function clip<A extends TensorData['values']>(t: TensorData<A>, bounds: Bounds): GeoTensorInit<A> {
  if (!isNorthUp(t.transform)) {
    throw new TransformError(
      'not-north-up',
      `The transform [${t.transform.join(', ')}] is rotated, flipped or south-up, so a box is not a window of it.`,
    );
  }
  const inverse: Affine = invertAffine(t.transform);
  const [left, top] = applyAffine(inverse, bounds[0], bounds[3]);
  const [right, bottom] = applyAffine(inverse, bounds[2], bounds[1]);
  const outer = outerWindow({ col: left, row: top, width: right - left, height: bottom - top });
  const [h, w] = spatialShape(t);
  const col = Math.max(0, outer.col);
  const row = Math.max(0, outer.row);
  const width = Math.min(w, outer.col + outer.width) - col;
  const height = Math.min(h, outer.row + outer.height) - row;
  if (width < 1 || height < 1) {
    throw new EmptySelectionError(
      'outside',
      `The box [${bounds.join(', ')}] does not meet the tensor of ${h} × ${w} pixels in ${t.crs.canonical}.`,
      {
        hint: 'Bounds are [xmin, ymin, xmax, ymax] in the CRS of the tensor.',
        details: { bounds },
      },
    );
  }
  return readWindow(t, { col, row, width, height });
}
