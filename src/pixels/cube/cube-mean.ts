/** Means of a cube over dimensions, leaving out missing values. */
import type { NumericArray } from '../../core/index.js';
import { dimOf, sizeOf, stridesOf, type CubeData, type CubeVar, type DataCubeInit } from './cube-data.js';

/** Mean over some axes of a variable; NaN where every value is missing. Sums are kept in double precision. */
function meanOf(v: CubeVar, over: ReadonlySet<string>): CubeVar {
  const kept = v.dims.filter((dim) => !over.has(dim));
  if (kept.length === v.dims.length) return v;
  const shape = v.shape.filter((_, axis) => !over.has(v.dims[axis] ?? ''));
  const sums = new Float64Array(sizeOf(shape));
  const counts = new Float64Array(sums.length);
  const outStrides = stridesOf(shape);
  // Where a step along each axis leads in the result: nowhere along those that are averaged.
  const steps = v.dims.map((dim) => (over.has(dim) ? 0 : (outStrides[kept.indexOf(dim)] ?? 0)));
  const strides = stridesOf(v.shape);
  const last = v.shape.length - 1;
  const [inner, innerStep] = [v.shape[last] ?? 1, steps[last] ?? 0];
  const walk = (axis: number, from: number, to: number): void => {
    if (axis < last) {
      const n = v.shape[axis] ?? 0;
      for (let i = 0; i < n; i++) walk(axis + 1, from + i * (strides[axis] ?? 0), to + i * (steps[axis] ?? 0));
    } else addRow(v.values, from, inner, sums, counts, to, innerStep);
  };
  walk(0, 0, 0);
  const values = v.values instanceof Float32Array ? new Float32Array(sums.length) : new Float64Array(sums.length);
  for (let i = 0; i < sums.length; i++) values[i] = (sums[i] as number) / (counts[i] as number);
  return { dims: kept, shape, values, attrs: v.attrs };
}

function addRow(
  values: NumericArray,
  from: number,
  length: number,
  sums: Float64Array,
  counts: Float64Array,
  to: number,
  step: number,
): void {
  for (let i = 0, o = to; i < length; i++, o += step) {
    const value = values[from + i] as number;
    if (value !== value) continue;
    // SAFETY: o stays within the result, whose shape the steps come from.
    sums[o] = (sums[o] as number) + value;
    counts[o] = (counts[o] as number) + 1;
  }
}

/** @throws {@link ArgumentError} `no-dim`. */
export function cubeMean(cube: CubeData, over: readonly string[] | undefined): DataCubeInit {
  const dims = new Set((over ?? Object.keys(cube.dims)).map((name) => dimOf(cube, name)));
  return {
    ...cube,
    vars: Object.fromEntries(Object.entries(cube.vars).map(([name, v]) => [name, meanOf(v, dims)])),
    coords: Object.fromEntries(Object.entries(cube.coords).filter(([dim]) => !dims.has(dim))),
    transform: dims.has('x') || dims.has('y') ? null : cube.transform,
  };
}
