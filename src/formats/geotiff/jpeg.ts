/** JPEG blocks (TIFF Technical Note 2). */
import { decodeJpeg } from '../jpeg/index.js';
import type { BlockFacts } from './codec.js';

const PHOTOMETRIC_YCBCR = 6;
/** Rows that a stream may hold beyond its block: the last strip may be coded whole. */
const SPARE_ROWS = 4096;

/**
 * The samples of a JPEG block, 8 bits each, YCbCr turned into RGB.
 *
 * @throws Error when the stream is damaged; {@link UnsupportedDataError} for more than 8 bits, progressive and other
 * processes.
 */
export function unpackJpeg(stored: Uint8Array, facts: BlockFacts, place: string): Uint8Array {
  const { width, rows, samples, options } = facts;
  const limits = { width, minRows: rows, maxRows: rows + SPARE_ROWS, components: samples };
  return decodeJpeg(stored, options.jpegTables, limits, options.photometric === PHOTOMETRIC_YCBCR, place);
}
