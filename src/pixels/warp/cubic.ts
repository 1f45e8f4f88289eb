/** Cubic interpolation (loading.md §2.1, rules 4 and 5). */
import { containingPixels, OUTSIDE, type BandTarget, type BandWindow } from './bands.js';
import { bilinearAt } from './bilinear.js';
import type { Coordinates } from './coordinates.js';
import { doubles, integers } from './scratch.js';

const rowPixels = integers();
const rowCorners = integers();
const rowWeights = doubles();

/** Catmull-Rom weight (Keys 1981, a = −0.5) at a distance in pixels. */
export function cubicWeight(distance: number): number {
  const t = Math.abs(distance);
  if (t >= 2) return 0;
  return t <= 1 ? innerWeight(t) : outerWeight(t);
}

function innerWeight(t: number): number {
  return (1.5 * t - 2.5) * t * t + 1;
}

function outerWeight(t: number): number {
  return ((-0.5 * t + 2.5) * t - 4) * t + 2;
}

/** Catmull-Rom over 4 × 4 centres; a pixel with any of them missing or invalid is bilinear. */
export function resampleCubic(
  sources: readonly BandWindow[],
  points: Coordinates,
  targets: readonly BandTarget[],
): void {
  const { u, v, width, height } = points;
  const [window] = sources;
  if (!window) return;
  const row: CubicRow = {
    width,
    u,
    v,
    from: 0,
    pixels: rowPixels(width),
    corners: rowCorners(width),
    weights: rowWeights(width * 8),
  };
  for (let r = 0; r < height; r++) {
    row.from = r * width;
    containingPixels(window, u, v, row.from, width, row.pixels);
    weighRow(window, row);
    // SAFETY (all): there is a target for each source.
    for (let b = 0; b < sources.length; b++) blendRow(sources[b] as BandWindow, row, targets[b] as BandTarget, r);
  }
}

/** A row of points as all bands see it. */
interface CubicRow {
  readonly width: number;
  readonly u: Float64Array;
  readonly v: Float64Array;
  from: number;
  readonly pixels: Int32Array;
  /** Upper left of the sixteen neighbours; {@link OUTSIDE} when one of them is outside the window. */
  readonly corners: Int32Array;
  /** Four weights of columns and four of rows for each point. */
  readonly weights: Float64Array;
}

function weighRow(window: BandWindow, { width: count, u, v, from, corners, weights }: CubicRow): void {
  const { col, row, width, height } = window;
  for (let i = 0, k = 0; i < count; i++, k += 8) {
    const x = u[from + i] as number;
    const y = v[from + i] as number;
    const xf = Math.floor(x - 0.5);
    const yf = Math.floor(y - 0.5);
    const c = xf - 1 - col;
    const r = yf - 1 - row;
    if (!(c >= 0 && r >= 0 && c + 4 <= width && r + 4 <= height)) {
      corners[i] = OUTSIDE;
      continue;
    }
    corners[i] = r * width + c;
    const fx = x - 0.5 - xf;
    const fy = y - 0.5 - yf;
    weights[k] = outerWeight(1 + fx);
    weights[k + 1] = innerWeight(fx);
    weights[k + 2] = innerWeight(1 - fx);
    weights[k + 3] = outerWeight(2 - fx);
    weights[k + 4] = outerWeight(1 + fy);
    weights[k + 5] = innerWeight(fy);
    weights[k + 6] = innerWeight(1 - fy);
    weights[k + 7] = outerWeight(2 - fy);
  }
}

function blendRow(source: BandWindow, row: CubicRow, target: BandTarget, r: number): void {
  const { values, valid, width } = source;
  const { pixels, corners, weights: w, u, v, from } = row;
  const out = target.values;
  const start = target.start + r * target.stride;
  const validStart = target.validStart + r * target.validStride;
  const { isInteger, min, max } = target.rounding;
  for (let i = 0; i < row.width; i++) {
    const pixel = pixels[i] as number;
    if (target.valid !== null && (pixel === OUTSIDE || (valid !== null && valid[pixel] === 0))) {
      target.valid[validStart + i] = 0;
      continue;
    }
    const k = corners[i] as number;
    let value: number;
    if (k !== OUTSIDE && (valid === null || allValid(valid, width, k))) {
      const j = i * 8;
      const k1 = k + width;
      const k2 = k1 + width;
      const k3 = k2 + width;
      const w0 = w[j] as number;
      const w1 = w[j + 1] as number;
      const w2 = w[j + 2] as number;
      const w3 = w[j + 3] as number;
      // SAFETY (all): the sixteen neighbours lie in the window.
      const a =
        (values[k] as number) * w0 +
        (values[k + 1] as number) * w1 +
        (values[k + 2] as number) * w2 +
        (values[k + 3] as number) * w3;
      const b =
        (values[k1] as number) * w0 +
        (values[k1 + 1] as number) * w1 +
        (values[k1 + 2] as number) * w2 +
        (values[k1 + 3] as number) * w3;
      const c =
        (values[k2] as number) * w0 +
        (values[k2 + 1] as number) * w1 +
        (values[k2 + 2] as number) * w2 +
        (values[k2 + 3] as number) * w3;
      const d =
        (values[k3] as number) * w0 +
        (values[k3 + 1] as number) * w1 +
        (values[k3 + 2] as number) * w2 +
        (values[k3 + 3] as number) * w3;
      value =
        0 + a * (w[j + 4] as number) + b * (w[j + 5] as number) + c * (w[j + 6] as number) + d * (w[j + 7] as number);
    } else {
      value = bilinearAt(source, u[from + i] as number, v[from + i] as number);
    }
    if (isInteger) {
      value = Math.floor(value + 0.5);
      value = value < min ? min : value > max ? max : value;
    }
    out[start + i] = value;
  }
}

function allValid(valid: Uint8Array, width: number, corner: number): boolean {
  for (let r = 0, k = corner; r < 4; r++, k += width) {
    if (!(valid[k] && valid[k + 1] && valid[k + 2] && valid[k + 3])) return false;
  }
  return true;
}
