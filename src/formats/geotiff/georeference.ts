/** The affine transform of a GeoTIFF (OGC 19-008r4, section 7; conventions of GDAL's GTiff driver). */
import type { Affine } from '../../core/index.js';
import { TAG, type Tags } from './directory.js';

const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];

/** Whether a transform can be inverted, so that it places pixels. */
function isUsable([a, b, c, d, e, f]: Affine): boolean {
  return [a, b, c, d, e, f].every(Number.isFinite) && a * e - b * d !== 0;
}

/** Moves the origin from the centre of the first pixel to its outer corner. */
function shiftHalfPixel([a, b, c, d, e, f]: Affine): Affine {
  return [a, b, c - (a + b) / 2, d, e, f - (d + e) / 2];
}

/**
 * The transform from pixel corners to CRS coordinates; the identity with `georeferenced: false` when there is none.
 *
 * A pixel scale with a tie point comes first, then the 4 × 4 matrix (rotated or bottom-up rasters), as in GDAL.
 * Tie points alone (ground control points) give no affine transform.
 */
export function readTransform(
  tags: Tags,
  isPixelPoint: boolean,
): { readonly transform: Affine; readonly georeferenced: boolean } {
  const scale = tags.numbers(TAG.ModelPixelScale);
  const tie = tags.numbers(TAG.ModelTiepoint);
  const matrix = tags.numbers(TAG.ModelTransformation);
  let transform: Affine | null = null;
  if (scale && scale.length >= 2 && tie && tie.length >= 6 && scale[0] !== 0 && scale[1] !== 0) {
    const [i = 0, j = 0, , x = 0, y = 0] = tie;
    const a = scale[0] ?? 1;
    // GDAL ignores the sign of the y scale too: writers disagree on it, and rows run south.
    const e = -Math.abs(scale[1] ?? 1);
    transform = [a, 0, x - i * a, 0, e, y - j * e];
  } else if (matrix && matrix.length >= 16) {
    const [a = 0, b = 0, , c = 0, d = 0, e = 0, , f = 0] = matrix;
    transform = [a, b, c, d, e, f];
  }
  if (!transform || !isUsable(transform)) return { transform: IDENTITY, georeferenced: false };
  const shifted = isPixelPoint ? shiftHalfPixel(transform) : transform;
  return { transform: shifted.map((v) => v + 0) as unknown as Affine, georeferenced: true };
}
