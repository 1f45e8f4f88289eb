/** What every raster file demands of a window before it is read. */
import { ArgumentError, dtypeSize, UnsupportedDataError, type DType, type PixelWindow } from '../../core/index.js';

/** Largest window in bytes; beyond it a typed array is out of reach on many machines. */
const MAX_WINDOW_BYTES = 2 ** 32;

/** Of the image that a window is cut from: full resolution or an overview. */
interface ImageFacts {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Number of bands. */
  readonly count: number;
  readonly dtype: DType;
}

/**
 * Checks that a window of whole pixels lies inside the image and that its bands exist.
 *
 * @throws {@link ArgumentError} `window`, `band`; {@link UnsupportedDataError} `window-too-large` above 4 GiB.
 */
export function checkWindow(image: ImageFacts, window: PixelWindow, bands: readonly number[]): void {
  const { name } = image;
  const { col, row, width, height } = window;
  const isInside =
    [col, row, width, height].every(Number.isInteger) &&
    col >= 0 &&
    row >= 0 &&
    width >= 1 &&
    height >= 1 &&
    col + width <= image.width &&
    row + height <= image.height;
  if (!isInside) {
    throw new ArgumentError(
      'window',
      `The window (col ${col}, row ${row}, ${width} × ${height}) is not made of whole pixels inside ${name} (${image.width} × ${image.height}).`,
      { hint: 'Clip the window first; loadRaster reads beyond edges.', details: { file: name } },
    );
  }
  const wrong = bands.find((b) => !Number.isInteger(b) || b < 0 || b >= image.count);
  if (wrong !== undefined || bands.length === 0) {
    throw new ArgumentError(
      'band',
      `Band index ${wrong ?? 'none'} is not one of the ${image.count} bands of ${name}, counted from 0.`,
      { details: { file: name } },
    );
  }
  if (bands.length * width * height * dtypeSize(image.dtype) > MAX_WINDOW_BYTES) {
    throw new UnsupportedDataError(
      'window-too-large',
      `A window of ${width} × ${height} × ${bands.length} bands of ${name} is larger than 4 GiB.`,
      { hint: 'Read it in parts.', details: { file: name } },
    );
  }
}
