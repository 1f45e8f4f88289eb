/** What the COG writer takes, and its validation. */
import {
  ArgumentError,
  dtypeOf,
  dtypeRange,
  isFloat,
  type Affine,
  type Crs,
  type NumericArray,
} from '../../../core/index.js';
import type { Rgba } from '../../raster/index.js';

/** What is written. */
export interface CogImage {
  /** Planar (band, y, x). */
  readonly values: NumericArray;
  readonly shape: readonly [bands: number, height: number, width: number];
  readonly transform: Affine;
  readonly crs: Crs | null;
  /** Goes into the file and into invalid pixels; null = none. */
  readonly nodata: number | null;
  /** 1 = valid, same shape as `values`; null or absent = all valid. */
  readonly valid?: Uint8Array | null;
  readonly bandNames?: readonly (string | null)[] | null;
  /** GDAL metadata of the whole file. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Values are classes, of all bands or by band: overviews take the nearest pixel instead of the average. */
  readonly categorical?: boolean | readonly boolean[];
  /** Colours of a single 8- or 16-bit unsigned band; entries missing at the end are black. */
  readonly colorTable?: readonly Rgba[] | null;
}

/** @throws {@link ArgumentError} `shape`, `band-count`, `transform`, `nodata`, `color-table`. */
export function checkImage(image: CogImage, hasInvalid: boolean): void {
  const [bands, height, width] = image.shape;
  const bad = (code: string, message: string, hint: string): ArgumentError =>
    new ArgumentError(code, message, { hint });
  if (![bands, height, width].every((n) => Number.isInteger(n) && n >= 1) || bands > 65535) {
    throw bad(
      'shape',
      `An image of shape [${image.shape.join(', ')}] cannot be written.`,
      'Give [bands, height, width], each at least 1.',
    );
  }
  if (image.values.length !== bands * height * width) {
    throw bad(
      'shape',
      `${image.values.length} values do not fill the shape [${image.shape.join(', ')}].`,
      'Check the order of the axes.',
    );
  }
  if (image.valid && image.valid.length !== image.values.length) {
    throw bad(
      'shape',
      `The validity has ${image.valid.length} entries for ${image.values.length} values.`,
      'Give one entry per value.',
    );
  }
  if (image.bandNames && image.bandNames.length !== bands) {
    throw bad(
      'band-count',
      `${image.bandNames.length} descriptions were given for ${bands} bands.`,
      'Give one per band.',
    );
  }
  if (!image.transform.every(Number.isFinite))
    throw bad(
      'transform',
      `The transform [${image.transform.join(', ')}] is not finite.`,
      'Set the georeferencing first.',
    );
  const dtype = dtypeOf(image.values);
  if (image.nodata !== null && !isFloat(dtype)) {
    const [min, max] = dtypeRange(dtype);
    if (!Number.isInteger(image.nodata) || image.nodata < min || image.nodata > max) {
      throw bad(
        'nodata',
        `Nodata ${image.nodata} does not fit into ${dtype} (${min} to ${max}).`,
        'Choose a value of the type.',
      );
    }
  }
  if (hasInvalid && image.nodata === null)
    throw bad('nodata', 'Some pixels are invalid, but there is no nodata value to write for them.', 'Give nodata.');
  if (image.colorTable && (bands !== 1 || (dtype !== 'uint8' && dtype !== 'uint16'))) {
    throw bad(
      'color-table',
      `A colour table needs one uint8 or uint16 band; this image has ${bands} of ${dtype}.`,
      'Leave the colour table out.',
    );
  }
}
