/** Zstandard blocks (RFC 8878), with bounded output. */
import type { ZSTDDecoder } from 'zstddec';

let decoder: Promise<ZSTDDecoder> | undefined;

/** The decoder, made on first use. */
function zstd(): Promise<ZSTDDecoder> {
  decoder ??= import('zstddec').then(async (zstddec) => {
    const made = new zstddec.ZSTDDecoder();
    await made.init();
    return made;
  });
  return decoder;
}

/** The bytes of frames that should hold `length`; none when they are damaged or hold more. */
export async function unpackZstd(stored: Uint8Array, length: number): Promise<Uint8Array> {
  return (await zstd()).decode(stored, length);
}
