/**
 * Previews: small images with real values. Bands are quantised to 16 bits, value = offset + scale · q, so that views can
 * stretch, colour and read values without the kernel.
 */
import { isCategorical } from './categorical.js';
import { planeOffset, tensorFacts, type NumericArray, type TensorLike } from './objects.js';
import type { Preview, PreviewBand } from './wire/payload.js';

/** Steps of a 16-bit band. */
const STEPS = 65_535;
/** Values that percentiles are taken from at most, evenly spaced. */
const PERCENTILE_SAMPLE = 65_536;
/** Fewest steps between the 2nd and 98th percentile; an outlier that would leave fewer is cut off instead. */
const FEWEST_STEPS = 64;

export type BandStats = PreviewBand['stats'];

/** Which part of a tensor becomes a preview. */
export interface PreviewRequest {
  readonly bands: readonly number[];
  /** Bands whose validity makes a preview pixel valid; default `bands`. */
  readonly validBands?: readonly number[];
  readonly frame?: number;
  /** Most preview pixels a side. */
  readonly side: number;
}

/** Size of a preview whose longer side is at most `side`, and its source pixels per preview pixel (1 = full resolution). */
export function previewSize(
  height: number,
  width: number,
  side: number,
): { readonly rows: number; readonly columns: number; readonly step: number } {
  const step = Math.max(1, Math.max(height, width) / Math.max(1, side));
  const size = (n: number): number => Math.max(1, Math.round(n / step));
  return { rows: size(height), columns: size(width), step };
}

/** Minimum, maximum, mean (all pixels) and 2nd, 98th percentile (an even sample) of valid finite values; null without any. */
export function bandStats(values: NumericArray, valid: Uint8Array | null, from: number, length: number): BandStats {
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
  for (let i = from; i < from + length; i++) {
    const v = values[i] ?? NaN;
    if ((valid && valid[i] === 0) || !Number.isFinite(v)) continue;
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
    count++;
  }
  if (count === 0) return null;
  const every = Math.ceil(count / PERCENTILE_SAMPLE);
  const sample = new Float64Array(Math.ceil(count / every));
  for (let i = from, seen = 0, k = 0; i < from + length; i++) {
    const v = values[i] ?? NaN;
    if ((valid && valid[i] === 0) || !Number.isFinite(v)) continue;
    if (seen++ % every === 0) sample[k++] = v;
  }
  sample.sort();
  const at = (share: number): number => sample[Math.round(share * (sample.length - 1))] ?? min;
  return { min, max, mean: sum / count, p2: at(0.02), p98: at(0.98) };
}

/** Share of values that are valid, over all bands and frames. */
export function validShare(tensor: TensorLike): number {
  const { values, valid } = tensor;
  let good = 0;
  for (let i = 0; i < values.length; i++) if (valid?.[i] !== 0 && !Number.isNaN(values[i])) good++;
  return values.length === 0 ? 0 : good / values.length;
}

interface Plane {
  readonly values: Float64Array;
  readonly valid: Uint8Array;
}

/** One band reduced: the middle pixel of each block for classes, else the mean of its valid pixels. */
function reducedPlane(
  tensor: TensorLike,
  from: number,
  [rows, columns]: readonly [number, number],
  nearest: boolean,
): Plane {
  const { height, width } = tensorFacts(tensor);
  const out = { values: new Float64Array(rows * columns), valid: new Uint8Array(rows * columns) };
  const { values, valid } = tensor;
  const isGood = (i: number): boolean => valid?.[i] !== 0 && Number.isFinite(values[i]);
  for (let r = 0, k = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, k++) {
      const [r0, r1] = [Math.floor((r * height) / rows), Math.floor(((r + 1) * height) / rows)];
      const [c0, c1] = [Math.floor((c * width) / columns), Math.floor(((c + 1) * width) / columns)];
      if (nearest) {
        const i = from + ((r0 + r1) >> 1) * width + ((c0 + c1) >> 1);
        if (!isGood(i)) continue;
        out.values[k] = values[i] ?? 0;
        out.valid[k] = 1;
        continue;
      }
      let [sum, count] = [0, 0];
      for (let y = r0; y < r1; y++) {
        for (let i = from + y * width + c0, end = from + y * width + c1; i < end; i++) {
          if (!isGood(i)) continue;
          sum += values[i] ?? 0;
          count++;
        }
      }
      if (count === 0) continue;
      out.values[k] = sum / count;
      out.valid[k] = 1;
    }
  }
  return out;
}

/** Little-endian base64 of 16-bit numbers. */
function base64Of16(q: Uint16Array): string {
  const bytes = Buffer.alloc(q.length * 2);
  for (let i = 0; i < q.length; i++) bytes.writeUInt16LE(q[i] ?? 0, i * 2);
  return bytes.toString('base64');
}

/** Offset and scale that hold a band: exact for integers that span at most 65 536 values. */
export function quantisation(
  stats: BandStats,
  isInteger: boolean,
): { readonly offset: number; readonly scale: number } {
  if (!stats) return { offset: 0, scale: 1 };
  const { min, max, p2, p98 } = stats;
  if (isInteger && max - min <= STEPS) return { offset: min, scale: 1 };
  let [low, high] = [min, max];
  const spread = p98 - p2;
  if (spread > 0 && (high - low) / STEPS > spread / FEWEST_STEPS) {
    low = Math.max(min, p2 - 10 * spread);
    high = Math.min(max, p98 + 10 * spread);
  }
  const scale = (high - low) / STEPS;
  return scale > 0 && Number.isFinite(scale) ? { offset: low, scale } : { offset: low, scale: 1 };
}

/** A preview of some bands of a tensor. */
export function makePreview(tensor: TensorLike, request: PreviewRequest): Preview {
  const { height, width, bandNames, dtype } = tensorFacts(tensor);
  const { rows, columns, step } = previewSize(height, width, request.side);
  const frame = request.frame ?? 0;
  const mask = new Uint8Array(rows * columns).fill(1);
  const validBands = new Set(request.validBands ?? request.bands);
  const bands = request.bands.map((band): PreviewBand => {
    const from = planeOffset(tensor, frame, band);
    const name = bandNames[band] ?? `band ${band + 1}`;
    const stats = bandStats(tensor.values, tensor.valid, from, height * width);
    const nearest = isCategorical(name, tensor.attrs);
    const plane = reducedPlane(tensor, from, [rows, columns], nearest);
    if (validBands.has(band)) for (let i = 0; i < mask.length; i++) if (plane.valid[i] === 0) mask[i] = 0;
    // Means of integers are no integers: they use the fine steps.
    const isInteger = !dtype.startsWith('float') && (step === 1 || nearest);
    const { offset, scale } = quantisation(stats, isInteger);
    const q = new Uint16Array(plane.values.length);
    for (let i = 0; i < q.length; i++) {
      if (plane.valid[i] === 1)
        q[i] = Math.max(0, Math.min(STEPS, Math.round(((plane.values[i] ?? 0) - offset) / scale)));
    }
    return { name, scale, offset, q: base64Of16(q), stats };
  });
  const valid = mask.includes(0) ? Buffer.from(mask.buffer).toString('base64') : null;
  return { width: columns, height: rows, step, bands, valid };
}

/** Bytes that a square preview takes as base64 text, at most: 2 a value and 1 for the mask. */
export function previewBytes(side: number, bands: number): number {
  return side * side * (bands * 2 + 1) * (4 / 3);
}
