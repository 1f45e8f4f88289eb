/** From quantised previews to RGBA: three bands, one band through a ramp, or classes. Invalid pixels stay transparent. */
import type { RgbaImage } from './canvas.js';
import { rampColour } from '../wire/ramp.js';
import type { Preview, PreviewBand, Rendering } from '../wire/payload.js';

/** Darkest and brightest value of a band. */
export type Limits = readonly [low: number, high: number];

/** Values of a band. */
export function bandValues(band: PreviewBand): Float64Array {
  const bytes = Buffer.from(band.q, 'base64');
  return Float64Array.from(
    { length: bytes.length >> 1 },
    (_, i) => band.offset + band.scale * bytes.readUInt16LE(i * 2),
  );
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * Limits of one band that several chips share, so that they can be compared: the medians of their 2nd and 98th
 * percentiles. Percentiles of all pixels together would let a few cloudy chips turn all others black.
 */
export function sharedLimits(previews: readonly Preview[], band: number): Limits {
  const stats = previews.flatMap((p) => p.bands[band]?.stats ?? []);
  const [low, high] = [middle(stats.map((s) => s.p2)), middle(stats.map((s) => s.p98))];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

/** Limits of a band of one preview, from its statistics at full resolution. */
export function statsLimits(preview: Preview, band: number): Limits {
  const stats = preview.bands[band]?.stats;
  if (!stats) return [0, 1];
  return stats.p98 > stats.p2 ? [stats.p2, stats.p98] : [stats.p2 - 0.5, stats.p2 + 0.5];
}

/** The image of a preview; `limits` has one entry per band of the rendering. */
export function paintPreview(preview: Preview, rendering: Rendering, limits: readonly Limits[]): RgbaImage {
  const size = preview.width * preview.height;
  const rgba = new Uint8ClampedArray(size * 4);
  const mask = preview.valid === null ? null : Buffer.from(preview.valid, 'base64');
  const chosen = rendering.bands.flatMap((b) => preview.bands[b] ?? []);
  const values = chosen.map(bandValues);
  const share = (k: number, i: number): number => {
    const [low, high] = limits[k] ?? [0, 1];
    return ((values[k]?.[i] ?? 0) - low) / (high - low);
  };
  const level = (t: number): number => Math.round(Math.max(0, Math.min(1, t)) * 255);
  const colours = new Map(rendering.classes?.map((c) => [c.value, Number.parseInt(c.colour.slice(1), 16)]));
  for (let i = 0; i < size && chosen.length > 0; i++) {
    if (mask?.[i] === 0) continue;
    if (chosen.length >= 3) {
      for (let k = 0; k < 3; k++) rgba[i * 4 + k] = level(share(k, i));
      rgba[i * 4 + 3] = 255;
    } else if (rendering.classes) {
      const colour = colours.get(Math.round(values[0]?.[i] ?? 0));
      if (colour !== undefined) rgba.set([colour >> 16, (colour >> 8) & 255, colour & 255, 255], i * 4);
    } else {
      rgba.set([...rampColour(rendering.ramp, Math.round(share(0, i) * 63) / 63), 255], i * 4);
    }
  }
  return { width: preview.width, height: preview.height, rgba };
}
