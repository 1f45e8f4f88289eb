/** From the stored bytes of a block to its raw bytes: which codecs there are, and what each may do. */
import { FormatError, UnsupportedDataError, messageOf } from '../../core/index.js';
import { unpackCcitt } from './ccitt.js';
import { inflateBlock } from './inflate.js';
import { unpackJpeg } from './jpeg.js';
import { unpackLerc } from './lerc.js';
import { decodeLzw } from './lzw.js';
import { packBits } from './packbits.js';
import { unpackWebp } from './webp.js';
import { unpackZstd } from './zstd.js';

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

/** What tags say to a codec. */
export interface CodecOptions {
  readonly photometric: number;
  readonly jpegTables: Uint8Array | null;
  /** Version and additional compression; empty when the tag is absent. */
  readonly lercParameters: readonly number[];
  /** T4Options of CCITT Group 3. */
  readonly t4Options: number;
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
  /** 1 unsigned, 2 signed, 3 float (TIFF SampleFormat). */
  readonly format: 1 | 2 | 3;
  readonly options: CodecOptions;
  /** Raw bytes that the block must give. */
  readonly expectedBytes: number;
}

/** Raw bytes from stored bytes. What it throws, if no error of ours, becomes a `bad-block`. */
type Decoder = (stored: Uint8Array, facts: BlockFacts, place: string) => Promise<Uint8Array> | Uint8Array;

const deflate: Decoder = (stored, { expectedBytes }) => inflateBlock(stored, expectedBytes);

const DECODERS: Readonly<Record<number, Decoder>> = {
  1: (stored) => stored,
  2: unpackCcitt,
  3: unpackCcitt,
  4: unpackCcitt,
  5: (stored, { expectedBytes }) => decodeLzw(stored, expectedBytes),
  7: unpackJpeg,
  8: deflate,
  32773: (stored, { expectedBytes }) => packBits(stored, expectedBytes),
  32946: deflate,
  34887: unpackLerc,
  50000: (stored, { expectedBytes }) => unpackZstd(stored, expectedBytes),
  50001: unpackWebp,
};

/** The name of a compression code. */
export function compressionName(code: number): string {
  return NAMES[code] ?? `code ${code}`;
}

/** Whether blocks with this compression can be decoded here. */
export function isReadable(code: number): boolean {
  return code in DECODERS;
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

/**
 * The raw bytes of a block, in the byte order and interleaving of the file, before its predictor is undone.
 *
 * @throws {@link FormatError} `bad-block` when the bytes cannot be decoded or give fewer than expected;
 * {@link UnsupportedDataError} for a variant of a codec that is not read.
 */
export async function decodeBytes(stored: Uint8Array, facts: BlockFacts, place: string): Promise<Uint8Array> {
  const { compression, expectedBytes } = facts;
  const damaged = (why: string, cause?: unknown): FormatError =>
    new FormatError('bad-block', `${place} (${compressionName(compression)}) cannot be decoded: ${why}.`, {
      hint: 'The file is damaged; get it again.',
      details: { place },
      cause,
    });
  const decode = DECODERS[compression];
  if (!decode)
    throw new UnsupportedDataError('compression', `${place} is compressed with ${compressionName(compression)}.`);
  let raw: Uint8Array;
  try {
    raw = await decode(stored, facts, place);
  } catch (error) {
    if (error instanceof UnsupportedDataError) throw error;
    throw damaged(messageOf(error).replace(/\.$/, ''), error);
  }
  if (raw.byteLength < expectedBytes) throw damaged(`it gives ${raw.byteLength} bytes instead of ${expectedBytes}`);
  return raw;
}
