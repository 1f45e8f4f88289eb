/**
 * Mean and spread of a stream of numbers, to the last digits.
 *
 * Within a block two short passes over cached values; blocks join by Chan, Golub and LeVeque ("Updating formulae and a
 * pairwise algorithm for computing sample variances", 1979). Sums and means are pairs of doubles with Knuth's exact
 * sum and Dekker's exact product, for otherwise values far from 0 with a small spread lose the digits that the spread
 * is made of.
 */

/** An unevaluated sum of two doubles, the second at most a rounding error of the first. */
type Pair = readonly [high: number, low: number];

/** Count, sum and sum of squared deviations from the mean. */
export interface Moments {
  readonly count: number;
  readonly sum: Pair;
  readonly squares: Pair;
}

export const NO_MOMENTS: Moments = { count: 0, sum: [0, 0], squares: [0, 0] };

/** Splits a double into two of 26 bits. */
const SPLITTER = 2 ** 27 + 1;

/** Rounding error of `sum`, which is a + b rounded. */
function sumError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

function add([a, lowA]: Pair, [b, lowB]: Pair): Pair {
  const sum = a + b;
  const low = sumError(a, b, sum) + lowA + lowB;
  const high = sum + low;
  return [high, low - (high - sum)];
}

/** A pair divided by a whole number of at most 53 bits. */
function divide([high, low]: Pair, n: number): Pair {
  const quotient = high / n;
  const [q, m] = [quotient * SPLITTER, n * SPLITTER];
  const [qh, mh] = [q - (q - quotient), m - (m - n)];
  const [ql, ml] = [quotient - qh, n - mh];
  const product = quotient * n;
  const error = qh * mh - product + qh * ml + ql * mh + ql * ml;
  return [quotient, (high - product - error + low) / n];
}

/** Moments of the first `n` ≥ 1 values; up to about 10⁴ of them rounding stays near the last digit. */
export function momentsOf(values: Float64Array, n: number): Moments {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < n; i++) {
    // SAFETY: i < n ≤ length.
    const v = values[i] as number;
    const sum = total + v;
    lost += sumError(total, v, sum);
    total = sum;
  }
  const sum = add([total, 0], [lost, 0]);
  const [mean, rest] = divide(sum, n);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const d = (values[i] as number) - mean - rest;
    squares += d * d;
  }
  return { count: n, sum, squares: [squares, 0] };
}

/** Moments of one value seen `count` times. */
export function repeated(value: number, count: number): Moments {
  return { count, sum: [value * count, 0], squares: [0, 0] };
}

/** Moments of both together. */
export function joinMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const [high, low] = divide(a.sum, a.count);
  const [delta, rest] = add(divide(b.sum, b.count), [-high, -low]);
  const added = (delta + rest) ** 2 * a.count * (b.count / count);
  return { count, sum: add(a.sum, b.sum), squares: add(add(a.squares, b.squares), [added, 0]) };
}

/** Mean, or NaN of nothing. */
export function meanOf({ count, sum }: Moments): number {
  return count === 0 ? NaN : divide(sum, count)[0];
}

/** Standard deviation, dividing by the count. */
export function deviationOf({ count, squares }: Moments): number {
  return count === 0 ? NaN : Math.sqrt(Math.max(0, squares[0]) / count);
}
