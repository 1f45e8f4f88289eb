/** Zstandard blocks (RFC 8878), with bounded output. */
import * as zlib from 'node:zlib';
import type { ZSTDDecoder } from 'zstddec';

type Native = (
  bytes: Uint8Array,
  o: { readonly chunkSize: number; readonly maxOutputLength: number },
  done: (error: Error | null, out: Uint8Array) => void,
) => void;

/** Node's own from 22.15 on; the types here are of an older one. */
const native = (zlib as { readonly zstdDecompress?: Native }).zstdDecompress;
let decoder: Promise<ZSTDDecoder> | undefined;

/** The decoder for an older Node, made on first use. */
function zstd(): Promise<ZSTDDecoder> {
  decoder ??= import('zstddec').then(async (zstddec) => {
    const made = new zstddec.ZSTDDecoder();
    await made.init();
    return made;
  });
  return decoder;
}

/**
 * The bytes of frames that should hold `length`. When they are damaged or hold more, Node's decoder throws and the other
 * gives none.
 */
export async function unpackZstd(stored: Uint8Array, length: number): Promise<Uint8Array> {
  if (!native) return (await zstd()).decode(stored, length);
  return new Promise((resolve, reject) => {
    native(stored, { chunkSize: Math.max(64, length), maxOutputLength: length }, (error, out) => {
      if (error) reject(error);
      else resolve(out);
    });
  });
}
