/**
 * Chroma samples at the size of the image, and YCbCr to RGB, with the filters and roundings of libjpeg: halved axes are
 * interpolated linearly between sample centres (3 : 1), other factors repeat samples.
 */

/** A decoded component. */
export interface Plane {
  readonly h: number;
  readonly v: number;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly plane: Uint8Array;
}

/** The samples of a component at `width` × `height`, without padding. */
export function upsample(c: Plane, maxH: number, maxV: number, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const isHalf = c.width > 2; // libjpeg repeats samples of narrower images
  if (c.h * 2 === maxH && c.v === maxV && isHalf) across(c, out, width, height);
  else if (c.h * 2 === maxH && c.v * 2 === maxV && isHalf) both(c, out, width, height);
  else if (c.h === maxH && c.v * 2 === maxV) down(c, out, width, height);
  else if (maxH % c.h === 0 && maxV % c.v === 0) {
    const [fx, fy] = [maxH / c.h, maxV / c.v];
    for (let y = 0; y < height; y++) {
      const row = Math.floor(y / fy) * c.stride;
      for (let x = 0; x < width; x++) out[y * width + x] = c.plane[row + Math.floor(x / fx)] ?? 0;
    }
  } else {
    throw new Error('its sampling factors are not whole ratios');
  }
  return out;
}

/** Half the columns. */
function across(c: Plane, out: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const row = y * c.stride;
    for (let x = 0; x < width; x++) {
      const i = x >> 1;
      const near = c.plane[row + i] ?? 0;
      const isOdd = x % 2 === 1;
      const j = isOdd ? i + 1 : i - 1;
      const far = j < 0 || j >= c.width ? near : (c.plane[row + j] ?? 0);
      out[y * width + x] = j < 0 || j >= c.width ? near : (near * 3 + far + (isOdd ? 2 : 1)) >> 2;
    }
  }
}

/** Half the rows. */
function down(c: Plane, out: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const i = y >> 1;
    const isOdd = y % 2 === 1;
    const j = Math.min(c.height - 1, Math.max(0, isOdd ? i + 1 : i - 1));
    for (let x = 0; x < width; x++) {
      const near = c.plane[i * c.stride + x] ?? 0;
      const far = c.plane[j * c.stride + x] ?? 0;
      out[y * width + x] = (near * 3 + far + (isOdd ? 2 : 1)) >> 2;
    }
  }
}

/** Half the rows and columns. */
function both(c: Plane, out: Uint8Array, width: number, height: number): void {
  const sums = new Int32Array(c.width);
  for (let y = 0; y < height; y++) {
    const i = y >> 1;
    const j = Math.min(c.height - 1, Math.max(0, y % 2 === 1 ? i + 1 : i - 1));
    for (let x = 0; x < c.width; x++) sums[x] = (c.plane[i * c.stride + x] ?? 0) * 3 + (c.plane[j * c.stride + x] ?? 0);
    for (let x = 0; x < width; x++) {
      const k = x >> 1;
      const near = sums[k] ?? 0;
      const isOdd = x % 2 === 1;
      const far = sums[isOdd ? k + 1 : k - 1] ?? near;
      out[y * width + x] = (near * 3 + far + (isOdd ? 7 : 8)) >> 4;
    }
  }
}

/** Bits of the fixed-point colour conversion. */
const SCALE = 16;
const HALF = 1 << (SCALE - 1);
const fix = (v: number): number => Math.floor(v * (1 << SCALE) + 0.5);
const CR_R = fix(1.402);
const CB_B = fix(1.772);
const CR_G = fix(0.71414);
const CB_G = fix(0.34414);
const clamp = (v: number): number => (v < 0 ? 0 : v > 255 ? 255 : v);

/** JFIF's YCbCr (ITU-R BT.601, full range) to interleaved RGB. */
export function ycbcrToRgb(planes: readonly Uint8Array[], pixels: number): Uint8Array {
  const [luma = new Uint8Array(0), blue = new Uint8Array(0), red = new Uint8Array(0)] = planes;
  const out = new Uint8Array(pixels * 3);
  for (let i = 0, to = 0; i < pixels; i++, to += 3) {
    const y = luma[i] ?? 0;
    const cb = (blue[i] ?? 0) - 128;
    const cr = (red[i] ?? 0) - 128;
    out[to] = clamp(y + ((CR_R * cr + HALF) >> SCALE));
    out[to + 1] = clamp(y + ((-CB_G * cb - CR_G * cr + HALF) >> SCALE));
    out[to + 2] = clamp(y + ((CB_B * cb + HALF) >> SCALE));
  }
  return out;
}
