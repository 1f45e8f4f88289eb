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

/** Value of a band at a preview pixel, null where invalid or outside. */
export function valueAt(preview: Preview, band: PreviewBand, column: number, row: number): number | null {
  if (column < 0 || row < 0 || column >= preview.width || row >= preview.height) return null;
  const i = row * preview.width + column;
  if (validity(preview)?.[i] === 0) return null;
  return band.offset + band.scale * (quantised(band)[i] ?? 0);
}
