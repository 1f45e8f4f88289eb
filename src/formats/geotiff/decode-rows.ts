/** From a Deflate or LZW block to planes in one go, as many rows as are wanted: the common layouts. */
// Not from the index: threads that decode would load all of core.
import { FormatError, messageOf } from '../../core/errors.js';
import { dtypeSize, type DType, type NumericArray } from '../../core/numeric.js';
import { MAX_WASM_BYTES, inflateInto, type Resume } from './inflate.js';
import type { ImageLayout } from './layout.js';
import { lzwInto } from './lzw.js';
import { planesAt } from './planes.js';
import type { BlocksWasm } from './wasm.js';

/** Rows must be short against what a stream looks back, else going on would need more than its history. */
const MAX_ROW_BYTES = 16384;
const COMPRESSION_LZW = 5;

/** What is decoded of a block. */
export interface RowsJob {
  /** TIFF's code: 5 LZW, else Deflate. */
  readonly compression: number;
  /** The whole stream. */
  readonly stored: Uint8Array;
  readonly width: number;
  readonly samples: number;
  readonly dtype: DType;
  readonly predictor: number;
  /** Rows of the block; what is wanted of them goes from where an earlier call stopped (or the first) to `to`. */
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  readonly resume: Resume | null;
  /** As errors name it. */
  readonly place: string;
}

/** Decoded rows. */
export interface DecodedRows {
  /** Planar (sample, row, column). */
  readonly values: NumericArray;
  /** Where to go on; null when that is not possible or not needed. */
  readonly resume: Resume | null;
}

/** Whether {@link decodeRows} can read the blocks of an image. */
export function canDecodeRows(layout: ImageLayout, littleEndian: boolean): boolean {
  const { compression, bits, dtype, predictor, format, blockWidth, blockHeight, planar, count } = layout;
  const size = dtypeSize(dtype);
  const rowBytes = blockWidth * (planar === 2 ? 1 : count) * size;
  return (
    (compression === 5 || compression === 8 || compression === 32946) &&
    bits === size * 8 &&
    (size < 8 || (format === 3 && predictor !== 2)) &&
    (littleEndian || size === 1 || predictor === 3) &&
    rowBytes <= MAX_ROW_BYTES &&
    rowBytes * blockHeight <= MAX_WASM_BYTES
  );
}

/**
 * Decodes rows of a block.
 *
 * @throws {@link FormatError} `bad-block`.
 */
export function decodeRows(wasm: BlocksWasm, job: RowsJob): DecodedRows {
  const { width, samples, dtype, predictor, rows, from, to, place } = job;
  const isLzw = job.compression === COMPRESSION_LZW;
  const size = dtypeSize(dtype);
  const rowBytes = width * samples * size;
  const wanted = (to - from) * rowBytes;
  const damaged = (why: string, cause?: unknown): FormatError =>
    new FormatError('bad-block', `${place} (${isLzw ? 'LZW' : 'Deflate'}) cannot be decoded: ${why}.`, {
      hint: 'The file is damaged; get it again.',
      details: { place },
      cause,
    });
  let inflated;
  try {
    inflated = isLzw
      ? lzwInto(wasm, job.stored, to * rowBytes)
      : inflateInto(wasm, job.stored, to * rowBytes, rows * rowBytes, job.resume);
  } catch (error) {
    throw damaged(messageOf(error), error);
  }
  const { at, count, free, resume } = inflated;
  if (count < wanted) throw damaged(`it gives ${from * rowBytes + count} bytes instead of ${to * rowBytes}`);
  return { values: planesAt(wasm, at, free, { width, rows: to - from, samples, dtype, predictor }), resume };
}
