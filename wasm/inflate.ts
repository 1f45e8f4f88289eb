/** Inflate (RFC 1951) over memory: bits in a 64-bit word, up to two literals and a length by one look-up. */
import { DISTANCE_BITS, DT, EXCEPTION, LENS, LITERAL, LITERAL_BITS, LT, ORDER, PRE, SECOND } from './layout';
import { repeat } from './repeat';
import { CODE_LENGTHS, LITERALS, OFFSETS, build, fixedTables, init, join } from './tables';

/** Where the last call stopped: behind its output, and bits of input taken. */
export let outEnd: usize = 0;
export let bitEnd: u64 = 0;
/** Where the last block begun starts: its tables are read from there when decoding goes on later. */
export let blockBit: u64 = 0;

const DAMAGED: i32 = 1;
const ENDED: i32 = 2;
const FULL: i32 = 3;

let ready = false;
// The state of reading, between functions.
let gNext: usize = 0;
let gBuf: u64 = 0;
let gCnt: u32 = 0;
let gOut: usize = 0;

/** Reads on from a bit. */
function seek(inp: usize, bit: u64): void {
  const next = inp + <usize>(bit >> 3);
  gBuf = load<u64>(next) >> (bit & 7);
  gNext = next + 7;
  gCnt = 56 - <u32>(bit & 7);
}

/** Reads the code lengths of a block and makes its tables. */
function dynamicTables(inEnd: usize): i32 {
  let next = gNext,
    buf = gBuf,
    cnt = gCnt;
  const nl = ((<u32>buf) & 31) + 257;
  const nd = (((<u32>buf) >> 5) & 31) + 1;
  const np = (((<u32>buf) >> 10) & 15) + 4;
  if (nl > 286 || nd > 30) return DAMAGED;
  buf >>= 14;
  cnt -= 14;
  store<u64>(LENS, 0);
  store<u64>(LENS + 8, 0);
  store<u32>(LENS + 16, 0);
  for (let i: u32 = 0; i < np; i++) {
    if (i == 10) {
      buf |= load<u64>(next) << cnt;
      next += (63 - cnt) >> 3;
      cnt |= 56;
    }
    store<u8>(LENS + load<u8>(ORDER + i), <u8>(buf & 7));
    buf >>= 3;
    cnt -= 3;
  }
  if (!build(CODE_LENGTHS, PRE, 7, LENS, 19)) return DAMAGED;
  const total = nl + nd;
  let i: u32 = 0;
  while (i < total) {
    buf |= load<u64>(next) << cnt;
    next += (63 - cnt) >> 3;
    cnt |= 56;
    const e = load<u32>(PRE + ((<usize>(buf & 127)) << 2));
    buf >>= e;
    cnt -= e & 63;
    const sym = e >> 16;
    if (sym < 16) {
      store<u8>(LENS + i, <u8>sym);
      i++;
      continue;
    }
    let value: u8 = 0;
    let times: u32;
    if (sym == 16) {
      if (i == 0) return DAMAGED;
      value = load<u8>(LENS + i - 1);
      times = 3 + ((<u32>buf) & 3);
      buf >>= 2;
      cnt -= 2;
    } else if (sym == 17) {
      times = 3 + ((<u32>buf) & 7);
      buf >>= 3;
      cnt -= 3;
    } else {
      times = 11 + ((<u32>buf) & 127);
      buf >>= 7;
      cnt -= 7;
    }
    if (i + times > total) return DAMAGED;
    memory.fill(LENS + i, value, times);
    i += times;
  }
  gNext = next;
  gBuf = buf;
  gCnt = cnt;
  if (next - (cnt >> 3) > inEnd) return ENDED;
  if (load<u8>(LENS + 256) == 0) return DAMAGED;
  return build(OFFSETS, DT, DISTANCE_BITS, LENS + nl, nd) && build(LITERALS, LT, LITERAL_BITS, LENS, nl) ? 0 : DAMAGED;
}

