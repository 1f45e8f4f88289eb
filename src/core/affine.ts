/** Affine transforms and pixel windows (`geoslice.md` §1, §9). */
import { TransformError } from './errors.js';
import { roundHalfEven } from './rounding.js';

/** `[xmin, ymin, xmax, ymax]` in CRS units, x (easting/longitude) first whatever the authority says. */
export type Bounds = readonly [xmin: number, ymin: number, xmax: number, ymax: number];
/** Pixel size in CRS units, both positive. */
export type Resolution = readonly [x: number, y: number];
export type Shape2D = readonly [height: number, width: number];
/** `x = a·col + b·row + c`, `y = d·col + e·row + f`; (0,0) is the outer corner of the first pixel. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A window of pixels; fractions and negative offsets are legal. */
export interface PixelWindow {
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** The transform in GDAL's order `[c, a, b, f, d, e]`. */
export function toGdalTransform([a, b, c, d, e, f]: Affine): readonly [number, number, number, number, number, number] {
  return [c, a, b, f, d, e];
}

/** The transform of a north-up lattice that hangs from (xmin, ymax). */
export function northUp(xmin: number, ymax: number, [xRes, yRes]: Resolution): Affine {
  return [xRes, 0, xmin, 0, -yRes, ymax];
}

/** CRS coordinates of a pixel position. */
export function applyAffine([a, b, c, d, e, f]: Affine, col: number, row: number): [x: number, y: number] {
  return [a * col + b * row + c, d * col + e * row + f];
}

/**
 * The inverse transform: from CRS coordinates to pixel positions.
 *
 * @throws {@link TransformError} `singular` when the transform has no inverse.
 */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine {
  const det = a * e - b * d;
  if (det === 0 || !Number.isFinite(det)) {
    throw new TransformError('singular', `The affine transform [${[a, b, c, d, e, f].join(', ')}] has no inverse.`, {
      hint: 'The file has no usable georeferencing; set it before indexing.',
    });
  }
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det];
}

/** Whether rows run straight south and columns straight east. */
export function isNorthUp([a, b, , d, e]: Affine): boolean {
  return b === 0 && d === 0 && a > 0 && e < 0;
}

/** Lengths of the two pixel axes in CRS units. */
export function affineResolution([a, b, , d, e]: Affine): Resolution {
  return [Math.hypot(a, d), Math.hypot(b, e)];
}

/** Envelope of a raster of `[height, width]` pixels under a transform. */
export function affineBounds(transform: Affine, [height, width]: Shape2D): Bounds {
  const corners = [
    applyAffine(transform, 0, 0),
    applyAffine(transform, width, 0),
    applyAffine(transform, 0, height),
    applyAffine(transform, width, height),
  ];
  const xs = corners.map((p) => p[0]);
  const ys = corners.map((p) => p[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The transform of a window of a raster. */
export function windowTransform(transform: Affine, window: Pick<PixelWindow, 'col' | 'row'>): Affine {
  const [c, f] = applyAffine(transform, window.col, window.row);
  return [transform[0], transform[1], c, transform[3], transform[4], f];
}

/** Keeps three decimals, so that 4.0000001 does not cost a pixel. */
function round3(q: number): number {
  return Math.round(q * 1000) / 1000;
}

/** The whole pixels that cover a fractional window. */
export function outerWindow(w: PixelWindow): PixelWindow {
  const col = Math.floor(round3(w.col));
  const row = Math.floor(round3(w.row));
  return {
    col,
    row,
    width: Math.ceil(round3(w.col + w.width)) - col,
    height: Math.ceil(round3(w.row + w.height)) - row,
  };
}

/** The window of `[height, width]` pixels centred on a point in CRS coordinates. */
export function centerWindow(
  [x, y]: readonly [number, number],
  [height, width]: Shape2D,
  transform: Affine,
): PixelWindow {
  const [col, row] = applyAffine(invertAffine(transform), x, y);
  return { col: roundHalfEven(col - width / 2), row: roundHalfEven(row - height / 2), width, height };
}

/** The window grown on both sides by rows and columns. */
export function padWindow(w: PixelWindow, rows: number, cols: number): PixelWindow {
  return { col: w.col - cols, row: w.row - rows, width: w.width + 2 * cols, height: w.height + 2 * rows };
}

/** Rows and columns of `padded` that give back `original`: end-exclusive ranges. */
export function cropForSave(
  padded: PixelWindow,
  original: PixelWindow,
): { readonly rows: readonly [number, number]; readonly cols: readonly [number, number] } {
  const row = original.row - padded.row;
  const col = original.col - padded.col;
  return { rows: [row, row + original.height], cols: [col, col + original.width] };
}
