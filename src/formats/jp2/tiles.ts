/** Tiles of a JPEG 2000 file: their bytes, decoded through the shared cache. */
import { FormatError, arrayOf, dtypeSize, messageOf, type NumericArray } from '../../core/index.js';
import type { PageSource } from '../../io/index.js';
import type { BlockCache } from '../raster/index.js';
import type { Codestream } from './codestream.js';
import { cutTile } from './cut.js';
import { decodeJ2k } from './openjpeg.js';
import { SOT_BYTES, checkTilePart, readTileParts, type TilePart } from './tile-parts.js';

/** Compressed bytes of one tile per byte of its pixels, and a floor: more is forged. */
const MAX_STORED_FACTOR = 2;

/** Tiles of one file: found once, decoded through the cache. */
export class Tiles {
  readonly #stream: Codestream;
  readonly #source: PageSource;
  readonly #name: string;
  readonly #key: string;
  readonly #cache: BlockCache;
  #parts: Promise<ReadonlyMap<number, readonly TilePart[]>> | undefined;

  constructor(stream: Codestream, source: PageSource, name: string, key: string, cache: BlockCache) {
    this.#stream = stream;
    this.#source = source;
    this.#name = name;
    this.#key = key;
    this.#cache = cache;
  }

  /** Values of a tile at a resolution, planar. */
  get(x: number, y: number, level: number, signal: AbortSignal | undefined): Promise<NumericArray> {
    const index = y * this.#stream.across + x;
    return this.#cache.load(`${this.#key}${level}/${index}`, signal, (shared) =>
      this.#decode(index, x, y, level, shared),
    );
  }

  async #decode(index: number, x: number, y: number, level: number, signal: AbortSignal): Promise<NumericArray> {
    const stream = this.#stream;
    const place = `${this.#name}: tile ${index}`;
    const damaged = (code: string, what: string, cause?: unknown): FormatError =>
      new FormatError(code, `${place} (JPEG 2000) ${what}.`, {
        hint: 'The file is damaged or was not written completely; get it again.',
        details: { file: this.#name, block: index },
        cause,
      });
    this.#parts ??= readTileParts(this.#source, this.#name, stream);
    this.#parts.catch(() => (this.#parts = undefined));
    const parts = (await this.#parts).get(index);
    if (!parts) throw damaged('truncated', 'is not in the file');
    const pixels = stream.tileWidth * stream.tileHeight * stream.count;
    const most = pixels * dtypeSize(stream.dtype) * MAX_STORED_FACTOR + (1 << 20);
    const stored: Uint8Array[] = [];
    let total = 0;
    for (const { at, bytes } of parts) {
      total += bytes;
      if (at + bytes > stream.end)
        throw damaged('truncated', `should be at bytes ${at}–${at + bytes - 1}, but the image ends at ${stream.end}`);
      if (total > most) throw damaged('forged-count', `claims ${total} stored bytes`);
      const part = await this.#source.read(at, bytes, { signal });
      if (part.byteLength < bytes || part.byteLength < SOT_BYTES) throw damaged('truncated', 'ends early');
      checkTilePart(part, place);
      stored.push(part);
    }
    const cut = cutTile(stream, x, y, stored);
    let raw: Uint8Array;
    try {
      raw = await decodeJ2k(cut.bytes, level);
    } catch (error) {
      throw damaged('bad-block', `cannot be decoded: ${messageOf(error).replace(/\.$/, '')}`, error);
    }
    signal.throwIfAborted();
    const scale = 2 ** level;
    const down = (v: number): number => Math.ceil(v / scale);
    const frame = { width: down(cut.width), height: down(cut.height) };
    const expected = frame.width * frame.height * stream.count * dtypeSize(stream.dtype);
    if (raw.byteLength !== expected) throw damaged('bad-block', `gives ${raw.byteLength} bytes instead of ${expected}`);
    return crop(raw, stream, frame, down(cut.left), down(cut.top));
  }
}

/** The lower right part of a decoded frame, from interleaved to planar. */
function crop(
  raw: Uint8Array,
  { dtype, count }: Codestream,
  frame: { readonly width: number; readonly height: number },
  left: number,
  top: number,
): NumericArray {
  const aligned = raw.byteOffset % dtypeSize(dtype) === 0 ? raw : raw.slice();
  const values =
    dtype === 'uint8'
      ? aligned
      : dtype === 'uint16'
        ? new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2)
        : new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
  const [width, height] = [frame.width - left, frame.height - top];
  if (count === 1 && left === 0 && top === 0) return values;
  const out = arrayOf(dtype, width * height * count);
  for (let band = 0; band < count; band++) {
    let to = band * width * height;
    for (let row = 0; row < height; row++) {
      let from = ((top + row) * frame.width + left) * count + band;
      for (let col = 0; col < width; col++, from += count) out[to++] = values[from] ?? 0;
    }
  }
  return out;
}
