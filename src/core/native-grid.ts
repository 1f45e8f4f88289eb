/** What a raster says of itself, known on every floor that reads headers. */
import type { Affine } from './affine.js';
import type { DType } from './numeric.js';

/** Header facts of a raster file, so that it need not be reopened. */
export interface NativeGrid {
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  /** Null where a STAC item has bands but does not say of which type. */
  readonly dtype: DType | null;
  readonly nodata: number | null;
  /** One per band; null where the file names none. */
  readonly bandNames: readonly (string | null)[];
  /** Widths and heights of the overviews, largest first. */
  readonly overviews: readonly (readonly [width: number, height: number])[];
}
