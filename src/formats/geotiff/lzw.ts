/** TIFF's LZW (TIFF 6.0, section 13), with bounded output. */
import { FormatError } from '../../core/errors.js';
import { INPUT_SLACK, MAX_WASM_BYTES, OUTPUT_SLACK, type Inflated } from './inflate.js';
import { blocksWasm, type BlocksWasm } from './wasm.js';

const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const MAX_CODES = 4096;

/**
 * Decodes into exactly `length` bytes, fewer when the data end earlier.
 *
 * Codes are most-significant-bit first and grow one code early, as TIFF has it. Strings are kept as positions in the
 * output: a new code is always the previous string plus one byte, which stands right behind it.
 *
 * @throws {@link FormatError} `bad-lzw` for a code that no table can hold.
 */
function plainLzw(input: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const starts = new Uint32Array(MAX_CODES);
  const lengths = new Uint16Array(MAX_CODES);
  let next = FIRST_FREE;
  let bits = 9;
  let previousStart = -1;
  let previousLength = 0;
  let at = 0;
  let held = 0;
  let heldBits = 0;
  let filled = 0;
  while (filled < length) {
    while (heldBits < bits) {
      if (at >= input.length) return out.subarray(0, filled);
      held = ((held << 8) | (input[at++] ?? 0)) & 0xffffff;
      heldBits += 8;
    }
    const code = (held >> (heldBits - bits)) & ((1 << bits) - 1);
    heldBits -= bits;
    if (code === END) break;
    if (code === CLEAR) {
      next = FIRST_FREE;
      bits = 9;
      previousStart = -1;
      continue;
    }
    const begin = filled;
    if (code < CLEAR) {
      out[filled++] = code;
    } else if (code < next) {
      const from = starts[code] ?? 0;
      const end = Math.min(length, filled + (lengths[code] ?? 0));
      for (let i = from; filled < end; i++) out[filled++] = out[i] ?? 0;
    } else if (code === next && previousStart >= 0) {
      // The one code that may be used before it is known: the previous string and its first byte again.
      const end = Math.min(length, filled + previousLength);
      for (let i = previousStart; filled < end; i++) out[filled++] = out[i] ?? 0;
      if (filled < length) out[filled++] = out[previousStart] ?? 0;
    } else {
      throw new FormatError('bad-lzw', `LZW code ${code} at byte ${at} refers to nothing (${next} codes known).`);
    }
    if (previousStart >= 0 && next < MAX_CODES) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next++;
      if (next + 1 >= 1 << bits && bits < 12) bits++;
    }
    previousStart = begin;
    previousLength = filled - begin;
  }
  return filled === length ? out : out.subarray(0, filled);
}

/**
 * Decodes up to `length` bytes in the module's memory, from the start.
 *
 * @throws {@link FormatError} `bad-lzw` for a code that no table can hold.
 */
export function lzwInto(wasm: BlocksWasm, stored: Uint8Array, length: number): Inflated {
  const input = wasm.heap;
  const at = (input + stored.byteLength + INPUT_SLACK + 15) & ~15;
  const free = (at + length + OUTPUT_SLACK + 15) & ~15;
  const memory = wasm.bytes(free);
  memory.set(stored, input);
  memory.fill(0, input + stored.byteLength, input + stored.byteLength + INPUT_SLACK);
  let count = wasm.lzw(input, stored.byteLength, at, at + length);
  if (count < 0) {
    // The plain decoder tells what is wrong.
    const there = plainLzw(stored, length);
    memory.set(there, at);
    count = there.byteLength;
  }
  return { wasm, at, count, free, resume: null };
}

/**
 * Decodes into exactly `length` bytes, fewer when the data end earlier.
 *
 * @throws {@link FormatError} `bad-lzw` for a code that no table can hold.
 */
export function decodeLzw(stored: Uint8Array, length: number): Uint8Array {
  const wasm = length + stored.byteLength <= MAX_WASM_BYTES ? blocksWasm() : null;
  if (!wasm) return plainLzw(stored, length);
  const { at, count } = lzwInto(wasm, stored, length);
  return wasm.bytes(0).slice(at, at + count);
}
