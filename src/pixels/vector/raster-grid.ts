/** The grid that shapes are burned into, and how coordinates become pixel positions. */
import { ArgumentError, Crs, TransformError, type Affine, type Crs as CrsType } from '../../core/index.js';

/** A grid of pixels on Earth: a GeoSlice is one, a GeoTensor is one, and so is a plain object of these three. */
export interface RasterGrid {
  /** Height and width last. */
  readonly shape: readonly number[];
  readonly transform: Affine;
  readonly crs: CrsType;
}

/** Determinants smaller than this times the square of the largest coefficient count as none. Source: GDALInvGeoTransform. */
const SINGULAR = 1e-10;

/**
 * The inverse of a transform, by the arithmetic of GDAL's GDALInvGeoTransform: vertices that lie exactly on pixel centres
 * must round as they do there.
 *
 * @throws {@link TransformError} `singular`.
 */
export function inverseLikeGdal([a, b, c, d, e, f]: Affine): Affine {
  if (b === 0 && d === 0 && a !== 0 && e !== 0) return [1 / a, 0, -c / a, 0, 1 / e, -f / e];
  const det = a * e - b * d;
  const magnitude = Math.max(Math.abs(a), Math.abs(b), Math.abs(d), Math.abs(e));
  if (!(Math.abs(det) > SINGULAR * magnitude * magnitude)) {
    throw new TransformError('singular', `The affine transform [${[a, b, c, d, e, f].join(', ')}] has no inverse.`, {
      hint: 'Give a transform whose pixels have an area.',
    });
  }
  const inverse = 1 / det;
  return [e * inverse, -b * inverse, (b * f - c * e) * inverse, -d * inverse, a * inverse, (-a * f + c * d) * inverse];
}

/** Height, width and the other parts of a grid, checked. @throws {@link ArgumentError} `bad-grid`. */
export function checkGrid(grid: RasterGrid): {
  readonly height: number;
  readonly width: number;
  readonly transform: Affine;
  readonly crs: CrsType;
} {
  const given = grid as Partial<RasterGrid> | null | undefined;
  const [height, width] = [given?.shape?.at(-2), given?.shape?.at(-1)];
  const isSize = (n: unknown): n is number => typeof n === 'number' && Number.isInteger(n) && n >= 1;
  const transform = given?.transform;
  if (
    !isSize(height) ||
    !isSize(width) ||
    transform?.length !== 6 ||
    !transform.every(Number.isFinite) ||
    !given?.crs
  ) {
    throw new ArgumentError(
      'bad-grid',
      'Shapes are burned into the grid of a GeoSlice, or of an object with shape, transform and crs.',
      { hint: 'Make a slice with GeoSlice.create({ bounds, resolution, crs }).' },
    );
  }
  return { height, width, transform, crs: Crs.from(given.crs) };
}
