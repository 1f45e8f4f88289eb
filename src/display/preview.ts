/**
 * Previews: small images with real values. Bands are quantised to 16 bits, value = offset + scale · q, so that views can
 * stretch, colour and read values without the kernel.
 */
import { endianness } from 'node:os';
import { isCategorical } from './categorical.js';
import { planeOffset, tensorFacts, type TensorLike } from './objects.js';
import { reducedPlane, type BandStats, type Plane } from './plane.js';
import type { Preview, PreviewBand } from './wire/payload.js';

/** Steps of a 16-bit band. */
const STEPS = 65_535;
/** Fewest steps between the 2nd and 98th percentile; an outlier that would leave fewer is cut off instead. */
const FEWEST_STEPS = 64;

/** Which part of a tensor becomes a preview. */
export interface PreviewRequest {
  readonly bands: readonly number[];
  /** Bands whose validity makes a preview pixel valid; default `bands`. */
  readonly validBands?: readonly number[];
  readonly frame?: number;
  /** Most preview pixels a side. */
  readonly side: number;
  /** True: each band carries its validity, for a reader that has another mask. */
  readonly ownValidity?: boolean;
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

/** Little-endian base64 of 16-bit numbers. */
function base64Of16(q: Uint16Array): string {
  const bytes = Buffer.from(q.buffer, q.byteOffset, q.byteLength);
  return (endianness() === 'LE' ? bytes : Buffer.from(bytes).swap16()).toString('base64');
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

/** Validity as bits: bit k % 8 of byte k / 8 is 1 where pixel k is valid. */
function bitmap(valid: Uint8Array): string {
  const bits = Buffer.alloc(Math.ceil(valid.length / 8));
  for (let i = 0; i < valid.length; i++) if (valid[i] === 1) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  return bits.toString('base64');
}

/** Percentiles of about a thousand values of a plane, so that one absurd value does not take all steps. */
function spreadOf({ values, valid }: Plane, [low, high]: readonly [number, number]): { p2: number; p98: number } {
  const every = Math.max(1, Math.floor(values.length / 1021));
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += every) if (valid[i] === 1) sample.push(values[i] ?? 0);
  sample.sort((a, b) => a - b);
  const at = (share: number, other: number): number => sample[Math.round(share * (sample.length - 1))] ?? other;
  return { p2: at(0.02, low), p98: at(0.98, high) };
}

/** A reduced plane as a band: 16-bit steps between the least and greatest value of plane and statistics. */
export function bandOf(
  name: string,
  plane: Plane,
  stats: BandStats,
  isInteger: boolean,
  withValid: boolean,
): PreviewBand {
  let [low, high] = stats ? [stats.min, stats.max] : [Infinity, -Infinity];
  for (let i = 0; i < plane.values.length; i++) {
    if (plane.valid[i] === 0) continue;
    const v = plane.values[i] ?? 0;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const { p2, p98 } = stats ?? spreadOf(plane, [low, high]);
  const range = low <= high ? { min: low, max: high, mean: low, p2, p98 } : null;
  const { offset, scale } = quantisation(range, isInteger);
  const q = new Uint16Array(plane.values.length);
  for (let i = 0; i < q.length; i++) {
    if (plane.valid[i] === 1)
      q[i] = Math.max(0, Math.min(STEPS, Math.round(((plane.values[i] ?? 0) - offset) / scale)));
  }
  return { name, scale, offset, q: base64Of16(q), stats, ...(withValid ? { valid: bitmap(plane.valid) } : {}) };
}

/** A preview of some bands of a tensor. Bands that are valid elsewhere than the preview carry a bitmap of their own. */
export function makePreview(tensor: TensorLike, request: PreviewRequest): Preview {
  const { height, width, bandNames, dtype } = tensorFacts(tensor);
  const { rows, columns, step } = previewSize(height, width, request.side);
  const frame = request.frame ?? 0;
  const mask = new Uint8Array(rows * columns).fill(1);
  const validBands = new Set(request.validBands ?? request.bands);
  const planes = request.bands.map((band) => {
    const name = bandNames[band] ?? `band ${band + 1}`;
    const nearest = isCategorical(name, tensor.attrs);
    const plane = reducedPlane(tensor, planeOffset(tensor, frame, band), [rows, columns], nearest);
    if (validBands.has(band)) for (let i = 0; i < mask.length; i++) if (plane.valid[i] === 0) mask[i] = 0;
    // Means of integers are no integers: they use the fine steps.
    return { name, plane, isInteger: !dtype.startsWith('float') && (step === 1 || nearest) };
  });
  const bands = planes.map(({ name, plane, isInteger }) => {
    const isOwn = request.ownValidity === true || plane.valid.some((v, i) => v !== mask[i]);
    return bandOf(name, plane, plane.stats, isInteger, isOwn);
  });
  const valid = mask.includes(0) ? Buffer.from(mask.buffer).toString('base64') : null;
  return { width: columns, height: rows, step, bands, valid };
}

/** Bytes that a square preview takes as base64 text, at most: 2 a value with a bit of validity, and 1 for the mask. */
export function previewBytes(side: number, bands: number): number {
  return side * side * (bands * 2.125 + 1) * (4 / 3);
}
