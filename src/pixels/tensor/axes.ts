/** Changes of axes: squeeze, expand, transpose, stack, concatenate. */
import { ArgumentError, GridAlignmentError, type Affine, type Crs, type Micros } from '../../core/index.js';
import { requireTensor } from './require.js';
import { dtypeOf, makeArray, promote, type DType } from '../numeric.js';
import {
  arrayLike,
  compactValid,
  spatialShape,
  type Dim,
  type GeoTensorInit,
  type OuterDim,
  type TensorData,
} from './data.js';

/** Largest distance of two grids that count as one, in pixels. */
const SAME_GRID = 1e-3;

/** Whether two affines place a raster of this shape alike, within 1e-3 pixel at every corner. */
export function isSameTransform(a: Affine, b: Affine, [height, width]: readonly [number, number]): boolean {
  const px = Math.max(Math.hypot(a[0], a[3]), 1e-300);
  const py = Math.max(Math.hypot(a[1], a[4]), 1e-300);
  const tolerance = SAME_GRID * Math.min(px, py);
  const d = a.map((v, i) => v - (b[i] ?? NaN));
  return [0, width].every((c) =>
    [0, height].every((r) => {
      const dx = (d[0] ?? 0) * c + (d[1] ?? 0) * r + (d[2] ?? 0);
      const dy = (d[3] ?? 0) * c + (d[4] ?? 0) * r + (d[5] ?? 0);
      return Math.hypot(dx, dy) <= tolerance;
    }),
  );
}

interface Placed {
  readonly crs: Crs;
  readonly transform: Affine;
  readonly shape: readonly number[];
}

/** @throws {@link GridAlignmentError} `crs-differs`, `shape-differs` or `transform-differs`. */
export function requireSameGrid(a: Placed, b: Placed, spatialOnly = false): void {
  const differ = (code: string, what: string, x: string, y: string): GridAlignmentError =>
    new GridAlignmentError(code, `The two tensors differ in ${what}: ${x} and ${y}.`, {
      hint: 'Load both with the same slice, then combine.',
      details: { left: x, right: y },
    });
  if (!a.crs.equals(b.crs)) throw differ('crs-differs', 'CRS', a.crs.canonical, b.crs.canonical);
  const shape = (t: Placed): string => `[${(spatialOnly ? spatialShape(t) : t.shape).join(', ')}]`;
  if (shape(a) !== shape(b)) throw differ('shape-differs', 'shape', shape(a), shape(b));
  if (!isSameTransform(a.transform, b.transform, spatialShape(a))) {
    throw differ('transform-differs', 'transform', `[${a.transform.join(', ')}]`, `[${b.transform.join(', ')}]`);
  }
}

/** Drops band and time axes of length one. */
export function squeeze<A extends TensorData['values']>(t: TensorData<A>): GeoTensorInit<A> {
  const isKept = t.dims.map((dim, axis) => dim === 'y' || dim === 'x' || t.shape[axis] !== 1);
  const dims = t.dims.filter((_, axis) => isKept[axis]);
  return {
    ...t,
    dims,
    shape: t.shape.filter((_, axis) => isKept[axis]),
    times: dims.includes('time') ? t.times : null,
  };
}

/** Adds an axis of length one in front. @throws {@link ArgumentError} `has-axis`. */
export function expandDims<A extends TensorData['values']>(
  t: TensorData<A>,
  dim: OuterDim,
  time?: Micros,
): GeoTensorInit<A> {
  if (t.dims.includes(dim))
    throw new ArgumentError('has-axis', `There is a ${dim} axis already; the axes are ${t.dims.join(', ')}.`);
  return {
    ...t,
    dims: [dim, ...t.dims],
    shape: [1, ...t.shape],
    times: dim === 'time' && time !== undefined ? [time] : t.times,
  };
}

/** The same values with the outer axes in another order. @throws {@link ArgumentError} `bad-dims`. */
export function transpose<A extends TensorData['values']>(t: TensorData<A>, dims: readonly Dim[]): GeoTensorInit<A> {
  const isPermutation = dims.length === t.dims.length && t.dims.every((d) => dims.includes(d));
  if (!isPermutation || dims.at(-2) !== 'y' || dims.at(-1) !== 'x') {
    throw new ArgumentError(
      'bad-dims',
      `transpose takes the axes ${t.dims.join(', ')} in another order, y and x last; got [${dims.join(', ')}].`,
    );
  }
  if (dims.length < 4 || dims[0] === t.dims[0]) return { ...t };
  const [n, m] = [t.shape[0] ?? 0, t.shape[1] ?? 0];
  const plane = (t.shape[2] ?? 0) * (t.shape[3] ?? 0);
  const values = arrayLike(t.values, t.values.length);
  const valid = t.valid && new Uint8Array(t.values.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const from = (i * m + j) * plane;
      const to = (j * n + i) * plane;
      values.set(t.values.subarray(from, from + plane), to);
      if (t.valid) valid?.set(t.valid.subarray(from, from + plane), to);
    }
  }
  return { ...t, values, valid, dims, shape: [m, n, t.shape[2] ?? 0, t.shape[3] ?? 0] };
}

