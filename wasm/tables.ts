/** Decoding tables of Deflate (RFC 1951, section 3.2): canonical codes, looked up by their bits in the order of the stream. */
import {
  COUNT,
  DISTANCES,
  DISTANCE_BITS,
  DT,
  EXCEPTION,
  LENGTHS,
  LENS,
  LITERAL,
  LITERAL_BITS,
  LT,
  NEXT,
  ORDER,
  SECOND,
  SORTED,
} from './layout';

/** Kinds of codes. */
export const CODE_LENGTHS: u32 = 0;
export const LITERALS: u32 = 1;
export const OFFSETS: u32 = 2;

/** Writes the constants of the format: extra bits and first values of lengths and distances. */
export function init(): void {
  // 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  store<u64>(ORDER, 0x0609070800121110);
  store<u64>(ORDER + 8, 0x020d030c040b050a);
  store<u32>(ORDER + 16, 0x0f010e);
  let base: u32 = 3;
  for (let i: u32 = 0; i < 28; i++) {
    const extra = i < 8 ? 0 : (i >> 2) - 1;
    store<u32>(LENGTHS + (i << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(LENGTHS + (28 << 2), 258 << 16);
  store<u32>(LENGTHS + (29 << 2), EXCEPTION);
  store<u32>(LENGTHS + (30 << 2), EXCEPTION);
  base = 1;
  for (let i: u32 = 0; i < 30; i++) {
    const extra = i < 4 ? 0 : (i >> 1) - 1;
    store<u32>(DISTANCES + (i << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(DISTANCES + (30 << 2), EXCEPTION);
  store<u32>(DISTANCES + (31 << 2), EXCEPTION);
}

function entryOf(kind: u32, sym: u32, len: u32): u32 {
  if (kind == CODE_LENGTHS) return (sym << 16) | len;
  if (kind == LITERALS) {
    if (sym < 256) return LITERAL | (len << 8) | len;
    if (sym == 256) return EXCEPTION | (1 << 16) | (len << 8) | len;
    return load<u32>(LENGTHS + ((sym - 257) << 2)) + ((len << 8) | len);
  }
  return load<u32>(DISTANCES + (sym << 2)) + ((len << 8) | len);
}

function put(kind: u32, table: usize, index: u32, sym: u32, len: u32): void {
  const e = entryOf(kind, sym, len);
  if (kind != LITERALS) store<u32>(table + ((<usize>index) << 2), e);
  else store<u64>(table + ((<usize>index) << 3), sym < 256 ? (<u64>e) | ((<u64>(sym | 0x10000)) << 32) : <u64>e);
}

function onlySymbol(lens: usize, n: u32): u32 {
  let i: u32 = 0;
  while (i < n && load<u8>(lens + i) == 0) i++;
  return i;
}

/** Fills a table for `n` code lengths; false when they are no code. */
export function build(kind: u32, table: usize, tableBits: u32, lens: usize, n: u32): bool {
  memory.fill(COUNT, 0, 32);
  for (let i: u32 = 0; i < n; i++) {
    const at = COUNT + ((<usize>load<u8>(lens + i)) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  const size: u32 = 1 << tableBits;
  const shift: usize = kind == LITERALS ? 3 : 2;
  const unused = load<u16>(COUNT);
  store<u16>(COUNT, 0);
  let left: i32 = 1;
  let offset: u32 = 0;
  let longest: u32 = 0;
  for (let len: u32 = 1; len < 16; len++) {
    const c = <u32>load<u16>(COUNT + (len << 1));
    left = (left << 1) - c;
    if (left < 0) return false;
    store<u16>(NEXT + (len << 1), <u16>offset);
    offset += c;
    if (c) longest = len;
  }
  if (left > 0) {
    // Incomplete: a single code of one bit is allowed for literals and distances, and no code at all for distances.
    if (kind == CODE_LENGTHS || !(longest <= 1)) return false;
    for (let i: u32 = 0; i < size; i++) {
      if (kind == LITERALS) store<u64>(table + ((<usize>i) << 3), EXCEPTION | 1);
      else store<u32>(table + ((<usize>i) << 2), EXCEPTION | 1);
    }
    if (longest == 0) return true;
    for (let i: u32 = 0; i < size; i += 2) put(kind, table, i, <u32>onlySymbol(lens, n), 1);
    return true;
  }
  for (let i: u32 = 0; i < n; i++) {
    const len = <u32>load<u8>(lens + i);
    if (len == 0) continue;
    const at = NEXT + (len << 1);
    const o = <u32>load<u16>(at);
    store<u16>(at, <u16>(o + 1));
    store<u16>(SORTED + (o << 1), <u16>i);
  }
  // Codes count up in reversed bits; a table of `filled` bits doubles whenever the length grows.
  let code: u32 = 0; // reversed
  let s: u32 = 0;
  let filled: u32 = 1; // entries filled so far, a power of two: 2^len
  let len: u32 = 1;
  const top = min<u32>(longest, tableBits);
  for (; len <= top; len++) {
    const c = <u32>load<u16>(COUNT + (len << 1));
    memory.copy(table + ((<usize>filled) << shift), table, (<usize>filled) << shift);
    filled <<= 1;
    for (let k: u32 = 0; k < c; k++) {
      const sym = <u32>load<u16>(SORTED + (s << 1));
      s++;
      put(kind, table, code, sym, len);
      let bit: u32 = 1 << (len - 1);
      while (code & bit) {
        code ^= bit;
        bit >>= 1;
      }
      code |= bit; // past the last code: bit is 0
    }
  }
  while (filled < size) {
    memory.copy(table + ((<usize>filled) << shift), table, (<usize>filled) << shift);
    filled <<= 1;
  }
  // Longer codes: second tables.
  if (longest > tableBits) {
    let next: u32 = size;
    let prefix: u32 = 0xffffffff;
    let subBits: u32 = 0;
    let subStart: u32 = 0;
    for (; len <= longest; len++) {
      let c = <u32>load<u16>(COUNT + (len << 1));
      for (; c; c--) {
        if ((code & (size - 1)) != prefix) {
          prefix = code & (size - 1);
          subStart = next;
          // The smallest table that the codes with this prefix fill.
          subBits = len - tableBits;
          let space: i32 = <i32>c; // codes of this length still to come
          let l = len;
          while (space < 1 << subBits) {
            subBits++;
            l++;
            space = (space << 1) + <i32>load<u16>(COUNT + (l << 1));
            if (l >= 15) break;
          }
          next += 1 << subBits;
          const e = EXCEPTION | SECOND | (subStart << 16) | (subBits << 8) | tableBits;
          if (kind == LITERALS) store<u64>(table + ((<usize>prefix) << 3), e);
          else store<u32>(table + ((<usize>prefix) << 2), e);
        }
        const sym = <u32>load<u16>(SORTED + (s << 1));
        s++;
        const short = len - tableBits;
        for (let i = code >> tableBits; i < 1 << subBits; i += 1 << short) put(kind, table, subStart + i, sym, short);
        let bit: u32 = 1 << (len - 1);
        while (code & bit) {
          code ^= bit;
          bit >>= 1;
        }
        code |= bit;
      }
    }
  }
  return true;
}

/** Joins up to two literals, and the length behind them, in one entry where their codes fit together. */
export function join(): void {
  for (let i: i32 = (1 << LITERAL_BITS) - 1; i >= 0; i--) {
    // Going down, the entry of the bits behind a code is still a single one.
    const at = LT + ((<usize>i) << 3);
    let e = load<u64>(at);
    if (!(e & LITERAL)) continue;
    let bits = (<u32>e) & 63;
    let f = load<u64>(LT + ((<usize>((<u32>i) >> bits)) << 3));
    if (f & LITERAL) {
      const both = bits + ((<u32>f) & 63);
      if (both > LITERAL_BITS) continue;
      e = ((<u64>2) << 48) | (e & 0xff00000000) | ((f & 0xff00000000) << 8) | LITERAL | both;
      bits = both;
      f = load<u64>(LT + ((<usize>((<u32>i) >> bits)) << 3));
    }
    if (!(f & (LITERAL | EXCEPTION))) {
      const codeBits = bits + (((<u32>f) >> 8) & 15);
      if (codeBits <= LITERAL_BITS) e = (e & 0x3ffff00000000) | (f + (bits | (bits << 8)));
    }
    store<u64>(at, e);
  }
}

/** The tables of the fixed codes (section 3.2.6). */
export function fixedTables(): void {
  memory.fill(LENS, 8, 144);
  memory.fill(LENS + 144, 9, 112);
  memory.fill(LENS + 256, 7, 24);
  memory.fill(LENS + 280, 8, 8);
  build(LITERALS, LT, LITERAL_BITS, LENS, 288);
  memory.fill(LENS, 5, 32);
  build(OFFSETS, DT, DISTANCE_BITS, LENS, 32);
}
