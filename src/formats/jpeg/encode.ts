/** Writing baseline JPEG through `jpeg-js`. */
import { encode } from 'jpeg-js';
import { ArgumentError } from '../../core/index.js';

/** JPEG stores sizes in 16 bits. */
const MAX_SIDE = 65535;

/**
 * The bytes of a JPEG file from RGBA pixels (row 0 on top; alpha is ignored). Equal input gives equal bytes.
 *
 * @param quality 1–100; 85 keeps imagery free of visible blocks.
 * @throws {@link ArgumentError} `jpeg-size`, `jpeg-quality`.
 */
export function encodeJpeg(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  quality = 85,
): Uint8Array {
  const isSide = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= MAX_SIDE;
  if (!isSide(width) || !isSide(height) || rgba.length !== width * height * 4) {
    throw new ArgumentError('jpeg-size', `${rgba.length} bytes do not make an RGBA image of ${width} × ${height}.`, {
      hint: `Give width · height · 4 bytes, sides up to ${MAX_SIDE}.`,
    });
  }
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw new ArgumentError('jpeg-quality', `JPEG quality is a whole number from 1 to 100; got ${quality}.`);
  }
  return new Uint8Array(encode({ data: rgba, width, height }, quality).data);
}
