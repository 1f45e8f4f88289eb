/** Resampling by the area of the destination pixel: average, mode, min and max (loading.md §2.1, rule 7). */
import type { Coordinates } from './coordinates.js';
import type { BandTarget, BandWindow } from './kernels.js';

export type AreaMethod = 'average' | 'mode' | 'min' | 'max';

/** Overlaps below this are rounding noise, in source pixels. */
const OVERLAP = 1e-9;

/**
 * Aggregates the source pixels under each destination pixel.
 *
 * @param corners Source coordinates of the `(width + 1) × (height + 1)` corners of the destination pixels. The upper-left
 * and lower-right corners of a pixel span the rectangle that is aggregated.
 */
export function resampleArea(source: BandWindow, corners: Coordinates, target: BandTarget, method: AreaMethod): void {
  const aggregate = AGGREGATES[method];
  const { u, v } = corners;
  const stride = corners.width;
  for (let r = 0, o = target.offset; r < corners.height - 1; r++) {
    for (let c = 0; c < corners.width - 1; c++, o++) {
      const ul = r * stride + c;
      const lr = ul + stride + 1;
      const [ua, ub, va, vb] = [u[ul] as number, u[lr] as number, v[ul] as number, v[lr] as number];
      const box = pixelBox(source, ua, ub, va, vb);
      if (box === null) continue;
      const value = aggregate(source, box);
      if (value === undefined) continue;
      target.values[o] = value;
      target.valid[o] = 1;
    }
  }
}

/** A rectangle in source pixels and the pixels of the window that it overlaps (ends exclusive). */
interface PixelBox {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly c0: number;
  readonly c1: number;
  readonly r0: number;
  readonly r1: number;
}

function pixelBox(
  { col, row, width, height }: BandWindow,
  ua: number,
  ub: number,
  va: number,
  vb: number,
): PixelBox | null {
  const [x0, x1] = ua < ub ? [ua, ub] : [ub, ua];
  const [y0, y1] = va < vb ? [va, vb] : [vb, va];
  let c0 = Math.floor(x0 + OVERLAP);
  let c1 = Math.max(c0 + 1, Math.ceil(x1 - OVERLAP));
  let r0 = Math.floor(y0 + OVERLAP);
  let r1 = Math.max(r0 + 1, Math.ceil(y1 - OVERLAP));
  c0 = Math.max(c0, col);
  r0 = Math.max(r0, row);
  c1 = Math.min(c1, col + width);
  r1 = Math.min(r1, row + height);
  // Written so that NaN coordinates fail too.
  return c0 < c1 && r0 < r1 ? { x0, x1, y0, y1, c0, c1, r0, r1 } : null;
}

/** Length of pixel [i, i + 1] inside [from, to]; a degenerate interval counts its pixel as covered by the noise bound. */
function covered(i: number, from: number, to: number): number {
  return Math.max(Math.min(i + 1, to) - Math.max(i, from), OVERLAP);
}

function average({ values, valid, col, row, width }: BandWindow, b: PixelBox): number | undefined {
  let sum = 0;
  let weights = 0;
  for (let r = b.r0; r < b.r1; r++) {
    const wy = covered(r, b.y0, b.y1);
    for (let c = b.c0, k = (r - row) * width + b.c0 - col; c < b.c1; c++, k++) {
      if (valid !== null && valid[k] === 0) continue;
      const w = wy * covered(c, b.x0, b.x1);
      sum += w * (values[k] as number);
      weights += w;
    }
  }
  return weights > 0 ? sum / weights : undefined;
}

/** Areas this close, relative, are a tie: positions carry noise of up to ~1e-7 pixel. */
const TIE = 1e-6;

function mode({ values, valid, col, row, width }: BandWindow, b: PixelBox): number | undefined {
  const areas = new Map<number, number>();
  for (let r = b.r0; r < b.r1; r++) {
    const wy = covered(r, b.y0, b.y1);
    for (let c = b.c0, k = (r - row) * width + b.c0 - col; c < b.c1; c++, k++) {
      if (valid !== null && valid[k] === 0) continue;
      const value = values[k] as number;
      areas.set(value, (areas.get(value) ?? 0) + wy * covered(c, b.x0, b.x1));
    }
  }
  let best: number | undefined;
  let bestArea = 0;
  for (const [value, area] of areas) {
    const isTie = Math.abs(area - bestArea) <= TIE * bestArea;
    if (best === undefined || (isTie ? value < best : area > bestArea)) {
      best = value;
      bestArea = area;
    }
  }
  return best;
}

function extreme({ values, valid, col, row, width }: BandWindow, b: PixelBox, sign: 1 | -1): number | undefined {
  let best = Infinity;
  let found = false;
  for (let r = b.r0; r < b.r1; r++) {
    for (let c = b.c0, k = (r - row) * width + b.c0 - col; c < b.c1; c++, k++) {
      if (valid !== null && valid[k] === 0) continue;
      found = true;
      const value = sign * (values[k] as number);
      if (value < best) best = value;
    }
  }
  return found ? sign * best : undefined;
}

const AGGREGATES: Readonly<Record<AreaMethod, (source: BandWindow, box: PixelBox) => number | undefined>> = {
  average,
  mode,
  min: (source, box) => extreme(source, box, 1),
  max: (source, box) => extreme(source, box, -1),
};