/** Decodes the codes of one block. */
function codes(inStop: usize, window: usize, limit: usize): i32 {
  let next = gNext,
    buf = gBuf,
    cnt = gCnt,
    out = gOut;
  const LM: u64 = (1 << LITERAL_BITS) - 1;
  const DM: u64 = (1 << DISTANCE_BITS) - 1;
  let status = 0;
  buf |= load<u64>(next) << cnt;
  next += (63 - cnt) >> 3;
  cnt |= 56;
  // Entries are looked up before the bits are filled up, so that the one does not wait for the other.
  let e = load<u64>(LT + ((<usize>(buf & LM)) << 3));
  while (true) {
    if (next > inStop) {
      status = ENDED;
      break;
    }
    if (out >= limit) {
      status = FULL;
      break;
    }
    buf |= load<u64>(next) << cnt;
    next += (63 - cnt) >> 3;
    cnt |= 56;
    let before = buf;
    buf >>= e;
    cnt -= (<u32>e) & 63;
    store<u16>(out, <u16>(e >> 32));
    out += <usize>(e >> 48);
    if (e & LITERAL) {
      e = load<u64>(LT + ((<usize>(buf & LM)) << 3));
      before = buf;
      buf >>= e;
      cnt -= (<u32>e) & 63;
      store<u16>(out, <u16>(e >> 32));
      out += <usize>(e >> 48);
      if (e & LITERAL) {
        e = load<u64>(LT + ((<usize>(buf & LM)) << 3));
        before = buf;
        buf >>= e;
        cnt -= (<u32>e) & 63;
        store<u16>(out, <u16>(e >> 32));
        out += <usize>(e >> 48);
        if (e & LITERAL) {
          e = load<u64>(LT + ((<usize>(buf & LM)) << 3));
          continue;
        }
      }
    }
    if (e & EXCEPTION) {
      if (e & SECOND) {
        e = load<u64>(LT + ((<usize>(((<u32>e) >> 16) + ((<u32>buf) & ((1 << (((<u32>e) >> 8) & 15)) - 1)))) << 3));
        before = buf;
        buf >>= e;
        cnt -= (<u32>e) & 63;
        if (e & LITERAL) {
          store<u8>(out, <u8>(e >> 32));
          out++;
          e = load<u64>(LT + ((<usize>(buf & LM)) << 3));
          continue;
        }
      }
      if (e & EXCEPTION) {
        if (!((<u32>e) >> 16)) status = DAMAGED;
        break; // the end of the block
      }
    }
    const length = ((<u32>e) >> 16) + ((<u32>(before & (((<u64>1) << e) - 1))) >> (((<u32>e) >> 8) & 15));
    let d = load<u32>(DT + ((<usize>(buf & DM)) << 2));
    buf |= load<u64>(next) << cnt;
    next += (63 - cnt) >> 3;
    cnt |= 56;
    if (d & EXCEPTION) {
      if (d & SECOND) {
        buf >>= d;
        cnt -= d & 63;
        d = load<u32>(DT + ((<usize>((d >> 16) + ((<u32>buf) & ((1 << ((d >> 8) & 15)) - 1)))) << 2));
      }
      if (d & EXCEPTION) {
        status = DAMAGED;
        break;
      }
    }
    const distance = (d >> 16) + ((<u32>(buf & (((<u64>1) << d) - 1))) >> ((d >> 8) & 15));
    buf >>= d;
    cnt -= d & 63;
    if (distance > <u32>(out - window)) {
      status = DAMAGED;
      break;
    }
    e = load<u64>(LT + ((<usize>(buf & LM)) << 3));
    repeat(out, distance, out + length);
    out += length;
  }
  gNext = next;
  gBuf = buf;
  gCnt = cnt;
  gOut = out;
  return status;
}

/**
 * Inflates raw deflate data at `inp` (`inLen` bytes, 32 readable behind) from bit `bit` of the block that starts at bit
 * `block` on (the same bit: from its start) to `out`, of which everything from `window` to `out` is history; stops at
 * `limit` (not before `out`; 320 writable bytes behind).
 * 0 the stream ended, 3 the output is full, 1 damaged, 2 input ended.
 */
export function inflate(inp: usize, inLen: u32, block: u64, bit: u64, window: usize, out: usize, limit: usize): i32 {
  if (!ready) {
    init();
    ready = true;
  }
  const inEnd = inp + inLen;
  // The input is no more what it was.
  if (max(block, bit) > (<u64>inLen) << 3) return DAMAGED;
  let next: usize = 0;
  seek(inp, block);
  gOut = out;
  let status = 0;
  // Where to go on inside the first block; 0 for all others.
  let inside: u64 = bit > block ? bit : 0;
  while (true) {
    next = gNext;
    let cnt = gCnt;
    let buf = gBuf | (load<u64>(next) << cnt);
    next += (63 - cnt) >> 3;
    cnt |= 56;
    blockBit = ((<u64>(next - inp)) << 3) - cnt;
    if (next - (cnt >> 3) >= inEnd) {
      status = ENDED;
      break;
    }
    const last = (<u32>buf) & 1;
    const type = ((<u32>buf) >> 1) & 3;
    buf >>= 3;
    cnt -= 3;
    if (type == 0) {
      // Stored: from the next whole byte on.
      next -= cnt >> 3;
      gBuf = 0;
      gCnt = 0;
      if (next + 4 > inEnd) {
        status = ENDED;
        break;
      }
      let n: u32 = load<u16>(next);
      if ((n ^ (<u32>load<u16>(next, 2))) != 0xffff) {
        status = DAMAGED;
        break;
      }
      next += 4;
      if (inside) {
        const taken = <u32>(inp + <usize>(inside >> 3) - next);
        n -= min(n, taken);
        next = inp + <usize>(inside >> 3);
      }
      const room = <u32>(limit - gOut);
      const take = min(min(n, room), <u32>(inEnd - next));
      memory.copy(gOut, next, take);
      gOut += take;
      gNext = next + take;
      if (take < n) status = take == room ? FULL : ENDED;
    } else {
      gNext = next;
      gBuf = buf;
      gCnt = cnt;
      if (type == 1) fixedTables();
      else status = type == 2 ? dynamicTables(inEnd) : DAMAGED;
      if (status) break;
      join();
      if (inside) seek(inp, inside);
      status = codes(inEnd + 8, window, limit);
    }
    if (status) break;
    if (last) break;
    if (gOut >= limit) {
      blockBit = ((<u64>(gNext - inp)) << 3) - gCnt;
      status = FULL;
      break;
    }
    inside = 0;
  }
  bitEnd = ((<u64>(gNext - inp)) << 3) - gCnt;
  outEnd = gOut;
  // Bits taken from behind the input were never there.
  return status != DAMAGED && bitEnd > (<u64>inLen) << 3 ? ENDED : status;
}
