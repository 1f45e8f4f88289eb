/** Pictures of chips: bands stretched to 8 bits, invalid pixels transparent. */
import type { GeoTensor } from '../pixels/index.js';
import type { Picture } from './engine.js';
import type { Limits } from './stretch.js';

const MAX = 255;
const CHANNELS = 4;
/** Side of a thumbnail of the overview, in pixels. */
export const THUMB_SIDE = 64;
/** Thumbnails of the overview at most: a square of eight. */
export const MAX_THUMBS = 64;
const GAP = 4;
const COLUMNS = 8;
/** Background of the overview. */
const INK = [24, 27, 31, MAX] as const;

/** Brightness of a value: low → 0, high → 255, halves up; a band without contrast is mid-grey. */
function brightness(value: number, [low, high]: Limits): number {
  if (high <= low) return 128;
  return Math.max(0, Math.min(MAX, Math.floor(((value - low) / (high - low)) * MAX + 0.5)));
}

/** The picture of one band (grey) or three (red, green, blue). A pixel is opaque when all its bands are valid. */
export function renderPicture(tensor: GeoTensor, bands: readonly number[], limits: readonly Limits[]): Picture {
  const { width, height, values, valid } = tensor;
  const pixels = width * height;
  const rgba = new Uint8Array(pixels * CHANNELS);
  const channels = [0, 1, 2].map((c) => {
    const i = bands.length === 1 ? 0 : c;
    return { start: (bands[i] ?? 0) * pixels, limits: limits[i] ?? ([0, 1] as const) };
  });
  for (let p = 0; p < pixels; p++) {
    let isValid = true;
    for (let c = 0; c < channels.length; c++) {
      const channel = channels[c];
      if (!channel) continue;
      const at = channel.start + p;
      const value = values[at] ?? NaN;
      if ((valid !== null && valid[at] !== 1) || Number.isNaN(value)) {
        isValid = false;
        break;
      }
      rgba[p * CHANNELS + c] = brightness(value, channel.limits);
    }
    if (isValid) rgba[p * CHANNELS + 3] = MAX;
    else rgba.fill(0, p * CHANNELS, (p + 1) * CHANNELS);
  }
  return { width, height, rgba };
}

/** The picture fitted into a square by nearest pixels; the rest is transparent. */
export function thumbnail({ width, height, rgba }: Picture): Uint8Array {
  const out = new Uint8Array(THUMB_SIDE * THUMB_SIDE * CHANNELS);
  const scale = Math.max(width, height) / THUMB_SIDE;
  const [w, h] = [Math.max(1, Math.floor(width / scale)), Math.max(1, Math.floor(height / scale))];
  const [left, top] = [(THUMB_SIDE - w) >> 1, (THUMB_SIDE - h) >> 1];
  for (let y = 0; y < h; y++) {
    const row = Math.min(height - 1, Math.floor((y + 0.5) * scale));
    for (let x = 0; x < w; x++) {
      const from = (row * width + Math.min(width - 1, Math.floor((x + 0.5) * scale))) * CHANNELS;
      out.set(rgba.subarray(from, from + CHANNELS), ((top + y) * THUMB_SIDE + left + x) * CHANNELS);
    }
  }
  return out;
}

/** Thumbnails in rows of eight on a dark ground. */
export function contactSheet(thumbs: readonly Uint8Array[]): Picture {
  const columns = Math.min(COLUMNS, Math.max(1, thumbs.length));
  const rows = Math.max(1, Math.ceil(thumbs.length / columns));
  const step = THUMB_SIDE + GAP;
  const [width, height] = [columns * step + GAP, rows * step + GAP];
  const rgba = new Uint8Array(width * height * CHANNELS);
  for (let i = 0; i < rgba.length; i += CHANNELS) rgba.set(INK, i);
  thumbs.forEach((thumb, n) => {
    const [left, top] = [GAP + (n % columns) * step, GAP + Math.floor(n / columns) * step];
    for (let y = 0; y < THUMB_SIDE; y++) {
      for (let x = 0; x < THUMB_SIDE; x++) {
        const from = (y * THUMB_SIDE + x) * CHANNELS;
        if (thumb[from + 3] === MAX)
          rgba.set(thumb.subarray(from, from + CHANNELS), ((top + y) * width + left + x) * CHANNELS);
      }
    }
  });
  return { width, height, rgba };
}
