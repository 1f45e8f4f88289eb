/** A band of rows of an image: what tiles and overviews are made from. */
import type { NumericArray } from '../../../core/index.js';

/** Rows over the full width. Pixel (band, row, col) is at `start + band · bandStride + row · width + col`. */
export interface Strip {
  readonly values: NumericArray;
  /** 1 = valid, same layout as `values`; null = nothing is known to be invalid. */
  readonly valid: Uint8Array | null;
  readonly start: number;
  readonly bandStride: number;
  readonly width: number;
  readonly rows: number;
}
