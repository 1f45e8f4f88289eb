/** Merging of warped sources, per pixel and band (loading.md §2.3). */
import { dtypeSize, isFloat, type DType } from '../core/index.js';
import type { WarpedBlock } from './warp/warp-block.js';

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

/** Collects the sources of one block, in load order, and gives the merged block. */
export interface Merger {
  /** Adds the next source, whose block the merger may keep and change. `valid` holds 0 and 1. @returns Whether further sources can change the result. */
  add(block: WarpedBlock): boolean;
  /** The merged values; where `valid` is 0 the value means nothing. */
  finish(): WarpedBlock;
}

/**
 * A merger for blocks of `length` values.
 *
 * `last` is not among its methods: feed the sources in reverse order to `first`, and stop when nothing can change.
 */
export function createMerger(method: Exclude<MergeMethod, 'last'>, length: number): Merger {
  if (method === 'median') return medianMerger(length);
  if (method === 'first') return firstMerger(length);
  const values = new Float64Array(length);
  const counts = new Uint32Array(length);
  return {
    add(block) {
      accumulate(method, block, values, counts);
      return true;
    },
    finish() {
      const valid = new Uint8Array(length);
      for (let i = 0; i < length; i++) {
        const n = counts[i] as number;
        if (method === 'count') values[i] = n;
        else if (method === 'mean' && n > 0) values[i] = (values[i] as number) / n;
        valid[i] = n > 0 || method === 'count' ? 1 : 0;
      }
      return { values, valid };
    },
  };
}

function accumulate(
  method: 'min' | 'max' | 'sum' | 'count' | 'mean',
  block: WarpedBlock,
  values: Float64Array,
  counts: Uint32Array,
): void {
  for (let i = 0; i < values.length; i++) {
    if (block.valid[i] === 0) continue;
    const v = block.values[i] as number;
    const old = values[i] as number;
    if (counts[i] === 0) values[i] = v;
    else if (method === 'min') values[i] = v < old ? v : old;
    else if (method === 'max') values[i] = v > old ? v : old;
    else values[i] = old + v;
    counts[i] = (counts[i] as number) + 1;
  }
}

function firstMerger(length: number): Merger {
  let merged: WarpedBlock | null = null;
  let open = length;
  return {
    add(block) {
      if (merged === null) {
        // A block belongs to the merger it is given to, so the first one needs no copy.
        merged = block;
        for (let i = 0; i < length; i++) open -= block.valid[i] as number;
        return open > 0;
      }
      const { values, valid } = merged;
      for (let i = 0; i < length; i++) {
        if (valid[i] === 1 || block.valid[i] === 0) continue;
        values[i] = block.values[i] as number;
        valid[i] = 1;
        open--;
      }
      return open > 0;
    },
    finish: () => merged ?? { values: new Float64Array(length), valid: new Uint8Array(length) },
  };
}

function medianMerger(length: number): Merger {
  const blocks: WarpedBlock[] = [];
  return {
    add(block) {
      blocks.push(block);
      return true;
    },
    finish() {
      const values = new Float64Array(length);
      const valid = new Uint8Array(length);
      const scratch = new Float64Array(blocks.length);
      for (let i = 0; i < length; i++) {
        let n = 0;
        for (const b of blocks) if (b.valid[i] !== 0) scratch[n++] = b.values[i] as number;
        if (n === 0) continue;
        values[i] = medianOf(scratch.subarray(0, n));
        valid[i] = 1;
      }
      return { values, valid };
    },
  };
}

/** The middle value, or the mean of the middle two; sorts in place. */
export function medianOf(values: Float64Array): number {
  values.sort();
  const half = values.length >> 1;
  const upper = values[half] as number;
  return values.length % 2 === 1 ? upper : ((values[half - 1] as number) + upper) / 2;
}
