/** PackBits (TIFF 6.0, section 9): runs of bytes, with bounded output. */

/** Decodes into at most `length` bytes, fewer when the data end earlier. */
export function packBits(input: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  for (let i = 0; i < input.length && filled < length;) {
    const head = input[i++] ?? 0;
    if (head === 128) continue; // a filler by definition
    const count = head < 128 ? head + 1 : 257 - head;
    const end = Math.min(length, filled + count);
    if (head < 128) {
      out.set(input.subarray(i, i + end - filled), filled);
      i += count;
    } else {
      out.fill(input[i++] ?? 0, filled, end);
    }
    filled = end;
  }
  return out.subarray(0, filled);
}
