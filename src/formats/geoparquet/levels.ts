/** Levels of Parquet pages: runs and packed bits. Source: Apache Parquet, Encodings.md, "RLE/Bit-packing hybrid". */
import type { PageSink } from './snappy-pack.js';

/** Equal levels that are worth a run of their own. */
const MIN_RUN = 8;

/** `count` levels, each 0 … 2^bits − 1, with their length before them, as bytes. */
export function encodeLevels(levels: Uint8Array, bits: number): Uint8Array {
  const out = new Uint8Array(4 + 10 + levels.length * 2);
  let at = 4;
  const varint = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest >>>= 7) out[at++] = (rest & 127) | 128;
    out[at++] = rest;
  };
  const runAt = (from: number): number => {
    let to = from + 1;
    while (to < levels.length && levels[to] === levels[from]) to++;
    return to - from;
  };
  for (let k = 0; k < levels.length;) {
    const run = runAt(k);
    if (run >= MIN_RUN || k + run === levels.length) {
      varint(run << 1);
      out[at++] = levels[k] ?? 0;
      k += run;
      continue;
    }
    // Eights of packed levels, up to the next long run.
    let to = k;
    while (to < levels.length && runAt(to) < MIN_RUN) to += 8;
    const eights = Math.ceil((Math.min(to, levels.length) - k) / 8);
    varint((eights << 1) | 1);
    for (let n = 0; n < eights * 8; n++) {
      const level = levels[k + n] ?? 0;
      for (let b = 0; b < bits; b++) {
        const bit = n * bits + b;
        out[at + (bit >> 3)] = (out[at + (bit >> 3)] ?? 0) | (((level >> b) & 1) << (bit & 7));
      }
    }
    at += eights * bits;
    k += eights * 8;
  }
  new DataView(out.buffer).setUint32(0, at - 4, true);
  return out.subarray(0, at);
}

/** Levels of `count` values that are all the same, with their length before them. */
export function sameLevels(sink: PageSink, count: number, level: number): void {
  const at = sink.at;
  sink.uint32(0);
  sink.varint(count << 1);
  sink.byte(level);
  const end = sink.at;
  sink.at = at;
  sink.uint32(end - at - 4);
  sink.at = end;
}

/**
 * Levels of one bit, with their length before them, as bytes 0 and 1, and where they end; null when they are cut off or
 * others than `count`.
 */
export function decodeBits(
  bytes: Uint8Array,
  count: number,
): { readonly levels: Uint8Array | 'all' | 'none'; readonly end: number } | null {
  if (bytes.length < 4) return null;
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (end > bytes.length) return null;
  let at = 4;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = at < end ? (bytes[at++] ?? 0) : 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    return value;
  };
  let levels: Uint8Array | undefined;
  for (let k = 0; k < count;) {
    if (at >= end) return null;
    const header = varint();
    const size = Math.floor(header / 2);
    if (size === 0) return null;
    if (header % 2 === 0) {
      const level = bytes[at++] ?? 0;
      if (level > 1) return null;
      if (k === 0 && size >= count) return { levels: level === 1 ? 'all' : 'none', end };
      levels ??= new Uint8Array(count);
      levels.fill(level, k, k + size);
      k += size;
    } else {
      levels ??= new Uint8Array(count);
      const to = Math.min(count, k + size * 8);
      if (at + Math.ceil((to - k) / 8) > end) return null;
      for (let n = k; n < to; n++) levels[n] = ((bytes[at + ((n - k) >> 3)] ?? 0) >> ((n - k) & 7)) & 1;
      at += size;
      k = to;
    }
  }
  return levels ? { levels, end } : { levels: 'all', end };
}
