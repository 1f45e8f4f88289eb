/** Tiles of a tensor on demand: one band of 256 × 256 pixels, at level z one pixel for 2^z × 2^z of the tensor. */
import { readPreviewBand } from './parts.js';
import type { PreviewBand } from './payload.js';
import { attempt, list, number, object, optional, text, whole, type Outcome } from './read.js';

/** Pixels a side of a tile; those at the right and lower edge are smaller. */
export const TILE_SIDE = 256;
/** Highest level: 256 × 2^16 pixels are wider than any raster. */
export const MOST_LEVELS = 16;
/** Most bands of one pixel. */
const MOST_VALUES = 100_000;

/** Arguments of op `tile`. */
export interface TileArgs {
  readonly datasetId: string;
  readonly frame: number;
  readonly band: number;
  readonly z: number;
  readonly x: number;
  readonly y: number;
}
export interface TileResult {
  readonly width: number;
  readonly height: number;
  readonly band: PreviewBand;
}

/** The result of op `tile`, or why it is not one. */
export function parseTileResult(json: unknown): Outcome<TileResult> {
  return attempt(() => {
    const o = object(json, 'result');
    const side = whole(1, TILE_SIDE);
    const width = side(o['width'], 'result.width');
    const height = side(o['height'], 'result.height');
    return { width, height, band: readPreviewBand(o['band'], 'result.band', width * height) };
  });
}

/** Value of one band at a pixel; null where there is none. */
export interface PixelValue {
  readonly band: string;
  readonly value: number | null;
}

/** The values in the result of op `detail` of a tensor, one per band, or why it is none. */
export function parsePixelResult(json: unknown): Outcome<readonly PixelValue[]> {
  return attempt(() =>
    list(
      object(json, 'result')['values'],
      'result.values',
      (v, at): PixelValue => {
        const o = object(v, at);
        return { band: text(o['band'], `${at}.band`), value: optional(o['value'], `${at}.value`, number) };
      },
      MOST_VALUES,
    ),
  );
}
