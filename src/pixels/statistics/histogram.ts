/**
 * Quantiles of a stream of doubles in bounded memory.
 *
 * Bins are multiples of a power of two, the finest at which the range seen so far fits. So bins of any two histograms
 * nest, the result depends on the values only, not on their order or parts, and a bin is never wider than 1/8191 of
 * the range.
 */

/** Bins kept; at least half of them span the range. */
const BINS = 16384;
/** Smallest exponent of a bin; finer differences are of no interest, and 2^1000 is still a number. */
const FINEST = -1000;

/** A value at a rank among sorted values, counted from 0. */
export type AtRank = (rank: number) => number;

/** Exponent of the highest bit. */
function exponentOf(v: number): number {
  if (v === 0) return FINEST;
  let e = Math.floor(Math.log2(v));
  // log2 rounds: near a power of two it may be off by one.
  if (2 ** e > v) e--;
  else if (2 ** (e + 1) <= v) e++;
  return Math.max(FINEST, e);
}

/** A histogram that adapts its bins to what it has seen. */
export class Histogram {
  readonly #counts = new Float64Array(BINS);
  /** Bins are 2^exponent wide; the first one kept begins at `#first` times that. */
  #exponent = FINEST;
  #first = 0;
  min = Infinity;
  max = -Infinity;
  count = 0;

  /** Adds the first `n` values, all finite. */
  add(values: Float64Array, n: number): void {
    let { min, max } = this;
    for (let i = 0; i < n; i++) {
      // SAFETY: i < n ≤ length.
      const v = values[i] as number;
      if (v < min) min = v;
      if (v > max) max = v;
    }
    if (n === 0) return;
    this.#cover(min, max);
    const scale = 2 ** -this.#exponent;
    const first = this.#first;
    const counts = this.#counts;
    for (let i = 0; i < n; i++) {
      const bin = Math.floor((values[i] as number) * scale) - first;
      counts[bin] = (counts[bin] as number) + 1;
    }
    this.count += n;
  }

  /** Adds all of another histogram. */
  join(other: Histogram): void {
    if (other.count === 0) return;
    this.#cover(Math.min(this.min, other.min), Math.max(this.max, other.max));
    const shrink = 2 ** (other.#exponent - this.#exponent);
    other.#counts.forEach((n, i) => {
      if (n === 0) return;
      const bin = Math.floor((other.#first + i) * shrink) - this.#first;
      this.#counts[bin] = (this.#counts[bin] ?? 0) + n;
    });
    this.count += other.count;
  }

  /** Values at ranks; each off by less than a bin. */
  atRank(): AtRank {
    const width = 2 ** this.#exponent;
    return (rank) => {
      let below = 0;
      let bin = 0;
      for (; bin < BINS - 1; bin++) {
        const n = this.#counts[bin] ?? 0;
        if (below + n > rank) break;
        below += n;
      }
      const inside = (rank - below + 0.5) / (this.#counts[bin] ?? 1);
      return Math.min(this.max, Math.max(this.min, (this.#first + bin + inside) * width));
    };
  }

  /** Widens and moves the bins until they cover a range that holds the one so far. */
  #cover(min: number, max: number): void {
    if (min === this.min && max === this.max) return;
    // Bin numbers stay whole: below 2^53.
    let exponent = Math.max(FINEST, this.#exponent, exponentOf(Math.max(Math.abs(min), Math.abs(max))) - 52);
    const binOf = (v: number): number => Math.floor(v * 2 ** -exponent);
    // Halved first, for the difference of two large numbers may be infinite.
    exponent = Math.max(exponent, exponentOf(max / 2 - min / 2) + 1 - Math.log2(BINS));
    while (binOf(max) - binOf(min) >= BINS) exponent++;
    const first = binOf(min);
    if (this.count > 0 && (exponent !== this.#exponent || first !== this.#first)) {
      const old = this.#counts.slice();
      const shrink = 2 ** (this.#exponent - exponent);
      this.#counts.fill(0);
      old.forEach((n, i) => {
        if (n === 0) return;
        const bin = Math.floor((this.#first + i) * shrink) - first;
        this.#counts[bin] = (this.#counts[bin] ?? 0) + n;
      });
    }
    this.#exponent = exponent;
    this.#first = first;
    this.min = min;
    this.max = max;
  }
}
