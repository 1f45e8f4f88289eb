/** What is kept of one band while its pixels stream by. */
import { ArgumentError, isFloat, dtypeSize, type DType, type NumericArray } from '../../core/index.js';
import { Histogram, type AtRank } from './histogram.js';
import { deviationOf, joinMoments, meanOf, momentsOf, NO_MOMENTS, repeated, type Moments } from './moments.js';

/** Values looked at together: they stay in the processor's cache. */
const BLOCK = 4096;

/** Count, moments and quantiles of one band, as far as they have been seen. */
export interface Accumulator {
  /** Adds a plane; where `valid` is 0 a pixel is left out. */
  add(values: NumericArray, valid: Uint8Array | null): void;
  /** Adds all that another one of the same element type holds. */
  join(other: Accumulator): void;
  finish(): Finished;
}

export interface Finished {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sd: number;
  readonly atRank: AtRank;
}

const NOTHING: Finished = { count: 0, min: NaN, max: NaN, mean: NaN, sd: NaN, atRank: () => NaN };

/** Exact counts for integers of up to 16 bits, moments and a histogram for others. */
export function accumulatorOf(dtype: DType): Accumulator {
  return !isFloat(dtype) && dtypeSize(dtype) <= 2 ? new Counts(dtype) : new Stream();
}

function otherType(): ArgumentError {
  return new ArgumentError('dtype-differs', 'Statistics of different element types do not join.');
}

class Counts implements Accumulator {
  /** By the bits of the value, read as unsigned. */
  readonly #counts: Float64Array;
  readonly #isSigned: boolean;

  constructor(dtype: DType) {
    this.#counts = new Float64Array(2 ** (8 * dtypeSize(dtype)));
    this.#isSigned = dtype.startsWith('i');
  }

  add(values: NumericArray, valid: Uint8Array | null): void {
    const { buffer, byteOffset, length } = values;
    // Two kinds of arrays instead of four keep the loop fast.
    const bits =
      values.BYTES_PER_ELEMENT === 1
        ? new Uint8Array(buffer, byteOffset, length)
        : new Uint16Array(buffer, byteOffset, length);
    const counts = this.#counts;
    for (let i = 0; i < length; i++) {
      if (valid !== null && valid[i] === 0) continue;
      // SAFETY: i < length, and every value has a count.
      const v = bits[i] as number;
      counts[v] = (counts[v] as number) + 1;
    }
  }

  join(other: Accumulator): void {
    if (!(other instanceof Counts)) throw otherType();
    other.#counts.forEach((n, i) => (this.#counts[i] = (this.#counts[i] ?? 0) + n));
  }

  finish(): Finished {
    const size = this.#counts.length;
    const half = this.#isSigned ? size / 2 : 0;
    const sorted = Array.from(this.#counts.subarray(half)).concat(Array.from(this.#counts.subarray(0, half)));
    const min = sorted.findIndex((n) => n > 0) - half;
    const max = sorted.findLastIndex((n) => n > 0) - half;
    if (min + half < 0) return NOTHING;
    let count = 0;
    let moments = NO_MOMENTS;
    sorted.forEach((n, i) => {
      if (n === 0) return;
      count += n;
      moments = joinMoments(moments, repeated(i - half, n));
    });
    const atRank: AtRank = (rank) => {
      let below = 0;
      return sorted.findIndex((n) => (below += n) > rank) - half;
    };
    return { count, min, max, mean: meanOf(moments), sd: deviationOf(moments), atRank };
  }
}

class Stream implements Accumulator {
  readonly #histogram = new Histogram();
  #moments: Moments = NO_MOMENTS;

  add(values: NumericArray, valid: Uint8Array | null): void {
    const block = new Float64Array(BLOCK);
    for (let start = 0; start < values.length; start += BLOCK) {
      const part = values.subarray(start, start + BLOCK);
      block.set(part);
      let n = 0;
      for (let i = 0; i < part.length; i++) {
        // SAFETY: i < length of both.
        const v = block[i] as number;
        // v − v is NaN for NaN and the infinities.
        if ((valid !== null && valid[start + i] === 0) || v - v !== 0) continue;
        block[n++] = v;
      }
      if (n === 0) continue;
      this.#histogram.add(block, n);
      this.#moments = joinMoments(this.#moments, momentsOf(block, n));
    }
  }

  join(other: Accumulator): void {
    if (!(other instanceof Stream)) throw otherType();
    this.#histogram.join(other.#histogram);
    this.#moments = joinMoments(this.#moments, other.#moments);
  }

  finish(): Finished {
    const { count, min, max } = this.#histogram;
    if (count === 0) return NOTHING;
    const mean = meanOf(this.#moments);
    return { count, min, max, mean, sd: deviationOf(this.#moments), atRank: this.#histogram.atRank() };
  }
}
