/** Ranged reads from bytes in memory. */
import type { Source } from './source.js';

/** A source over bytes; reads return copies. `name` stands in messages. */
export function memorySource(bytes: Uint8Array, name = 'memory'): Source {
  return {
    url: new URL(`memory:///${encodeURI(name)}`),
    size: bytes.byteLength,
    read: (offset, length, o) => {
      o?.signal?.throwIfAborted();
      return Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length)));
    },
    close: () => Promise.resolve(),
  };
}
