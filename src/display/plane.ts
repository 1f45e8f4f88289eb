/**
 * One band of one date, reduced and summed up in one pass. Rows are copied into a scratch array of doubles first, so that
 * the loops see one element type whatever the tensor holds.
 */
import { tensorFacts, type NumericArray, type TensorLike } from './objects.js';
import type { PreviewBand } from './wire/payload.js';

export type BandStats = PreviewBand['stats'];

/** Values that percentiles are taken from at most, evenly spaced. */
const PERCENTILE_SAMPLE = 65_536;
/** Values of a plane that are read at most; of larger planes evenly spaced rows. */
const MOST_READ = 1 << 23;

/** A reduced band: row-major values, validity (1 = valid), statistics. */
export interface Plane {
  readonly values: Float64Array;
  readonly valid: Uint8Array;
  /** Of the source pixels that were read; null when none of them is valid. */
  readonly stats: BandStats;
}

/** Every how many rows of a plane are read when it is reduced to so many rows. */
export function rowStep(height: number, width: number, rows: number): number {
  return Math.max(1, Math.min(Math.floor((height * width) / MOST_READ), Math.floor(height / rows)));
}

/** Minimum, maximum, mean and percentiles, gathered value by value. */
class Summary {
  min = Infinity;
  max = -Infinity;
  sum = 0;
  count = 0;
  readonly #sample: number[] = [];
  readonly #every: number;

  constructor(length: number, width: number) {
    // A step that divides the width would look at the same columns in all rows.
    let every = Math.max(1, Math.ceil(length / PERCENTILE_SAMPLE));
    if (every > 1) while (width % every === 0 || every % 2 === 0) every++;
    this.#every = every;
  }

  add(v: number): void {
    if (v < this.min) this.min = v;
    if (v > this.max) this.max = v;
    this.sum += v;
    if (this.count++ % this.#every === 0) this.#sample.push(v);
  }

  stats(): BandStats {
    if (this.count === 0) return null;
    const sorted = Float64Array.from(this.#sample).sort();
    const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? this.min;
    return { min: this.min, max: this.max, mean: this.sum / this.count, p2: at(0.02), p98: at(0.98) };
  }
}

const EMPTY = new Uint8Array(0);

/** Statistics of `length` values from `from` on; null without a valid finite one. Percentiles come from an even sample. */
export function bandStats(values: NumericArray, valid: Uint8Array | null, from: number, length: number): BandStats {
  const summary = new Summary(length, length + 1);
  const row = new Float64Array(Math.min(length, 65_536));
  for (let at = from; at < from + length; at += row.length) {
    const n = Math.min(row.length, from + length - at);
    row.set(values.subarray(at, at + n));
    const mask = valid ? valid.subarray(at, at + n) : EMPTY;
    for (let i = 0; i < n; i++) {
      const v = row[i] ?? 0;
      if ((mask.length === 0 || mask[i] !== 0) && Number.isFinite(v)) summary.add(v);
    }
  }
  return summary.stats();
}

/**
 * The plane that begins at `from`, reduced to rows and columns: the middle pixel of each block for classes, else the mean of
 * its valid pixels. Of planes above eight million pixels every {@link rowStep}th row is read.
 */
export function reducedPlane(
  tensor: TensorLike,
  from: number,
  [rows, columns]: readonly [number, number],
  nearest: boolean,
): Plane {
  const { height, width } = tensorFacts(tensor);
  const { values, valid } = tensor;
  const out = { values: new Float64Array(rows * columns), valid: new Uint8Array(rows * columns) };
  const every = rowStep(height, width, rows);
  const summary = new Summary(Math.ceil((height * width) / every), width);
  const edges = Int32Array.from({ length: columns + 1 }, (_, c) => Math.floor((c * width) / columns));
  const row = new Float64Array(width);
  const sums = new Float64Array(columns);
  const counts = new Int32Array(columns);
  for (let r = 0; r < rows; r++) {
    const [r0, r1] = [Math.floor((r * height) / rows), Math.floor(((r + 1) * height) / rows)];
    sums.fill(0);
    counts.fill(0);
    for (let y = r0; y < r1; y += every) {
      const at = from + y * width;
      row.set(values.subarray(at, at + width));
      sumRow(row, valid ? valid.subarray(at, at + width) : EMPTY, edges, sums, counts, summary);
    }
    for (let c = 0, k = r * columns; c < columns; c++, k++) {
      if (nearest) {
        const i = from + ((r0 + r1) >> 1) * width + (((edges[c] ?? 0) + (edges[c + 1] ?? 0)) >> 1);
        const v = values[i] ?? NaN;
        if (valid?.[i] === 0 || !Number.isFinite(v)) continue;
        out.values[k] = v;
        out.valid[k] = 1;
      } else if ((counts[c] ?? 0) > 0) {
        out.values[k] = (sums[c] ?? 0) / (counts[c] ?? 1);
        out.valid[k] = 1;
      }
    }
  }
  return { ...out, stats: summary.stats() };
}

function sumRow(
  row: Float64Array,
  mask: Uint8Array,
  edges: Int32Array,
  sums: Float64Array,
  counts: Int32Array,
  summary: Summary,
): void {
  const isAllValid = mask.length === 0;
  for (let c = 0; c + 1 < edges.length; c++) {
    const end = edges[c + 1] ?? 0;
    let [sum, count] = [0, 0];
    for (let x = edges[c] ?? 0; x < end; x++) {
      const v = row[x] ?? 0;
      if ((!isAllValid && mask[x] === 0) || !Number.isFinite(v)) continue;
      sum += v;
      count++;
      summary.add(v);
    }
    sums[c] = (sums[c] ?? 0) + sum;
    counts[c] = (counts[c] ?? 0) + count;
  }
}

/** Share of values that are valid, over all bands and frames; NaN counts as invalid. */
export function validShare(tensor: TensorLike): number {
  const { values, valid } = tensor;
  if (values.length === 0) return 0;
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  if (!isFloat) return valid === null ? 1 : countOnes(valid) / values.length;
  const row = new Float64Array(65_536);
  let good = 0;
  for (let at = 0; at < values.length; at += row.length) {
    const n = Math.min(row.length, values.length - at);
    row.set(values.subarray(at, at + n));
    for (let i = 0; i < n; i++) if (!Number.isNaN(row[i]) && valid?.[at + i] !== 0) good++;
  }
  return good / values.length;
}

function countOnes(valid: Uint8Array): number {
  let good = 0;
  for (let i = 0; i < valid.length; i++) if (valid[i] !== 0) good++;
  return good;
}
