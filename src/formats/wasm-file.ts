/** WebAssembly codecs that ship with the package: where their files lie, and how much memory they may take. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Pages of WebAssembly memory are 64 KiB; this many are 384 MiB. */
const MAX_PAGES = 6144;
const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;

/** The path of a shipped file: in `dist/` it lies beside the bundle; in development and tests in its package. */
export function shippedFile(name: string, specifier: string): string {
  const beside = [`./${name}`, `../${name}`]
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((file) => existsSync(file));
  return beside ?? createRequire(import.meta.url).resolve(specifier);
}

/** An unsigned LEB128 number and where the next byte is. */
function readLeb(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/**
 * A WebAssembly module whose memory cannot grow beyond 384 MiB: a forged image then fails to allocate inside the
 * module instead of taking the memory of the process. The limit stands in the memory section (WebAssembly core
 * specification, 5.5.8) and is overwritten in place, its LEB128 padded to the old length.
 */
export function cappedModule(file: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(readFileSync(file));
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const section = bytes[at];
    const [length, body] = readLeb(bytes, at + 1);
    if (section === MEMORY_SECTION) {
      const [, flagsAt] = readLeb(bytes, body);
      const [initial, maximumAt] = readLeb(bytes, flagsAt + 1);
      const [maximum, end] = readLeb(bytes, maximumAt);
      if (((bytes[flagsAt] ?? 0) & 1) === 1 && maximum > MAX_PAGES) {
        let rest = Math.max(initial, MAX_PAGES);
        for (let i = maximumAt; i < end; i++, rest = Math.floor(rest / 128))
          bytes[i] = (rest % 128) | (i + 1 < end ? 128 : 0);
      }
      break;
    }
    at = body + length;
  }
  return bytes;
}
