/** Reductions over axes; invalid pixels are skipped. */
import { ArgumentError, dtypeSize, isFloat, type DType, type NumericArray } from '../../core/index.js';
import { medianOf } from '../merge.js';
import { dtypeOf, makeArray } from '../numeric.js';
import { compactValid, type Dim, type GeoTensorInit, type TensorData } from './data.js';

export type ReductionName = 'mean' | 'sum' | 'min' | 'max' | 'median' | 'std';

/** Result of a reduction that loses a spatial axis, and with it its place on Earth. NaN where nothing was valid. */
export interface PlainArray {
  readonly values: Float64Array;
  readonly shape: readonly number[];
  readonly dims: readonly Dim[];
}

const REDUCTIONS: Readonly<Record<ReductionName, (v: Float64Array) => number>> = {
  sum,
  mean: (v) => sum(v) / v.length,
  min: (v) => v.reduce((a, b) => Math.min(a, b), Infinity),
  max: (v) => v.reduce((a, b) => Math.max(a, b), -Infinity),
  median: medianOf,
  std: (v) => {
    const mean = sum(v) / v.length;
    let squares = 0;
    for (const x of v) squares += (x - mean) ** 2;
    return Math.sqrt(squares / v.length);
  },
};

function sum(v: Float64Array): number {
  let total = 0;
  for (const x of v) total += x;
  return total;
}

/** One number over all valid pixels; NaN when there is none. `std` divides by n. */
export function reduceAll(name: ReductionName, t: TensorData): number {
  const { valid } = t;
  const kept = new Float64Array(t.values.length);
  let n = 0;
  t.values.forEach((v, i) => {
    if (valid?.[i] !== 0) kept[n++] = v;
  });
  return n === 0 ? NaN : REDUCTIONS[name](kept.subarray(0, n));
}

function reducedType(name: ReductionName, dtype: DType): DType {
  if (name === 'min' || name === 'max') return dtype;
  if (name === 'sum') return 'float64';
  return dtype === 'float32' || dtypeSize(dtype) < 4 ? 'float32' : 'float64';
}

/** The result of reducing some axes: a tensor while both spatial axes survive. @throws {@link ArgumentError} `no-axis`. */
export function reduceAxes(
  name: ReductionName,
  t: TensorData,
  over: readonly Dim[],
): { readonly tensor: GeoTensorInit } | { readonly plain: PlainArray } {
  for (const dim of over) {
    if (!t.dims.includes(dim))
      throw new ArgumentError('no-axis', `There is no ${dim} axis; the axes are ${t.dims.join(', ')}.`);
  }
  const isKept = t.dims.map((d) => !over.includes(d));
  const shape = t.shape.filter((_, axis) => isKept[axis]);
  const dims = t.dims.filter((_, axis) => isKept[axis]);
  const strides = t.shape.map((_, axis) => t.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const offsets = (kept: boolean): number[] =>
    t.shape.reduce<number[]>(
      (list, n, axis) =>
        isKept[axis] === kept
          ? list.flatMap((o) => Array.from({ length: n }, (_, i) => o + i * (strides[axis] ?? 0)))
          : list,
      [0],
    );
  const outer = offsets(true);
  const inner = offsets(false);
  const scratch = new Float64Array(inner.length);
  const results = new Float64Array(outer.length).fill(NaN);
  const valid = new Uint8Array(outer.length);
  outer.forEach((o, k) => {
    let n = 0;
    for (const i of inner) if (t.valid?.[o + i] !== 0) scratch[n++] = t.values[o + i] as number;
    if (n === 0) return;
    results[k] = REDUCTIONS[name](scratch.subarray(0, n));
    valid[k] = 1;
  });
  if (!dims.includes('y') || !dims.includes('x')) return { plain: { values: results, shape, dims } };
  const dtype = reducedType(name, dtypeOf(t.values));
  const values: NumericArray = makeArray(dtype, results.length);
  const fillValue = dtype === dtypeOf(t.values) ? t.fillValue : isFloat(dtype) ? NaN : 0;
  results.forEach((v, k) => (values[k] = valid[k] === 1 ? v : fillValue));
  return {
    tensor: {
      values,
      valid: compactValid(valid),
      shape,
      dims,
      transform: t.transform,
      crs: t.crs,
      fillValue,
      times: dims.includes('time') ? t.times : null,
      bandNames: dims.includes('band') ? t.bandNames : null,
      attrs: t.attrs,
    },
  };
}
