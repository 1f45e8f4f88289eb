/** Reductions over axes; invalid pixels are skipped. */
import { ArgumentError, dtypeSize, isFloat, type DType, type NumericArray } from '../../core/index.js';
import { dtypeOf, makeArray } from '../numeric.js';
import { deviationOf, joinMoments, momentsOf, NO_MOMENTS } from '../statistics/moments.js';
import { FOLDS, REDUCERS, type ReductionName } from './reducers.js';
import type { Dim, GeoTensorInit, TensorData } from './data.js';

export type { ReductionName } from './reducers.js';

/** Result of a reduction that loses a spatial axis, and with it its place on Earth. NaN where nothing was valid. */
export interface PlainArray {
  readonly values: Float64Array;
  readonly shape: readonly number[];
  readonly dims: readonly Dim[];
}

/** Values looked at together. */
const BLOCK = 4096;

/** One number over all valid pixels; NaN when there is none. `std` divides by n. */
export function reduceAll(name: ReductionName, t: TensorData): number {
  return reduceRuns(name, t, 0, [0], t.values.length, new Float64Array(BLOCK)).value;
}

/** Reduces the valid values of runs of consecutive values, block by block; only the median gathers all of them. */
function reduceRuns(
  name: ReductionName,
  { values, valid }: TensorData,
  start: number,
  runs: readonly number[],
  length: number,
  block: Float64Array,
): { readonly value: number; readonly count: number } {
  const all = name === 'median' ? new Float64Array(runs.length * length) : null;
  let count = 0;
  let value = NaN;
  let moments = NO_MOMENTS;
  for (const run of runs) {
    const end = start + run + length;
    for (let at = start + run; at < end; at += BLOCK) {
      let n = Math.min(BLOCK, end - at);
      if (n === 1) block[0] = values[at] as number;
      else block.set(values.subarray(at, at + n));
      if (valid !== null) {
        const seen = n;
        n = 0;
        // SAFETY: i < seen, the filled length of the block.
        for (let i = 0; i < seen; i++) if (valid[at + i] !== 0) block[n++] = block[i] as number;
        if (n === 0) continue;
      }
      if (all) all.set(n === BLOCK ? block : block.subarray(0, n), count);
      else if (name === 'std') moments = joinMoments(moments, momentsOf(block, n));
      else if (name === 'min' || name === 'max') {
        const part = REDUCERS[name](block, n);
        value = count === 0 ? part : Math[name](value, part);
      } else value = (count === 0 ? 0 : value) + REDUCERS.sum(block, n);
      count += n;
    }
  }
  if (count > 0 && all) value = REDUCERS.median(all, count);
  if (name === 'std') value = deviationOf(moments);
  return { value: name === 'mean' ? value / count : value, count };
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
  /** Offsets of all positions along some axes. */
  const offsets = (axes: readonly boolean[]): number[] =>
    t.shape.reduce<number[]>(
      (list, n, axis) =>
        axes[axis] ? list.flatMap((o) => Array.from({ length: n }, (_, i) => o + i * (strides[axis] ?? 0))) : list,
      [0],
    );
  const hasPlace = dims.includes('y') && dims.includes('x');
  const size = shape.reduce((a, b) => a * b, 1);
  const results = new Float64Array(size);
  const valid = new Uint8Array(size);
  const lastReduced = isKept.lastIndexOf(false);
  const run = lastReduced < 0 ? t.values.length : (strides[lastReduced] ?? 1);
  if (lastReduced < t.dims.length - 1) {
    // Kept axes at the end: whole rows or planes are reduced, value by value.
    const planes = offsets(isKept.map((kept) => !kept));
    offsets(isKept.map((kept, axis) => kept && axis < lastReduced)).forEach((start, k) => {
      const [from, to] = [k * run, (k + 1) * run];
      reducePlanes(name, t, start, planes, results.subarray(from, to), valid.subarray(from, to));
    });
  } else {
    // Reduced axes at the end make runs of consecutive values.
    const lastKept = isKept.lastIndexOf(true);
    const length = lastKept < 0 ? t.values.length : (strides[lastKept] ?? 1);
    const runs = offsets(isKept.map((kept, axis) => !kept && axis < lastKept));
    const block = new Float64Array(BLOCK);
    offsets(isKept).forEach((start, k) => {
      const { value, count } = reduceRuns(name, t, start, runs, length, block);
      results[k] = count === 0 ? NaN : value;
      valid[k] = count === 0 ? 0 : 1;
    });
  }
  if (!hasPlace) return { plain: { values: results, shape, dims } };
  const dtype = reducedType(name, dtypeOf(t.values));
  const values: NumericArray = makeArray(dtype, results.length);
  const fillValue = dtype === dtypeOf(t.values) ? t.fillValue : isFloat(dtype) ? NaN : 0;
  const isComplete = !valid.includes(0);
  // SAFETY: k < size, the length of both.
  if (!isComplete) for (let k = 0; k < size; k++) if (valid[k] === 0) results[k] = fillValue;
  values.set(results);
  return {
    tensor: {
      values,
      valid: isComplete ? null : valid,
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

/** Doubles held for reductions that need all values of a pixel together. */
const HELD = 1 << 20;

/** Reduces each value over planes (or rows) as long as the result, given by their offsets from `start`. */
function reducePlanes(
  name: ReductionName,
  t: TensorData,
  start: number,
  planes: readonly number[],
  results: Float64Array,
  valid: Uint8Array,
): void {
  if (t.valid === null && name !== 'median' && name !== 'std') {
    foldPlanes(name, t.values, start, planes, results);
    valid.fill(1);
    return;
  }
  const reduce = REDUCERS[name];
  const count = planes.length;
  const size = Math.min(BLOCK, results.length, Math.max(16, Math.floor(HELD / count)));
  const rows = new Float64Array(count * size);
  const line = new Float64Array(count);
  const mask = t.valid;
  for (let from = 0; from < results.length; from += size) {
    const n = Math.min(size, results.length - from);
    planes.forEach((plane, k) => {
      const at = start + plane + from;
      rows.set(t.values.subarray(at, at + n), k * size);
    });
    for (let i = 0; i < n; i++) {
      let kept = 0;
      for (let k = 0; k < count; k++) {
        // SAFETY: k < count.
        if (mask !== null && mask[start + (planes[k] as number) + from + i] === 0) continue;
        line[kept++] = rows[k * size + i] as number;
      }
      if (kept === 0) {
        results[from + i] = NaN;
        continue;
      }
      results[from + i] = reduce(line, kept);
      valid[from + i] = 1;
    }
  }
}

/** The same where all is valid, one plane after another. */
function foldPlanes(
  name: 'sum' | 'mean' | 'min' | 'max',
  values: NumericArray,
  start: number,
  planes: readonly number[],
  results: Float64Array,
): void {
  const fold = FOLDS[name];
  const row = new Float64Array(Math.min(BLOCK, results.length));
  for (let from = 0; from < results.length; from += BLOCK) {
    const into = results.subarray(from, from + BLOCK);
    planes.forEach((plane, k) => {
      const at = start + plane + from;
      const part = values.subarray(at, at + into.length);
      if (k === 0) into.set(part);
      else {
        row.set(part);
        fold(into, row);
      }
    });
    // SAFETY: i < length.
    if (name === 'mean') for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) / planes.length;
  }
}
