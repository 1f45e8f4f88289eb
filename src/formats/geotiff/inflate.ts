/** Deflate blocks (zlib streams, RFC 1950), with bounded output. */
import { promisify } from 'node:util';
import { inflate, inflateSync } from 'node:zlib';

const inflateAsync = promisify(inflate) as (bytes: Uint8Array, o: object) => Promise<Buffer>;
/** Blocks above this many compressed bytes are inflated off the main thread; below, the hand-over costs more. */
const ASYNC_FROM_BYTES = 8192;

/**
 * The bytes of a zlib stream that should hold `length`; fewer when it ends earlier.
 *
 * @throws Error of zlib when the stream is damaged or much longer.
 */
export function inflateBlock(stored: Uint8Array, length: number): Promise<Uint8Array> | Uint8Array {
  // The chunk size is the expected size, so that the output is made once; a sync flush lets a stream without its
  // checksum pass, as libtiff does: the length is checked by the caller.
  const o = { chunkSize: Math.max(64, length), maxOutputLength: length + 65536, finishFlush: 2 };
  return stored.byteLength >= ASYNC_FROM_BYTES ? inflateAsync(stored, o) : inflateSync(stored, o);
}
