/** The grid of a source raster and its relation to a slice's lattice. */
import {
  applyAffine,
  invertAffine,
  pointTransform,
  type Affine,
  type Crs,
  type GeoSlice,
  type PointTransform,
} from '../../core/index.js';

/** Position and size of a raster's pixels. Any affine is legal: rotated, flipped, south-up. */
export interface SourceGrid {
  readonly transform: Affine;
  readonly crs: Crs;
  readonly width: number;
  readonly height: number;
}

/** From slice CRS coordinates to source pixel coordinates: NaN where there is no image. */
export function toSourcePixels(source: SourceGrid, from: Crs): PointTransform {
  const [a, b, c, d, e, f] = invertAffine(source.transform);
  if (from.equals(source.crs)) return (x, y) => [a * x + b * y + c, d * x + e * y + f];
  const project = pointTransform(from, source.crs);
  return (x, y) => {
    const [px, py] = project(x, y);
    return [a * px + b * py + c, d * px + e * py + f];
  };
}

/** Largest difference of resolutions that still is "the same", relative (loading.md §2.1). */
const SAME_RESOLUTION = 1e-6;
/** Largest offset from whole pixels that still is a plain copy, in pixels. */
const WHOLE_OFFSET = 0.01;

/**
 * The offset of the slice's first pixel in the source, where pixels coincide and a plain copy is right; else null.
 *
 * Offsets are tested at both ends of the source, not at the window: all windows of one lattice get the same answer.
 */
export function plainCopyOffset(
  source: SourceGrid,
  slice: Pick<GeoSlice, 'bounds' | 'resolution' | 'crs'>,
): { readonly col: number; readonly row: number } | null {
  const [a, b, c, d, e, f] = source.transform;
  const [xRes, yRes] = slice.resolution;
  if (!slice.crs.equals(source.crs)) return null;
  if (Math.abs(a / xRes - 1) > SAME_RESOLUTION || Math.abs(-e / yRes - 1) > SAME_RESOLUTION) return null;
  if (Math.abs(b) * source.height > WHOLE_OFFSET * xRes || Math.abs(d) * source.width > WHOLE_OFFSET * yRes)
    return null;
  const [xmin, , , ymax] = slice.bounds;
  const isWhole = (q: number): boolean => Math.abs(q - Math.round(q)) <= WHOLE_OFFSET;
  const x0 = (c - xmin) / xRes;
  const x1 = (c + a * source.width - xmin) / xRes;
  const y0 = (ymax - f) / yRes;
  const y1 = (ymax - (f + e * source.height)) / yRes;
  if (![x0, x1, y0, y1].every(isWhole)) return null;
  return { col: -Math.round(x0), row: Math.round(-y0) === 0 ? 0 : -Math.round(y0) };
}

/** Degrees. */
const TURN = 360;

/**
 * Columns of a whole turn of longitude where points of a slice are projected to a grid in degrees: projections answer
 * within ±180, so corners of one pixel may seem to lie a turn apart. Infinity where that cannot be.
 */
export function columnsOfTurn({ crs, transform }: SourceGrid, slice: Pick<GeoSlice, 'crs'>): number {
  const isUpright = transform[1] === 0 && transform[3] === 0;
  return crs.isGeographic && isUpright && !slice.crs.equals(crs) ? Math.abs(TURN / transform[0]) : Infinity;
}

/** Moves the column `u` by a turn where that brings it towards another column. */
export function sameTurn(u: number, towards: number, turn: number): number {
  const half = turn / 2;
  return u - towards > half ? u - turn : towards - u > half ? u + turn : u;
}
/** Scales within this distance of a whole number are that number (loading.md §2.1, rule 6). */
const SCALE_SNAP = 0.05;

/**
 * Source pixels per slice pixel along the source's columns and rows.
 *
 * Each is the length of that axis's row in the Jacobian of slice pixel → source pixel, taken at the source's centre, so
 * that it depends on file, CRS and resolution but never on the window. Where the centre has no image in the slice's
 * CRS (a global file), the first of eight points around it that has one is taken.
 */
export function sourceScale(
  source: SourceGrid,
  slice: Pick<GeoSlice, 'resolution' | 'crs'>,
): readonly [columns: number, rows: number] {
  const forward = pointTransform(source.crs, slice.crs);
  const project = pointTransform(slice.crs, source.crs);
  const inverse = invertAffine(source.transform);
  const [hx, hy] = [slice.resolution[0] / 2, slice.resolution[1] / 2];
  for (const [tx, ty] of SCALE_POINTS) {
    const [col, row] = [tx * source.width, ty * source.height];
    const at = applyAffine(source.transform, col, row);
    const [x, y] = forward(...at);
    // Projections answer within ±180; around a point there the four neighbours would lie a turn apart.
    const back: PointTransform = (px, py) => {
      const [sx, sy] = project(px, py);
      return applyAffine(inverse, source.crs.isGeographic ? sx + TURN * Math.round((at[0] - sx) / TURN) : sx, sy);
    };
    const [col2, row2] = back(x, y);
    if (!(Math.abs(col2 - col) <= 1 && Math.abs(row2 - row) <= 1)) continue;
    const [e, w, n, s] = [back(x + hx, y), back(x - hx, y), back(x, y + hy), back(x, y - hy)];
    const columns = Math.hypot(e[0] - w[0], n[0] - s[0]);
    const rows = Math.hypot(e[1] - w[1], n[1] - s[1]);
    if (Number.isFinite(columns) && Number.isFinite(rows)) return [snapScale(columns), snapScale(rows)];
  }
  return [1, 1];
}

const SCALE_POINTS: readonly (readonly [number, number])[] = [
  [0.5, 0.5],
  [0.25, 0.5],
  [0.75, 0.5],
  [0.5, 0.25],
  [0.5, 0.75],
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
];

function snapScale(s: number): number {
  const whole = Math.round(s);
  return Math.abs(s - whole) <= SCALE_SNAP ? whole : s;
}
