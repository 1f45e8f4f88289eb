/** Resampling by the centre of the destination pixel: nearest, bilinear and cubic (loading.md §2.1, rules 3–6). */
import type { Coordinates } from './coordinates.js';

/**
 * The arrays that kernels read. Four types at most: with more, V8 gives up specialising the loops, which then run
 * several times slower; rarer types are converted to doubles first.
 */
export type KernelArray = Uint8Array | Uint16Array | Float32Array | Float64Array;

/**
 * A window of one band of a source. `valid` is null where all pixels are valid.
 * `sourceWidth` and `sourceHeight` are those of the whole file: beyond it there is nothing.
 */
export interface BandWindow {
  readonly values: KernelArray;
  readonly valid: Uint8Array | null;
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** Where the resampled pixels of a band go: `values` and `valid` at `offset`, row by row. */
export interface BandTarget {
  readonly values: Float64Array;
  readonly valid: Uint8Array;
  readonly offset: number;
}

/** Added before `floor`, so that a coordinate a hair below an edge is on it. GDAL's warper uses the same. */
const EDGE = 1e-10;
/** Cubic weights of valid pixels that sum to less are not renormalised; the pixel falls back to bilinear. */
const LEAST_CUBIC_WEIGHT = 0.25;

/** The value of the source pixel that contains each centre. */
export function resampleNearest(source: BandWindow, { u, v }: Coordinates, target: BandTarget): void {
  const { values, valid, col, row, width, height } = source;
  for (let i = 0, o = target.offset; i < u.length; i++, o++) {
    const c = Math.floor((u[i] as number) + EDGE) - col;
    const r = Math.floor((v[i] as number) + EDGE) - row;
    // Written so that NaN coordinates fail too.
    if (!(c >= 0 && r >= 0 && c < width && r < height)) continue;
    const k = r * width + c;
    if (valid !== null && valid[k] === 0) continue;
    target.values[o] = values[k] as number;
    target.valid[o] = 1;
  }
}

/** Weights over the 2 × 2 neighbouring centres, renormalised over the valid ones. */
export function resampleBilinear(source: BandWindow, { u, v }: Coordinates, target: BandTarget): void {
  const { values, valid, col, row, width, height } = source;
  const out = target.values;
  for (let i = 0, o = target.offset; i < u.length; i++, o++) {
    const x = u[i] as number;
    const y = v[i] as number;
    if (!containsValid(source, x, y)) continue;
    target.valid[o] = 1;
    const xs = x - 0.5;
    const ys = y - 0.5;
    const xf = Math.floor(xs);
    const yf = Math.floor(ys);
    const c = xf - col;
    const r = yf - row;
    const k = r * width + c;
    // Which formula serves a pixel depends on its own neighbours only: windows must not change the last bit.
    const isWhole =
      c >= 0 &&
      r >= 0 &&
      c + 1 < width &&
      r + 1 < height &&
      (valid === null || (valid[k] && valid[k + 1] && valid[k + width] && valid[k + width + 1]));
    if (isWhole) {
      const fx = xs - xf;
      const top = (values[k] as number) * (1 - fx) + (values[k + 1] as number) * fx;
      const bottom = (values[k + width] as number) * (1 - fx) + (values[k + width + 1] as number) * fx;
      const fy = ys - yf;
      const value = top * (1 - fy) + bottom * fy;
      // An infinite neighbour of weight zero gives NaN; the careful version leaves it out.
      if (value === value) {
        out[o] = value;
        continue;
      }
    }
    out[o] = bilinearAt(source, x, y);
  }
}

function containsValid({ valid, col, row, width, height }: BandWindow, x: number, y: number): boolean {
  const c = Math.floor(x + EDGE) - col;
  const r = Math.floor(y + EDGE) - row;
  if (!(c >= 0 && r >= 0 && c < width && r < height)) return false;
  return valid === null || valid[r * width + c] !== 0;
}

/** The mean of those of the 2 × 2 neighbours that exist, are valid and have weight. */
function bilinearAt({ values, valid, col, row, width, height }: BandWindow, x: number, y: number): number {
  const xs = x - 0.5;
  const ys = y - 0.5;
  const xf = Math.floor(xs);
  const yf = Math.floor(ys);
  const fx = xs - xf;
  const fy = ys - yf;
  const c = xf - col;
  const r = yf - row;
  let sum = 0;
  let weights = 0;
  for (let dy = 0; dy < 2; dy++) {
    const rr = r + dy;
    const wy = dy === 0 ? 1 - fy : fy;
    if (rr < 0 || rr >= height || wy === 0) continue;
    for (let dx = 0; dx < 2; dx++) {
      const cc = c + dx;
      if (cc < 0 || cc >= width) continue;
      const kk = rr * width + cc;
      if (valid !== null && valid[kk] === 0) continue;
      const w = (dx === 0 ? 1 - fx : fx) * wy;
      if (w === 0) continue;
      sum += w * (values[kk] as number);
      weights += w;
    }
  }
  return sum / weights;
}

/** Catmull-Rom weight (Keys 1981, a = −0.5) at a distance in pixels. */
export function cubicWeight(distance: number): number {
  const t = Math.abs(distance);
  if (t >= 2) return 0;
  if (t <= 1) return (1.5 * t - 2.5) * t * t + 1;
  return ((-0.5 * t + 2.5) * t - 4) * t + 2;
}

/** Triangle weight at a distance in pixels. */
function triangleWeight(distance: number): number {
  const t = Math.abs(distance);
  return t < 1 ? 1 - t : 0;
}

/** Catmull-Rom over 4 × 4 centres; a pixel with any of them missing or invalid is bilinear. */
export function resampleCubic(source: BandWindow, { u, v }: Coordinates, target: BandTarget): void {
  const { values, valid, col, row, width, height } = source;
  const wx = new Float64Array(4);
  for (let i = 0, o = target.offset; i < u.length; i++, o++) {
    const x = u[i] as number;
    const y = v[i] as number;
    if (!containsValid(source, x, y)) continue;
    target.valid[o] = 1;
    const xf = Math.floor(x - 0.5);
    const yf = Math.floor(y - 0.5);
    const c = xf - 1 - col;
    const r = yf - 1 - row;
    const isWhole = c >= 0 && r >= 0 && c + 4 <= width && r + 4 <= height;
    if (!isWhole || (valid !== null && !allValid(valid, width, c, r))) {
      target.values[o] = bilinearAt(source, x, y);
      continue;
    }
    const fx = x - 0.5 - xf;
    const fy = y - 0.5 - yf;
    for (let k = 0; k < 4; k++) wx[k] = cubicWeight(k - 1 - fx);
    let sum = 0;
    for (let dy = 0; dy < 4; dy++) {
      const k = (r + dy) * width + c;
      const line =
        (values[k] as number) * (wx[0] as number) +
        (values[k + 1] as number) * (wx[1] as number) +
        (values[k + 2] as number) * (wx[2] as number) +
        (values[k + 3] as number) * (wx[3] as number);
      sum += line * cubicWeight(dy - 1 - fy);
    }
    target.values[o] = sum;
  }
}

function allValid(valid: Uint8Array, width: number, col: number, row: number): boolean {
  for (let r = row; r < row + 4; r++) {
    for (let c = col; c < col + 4; c++) if (valid[r * width + c] === 0) return false;
  }
  return true;
}

/** Weights of one axis for each destination pixel: filled once per pixel, used for each row of the kernel. */
function axisWeights(
  into: Float64Array,
  first: number,
  count: number,
  at: number,
  scale: number,
  isCubic: boolean,
): void {
  for (let k = 0; k < count; k++) {
    const distance = (first + k + 0.5 - at) / scale;
    into[k] = isCubic ? cubicWeight(distance) : triangleWeight(distance);
  }
}

/**
 * Bilinear or cubic with kernels widened by `scale` ≥ 1 source pixels per axis, renormalised over valid pixels.
 *
 * Without the widening, downsampling would skip source pixels and alias.
 */
export function resampleWidened(
  source: BandWindow,
  { u, v }: Coordinates,
  target: BandTarget,
  scale: readonly [columns: number, rows: number],
  isCubic: boolean,
): void {
  const { values, valid, col, row, width, height } = source;
  const [kx, ky] = [Math.max(1, scale[0]), Math.max(1, scale[1])];
  const radius = isCubic ? 2 : 1;
  const wx = new Float64Array(Math.ceil(2 * radius * kx) + 2);
  const wy = new Float64Array(Math.ceil(2 * radius * ky) + 2);
  const weigh = (x: number, y: number, cubic: boolean): [sum: number, weights: number] => {
    const reach = cubic ? 2 : 1;
    const c0 = Math.max(col, Math.ceil(x - 0.5 - reach * kx));
    const c1 = Math.min(col + width - 1, Math.floor(x - 0.5 + reach * kx));
    const r0 = Math.max(row, Math.ceil(y - 0.5 - reach * ky));
    const r1 = Math.min(row + height - 1, Math.floor(y - 0.5 + reach * ky));
    axisWeights(wx, c0, c1 - c0 + 1, x, kx, cubic);
    axisWeights(wy, r0, r1 - r0 + 1, y, ky, cubic);
    let sum = 0;
    let weights = 0;
    for (let r = r0; r <= r1; r++) {
      const w = wy[r - r0] as number;
      let k = (r - row) * width + c0 - col;
      let line = 0;
      let lineWeights = 0;
      for (let c = 0; c <= c1 - c0; c++, k++) {
        if (valid !== null && valid[k] === 0) continue;
        line += (values[k] as number) * (wx[c] as number);
        lineWeights += wx[c] as number;
      }
      sum += line * w;
      weights += lineWeights * w;
    }
    return [sum, weights];
  };
  // Weights of a complete kernel sum to about kx·ky.
  const least = LEAST_CUBIC_WEIGHT * kx * ky;
  for (let i = 0, o = target.offset; i < u.length; i++, o++) {
    const x = u[i] as number;
    const y = v[i] as number;
    if (!containsValid(source, x, y)) continue;
    let [sum, weights] = weigh(x, y, isCubic);
    if (isCubic && weights < least) [sum, weights] = weigh(x, y, false);
    target.values[o] = sum / weights;
    target.valid[o] = 1;
  }
}