function needSome(tensors: readonly TensorData[]): TensorData {
  const given: unknown = tensors;
  if (!Array.isArray(given))
    throw new ArgumentError('no-tensors', 'stack and concatenate take a list of tensors.', {
      hint: "stack([a, b], 'time')",
    });
  for (const t of tensors) requireTensor(t, 'A list to combine');
  const [first] = tensors;
  if (!first) throw new ArgumentError('no-tensors', 'There is no tensor to combine.');
  return first;
}

function joined(
  tensors: readonly TensorData[],
  blocks: readonly (readonly [tensor: TensorData, start: number, end: number])[],
): Pick<GeoTensorInit, 'values' | 'valid'> {
  const dtype = tensors
    .map((t) => dtypeOf(t.values))
    .reduce<DType>((a, b) => promote(a, b), dtypeOf(needSome(tensors).values));
  const length = tensors.reduce((n, t) => n + t.values.length, 0);
  const values = makeArray(dtype, length);
  const valid = new Uint8Array(length).fill(1);
  let o = 0;
  for (const [t, start, end] of blocks) {
    values.set(t.values.subarray(start, end), o);
    if (t.valid) valid.set(t.valid.subarray(start, end), o);
    o += end - start;
  }
  return { values, valid: compactValid(valid) };
}

/**
 * Tensors of one grid joined along a new axis in front.
 *
 * @throws {@link GridAlignmentError} when grids differ; {@link ArgumentError} `has-axis`.
 */
export function stack(
  tensors: readonly TensorData[],
  dim: OuterDim,
  labels?: { readonly times?: readonly Micros[]; readonly bandNames?: readonly string[] },
): GeoTensorInit {
  const first = needSome(tensors);
  if (first.dims.includes(dim)) throw new ArgumentError('has-axis', `There is a ${dim} axis already; use concatenate.`);
  for (const t of tensors) requireSameGrid(first, t);
  const names = tensors.flatMap((t) => (t.bandNames?.length === 1 ? t.bandNames : []));
  const ownNames = names.length === tensors.length ? names : null;
  return {
    ...first,
    ...joined(
      tensors,
      tensors.map((t) => [t, 0, t.values.length]),
    ),
    dims: [dim, ...first.dims],
    shape: [tensors.length, ...first.shape],
    times: dim === 'time' ? labels?.times : first.times,
    bandNames: dim === 'band' ? (labels?.bandNames ?? ownNames) : first.bandNames,
    attrs: {},
  };
}

/**
 * Tensors of one grid joined along an axis they have: band or time.
 *
 * @throws {@link GridAlignmentError} when grids or the other axes differ; {@link ArgumentError} `no-axis`.
 */
export function concatenate(tensors: readonly TensorData[], dim: OuterDim): GeoTensorInit {
  const first = needSome(tensors);
  const axis = first.dims.indexOf(dim);
  if (axis < 0)
    throw new ArgumentError(
      'no-axis',
      `There is no ${dim} axis to join along; the axes are ${first.dims.join(', ')}. Use stack.`,
    );
  for (const t of tensors) {
    requireSameGrid(first, t, true);
    const rest = (s: readonly number[]): string => s.filter((_, i) => i !== axis).join(', ');
    if (t.dims.join() !== first.dims.join() || rest(t.shape) !== rest(first.shape)) {
      throw new GridAlignmentError(
        'shape-differs',
        `Only axis ${dim} may differ; got [${first.shape.join(', ')}] and [${t.shape.join(', ')}].`,
      );
    }
  }
  const repeats = first.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const blocks = Array.from({ length: repeats }, (_, r) =>
    tensors.map((t): [TensorData, number, number] => {
      const size = t.values.length / repeats;
      return [t, r * size, (r + 1) * size];
    }),
  ).flat();
  const labels = <T>(of: (t: TensorData) => readonly T[] | null): T[] | null =>
    tensors.every((t) => of(t) !== null) ? tensors.flatMap((t) => of(t) ?? []) : null;
  return {
    ...first,
    ...joined(tensors, blocks),
    shape: first.shape.map((n, i) => (i === axis ? tensors.reduce((sum, t) => sum + (t.shape[axis] ?? 0), 0) : n)),
    times: dim === 'time' ? labels((t) => t.times) : first.times,
    bandNames: dim === 'band' ? labels((t) => t.bandNames) : first.bandNames,
    attrs: {},
  };
}
