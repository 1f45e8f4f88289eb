/** From base64 previews to typed arrays, once per band. */
import type { Preview, PreviewBand } from '../../src/display/wire/payload.js';

const bands = new WeakMap<PreviewBand, Uint16Array>();
const masks = new WeakMap<Preview, Uint8Array>();

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Quantised values of a band, row-major; lengths were checked by the validator. */
export function quantised(band: PreviewBand): Uint16Array {
  const known = bands.get(band);
  if (known) return known;
  const bytes = bytesOf(band.q);
  const values = new Uint16Array(bytes.length >> 1);
  // Little-endian by contract, whatever the machine is.
  for (let i = 0; i < values.length; i++) values[i] = (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8);
  bands.set(band, values);
  return values;
}

/** One byte per pixel, 1 = valid; null when all are. */
export function validity(preview: Preview): Uint8Array | null {
  if (preview.valid === null) return null;
  const known = masks.get(preview);
  if (known) return known;
  const mask = bytesOf(preview.valid);
  masks.set(preview, mask);
  return mask;
}

const bandMasks = new WeakMap<PreviewBand, Uint8Array>();

/** Validity of one band, 1 = valid: its own bits, else those of the preview; null when all pixels are. */
export function bandValidity(preview: Preview, band: PreviewBand): Uint8Array | null {
  if (band.valid === undefined) return validity(preview);
  const known = bandMasks.get(band);
  if (known) return known;
  const bits = bytesOf(band.valid);
  const mask = new Uint8Array(preview.width * preview.height);
  for (let i = 0; i < mask.length; i++) mask[i] = ((bits[i >> 3] ?? 0) >> (i & 7)) & 1;
  bandMasks.set(band, mask);
  return mask;
}

/** Where all the given bands are valid; null when all pixels are. */
export function commonValidity(preview: Preview, chosen: readonly PreviewBand[]): Uint8Array | null {
  const masks = [...new Set(chosen.map((b) => bandValidity(preview, b)).filter((m) => m !== null))];
  const [first, ...rest] = masks;
  if (!first || rest.length === 0) return first ?? null;
  const out = first.slice();
  for (const mask of rest) for (let i = 0; i < out.length; i++) if (mask[i] === 0) out[i] = 0;
  return out;
}

/** A band whose arrays are decoded already and whose texts are gone: half the memory of one that is kept for long. */
export function decodedBand(preview: Preview, band: PreviewBand): PreviewBand {
  const light: PreviewBand = { ...band, q: '', ...(band.valid === undefined ? {} : { valid: '' }) };
  bands.set(light, quantised(band));
  const mask = bandValidity(preview, band);
  if (mask && band.valid !== undefined) bandMasks.set(light, mask);
  return light;
}

/** Value of a band at a preview pixel, null where invalid or outside. */
export function valueAt(preview: Preview, band: PreviewBand, column: number, row: number): number | null {
  if (column < 0 || row < 0 || column >= preview.width || row >= preview.height) return null;
  const i = row * preview.width + column;
  if (bandValidity(preview, band)?.[i] === 0) return null;
  return band.offset + band.scale * (quantised(band)[i] ?? 0);
}
