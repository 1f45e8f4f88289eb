/** Huffman codes of JPEG streams (ITU-T T.81, annexes C and F) and the bits they are read from. */

/** Codes up to this length are found in one step. */
const FAST_BITS = 9;

/** A table of codes. */
export interface HuffmanTable {
  /** By the next 9 bits: length · 256 + symbol, 0 when the code is longer. */
  readonly fast: Uint16Array;
  /** Largest code of each length, −1 when there is none. */
  readonly maxCode: Int32Array;
  /** Index of a symbol = code + offset of its length. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * The table of a DHT segment: counts of codes of 1–16 bits, then symbols.
 *
 * @throws Error when there are more codes than bits allow.
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const fast = new Uint16Array(1 << FAST_BITS);
  const maxCode = new Int32Array(18).fill(-1);
  const offset = new Int32Array(18);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0;
    offset[length] = index - code;
    for (let i = 0; i < count; i++, code++, index++) {
      if (code >= 1 << length) throw new Error('its Huffman table has too many codes');
      if (length <= FAST_BITS) {
        const first = code << (FAST_BITS - length);
        fast.fill((length << 8) | (symbols[index] ?? 0), first, first + (1 << (FAST_BITS - length)));
      }
    }
    if (count > 0) maxCode[length] = code - 1;
    code <<= 1;
  }
  return { fast, maxCode, offset, symbols };
}

/** Bits of entropy-coded data; a byte 0 after 0xFF is stuffing, another byte is a marker that ends them. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #held = 0;
  #count = 0;
  /** Zero bits that were put behind the data. */
  #missing = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  #fill(): void {
    while (this.#count <= 16) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        this.#missing += 8;
        this.#held = (this.#held << 8) | 0;
      } else {
        this.#held = (this.#held << 8) | byte;
        this.#at += byte === 0xff ? 2 : 1;
      }
      this.#count += 8;
    }
  }

  /** Bits taken that the data did not have: the stream is cut off. */
  get overrun(): number {
    return Math.max(0, this.#missing - this.#count);
  }

  /** The next `n` ≤ 16 bits as a number. */
  bits(n: number): number {
    if (n === 0) return 0;
    if (this.#count < n) this.#fill();
    this.#count -= n;
    return (this.#held >>> this.#count) & ((1 << n) - 1);
  }

  /** The next `n` bits as a signed value (F.2.2.1). */
  signed(n: number): number {
    const v = this.bits(n);
    return n === 0 || v >= 1 << (n - 1) ? v : v - (1 << n) + 1;
  }

  /** The symbol of the next code. */
  symbol(table: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const peek = (this.#held >>> (this.#count - FAST_BITS)) & ((1 << FAST_BITS) - 1);
    const entry = table.fast[peek] ?? 0;
    if (entry !== 0) {
      this.#count -= entry >> 8;
      return entry & 255;
    }
    for (let length = FAST_BITS + 1; length <= 16; length++) {
      const code = (this.#held >>> (this.#count - length)) & ((1 << length) - 1);
      if (code <= (table.maxCode[length] ?? -1)) {
        this.#count -= length;
        return table.symbols[code + (table.offset[length] ?? 0)] ?? 0;
      }
    }
    throw new Error('it has a Huffman code that no table knows');
  }

  /** Steps over a restart marker; returns its number 0–7. */
  restart(): number {
    this.#held = 0;
    this.#count = 0;
    this.#missing = 0;
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++;
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7)
      throw new Error('a restart marker is missing');
    this.#at += 2;
    return marker - 0xd0;
  }
}
