/** Medians per pixel over many blocks, by selection (Hoare 1961), which need not sort. */
import type { KernelArray } from './warp/bands.js';

/** One source of a block; `valid` is null where all its values are valid. */
export interface MedianSource {
  readonly values: KernelArray;
  readonly valid: Uint8Array | null;
}

/** Pixels gathered at a time: each source is then read in runs, and the lists of all stay in the processor's cache. */
const RUN = 128;
/** Lists up to this length are sorted by insertion, longer ones first cut around a pivot. */
const FEW = 12;

/**
 * The medians of `length` pixels over the valid values of sources: the middle value, or the mean of the middle two.
 *
 * @returns `valid` is null when every pixel has a value; where it is 0 the value means nothing.
 */
export function mediansOf(
  sources: readonly MedianSource[],
  length: number,
): { readonly values: Float64Array; readonly valid: Uint8Array | null } {
  const medians = new Float64Array(length);
  const stride = Math.max(1, sources.length);
  const lists = new Float64Array(RUN * stride);
  const counts = new Int32Array(RUN);
  let valid: Uint8Array | null = null;
  for (let start = 0; start < length; start += RUN) {
    const run = Math.min(RUN, length - start);
    counts.fill(0);
    for (const { values, valid: mask } of sources) gather(values, mask, start, run, lists, counts, stride);
    for (let k = 0; k < run; k++) {
      // SAFETY: k < RUN.
      const n = counts[k] as number;
      if (n > 0) medians[start + k] = medianIn(lists, k * stride, n);
      else {
        valid ??= new Uint8Array(length).fill(1);
        valid[start + k] = 0;
      }
    }
  }
  return { values: medians, valid };
}

/** Appends a source's valid values of a run of pixels to the pixels' lists. */
function gather(
  values: KernelArray,
  valid: Uint8Array | null,
  start: number,
  run: number,
  lists: Float64Array,
  counts: Int32Array,
  stride: number,
): void {
  for (let k = 0; k < run; k++) {
    if (valid !== null && valid[start + k] === 0) continue;
    // SAFETY: start + k < length of the block; k < RUN.
    const n = counts[k] as number;
    lists[k * stride + n] = values[start + k] as number;
    counts[k] = n + 1;
  }
}

/** The median of `n` ≥ 1 values from `at` on, whose order it changes. Zeros have no sign. */
function medianIn(list: Float64Array, at: number, n: number): number {
  const middle = at + (n >> 1);
  let low = at;
  let high = at + n - 1;
  // SAFETY (all): at ≤ index < at + n. Each round leaves smaller values before `low` and larger ones behind `high`.
  while (high - low >= FEW) {
    const [a, b, c] = [list[low] as number, list[(low + high) >> 1] as number, list[high] as number];
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((list[i] as number) < pivot) i++;
      while ((list[j] as number) > pivot) j--;
      if (i > j) break;
      const v = list[i] as number;
      list[i++] = list[j] as number;
      list[j--] = v;
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    // Between the two halves lie values equal to the pivot.
    else low = high = middle;
  }
  for (let i = low + 1; i <= high; i++) {
    const v = list[i] as number;
    let k = i - 1;
    while (k >= low && (list[k] as number) > v) {
      list[k + 1] = list[k] as number;
      k--;
    }
    list[k + 1] = v;
  }
  const upper = list[middle] as number;
  if (n % 2 === 1) return upper + 0;
  let lower = -Infinity;
  for (let i = at; i < middle; i++) if ((list[i] as number) > lower) lower = list[i] as number;
  return (lower + upper) / 2;
}
