/** From the stored bytes of a block to its raw bytes: codecs of the `geotiff` package, three of them replaced. */
import { promisify } from 'node:util';
import { inflate, inflateSync } from 'node:zlib';
import { addDecoder, BaseDecoder, getDecoder } from 'geotiff';
import { FormatError, UnsupportedDataError, messageOf } from '../../core/index.js';
import { decodeLzw } from './lzw.js';

const inflateAsync = promisify(inflate) as (bytes: Uint8Array, o: object) => Promise<Buffer>;

/** Names of TIFF compression codes, for messages and headers. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'none',
  2: 'CCITT RLE',
  3: 'CCITT Group 3',
  4: 'CCITT Group 4',
  5: 'LZW',
  6: 'old-style JPEG',
  7: 'JPEG',
  8: 'Deflate',
  32773: 'PackBits',
  32946: 'Deflate',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};
// LERC is left out though the package decodes it: it drops LERC's own mask, so that missing pixels come out as zeros.
const READABLE = new Set([1, 5, 7, 8, 32773, 32946, 50000]);
/** Blocks above this many compressed bytes are inflated off the main thread; below, the hand-over costs more. */
const ASYNC_FROM_BYTES = 8192;

/** The name of a compression code. */
export function compressionName(code: number): string {
  return NAMES[code] ?? `code ${code}`;
}

/** Whether blocks with this compression can be decoded here. */
export function isReadable(code: number): boolean {
  return READABLE.has(code);
}

/** Whether the first rows of a block can be had without decoding the others. */
export function canStopEarly(code: number): boolean {
  return code === 1 || code === 5 || code === 32773;
}

/**
 * Most bytes that one stored byte can become, by codec: a larger claim is forged. Deflate: 1032 (zlib's technical
 * notes); LZW: strings of at most 4096 bytes in 12 bits; PackBits: 128 in 2. Others have no such limit.
 */
export function maxExpansion(code: number): number {
  if (code === 1) return 1;
  if (code === 8 || code === 32946) return 1040;
  if (code === 5) return 2800;
  if (code === 32773) return 65;
  return Infinity;
}

/** What a decoder must know of a block. */
export interface BlockFacts {
  readonly compression: number;
  readonly width: number;
  readonly rows: number;
  /** Samples that share the block: bands when pixel-interleaved, else 1. */
  readonly samples: number;
  readonly bits: number;
  readonly planar: 1 | 2;
  readonly jpegTables: Uint8Array | null;
  /** Raw bytes that the block must give. */
  readonly expectedBytes: number;
}

const lengthOf = (decoder: BaseDecoder): number =>
  (decoder.parameters as { expectedBytes?: number }).expectedBytes ?? 0;

function packBits(input: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  for (let i = 0; i < input.length && filled < length;) {
    const head = input[i++] ?? 0;
    if (head === 128) continue; // a filler by definition
    const count = head < 128 ? head + 1 : 257 - head;
    const end = Math.min(length, filled + count);
    if (head < 128) {
      out.set(input.subarray(i, i + end - filled), filled);
      i += count;
    } else {
      out.fill(input[i++] ?? 0, filled, end);
    }
    filled = end;
  }
  return out.subarray(0, filled);
}

class ZlibDecoder extends BaseDecoder {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBufferLike> {
    const input = new Uint8Array(buffer);
    // The chunk size is the expected size, so that the output is made once; a sync flush lets a stream without its
    // checksum pass, as libtiff does: the length is checked by the caller.
    const size = Math.max(64, lengthOf(this));
    const o = { chunkSize: size, maxOutputLength: size + 65536, finishFlush: 2 };
    const out = input.byteLength >= ASYNC_FROM_BYTES ? await inflateAsync(input, o) : inflateSync(input, o);
    return exactBuffer(out);
  }
}
class BoundedLzwDecoder extends BaseDecoder {
  override decodeBlock(buffer: ArrayBufferLike): ArrayBufferLike {
    return exactBuffer(decodeLzw(new Uint8Array(buffer), lengthOf(this)));
  }
}
class BoundedPackBitsDecoder extends BaseDecoder {
  override decodeBlock(buffer: ArrayBufferLike): ArrayBufferLike {
    return exactBuffer(packBits(new Uint8Array(buffer), lengthOf(this)));
  }
}

/** A buffer that holds these bytes and no others. `Buffer.slice` gives a view, hence the copy by constructor. */
function exactBuffer(bytes: Uint8Array): ArrayBufferLike {
  return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
    ? bytes.buffer
    : new Uint8Array(bytes).buffer;
}

// zlib is 3× faster than the package's inflate; its LZW and PackBits collect bytes in plain arrays without a limit.
addDecoder([8, 32946], () => Promise.resolve(ZlibDecoder));
addDecoder(5, () => Promise.resolve(BoundedLzwDecoder));
addDecoder(32773, () => Promise.resolve(BoundedPackBitsDecoder));

/** The frame size that a JPEG stream claims, so that a forged one is refused before anything is allocated. */
function jpegFrame(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number; readonly precision: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { precision: view.getUint8(at + 4), height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    if (marker === 0xff) at++;
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/**
 * The raw bytes of a block, in the byte order and interleaving of the file, before its predictor is undone.
 *
 * @throws {@link FormatError} `bad-block` when the bytes cannot be decoded or give fewer than expected.
 */
export async function decodeBytes(stored: Uint8Array, facts: BlockFacts, place: string): Promise<Uint8Array> {
  const { compression } = facts;
  const damaged = (why: string, cause?: unknown): FormatError =>
    new FormatError('bad-block', `${place} (${compressionName(compression)}) cannot be decoded: ${why}.`, {
      hint: 'The file is damaged; get it again.',
      details: { place },
      cause,
    });
  if (compression === 1) {
    if (stored.byteLength < facts.expectedBytes)
      throw damaged(`${stored.byteLength} bytes instead of ${facts.expectedBytes}`);
    return stored;
  }
  if (compression === 7) {
    const frame = jpegFrame(stored);
    if (!frame) throw damaged('it has no JPEG frame');
    if (frame.precision !== 8)
      throw new UnsupportedDataError(
        'jpeg-precision',
        `${place} is JPEG with ${frame.precision} bits; only 8 are read.`,
      );
    if (frame.width !== facts.width || frame.height < facts.rows || frame.height > facts.rows + 4096) {
      throw damaged(`its JPEG frame is ${frame.width} × ${frame.height}, the block is ${facts.width} × ${facts.rows}`);
    }
  }
  let raw: Uint8Array;
  try {
    const decoder = await getDecoder(compression, {
      tileWidth: facts.width,
      tileHeight: facts.rows,
      predictor: 1, // undone by our own code: the package's is wrong for big-endian files
      bitsPerSample: Array.from({ length: facts.planar === 2 ? 1 : facts.samples }, () => facts.bits),
      planarConfiguration: facts.planar,
      samplesPerPixel: facts.samples,
      expectedBytes: facts.expectedBytes,
      ...(facts.jpegTables ? { JPEGTables: facts.jpegTables } : {}),
    } as never);
    raw = new Uint8Array(await decoder.decode(exactBuffer(stored)));
  } catch (error) {
    throw damaged(messageOf(error).replace(/\.$/, ''), error);
  }
  if (raw.byteLength < facts.expectedBytes)
    throw damaged(`it gives ${raw.byteLength} bytes instead of ${facts.expectedBytes}`);
  return raw;
}
