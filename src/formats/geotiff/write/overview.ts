/** Halving a raster for its overviews. */
import { arrayOf, dtypeOf, isFloat, type NumericArray } from '../../../core/index.js';

/** One resolution of an image: planar values and, where some pixels are invalid, their validity (1 = valid). */
export interface Level {
  readonly values: NumericArray;
  readonly valid: Uint8Array | null;
  readonly width: number;
  readonly height: number;
}

/** Overviews stop when the longer side is below this. */
export const OVERVIEW_LIMIT = 512;

/** Whether each pixel counts: by the mask given, by nodata and by NaN. Null when all do. */
export function validityOf(values: NumericArray, valid: Uint8Array | null, nodata: number | null): Uint8Array | null {
  const out = new Uint8Array(values.length);
  let invalid = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] ?? 0;
    const isValid = (valid === null || valid[i] !== 0) && v !== nodata && v === v;
    out[i] = isValid ? 1 : 0;
    if (!isValid) invalid++;
  }
  return invalid === 0 ? null : out;
}

/**
 * The next overview: half the size, rounded up.
 *
 * `nearest` takes the upper left of each 2 × 2 pixels. `average` takes the mean of the valid ones, integers as
 * floor(v + 0.5); a pixel is valid when any of its four is. `fill` goes into the others.
 */
export function halve(level: Level, bands: number, method: 'nearest' | 'average', fill: number): Level {
  const { values, valid, width, height } = level;
  const w = Math.ceil(width / 2);
  const h = Math.ceil(height / 2);
  const dtype = dtypeOf(values);
  const isInteger = !isFloat(dtype);
  const out = arrayOf(dtype, bands * w * h);
  const outValid = valid === null ? null : new Uint8Array(out.length);
  for (let b = 0; b < bands; b++) {
    for (let y = 0; y < h; y++) {
      const rows = 2 * y + 1 < height ? 2 : 1;
      const source = (b * height + 2 * y) * width;
      const target = (b * h + y) * w;
      for (let x = 0; x < w; x++) {
        const at = source + 2 * x;
        if (method === 'nearest') {
          out[target + x] = values[at] ?? 0;
          if (outValid && valid) outValid[target + x] = valid[at] ?? 0;
          continue;
        }
        const columns = 2 * x + 1 < width ? 2 : 1;
        let sum = 0;
        let count = 0;
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < columns; c++) {
            const i = at + r * width + c;
            if (valid !== null && valid[i] === 0) continue;
            sum += values[i] ?? 0;
            count++;
          }
        }
        if (count === 0) out[target + x] = fill;
        else out[target + x] = isInteger ? Math.floor(sum / count + 0.5) : sum / count;
        if (outValid && count > 0) outValid[target + x] = 1;
      }
    }
  }
  return { values: out, valid: outValid, width: w, height: h };
}
