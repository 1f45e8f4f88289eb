/** Statistics of bands over any number of tensors, in one pass and bounded memory (loading.md §7). */
import { ArgumentError, startTask, type DType, type LongTask } from '../../core/index.js';
import { isGeoTensor, type GeoTensor } from '../geo-tensor.js';
import { dtypeOf } from '../numeric.js';
import { bandPlanes } from '../tensor/band-planes.js';
import { requireTensor } from '../tensor/require.js';
import { accumulatorOf, type Accumulator } from './accumulator.js';

/** Percents of values below a quantile. */
export type Percent = 1 | 2 | 50 | 98 | 99;

/** Of one band; NaN, except for the count, where nothing was valid. */
export interface BandSummary {
  readonly name: string | null;
  /** Valid, finite pixels. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Standard deviation, dividing by the count. */
  readonly sd: number;
  /** By percent, between neighbouring values linearly: exact for integers of up to 16 bits, else off by 0.02 % of the range. */
  readonly quantiles: Readonly<Record<Percent, number>>;
}

/** Statistics of bands, which join with those of further pixels. */
export class BandStatistics {
  /** Bundlers rename a class that refers to itself. */
  static readonly name = 'BandStatistics';
  /** One per band, in order. */
  readonly bands: readonly BandSummary[];
  readonly #parts: readonly Accumulator[];
  readonly #dtype: DType | null;

  /** @internal Made by {@link bandStatistics}. */
  constructor(parts: readonly Accumulator[], names: readonly string[] | null, dtype: DType | null) {
    this.#parts = parts;
    this.#dtype = dtype;
    this.bands = parts.map((part, i) => summaryOf(part, names?.[i] ?? null));
  }

  /**
   * Statistics over the pixels of all, as if they had been seen in one pass.
   *
   * @throws {@link ArgumentError} `bands-differ`, `dtype-differs`.
   */
  merge(...others: readonly BandStatistics[]): BandStatistics {
    const all = [this, ...others].filter((s) => s.#dtype !== null);
    const [first] = all;
    if (!first) return this;
    const names = namesOf(first);
    const parts = first.#parts.map(() => accumulatorOf(first.#dtype ?? 'float64'));
    for (const s of all) {
      requireSame(parts.length, names, first.#dtype, s.#parts.length, namesOf(s), s.#dtype);
      s.#parts.forEach((part, i) => parts[i]?.join(part));
    }
    return new BandStatistics(parts, names, first.#dtype);
  }

  toJSON(): readonly BandSummary[] {
    return this.bands;
  }
}

function namesOf(s: BandStatistics): string[] | null {
  const names = s.bands.map((b) => b.name ?? '');
  return names.every((n) => n === '') ? null : names;
}

function summaryOf(part: Accumulator, name: string | null): BandSummary {
  const { count, min, max, mean, sd, atRank } = part.finish();
  const at = (percent: number): number => {
    const rank = ((count - 1) * percent) / 100;
    const below = Math.floor(rank);
    const low = atRank(below);
    return rank === below ? low : low + (atRank(below + 1) - low) * (rank - below);
  };
  const quantiles = { 1: at(1), 2: at(2), 50: at(50), 98: at(98), 99: at(99) };
  return { name, count, min, max, mean, sd, quantiles };
}

function requireSame(
  bands: number,
  names: readonly string[] | null,
  dtype: DType | null,
  otherBands: number,
  otherNames: readonly string[] | null,
  otherDtype: DType | null,
): void {
  if (bands !== otherBands || names?.join('\n') !== otherNames?.join('\n')) {
    const text = (n: number, list: readonly string[] | null): string => `${n} (${list?.join(', ') ?? 'no names'})`;
    throw new ArgumentError(
      'bands-differ',
      `Statistics are of the same bands throughout; got ${text(bands, names)} and ${text(otherBands, otherNames)}.`,
      { hint: 'Load with one list of bandIndexes.' },
    );
  }
  if (dtype !== otherDtype) {
    throw new ArgumentError(
      'dtype-differs',
      `Statistics are of one element type throughout; got ${String(dtype)} and ${String(otherDtype)}.`,
      { hint: 'Compute them apart for each type.' },
    );
  }
}

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/**
 * Valid count, minimum, maximum, mean, standard deviation and quantiles of each band over all tensors, whatever their
 * grids. Invalid pixels, NaN and infinities are left out. Each tensor is looked at once; none is kept.
 *
 * @throws {@link ArgumentError} `bad-tensors`, `bands-differ`, `dtype-differs`.
 */
export async function bandStatistics(
  tensors: Iterable<GeoTensor> | AsyncIterable<GeoTensor>,
  o: LongTask = {},
): Promise<BandStatistics> {
  if (isGeoTensor(tensors) || !isIterable(tensors)) {
    throw new ArgumentError('bad-tensors', 'bandStatistics takes tensors one after another.', {
      hint: 'Put a single one into a list: bandStatistics([tensor]).',
    });
  }
  const task = startTask('bandStatistics', o);
  let parts: Accumulator[] = [];
  let names: readonly string[] | null = null;
  let dtype: DType | null = null;
  let done = 0;
  try {
    for await (const t of tensors) {
      task.throwIfAborted();
      requireTensor(t, 'bandStatistics');
      const { bands, frames, size, at } = bandPlanes(t);
      const type = dtypeOf(t.values);
      if (dtype === null) {
        dtype = type;
        names = t.bandNames;
        parts = Array.from({ length: bands }, () => accumulatorOf(type));
      }
      requireSame(parts.length, names, dtype, bands, t.bandNames, type);
      for (let f = 0; f < frames; f++) {
        parts.forEach((part, b) => {
          const start = at(f, b);
          part.add(t.values.subarray(start, start + size), t.valid?.subarray(start, start + size) ?? null);
        });
      }
      task.report({ done: ++done, unit: 'tensor' });
    }
    return new BandStatistics(parts, names, dtype);
  } finally {
    task.end();
  }
}
