/** Counts and windows of chips inside one raster (`sampling.md` §3). */
import { ArgumentError, type PixelWindow, type Shape2D } from '../core/index.js';

const pair = (size: number | Shape2D): Shape2D => (typeof size === 'number' ? [size, size] : size);

function positive(values: readonly number[], name: string): void {
  if (values.some((v) => !(Number.isFinite(v) && v > 0)))
    throw new ArgumentError('bad-size', `${name} must be positive; got ${JSON.stringify(values)}.`);
}

/**
 * Rows and columns of chips over a tile of `[height, width]`: `[ceil((H − h)/sy) + 1, ceil((W − w)/sx) + 1]`, on real
 * numbers; 0 where the tile is smaller than the chip.
 *
 * @throws {@link ArgumentError} `bad-size`.
 */
export function tileToChips([H, W]: Shape2D, size: number | Shape2D, stride: number | Shape2D = size): Shape2D {
  const [h, w] = pair(size);
  const [sy, sx] = pair(stride);
  positive([h, w], 'size');
  positive([sy, sx], 'stride');
  const along = (extent: number, chip: number, step: number): number =>
    extent < chip ? 0 : Math.ceil((extent - chip) / step) + 1;
  return [along(H, h, sy), along(W, w, sx)];
}

export interface FileWindowOptions {
  /** `[height, width]` in pixels. */
  readonly size: number | Shape2D;
  /** Pixels that neighbouring windows share. Default 0. */
  readonly overlap?: number | Shape2D;
  /** The last row and column: moved inward (default), truncated, or left out. */
  readonly incomplete?: 'shift' | 'keep' | 'drop';
}

function along(
  extent: number,
  size: number,
  stride: number,
  incomplete: 'shift' | 'keep' | 'drop',
): readonly (readonly [offset: number, length: number])[] {
  if (extent < size) return incomplete === 'keep' && extent > 0 ? [[0, extent]] : [];
  const count =
    incomplete === 'drop' ? Math.floor((extent - size) / stride) + 1 : Math.ceil((extent - size) / stride) + 1;
  return Array.from({ length: count }, (_, k) => {
    const offset = incomplete === 'shift' ? Math.min(k * stride, extent - size) : k * stride;
    return [offset, Math.min(size, extent - offset)] as const;
  });
}

/**
 * Pixel windows over a raster of `[height, width]`, stride `size − overlap`, in row-major order.
 *
 * @throws {@link ArgumentError} `bad-size` for sizes that are no positive integers, or an overlap of the whole size.
 */
export function* fileWindows([H, W]: Shape2D, o: FileWindowOptions): Generator<PixelWindow> {
  const [h, w] = pair(o.size);
  const [oy, ox] = pair(o.overlap ?? 0);
  if (![h, w, oy, ox].every(Number.isInteger) || h < 1 || w < 1 || oy < 0 || ox < 0 || oy >= h || ox >= w) {
    throw new ArgumentError(
      'bad-size',
      `size must be whole pixels and overlap smaller than it; got size ${JSON.stringify(o.size)}, overlap ${JSON.stringify(o.overlap ?? 0)}.`,
    );
  }
  const incomplete = o.incomplete ?? 'shift';
  for (const [row, height] of along(H, h, h - oy, incomplete)) {
    for (const [col, width] of along(W, w, w - ox, incomplete)) yield { col, row, width, height };
  }
}
