/** Encoding one tile: gather, predictor, DEFLATE. */
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { arrayOf, dtypeOf, dtypeSize, isFloat, type NumericArray } from '../../../core/index.js';
import type { Level } from './overview.js';

const deflateAsync = promisify(deflate) as (bytes: Uint8Array, o: object) => Promise<Buffer>;

/** Side of a tile in pixels. */
export const TILE = 512;
/** Fixed, so that equal images give equal bytes; 6 is zlib's own balance. */
const LEVEL = 6;

/** Pixel-interleaved values of a tile. Beyond the image the last column and row repeat, which compresses to nothing. */
function gather(level: Level, bands: number, tileX: number, tileY: number, fill: number): NumericArray {
  const { values, valid, width, height } = level;
  const out = arrayOf(dtypeOf(values), TILE * TILE * bands);
  for (let y = 0; y < TILE; y++) {
    const row = Math.min(height - 1, tileY * TILE + y);
    for (let b = 0; b < bands; b++) {
      const source = (b * height + row) * width;
      const first = tileX * TILE;
      const inside = Math.min(TILE, width - first);
      let target = y * TILE * bands + b;
      for (let x = 0; x < TILE; x++, target += bands) {
        const at = source + first + (x < inside ? x : inside - 1);
        out[target] = valid !== null && valid[at] === 0 ? fill : (values[at] ?? 0);
      }
    }
  }
  return out;
}

/** Horizontal differences in place, per row and band; wrap-around is the type's own. */
function difference(values: NumericArray, bands: number): void {
  const rowLength = TILE * bands;
  for (let row = 0; row < TILE; row++) {
    const start = row * rowLength;
    for (let i = start + rowLength - 1; i >= start + bands; i--)
      values[i] = (values[i] ?? 0) - (values[i - bands] ?? 0);
  }
}

/** The floating-point predictor (Adobe Photoshop TIFF Technical Note 3): byte planes, the most significant first, then differences. */
function floatPredictor(values: NumericArray, bands: number): Uint8Array {
  const size = dtypeSize(dtypeOf(values));
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const out = new Uint8Array(bytes.length);
  const rowValues = TILE * bands;
  const rowBytes = rowValues * size;
  for (let start = 0; start < bytes.length; start += rowBytes) {
    for (let b = 0; b < size; b++) {
      const plane = start + b * rowValues;
      let source = start + size - 1 - b;
      for (let i = 0; i < rowValues; i++, source += size) out[plane + i] = bytes[source] ?? 0;
    }
    for (let i = start + rowBytes - 1; i >= start + bands; i--) out[i] = (out[i] ?? 0) - (out[i - bands] ?? 0);
  }
  return out;
}

/** The stored bytes of one tile. */
export async function encodeTile(
  level: Level,
  bands: number,
  tileX: number,
  tileY: number,
  fill: number,
): Promise<Uint8Array> {
  const values = gather(level, bands, tileX, tileY, fill);
  let bytes: Uint8Array;
  if (isFloat(dtypeOf(values))) {
    bytes = floatPredictor(values, bands);
  } else {
    difference(values, bands);
    bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  return deflateAsync(bytes, { level: LEVEL, chunkSize: 1 << 18 });
}
