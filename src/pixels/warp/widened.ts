/** Bilinear and cubic kernels widened for downsampling (loading.md §2.1, rule 6). */
import { containingPixels, OUTSIDE, rounded, type BandTarget, type BandWindow } from './bands.js';
import type { Coordinates } from './coordinates.js';
import { cubicWeight } from './cubic.js';
import { doubles, integers } from './scratch.js';

/**
 * Cubic weights of valid pixels that sum to less are not renormalised, as that would blow up noise; the pixel falls back
 * to bilinear. GDAL renormalises them whatever they sum to; of pixels among holes less than one in a hundred differ.
 */
const LEAST_CUBIC_WEIGHT = 0.1;

const rowPixels = integers();

/** Triangle weight at a distance in pixels. */
function triangleWeight(distance: number): number {
  const t = Math.abs(distance);
  return t < 1 ? 1 - t : 0;
}

/** The weights of one kernel at one point: columns `c0 … c1` and rows `r0 … r1` of the window. */
class Kernel {
  readonly #isCubic: boolean;
  readonly #scale: readonly [number, number];
  readonly #x = doubles();
  readonly #y = doubles();
  wx: Float64Array = this.#x(0);
  wy: Float64Array = this.#y(0);
  columns = 0;
  rows = 0;
  /** Position of the first pixel in the window. */
  first = 0;
  /** Sum of all weights, in the order of the sums of values. */
  total = 0;

  constructor(isCubic: boolean, scale: readonly [number, number]) {
    this.#isCubic = isCubic;
    this.#scale = scale;
  }

  place({ col, row, width, height }: BandWindow, x: number, y: number): void {
    const [kx, ky] = this.#scale;
    const reach = this.#isCubic ? 2 : 1;
    const c0 = Math.max(col, Math.ceil(x - 0.5 - reach * kx));
    const c1 = Math.min(col + width - 1, Math.floor(x - 0.5 + reach * kx));
    const r0 = Math.max(row, Math.ceil(y - 0.5 - reach * ky));
    const r1 = Math.min(row + height - 1, Math.floor(y - 0.5 + reach * ky));
    this.columns = c1 - c0 + 1;
    this.rows = r1 - r0 + 1;
    this.first = (r0 - row) * width + c0 - col;
    this.wx = this.#x(this.columns);
    this.wy = this.#y(this.rows);
    this.#weigh(this.wx, c0, this.columns, x, kx);
    this.#weigh(this.wy, r0, this.rows, y, ky);
    let line = 0;
    for (let c = 0; c < this.columns; c++) line += this.wx[c] as number;
    let total = 0;
    for (let r = 0; r < this.rows; r++) total += line * (this.wy[r] as number);
    this.total = total;
  }

  #weigh(into: Float64Array, first: number, count: number, at: number, scale: number): void {
    for (let k = 0; k < count; k++) {
      const distance = (first + k + 0.5 - at) / scale;
      into[k] = this.#isCubic ? cubicWeight(distance) : triangleWeight(distance);
    }
  }
}

/**
 * Bilinear or cubic with kernels widened by `scale` ≥ 1 source pixels per axis, renormalised over valid pixels.
 *
 * Without the widening, downsampling would skip source pixels and alias.
 */
export function resampleWidened(
  sources: readonly BandWindow[],
  points: Coordinates,
  targets: readonly BandTarget[],
  scale: readonly [columns: number, rows: number],
  isCubic: boolean,
): void {
  const { u, v, width, height } = points;
  const [window] = sources;
  if (!window) return;
  const wide: readonly [number, number] = [Math.max(1, scale[0]), Math.max(1, scale[1])];
  const kernel = new Kernel(isCubic, wide);
  const triangle = new Kernel(false, wide);
  // Weights of a complete kernel sum to about kx·ky.
  const least = isCubic ? LEAST_CUBIC_WEIGHT * wide[0] * wide[1] : -Infinity;
  const pixels = rowPixels(width);
  for (let r = 0; r < height; r++) {
    const from = r * width;
    containingPixels(window, u, v, from, width, pixels);
    for (let i = 0; i < width; i++) {
      const pixel = pixels[i] as number;
      const x = u[from + i] as number;
      const y = v[from + i] as number;
      if (pixel !== OUTSIDE) kernel.place(window, x, y);
      for (let b = 0; b < sources.length; b++) {
        // SAFETY (both): there is a target for each source.
        const source = sources[b] as BandWindow;
        const target = targets[b] as BandTarget;
        if (target.valid !== null && (pixel === OUTSIDE || (source.valid !== null && source.valid[pixel] === 0))) {
          target.valid[target.validStart + r * target.validStride + i] = 0;
          continue;
        }
        let value = weightedMean(source, kernel, least);
        if (value === undefined) {
          triangle.place(window, x, y);
          value = weightedMean(source, triangle, -Infinity);
        }
        // SAFETY: only cubic sums have a least weight.
        target.values[target.start + r * target.stride + i] = rounded(value as number, target.rounding);
      }
    }
  }
}

/** The mean of a window's pixels under a kernel; undefined when the weights of the valid ones sum to less than `least`. */
function weightedMean(
  { values, valid, width }: BandWindow,
  { wx, wy, columns, rows, first, total }: Kernel,
  least: number,
): number | undefined {
  let sum = 0;
  if (valid === null) {
    for (let r = 0; r < rows; r++) {
      const start = first + r * width;
      let line = 0;
      for (let c = 0; c < columns; c++) line += (values[start + c] as number) * (wx[c] as number);
      sum += line * (wy[r] as number);
    }
    return total < least ? undefined : sum / total;
  }
  let weights = 0;
  for (let r = 0; r < rows; r++) {
    const start = first + r * width;
    let line = 0;
    let lineWeights = 0;
    for (let c = 0; c < columns; c++) {
      if (valid[start + c] === 0) continue;
      line += (values[start + c] as number) * (wx[c] as number);
      lineWeights += wx[c] as number;
    }
    const w = wy[r] as number;
    sum += line * w;
    weights += lineWeights * w;
  }
  return weights < least ? undefined : sum / weights;
}
