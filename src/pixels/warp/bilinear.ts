/** Bilinear interpolation (loading.md §2.1, rules 4 and 5). */
import { containingPixels, OUTSIDE, type BandTarget, type BandWindow } from './bands.js';
import type { Coordinates } from './coordinates.js';
import { doubles, integers } from './scratch.js';

const rowPixels = integers();
const rowCorners = integers();
const rowX = doubles();
const rowY = doubles();

/** Weights over the 2 × 2 neighbouring centres, renormalised over the valid ones. */
export function resampleBilinear(
  sources: readonly BandWindow[],
  points: Coordinates,
  targets: readonly BandTarget[],
): void {
  const { u, v, width, height } = points;
  const [window] = sources;
  if (!window) return;
  const row: BilinearRow = {
    width,
    u,
    v,
    from: 0,
    pixels: rowPixels(width),
    corners: rowCorners(width),
    fx: rowX(width),
    fy: rowY(width),
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
interface BilinearRow {
  readonly width: number;
  readonly u: Float64Array;
  readonly v: Float64Array;
  from: number;
  readonly pixels: Int32Array;
  /** Upper left of the four neighbours; {@link OUTSIDE} when one of them is outside the window. */
  readonly corners: Int32Array;
  /** Position between the neighbours. */
  readonly fx: Float64Array;
  readonly fy: Float64Array;
}

function weighRow(window: BandWindow, { width: count, u, v, from, corners, fx, fy }: BilinearRow): void {
  const { col, row, width, height } = window;
  for (let i = 0; i < count; i++) {
    const xs = (u[from + i] as number) - 0.5;
    const ys = (v[from + i] as number) - 0.5;
    const xf = Math.floor(xs);
    const yf = Math.floor(ys);
    const c = xf - col;
    const r = yf - row;
    corners[i] = c >= 0 && r >= 0 && c + 1 < width && r + 1 < height ? r * width + c : OUTSIDE;
    fx[i] = xs - xf;
    fy[i] = ys - yf;
  }
}

function blendRow(source: BandWindow, row: BilinearRow, target: BandTarget, r: number): void {
  const { values, valid, width } = source;
  const { pixels, corners, u, v, from } = row;
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
    // Which formula serves a pixel depends on its own neighbours only: windows must not change the last bit.
    const isWhole =
      k !== OUTSIDE && (valid === null || (valid[k] && valid[k + 1] && valid[k + width] && valid[k + width + 1]));
    let value = NaN;
    if (isWhole) {
      const x = row.fx[i] as number;
      const y = row.fy[i] as number;
      const top = (values[k] as number) * (1 - x) + (values[k + 1] as number) * x;
      const bottom = (values[k + width] as number) * (1 - x) + (values[k + width + 1] as number) * x;
      value = top * (1 - y) + bottom * y;
    }
    // An infinite neighbour of weight zero gives NaN; the careful version leaves it out.
    if (value !== value) value = bilinearAt(source, u[from + i] as number, v[from + i] as number);
    if (isInteger) {
      value = Math.floor(value + 0.5);
      value = value < min ? min : value > max ? max : value;
    }
    out[start + i] = value;
  }
}

/** The mean of those of the 2 × 2 neighbours that exist, are valid and have weight; not rounded. */
export function bilinearAt({ values, valid, col, row, width, height }: BandWindow, x: number, y: number): number {
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
