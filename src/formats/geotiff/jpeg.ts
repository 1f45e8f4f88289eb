/** JPEG blocks, decoded by the `geotiff` package. */
import { getDecoder } from 'geotiff';
import { UnsupportedDataError } from '../../core/index.js';
import type { BlockFacts } from './codec.js';

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
 * The samples of a JPEG block, 8 bits each.
 *
 * @throws Error when the stream is damaged; {@link UnsupportedDataError} for more than 8 bits.
 */
export async function unpackJpeg(stored: Uint8Array, facts: BlockFacts, place: string): Promise<Uint8Array> {
  const frame = jpegFrame(stored);
  if (!frame) throw new Error('it has no JPEG frame');
  if (frame.precision !== 8)
    throw new UnsupportedDataError('jpeg-precision', `${place} is JPEG with ${frame.precision} bits; only 8 are read.`);
  if (frame.width !== facts.width || frame.height < facts.rows || frame.height > facts.rows + 4096)
    throw new Error(`its JPEG frame is ${frame.width} × ${frame.height}, the block is ${facts.width} × ${facts.rows}`);
  const decoder = await getDecoder(7, {
    tileWidth: facts.width,
    tileHeight: facts.rows,
    predictor: 1,
    bitsPerSample: Array.from({ length: facts.planar === 2 ? 1 : facts.samples }, () => facts.bits),
    planarConfiguration: facts.planar,
    samplesPerPixel: facts.samples,
    ...(facts.jpegTables ? { JPEGTables: facts.jpegTables } : {}),
  });
  // The package wants a buffer that holds the stream and nothing else.
  return new Uint8Array(await decoder.decode(new Uint8Array(stored).buffer));
}
