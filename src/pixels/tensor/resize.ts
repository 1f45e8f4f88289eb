/** A tensor on finer or coarser pixels of the same place. */
import { ArgumentError, roundHalfEven, type Resolution, type Shape2D } from '../../core/index.js';
import { asFloat64, storeRounded } from '../numeric.js';
import { resampleArea } from '../warp/area.js';
import type { Coordinates } from '../warp/coordinates.js';
import { roundingOf, type BandTarget, type BandWindow } from '../warp/bands.js';
import { resampleBilinear } from '../warp/bilinear.js';
import { resampleCubic } from '../warp/cubic.js';
import { isArea, type Resampling } from '../warp/methods.js';
import { resampleNearest } from '../warp/nearest.js';
import { resampleWidened } from '../warp/widened.js';
import { arrayLike, compactValid, planeCount, spatialShape, type GeoTensorInit, type TensorData } from './data.js';

/** Values are rounded when they are stored. */
const UNROUNDED = roundingOf('float64');

/** The wished shape `[height, width]` over the same extent, or the wished pixel size from the same corner. */
export type ResizeTarget = { readonly shape: Shape2D } | { readonly resolution: Resolution | number };

/** Pixels of the tensor per new pixel along columns and rows, and the new shape. xRes pairs with columns, yRes with rows. */
function target(t: TensorData, to: ResizeTarget): { shape: Shape2D; step: readonly [number, number] } {
  const [h, w] = spatialShape(t);
  const [a, b, , d, e] = t.transform;
  if ('shape' in to) {
    const [height, width] = to.shape;
    if (![height, width].every((n) => Number.isInteger(n) && n > 0)) throw badTarget(to);
    return { shape: to.shape, step: [w / width, h / height] };
  }
  const given: unknown = to.resolution;
  if (typeof given !== 'number' && !Array.isArray(given)) throw badTarget(to);
  const [xRes, yRes] = typeof to.resolution === 'number' ? [to.resolution, to.resolution] : to.resolution;
  if (!(xRes > 0 && yRes > 0 && Number.isFinite(xRes) && Number.isFinite(yRes))) throw badTarget(to);
  const step = [xRes / Math.hypot(a, d), yRes / Math.hypot(b, e)] as const;
  return { shape: [Math.max(1, roundHalfEven(h / step[1])), Math.max(1, roundHalfEven(w / step[0]))], step };
}

function badTarget(to: ResizeTarget): ArgumentError {
  return new ArgumentError(
    'bad-size',
    `resize takes { shape: [height, width] } or { resolution }, positive; got ${JSON.stringify(to)}.`,
  );
}

/**
 * The tensor resampled; each plane on its own, by the rules of loading.
 *
 * @throws {@link ArgumentError} `bad-size`.
 */
export function resize<A extends TensorData['values']>(
  t: TensorData<A>,
  to: ResizeTarget,
  resampling: Resampling,
): GeoTensorInit<A> {
  const { shape, step } = target(t, to);
  const [height, width] = shape;
  const [h, w] = spatialShape(t);
  const atCorners = isArea(resampling);
  const size = height * width;
  const planes = planeCount(t);
  // First, so that what is too large is refused before anything is made.
  const values = arrayLike(t.values, planes * size);
  const points = latticePoints(width + +atCorners, height + +atCorners, step, atCorners ? 0 : 0.5);
  const valid = new Uint8Array(planes * size).fill(1);
  const scratch = new Float64Array(size);
  for (let p = 0; p < planes; p++) {
    const source: BandWindow = {
      values: asFloat64(t.values.subarray(p * h * w, (p + 1) * h * w)),
      valid: t.valid && t.valid.subarray(p * h * w, (p + 1) * h * w),
      col: 0,
      row: 0,
      width: w,
      height: h,
    };
    scratch.fill(t.fillValue);
    const target: BandTarget = {
      values: scratch,
      start: 0,
      stride: width,
      valid,
      validStart: p * size,
      validStride: width,
      rounding: UNROUNDED,
    };
    const [from, to] = [[source], [target]];
    if (isArea(resampling)) resampleArea(from, points, to, resampling, Infinity);
    else if (resampling === 'nearest') resampleNearest(from, points, to);
    else if (step[0] > 1 || step[1] > 1) resampleWidened(from, points, to, step, resampling === 'cubic');
    else if (resampling === 'bilinear') resampleBilinear(from, points, to);
    else resampleCubic(from, points, to);
    storeRounded(scratch, values, p * size);
  }
  const [a, b, c, d, e, f] = t.transform;
  return {
    ...t,
    values,
    valid: compactValid(valid),
    shape: [...t.shape.slice(0, -2), height, width],
    transform: [a * step[0], b * step[1], c, d * step[0], e * step[1], f],
  };
}

function latticePoints(width: number, height: number, step: readonly [number, number], shift: number): Coordinates {
  const u = new Float64Array(width * height);
  const v = new Float64Array(width * height);
  for (let r = 0, i = 0; r < height; r++) {
    for (let c = 0; c < width; c++, i++) {
      u[i] = (c + shift) * step[0];
      v[i] = (r + shift) * step[1];
    }
  }
  return { u, v, width, height };
}
