/** A source from its beginning to its end in pieces of bounded size. */
import type { Source } from '../../io/index.js';

/** Large enough that requests to a server are few, small enough that several files fit in memory at once. */
const CHUNK_BYTES = 1 << 20;

/** Bytes of a source in order, from `offset` to `end` or the end of the source. */
export async function* sourceChunks(
  source: Source,
  signal: AbortSignal | undefined,
  offset = 0,
  end = source.size ?? Infinity,
): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < end;) {
    const bytes = await source.read(at, Math.min(CHUNK_BYTES, end - at), { signal });
    if (bytes.byteLength === 0) return;
    yield bytes;
    at += bytes.byteLength;
  }
}
