/** The slice of a tensor. */
import { GeoSlice, isNorthUp, TransformError } from '../core/index.js';
import type { GeoTensor } from './geo-tensor.js';
import { isSameTransform } from './tensor/axes.js';
import { spatialShape } from './tensor/data.js';

/**
 * The slice that a tensor covers: the one it was loaded with while its grid is unchanged, else the slice of its grid
 * (with the interval of the one it was loaded with).
 *
 * @throws {@link TransformError} `not-north-up` when the grid is rotated, flipped or south-up.
 */
export function sliceOf(tensor: GeoTensor): GeoSlice {
  const stored = tensor.attrs['slice'];
  const loaded = stored === undefined ? null : GeoSlice.fromJSON(stored);
  const [height, width] = spatialShape(tensor);
  if (loaded?.crs.equals(tensor.crs) === true) {
    const [h, w] = loaded.shape;
    if (h === height && w === width && isSameTransform(loaded.transform, tensor.transform, [h, w])) return loaded;
  }
  if (!isNorthUp(tensor.transform)) {
    throw new TransformError(
      'not-north-up',
      `The tensor's transform [${tensor.transform.join(', ')}] is rotated, flipped or south-up; no slice describes it.`,
    );
  }
  return GeoSlice.create({
    bounds: tensor.bounds,
    resolution: tensor.resolution,
    crs: tensor.crs,
    interval: loaded?.interval ?? null,
  });
}
