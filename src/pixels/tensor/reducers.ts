/** Reductions of a list of doubles to one number. */
import { medianOf } from '../merge.js';

export type ReductionName = 'mean' | 'sum' | 'min' | 'max' | 'median' | 'std';

/** Values added up before they join the total: so rounding errors stay small. */
const BLOCK = 512;

/** The first n ≥ 1 values to one number. `median` sorts them. */
export type Reducer = (values: Float64Array, n: number) => number;

// SAFETY: below, i < n ≤ length.
function sum(values: Float64Array, n: number): number {
  let total = 0;
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK);
    let part = 0;
    for (let i = start; i < end; i++) part += values[i] as number;
    total += part;
  }
  return total;
}

function squares(values: Float64Array, n: number, mean: number): number {
  let total = 0;
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK);
    let part = 0;
    for (let i = start; i < end; i++) {
      const d = (values[i] as number) - mean;
      part += d * d;
    }
    total += part;
  }
  return total;
}

export const REDUCERS: Readonly<Record<ReductionName, Reducer>> = {
  sum,
  mean: (v, n) => sum(v, n) / n,
  min: (v, n) => {
    let least = v[0] as number;
    for (let i = 1; i < n; i++) {
      const x = v[i] as number;
      // NaN wins, as it does in Math.min.
      if (x < least || x !== x) least = x;
    }
    return least;
  },
  max: (v, n) => {
    let most = v[0] as number;
    for (let i = 1; i < n; i++) {
      const x = v[i] as number;
      if (x > most || x !== x) most = x;
    }
    return most;
  },
  median: (v, n) => medianOf(v.subarray(0, n)),
  std: (v, n) => Math.sqrt(squares(v, n, sum(v, n) / n) / n),
};

function addTo(into: Float64Array, row: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + (row[i] as number);
}

/** Take a row into the result so far, value by value. The mean is summed up. */
export const FOLDS: Readonly<Record<'sum' | 'mean' | 'min' | 'max', (into: Float64Array, row: Float64Array) => void>> =
  {
    sum: addTo,
    mean: addTo,
    min: (into, row) => {
      for (let i = 0; i < into.length; i++) {
        const x = row[i] as number;
        if (x < (into[i] as number) || x !== x) into[i] = x;
      }
    },
    max: (into, row) => {
      for (let i = 0; i < into.length; i++) {
        const x = row[i] as number;
        if (x > (into[i] as number) || x !== x) into[i] = x;
      }
    },
  };
