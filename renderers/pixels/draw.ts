/** From quantised bands to RGBA: three bands, one band through a ramp, or classes. Invalid pixels stay transparent. */
import type { Preview, Rendering } from '../../src/display/wire/payload.js';
import { commonValidity, quantised } from './decode.js';
import { rampTable, type RampName } from './ramps.js';
import type { Limits, StretchName } from './stretch.js';

/** What is shown: band indices (three = RGB, one = ramp or classes), stretch and ramp. */
export interface Look {
  readonly bands: readonly number[];
  readonly stretch: StretchName;
  readonly ramp: RampName;
  /** With stretch `manual`: limits of each shown band. */
  readonly limits?: readonly Limits[];
}

export type Classes = Rendering['classes'];

/** Byte of each of the 65 536 quantised values under limits: one table lookup per pixel instead of arithmetic. */
function byteTable(scale: number, offset: number, limits: Limits, out: Uint8Array): Uint8Array {
  const factor = 255 / (limits[1] - limits[0]);
  const start = (offset - limits[0]) * factor;
  const slope = scale * factor;
  for (let q = 0; q < out.length; q++) {
    const v = start + slope * q;
    out[q] = v <= 0 ? 0 : v >= 255 ? 255 : v + 0.5;
  }
  return out;
}

const scratch = [new Uint8Array(65_536), new Uint8Array(65_536), new Uint8Array(65_536)] as const;

/** True when the single band of a look is shown by classes. */
export function showsClasses(look: Look, classes: Classes): classes is NonNullable<Classes> {
  return classes !== null && classes.length > 0 && look.bands.length === 1;
}

/** RGBA bytes of a preview, row-major. `limits` has one entry per band of the look. */
export function paint(
  preview: Preview,
  look: Look,
  limits: readonly Limits[],
  classes: Classes,
): Uint8ClampedArray<ArrayBuffer> {
  const size = preview.width * preview.height;
  const rgba = new Uint8ClampedArray(size * 4);
  const chosen = look.bands.flatMap((b) => preview.bands[b] ?? []);
  const mask = commonValidity(preview, chosen);
  const [first, second, third] = chosen;
  if (!first) return rgba;
  const q = quantised(first);
  if (second && third) {
    const tables = [first, second, third].map((b, i) =>
      byteTable(b.scale, b.offset, limits[i] ?? [0, 1], scratch[i as 0 | 1 | 2]),
    );
    const [tr, tg, tb] = tables;
    const qg = quantised(second);
    const qb = quantised(third);
    if (!tr || !tg || !tb) return rgba;
    for (let i = 0, o = 0; i < size; i++, o += 4) {
      if (mask?.[i] === 0) continue;
      rgba[o] = tr[q[i] ?? 0] ?? 0;
      rgba[o + 1] = tg[qg[i] ?? 0] ?? 0;
      rgba[o + 2] = tb[qb[i] ?? 0] ?? 0;
      rgba[o + 3] = 255;
    }
    return rgba;
  }
  if (showsClasses(look, classes)) {
    const colours = new Map(classes.map((c) => [c.value, Number.parseInt(c.colour.slice(1), 16)]));
    for (let i = 0, o = 0; i < size; i++, o += 4) {
      if (mask?.[i] === 0) continue;
      // Quantising may leave 3.0000001 of class 3.
      const colour = colours.get(Math.round(first.offset + first.scale * (q[i] ?? 0)));
      if (colour === undefined) continue;
      rgba[o] = colour >> 16;
      rgba[o + 1] = (colour >> 8) & 255;
      rgba[o + 2] = colour & 255;
      rgba[o + 3] = 255;
    }
    return rgba;
  }
  const bytes = byteTable(first.scale, first.offset, limits[0] ?? [0, 1], scratch[0]);
  const ramp = rampTable(look.ramp);
  for (let i = 0, o = 0; i < size; i++, o += 4) {
    if (mask?.[i] === 0) continue;
    const at = (bytes[q[i] ?? 0] ?? 0) * 3;
    rgba[o] = ramp[at] ?? 0;
    rgba[o + 1] = ramp[at + 1] ?? 0;
    rgba[o + 2] = ramp[at + 2] ?? 0;
    rgba[o + 3] = 255;
  }
  return rgba;
}

/** RGBA bytes that are opaque white where a shown band is invalid, else transparent. */
export function paintInvalid(preview: Preview, look: Look): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(preview.width * preview.height * 4);
  const mask = commonValidity(
    preview,
    look.bands.flatMap((b) => preview.bands[b] ?? []),
  );
  if (mask) for (let i = 0; i < mask.length; i++) if (mask[i] === 0) rgba.fill(255, i * 4, i * 4 + 4);
  return rgba;
}

/** Draws a preview onto a canvas at one canvas pixel per preview pixel. */
export function drawPreview(
  canvas: HTMLCanvasElement,
  preview: Preview,
  look: Look,
  limits: readonly Limits[],
  classes: Classes,
): void {
  if (canvas.width !== preview.width) canvas.width = preview.width;
  if (canvas.height !== preview.height) canvas.height = preview.height;
  canvas
    .getContext('2d')
    ?.putImageData(new ImageData(paint(preview, look, limits, classes), preview.width, preview.height), 0, 0);
}
