/** Encoding one tile: gather with the predictor applied, then DEFLATE. */
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { arrayOf, dtypeOf, dtypeSize, isFloat } from '../../../core/index.js';
import type { Strip } from './strip.js';

const deflateAsync = promisify(deflate) as (bytes: Uint8Array, o: object) => Promise<Buffer>;

/** How tiles are compressed. */
export type Compression = 'deflate' | 'none';

/** Side of a tile in pixels. */
export const TILE = 512;
/** Fixed, so that equal images give equal bytes; 6 is zlib's own balance. */
const LEVEL = 6;

/** Room for the compressed bytes of a tile: a part of its size, from 64 KB. */
const CHUNK_SHIFT = 2;
const LEAST_CHUNK = 65536;

/** Unsigned integers as wide as an element: differences of bits wrap around as those of the values do. */
type Bits = Uint8Array | Uint16Array | Uint32Array;

function bitsOf({ buffer, byteOffset, byteLength }: ArrayBufferView, size: number): Bits {
  if (size === 1) return new Uint8Array(buffer, byteOffset, byteLength);
  if (size === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** The part of a strip under one tile. Beyond the image the last column repeats and rows are 0, which compress to nothing. */
interface Cut {
  readonly strip: Strip;
  readonly bands: number;
  readonly first: number;
  /** Columns inside the image. */
  readonly columns: number;
}

/** Pixel-interleaved values of a tile, each less its left neighbour of the same band if `differs` (predictor 2). */
function gatherIntegers(
  { strip, bands, first, columns }: Cut,
  source: Bits,
  fill: number,
  out: Bits,
  differs: boolean,
): void {
  const { valid, start, bandStride, width, rows } = strip;
  const rowLength = TILE * bands;
  for (let y = 0; y < rows; y++) {
    for (let b = 0; b < bands; b++) {
      const from = start + b * bandStride + y * width + first;
      let to = y * rowLength + b;
      let v = 0;
      if (valid === null && differs) {
        // The common case has a loop of its own.
        let left = 0;
        for (let x = 0; x < columns; x++, to += bands) {
          // SAFETY: the cut lies inside the strip.
          v = source[from + x] as number;
          out[to] = v - left;
          left = v;
        }
      } else {
        let left = 0;
        for (let x = 0; x < columns; x++, to += bands) {
          v = valid !== null && valid[from + x] === 0 ? fill : (source[from + x] as number);
          out[to] = v - left;
          if (differs) left = v;
        }
      }
      if (!differs) for (let x = columns; x < TILE; x++, to += bands) out[to] = v;
    }
    // Differences beyond the last column are none.
    if (differs) out.fill(0, y * rowLength + columns * bands, (y + 1) * rowLength);
  }
  out.fill(0, rows * rowLength);
}

/** Rows of bytes: all the most significant of a row first, then the next ones; each less its left neighbour (Adobe Photoshop TIFF Technical Note 3). */
function gatherFloats(
  { strip, bands, first, columns }: Cut,
  size: number,
  fillWords: Uint32Array,
  out: Uint8Array,
): void {
  const { valid, start, bandStride, width, rows, values } = strip;
  const words = size / 4;
  const source = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
  const plane = TILE * bands;
  const rowBytes = plane * size;
  for (let y = 0; y < rows; y++) {
    const row = y * rowBytes;
    for (let b = 0; b < bands; b++) {
      const from = start + b * bandStride + y * width + first;
      for (let w = 0; w < words; w++) {
        // Words stand in memory with the lower one first.
        const fill = fillWords[w] ?? 0;
        let to = row + (words - 1 - w) * 4 * plane + b;
        for (let x = 0; x < TILE; x++, to += bands) {
          const at = from + (x < columns ? x : columns - 1);
          const v = valid !== null && valid[at] === 0 ? fill : (source[at * words + w] as number);
          out[to] = v >>> 24;
          out[to + plane] = v >>> 16;
          out[to + 2 * plane] = v >>> 8;
          out[to + 3 * plane] = v;
        }
      }
    }
    for (let i = row + rowBytes - 1; i >= row + bands; i--) out[i] = (out[i] as number) - (out[i - bands] as number);
  }
  out.fill(0, rows * rowBytes);
}

/** Bytes of a tile before compression. */
export function tileBytes(bands: number, size: number): number {
  return TILE * TILE * bands * size;
}

/** Room that tiles were gathered in, kept for the next image: many small ones would have the collector run for each. */
const room: Uint8Array[] = [];
/** Bytes kept at most. */
const MOST_ROOM = 16 * 2 ** 20;

/** Room for a tile, with anything in it. */
function takeRoom(bytes: number): Uint8Array {
  const at = room.findLastIndex((r) => r.byteLength === bytes);
  return room.splice(at, at < 0 ? 0 : 1)[0] ?? new Uint8Array(bytes);
}

function giveRoom(bytes: Uint8Array): void {
  room.push(bytes);
  // The ones that were left longest go first.
  for (let kept = room.reduce((sum, r) => sum + r.byteLength, 0); kept > MOST_ROOM;)
    kept -= room.shift()?.byteLength ?? 0;
}

/** Encodes tiles of one image; it keeps the room they are gathered in until its end. */
export class TileEncoder {
  readonly #bands: number;
  readonly #fill: number;
  readonly #compression: Compression;
  readonly #free: Uint8Array[] = [];

  /** `fill` goes into invalid pixels. */
  constructor(bands: number, fill: number, compression: Compression) {
    this.#bands = bands;
    this.#fill = fill;
    this.#compression = compression;
  }

  /** The stored bytes of the tile `tileX` of a strip of at most {@link TILE} rows, which is read before this returns. */
  async encode(strip: Strip, tileX: number): Promise<Uint8Array> {
    const dtype = dtypeOf(strip.values);
    const size = dtypeSize(dtype);
    const first = tileX * TILE;
    const cut: Cut = { strip, bands: this.#bands, first, columns: Math.min(TILE, strip.width - first) };
    const bytes = this.#free.pop() ?? takeRoom(tileBytes(this.#bands, size));
    const filler = arrayOf(dtype, 1);
    filler[0] = this.#fill;
    const isPlain = this.#compression === 'none';
    if (isFloat(dtype) && !isPlain) gatherFloats(cut, size, new Uint32Array(filler.buffer), bytes);
    else if (size === 8) gatherDoubles(cut, this.#fill, new Float64Array(bytes.buffer));
    else gatherIntegers(cut, bitsOf(strip.values, size), bitsOf(filler, size)[0] ?? 0, bitsOf(bytes, size), !isPlain);
    if (isPlain) return bytes;
    // One chunk for most results: more chunks are more turns of the event loop, larger ones more memory to be collected.
    // Memory level 9 is the faster one.
    const chunkSize = Math.max(LEAST_CHUNK, bytes.length >> CHUNK_SHIFT);
    const deflated = await deflateAsync(bytes, { level: LEVEL, memLevel: 9, chunkSize });
    this.#free.push(bytes);
    return deflated;
  }

  /** Leaves its room to the next image. */
  end(): void {
    for (const bytes of this.#free.splice(0)) giveRoom(bytes);
  }
}

/** Doubles as they are. */
function gatherDoubles({ strip, bands, first, columns }: Cut, fill: number, out: Float64Array): void {
  const { values, valid, start, bandStride, width, rows } = strip;
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < TILE; x++) {
      for (let b = 0; b < bands; b++, to++) {
        const at = start + b * bandStride + y * width + first + Math.min(x, columns - 1);
        out[to] = valid !== null && valid[at] === 0 ? fill : (values[at] as number);
      }
    }
  }
  out.fill(0, rows * TILE * bands);
}
