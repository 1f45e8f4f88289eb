/** TIFF's LZW (TIFF 6.0, section 13): codes most significant bit first, growing one code early. */
import { DT } from './layout';

const CLEAR: u32 = 256;
const END: u32 = 257;
const FIRST_FREE: u32 = 258;
const MAX_CODES: u32 = 4096;
// u64[4096]: where the string of a code stands in the output (low half), and how long it is. The tables of inflate,
// which are made anew for each block, stand there too.
const STRINGS: usize = DT;

/** Copies the bytes of a string, all of which stand before `out`; 16 bytes at a time, so up to 15 too many. */
function copy(out: usize, from: usize, end: usize): void {
  do {
    v128.store(out, v128.load(from));
    from += 16;
    out += 16;
  } while (out < end);
}

/**
 * Decodes up to `limit` (16 writable bytes behind); 32 readable bytes behind the input. Returns how many bytes it gave;
 * −1 for a code that refers to nothing.
 */
export function lzw(inp: usize, inLen: u32, out: usize, limit: usize): i32 {
  const start = out;
  const bitEnd = (<u64>inLen) << 3;
  let bit: u64 = 0;
  let bits: u32 = 9;
  let next: u32 = FIRST_FREE;
  let previous: usize = 0;
  let previousLength: u32 = 0;
  while (out < limit) {
    if (bit + bits > bitEnd) break;
    const word = bswap<u64>(load<u64>(inp + <usize>(bit >> 3))) << (bit & 7);
    const code = <u32>(word >> (64 - bits));
    bit += bits;
    if (code == END) break;
    if (code == CLEAR) {
      next = FIRST_FREE;
      bits = 9;
      previous = 0;
      continue;
    }
    const begin = out;
    if (code < CLEAR) {
      store<u8>(out++, <u8>code);
    } else if (code < next) {
      const s = load<u64>(STRINGS + ((<usize>code) << 3));
      out = min(limit, out + <usize>(s >> 32));
      copy(begin, <usize>(<u32>s), out);
    } else if (code == next && previous) {
      // The one code that may be used before it is known: the previous string and its first byte again.
      out = min(limit, out + previousLength);
      copy(begin, previous, out);
      if (out < limit) store<u8>(out++, load<u8>(previous));
    } else {
      return -1;
    }
    if (previous && next < MAX_CODES) {
      // The previous string plus one byte, which stands right behind it.
      store<u64>(STRINGS + ((<usize>next) << 3), (<u64>previous) | ((<u64>(previousLength + 1)) << 32));
      next++;
      if (next + 1 >= (<u32>1) << bits && bits < 12) bits++;
    }
    previous = begin;
    previousLength = <u32>(out - begin);
  }
  return <i32>(out - start);
}
