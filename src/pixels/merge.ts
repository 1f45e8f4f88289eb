/** Merging of warped sources, per pixel and band (loading.md §2.3). */
import { dtypeSize, isFloat, type DType } from '../core/index.js';
import { mediansOf, type MedianSource } from './median.js';
import { kernelArray, type KernelArray } from './warp/bands.js';
import type { WarpedBlock } from './warp/warp-plan.js';

export type MergeMethod = 'first' | 'last' | 'min' | 'max' | 'sum' | 'count' | 'mean' | 'median';

export const MERGE_METHODS: readonly MergeMethod[] = ['first', 'last', 'min', 'max', 'sum', 'count', 'mean', 'median'];

/** The element type that a merge gives for sources whose common type is `dtype`. */
export function mergedType(method: MergeMethod, dtype: DType): DType {
  switch (method) {
    case 'first':
    case 'last':
    case 'min':
    case 'max':
      return dtype;
    case 'count':
      return 'uint16';
    case 'sum':
      if (isFloat(dtype) || dtypeSize(dtype) > 2) return 'float64';
      return dtype.startsWith('u') ? 'uint32' : 'int32';
    case 'mean':
    case 'median':
      return dtypeSize(dtype) >= 4 && dtype !== 'float32' ? 'float64' : 'float32';
  }
}

/** A merged block; `valid` is null where all values are valid, and where it is 0 the value means nothing. */
export interface MergedBlock {
  readonly values: Float64Array;
  readonly valid: Uint8Array | null;
}

/** Collects the sources of one block, in load order, and gives the merged block. */
export interface Merger {
  /** Adds the next source, whose block the merger may keep. `valid` holds 0 and 1. */
  add(block: WarpedBlock): void;
  finish(): MergedBlock;
}

/** A merger for blocks of `length` values. `first` and `last` need none: they write only what is missing. */
export function createMerger(method: Exclude<MergeMethod, 'first' | 'last'>, length: number): Merger {
  if (method === 'median') return medianMerger(length);
  const values = new Float64Array(length);
  const counts = new Uint32Array(length);
  return {
    add({ values: added, valid }) {
      if (method !== 'count') accumulate(method, kernelArray(added), valid, values, counts);
      countValid(valid, counts);
    },
    finish() {
      if (method === 'count') {
        values.set(counts);
        return { values, valid: null };
      }
      let valid: Uint8Array | null = null;
      for (let i = 0; i < length; i++) {
        const n = counts[i] as number;
        if (n === 0) {
          valid ??= new Uint8Array(length).fill(1);
          valid[i] = 0;
        } else if (method === 'mean') values[i] = (values[i] as number) / n;
      }
      return { values, valid };
    },
  };
}

function countValid(valid: Uint8Array | null, counts: Uint32Array): void {
  for (let i = 0; i < counts.length; i++)
    counts[i] = (counts[i] as number) + (valid === null ? 1 : (valid[i] as number));
}

/** Adds values to those so far; `counts` are those of the sources before. */
function accumulate(
  method: 'min' | 'max' | 'sum' | 'mean',
  added: KernelArray,
  valid: Uint8Array | null,
  values: Float64Array,
  counts: Uint32Array,
): void {
  const [adds, least] = [method === 'sum' || method === 'mean', method === 'min'];
  for (let i = 0; i < values.length; i++) {
    if (valid !== null && valid[i] === 0) continue;
    const v = added[i] as number;
    const old = values[i] as number;
    if (counts[i] === 0) values[i] = v;
    else if (adds) values[i] = old + v;
    else if (least ? v < old : v > old) values[i] = v;
  }
}

function medianMerger(length: number): Merger {
  const sources: MedianSource[] = [];
  return {
    add({ values, valid }) {
      sources.push({ values: kernelArray(values), valid });
    },
    finish: () => mediansOf(sources, length),
  };
}

/** The middle value, or the mean of the middle two; sorts in place. */
export function medianOf(values: Float64Array): number {
  values.sort();
  const half = values.length >> 1;
  const upper = values[half] as number;
  return values.length % 2 === 1 ? upper : ((values[half - 1] as number) + upper) / 2;
}
