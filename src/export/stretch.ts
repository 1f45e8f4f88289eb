/** How values become brightness: limits per band for the whole dataset, so that chips can be compared. */
import { isNadirError, type GeoSlice } from '../core/index.js';
import type { GeoTensor } from '../pixels/index.js';
import type { Stretch } from './types.js';

export type Limits = readonly [low: number, high: number];

/** Limits per band of a picture and how they were found; written into every sidecar. */
export interface ResolvedStretch {
  readonly method: 'p2-98' | 'min-max' | 'given';
  /** One pair a band of the picture. */
  readonly limits: readonly Limits[];
  /** Items and pixels a band that the limits were measured on; 0 when they were given. */
  readonly sampledItems: number;
  readonly sampledPixels: number;
}

/** Items looked at for limits: enough to be stable, few enough to cost little. */
const SAMPLE_ITEMS = 32;
/** Pixels a band taken of each of them. */
const SAMPLE_PIXELS = 4096;
const LOW = 0.02;
const HIGH = 0.98;
/** Which item's limits stand for all, counted from the darkest, as in the notebook's chips. */
const DARK_SHARE = 0.2;
const BRIGHT_SHARE = 0.4;

/** `count` positions spread evenly over `total`, always the same. */
export function spread(total: number, count: number): readonly number[] {
  const n = Math.min(total, count);
  return Array.from({ length: n }, (_, i) => Math.floor((i * total) / n));
}

/** Quantile of sorted values, linear between neighbours (Hyndman and Fan, 1996, type 7). */
export function quantile(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (position - below);
}

/** Every k-th pixel of a band that is valid and finite, at most {@link SAMPLE_PIXELS}. */
function sampleBand(tensor: GeoTensor, band: number): Float64Array {
  const pixels = tensor.height * tensor.width;
  const step = Math.ceil(pixels / SAMPLE_PIXELS);
  const start = band * pixels;
  const out: number[] = [];
  for (let i = 0; i < pixels; i += step) {
    const value = tensor.values[start + i] ?? NaN;
    if ((tensor.valid === null || tensor.valid[start + i] === 1) && Number.isFinite(value)) out.push(value);
  }
  return Float64Array.from(out);
}

/**
 * Limits per band.
 *
 * Measured on at most 32 items spread evenly over the list and at most 4096 evenly spaced pixels of each: the same recipe
 * gives the same limits. `p2-98` of three bands takes the low limit from the dark fifth of these items' own percentiles 2 and
 * the high one from below the middle of their percentiles 98, so that clouded chips do not darken all others; of one band (a
 * terrain model, an index) it is the percentiles of all items together, so that peaks and plains both keep their shades.
 * `min-max` spans all. An item of the sample that cannot be read is left out here; its own turn reports it.
 */
export async function resolveStretch(
  stretch: Stretch,
  bands: readonly number[],
  slices: readonly GeoSlice[],
  load: (slice: GeoSlice) => Promise<GeoTensor>,
  signal: AbortSignal | undefined,
): Promise<ResolvedStretch> {
  if (typeof stretch !== 'string') {
    const [first] = stretch;
    // SAFETY: checkOutputs let through one pair of numbers, or pairs.
    const pairs = (typeof first === 'number' ? [stretch] : stretch) as readonly Limits[];
    const limits = bands.map((_, i) => pairs[i] ?? pairs[0] ?? ([0, 1] as const));
    return { method: 'given', limits, sampledItems: 0, sampledPixels: 0 };
  }
  const [low, high] = stretch === 'min-max' ? [0, 1] : [LOW, HIGH];
  const isPooled = stretch === 'p2-98' && bands.length === 1;
  const pool: number[] = [];
  const found: Limits[][] = bands.map(() => []);
  let sampledPixels = 0;
  let sampledItems = 0;
  for (const index of spread(slices.length, SAMPLE_ITEMS)) {
    const slice = slices[index];
    if (!slice) continue;
    try {
      const tensor = await load(slice);
      bands.forEach((band, i) => {
        const sorted = sampleBand(tensor, band).sort();
        if (isPooled) for (const value of sorted) pool.push(value);
        if (sorted.length > 0) found[i]?.push([quantile(sorted, low), quantile(sorted, high)]);
        if (i === 0) sampledPixels += sorted.length;
      });
      sampledItems++;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isNadirError(error)) throw error;
      // Reported by name when the item itself is written.
    }
  }
  const limits = found.map((list): Limits => {
    if (list.length === 0) return [0, 1];
    if (isPooled) {
      const all = Float64Array.from(pool).sort();
      return [quantile(all, low), quantile(all, high)];
    }
    const [lows, highs] = [Float64Array.from(list, (l) => l[0]).sort(), Float64Array.from(list, (l) => l[1]).sort()];
    return stretch === 'min-max'
      ? [quantile(lows, 0), quantile(highs, 1)]
      : [quantile(lows, DARK_SHARE), quantile(highs, BRIGHT_SHARE)];
  });
  return { method: stretch, limits, sampledItems, sampledPixels };
}
