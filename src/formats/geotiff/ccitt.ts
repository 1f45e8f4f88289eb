/** CCITT bilevel blocks: modified Huffman (TIFF 2), Group 3 (ITU-T T.4, one- and two-dimensional) and Group 4 (T.6). */
import { BLACK, WHITE, type RunCode } from './ccitt-codes.js';
import type { BlockFacts } from './codec.js';

const [RLE, GROUP3] = [2, 3];
/** T4Options: two-dimensional coding; uncompressed mode. */
const [TWO_DIMENSIONAL, UNCOMPRESSED] = [1, 2];
const EOL = 1; // twelve bits, eleven of them zero

/** Bits, most significant first; zeros follow the end. */
class Bits {
  readonly #bytes: Uint8Array;
  at = 0;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.length = bytes.length * 8;
  }

  /** The next `n` ≤ 16 bits without taking them. */
  peek(n: number): number {
    const byte = this.at >> 3;
    const word = ((this.#bytes[byte] ?? 0) << 16) | ((this.#bytes[byte + 1] ?? 0) << 8) | (this.#bytes[byte + 2] ?? 0);
    return (word >> (24 - (this.at & 7) - n)) & ((1 << n) - 1);
  }
}

/** The length of a run: make-up codes, then one terminating code. */
function readRun(bits: Bits, codes: readonly (RunCode | undefined)[]): number {
  let run = 0;
  for (;;) {
    const code = codes[bits.peek(13)];
    if (!code || bits.at >= bits.length) throw new Error('it has a code that is none');
    bits.at += code.bits;
    run += code.run;
    if (code.run < 64) return run;
  }
}

/** Positions at which the colour changes, white first; the width stands behind the last. */
type Changes = Int32Array;

/** Colours alternate with changes and begin with white. */
const isWhiteAt = (changes: number): boolean => changes % 2 === 0;

/** A row of runs. Returns how many changes there are. */
function readRow1d(bits: Bits, row: Changes, width: number): number {
  let at = 0;
  let count = 0;
  for (let isWhite = true; at < width; isWhite = !isWhite) {
    at += readRun(bits, isWhite ? WHITE : BLACK);
    if (at > width) throw new Error('a run goes beyond its row');
    row[count++] = at;
  }
  return count;
}

/** A row by its differences from the row above (T.4, 4.2.1.3). */
function readRow2d(bits: Bits, above: Changes, aboveCount: number, row: Changes, width: number): number {
  let at = -1;
  let count = 0;
  let index = 0;
  /** The first change above, right of `at`, to the opposite colour of the current one. */
  const findB1 = (): number => {
    while (index > 0 && (above[index - 1] ?? width) > at) index--;
    while (index < aboveCount && ((above[index] ?? width) <= at || isWhiteAt(index) !== isWhiteAt(count))) index++;
    return index;
  };
  const change = (to: number): void => {
    if (to > width || to < Math.max(0, at)) throw new Error('a change lies outside its row');
    row[count++] = to;
    at = to;
  };
  while (at < width) {
    if (bits.at >= bits.length) throw new Error('its data end early');
    if (count + 2 > row.length) throw new Error('a row has too many changes');
    const b1 = findB1();
    const position = b1 < aboveCount ? (above[b1] ?? width) : width;
    const code = bits.peek(7);
    const isWhite = isWhiteAt(count);
    const vertical = VERTICAL.find(([value, length]) => code >> (7 - length) === value);
    if (vertical) {
      bits.at += vertical[1];
      change(position + vertical[2]);
    } else if (code >> 4 === 1) {
      bits.at += 3;
      const start = Math.max(0, at);
      const first = start + readRun(bits, isWhite ? WHITE : BLACK);
      const second = first + readRun(bits, isWhite ? BLACK : WHITE);
      change(first);
      change(second);
    } else if (code >> 3 === 1) {
      bits.at += 4; // pass: up to the change after b1
      at = b1 + 1 < aboveCount ? (above[b1 + 1] ?? width) : width;
    } else {
      throw new Error('it has a mode that is none');
    }
  }
  // A row that passes to its end has no change there.
  if (count === 0 || (row[count - 1] ?? 0) < width) row[count++] = width;
  return count;
}

/** Codes of vertical mode: value, bits, distance of the change from that above. */
const VERTICAL: readonly (readonly [value: number, bits: number, distance: number])[] = [
  [0b1, 1, 0],
  [0b011, 3, 1],
  [0b010, 3, -1],
  [0b000011, 6, 2],
  [0b000010, 6, -2],
  [0b0000011, 7, 3],
  [0b0000010, 7, -3],
];

/** Steps over an end-of-line code and the zeros before it, when one comes next. */
function skipEol(bits: Bits): boolean {
  const from = bits.at;
  while (bits.at + 12 <= bits.length && bits.peek(12) === 0) bits.at++;
  if (bits.at + 12 <= bits.length && bits.peek(12) === EOL) {
    bits.at += 12;
    return true;
  }
  bits.at = from;
  return false;
}

/**
 * The rows of a block, one bit a pixel, 1 = black, each padded to whole bytes.
 *
 * @throws Error when codes are damaged or end early.
 */
export function unpackCcitt(stored: Uint8Array, facts: BlockFacts): Uint8Array {
  const { compression, width, rows, expectedBytes, options } = facts;
  if (facts.bits !== 1 || facts.samples !== 1) throw new Error('CCITT codes hold one bit a pixel');
  if (compression === GROUP3 && (options.t4Options & UNCOMPRESSED) !== 0)
    throw new Error('its uncompressed mode is not read');
  const out = new Uint8Array(expectedBytes);
  const rowBytes = Math.ceil(width / 8);
  const bits = new Bits(stored);
  // In two-dimensional rows zero-length runs may double the number of changes.
  let above: Changes = new Int32Array(2 * width + 4);
  let row: Changes = new Int32Array(2 * width + 4);
  above[0] = width;
  let aboveCount = 1;
  for (let y = 0; y < rows; y++) {
    let count: number;
    if (compression === RLE) {
      bits.at = Math.ceil(bits.at / 8) * 8;
      count = readRow1d(bits, row, width);
    } else if (compression === GROUP3) {
      const isMarked = skipEol(bits);
      const is2d = (options.t4Options & TWO_DIMENSIONAL) !== 0;
      if (is2d && !isMarked) throw new Error('an end of line is missing');
      const is1dRow = !is2d || bits.peek(1) === 1;
      if (is2d) bits.at++;
      count = is1dRow ? readRow1d(bits, row, width) : readRow2d(bits, above, aboveCount, row, width);
    } else {
      count = readRow2d(bits, above, aboveCount, row, width);
    }
    paint(out, y * rowBytes, row, count);
    [above, row] = [row, above];
    aboveCount = count;
  }
  return out;
}

/** Sets the bits of black runs. */
function paint(out: Uint8Array, rowAt: number, row: Changes, count: number): void {
  for (let i = 1; i < count; i += 2) {
    for (let x = row[i - 1] ?? 0; x < (row[i] ?? 0); x++) {
      const byte = rowAt + (x >> 3);
      out[byte] = (out[byte] ?? 0) | (128 >> (x & 7));
    }
  }
}
