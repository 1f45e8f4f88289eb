/** Snappy streams to bytes. Source: google/snappy, format_description.txt. */
import { FormatError } from '../../core/index.js';

/** Below this many bytes a loop copies faster than a view, which is an object, does. */
const LOOP_BYTES = 96;
/** A copy of 64 bytes takes three: nothing unpacks to more. */
const MAX_RATIO = 22;

function malformed(): never {
  throw new FormatError('bad-parquet', 'a compressed page is malformed');
}

/** Unpacks a Snappy stream of known length. @throws {@link FormatError} `bad-parquet`. */
export function unpackSnappy(from: Uint8Array, length: number): Uint8Array {
  if (length > from.length * MAX_RATIO + 64) malformed();
  const out = new Uint8Array(length);
  const source = new DataView(from.buffer, from.byteOffset, from.byteLength);
  const target = new DataView(out.buffer);
  let at = 0;
  while ((from[at] ?? 0) >= 128) at++;
  at++;
  let to = 0;
  const stop = from.length;
  while (at < stop) {
    const tag = from[at++] ?? 0;
    if ((tag & 3) === 0) {
      let size = tag >> 2;
      if (size >= 60) {
        const bytes = size - 59;
        size = 0;
        for (let k = 0; k < bytes; k++) size += (from[at + k] ?? 0) * 2 ** (8 * k);
        at += bytes;
      }
      size++;
      if (at + size > stop || to + size > length) malformed();
      if (size > LOOP_BYTES) {
        out.set(from.subarray(at, at + size), to);
        at += size;
        to += size;
        continue;
      }
      const end = to + size;
      for (; to + 4 <= end; to += 4, at += 4) target.setInt32(to, source.getInt32(at));
      for (; to < end; to++, at++) out[to] = from[at] ?? 0;
      continue;
    }
    const short = (tag & 3) === 1;
    const size = short ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    let offset = from[at++] ?? 0;
    if (short) offset += (tag >> 5) << 8;
    else {
      offset += (from[at++] ?? 0) << 8;
      if ((tag & 3) === 3) {
        offset += (from[at] ?? 0) * 2 ** 16 + (from[at + 1] ?? 0) * 2 ** 24;
        at += 2;
      }
    }
    if (offset === 0 || offset > to || to + size > length) malformed();
    // A copy may overlap what it makes.
    const end = to + size;
    if (offset >= 4) for (; to + 4 <= end; to += 4) target.setInt32(to, target.getInt32(to - offset));
    for (; to < end; to++) out[to] = out[to - offset] ?? 0;
  }
  if (to !== length) malformed();
  return out;
}
