/** Arrow data of texts and binaries, built value by value without an object each. */
import { Binary, makeData, Utf8, type Data } from 'apache-arrow';

/** Below this many bytes a loop copies faster than a view does. */
const LOOP_BYTES = 40;

/** Where a value lies: `data[from … to)`. */
export interface ByteSpan {
  data: Uint8Array;
  from: number;
  to: number;
}

/** Takes `length` values in order. */
export class BytesBuilder {
  readonly #length: number;
  readonly #offsets: Int32Array;
  #bytes: Buffer;
  #used = 0;
  #count = 0;
  #nulls = 0;
  #valid: Uint8Array | undefined;

  constructor(length: number, expectedBytes = 32) {
    this.#length = length;
    this.#offsets = new Int32Array(length + 1);
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(64, length * expectedBytes));
  }

  #room(size: number): void {
    if (this.#used + size <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#used + size));
    grown.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = grown;
  }

  /** Bytes of a span as the next value. */
  span({ data, from, to }: ByteSpan): void {
    const size = to - from;
    this.#room(size);
    if (size <= LOOP_BYTES) for (let k = from, at = this.#used; k < to; k++, at++) this.#bytes[at] = data[k] ?? 0;
    else this.#bytes.set(data.subarray(from, to), this.#used);
    this.#used += size;
    this.#offsets[++this.#count] = this.#used;
  }

  bytes(value: Uint8Array): void {
    this.span({ data: value, from: 0, to: value.length });
  }

  text(value: string): void {
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    this.#room(value.length * 3);
    this.#used += this.#bytes.write(value, this.#used, 'utf8');
    this.#offsets[++this.#count] = this.#used;
  }

  null(): void {
    this.#valid ??= new Uint8Array(Math.ceil(this.#length / 8)).fill(255);
    const i = this.#count;
    this.#valid[i >> 3] = (this.#valid[i >> 3] ?? 0) & ~(1 << (i & 7));
    this.#nulls++;
    this.#offsets[++this.#count] = this.#used;
  }

  /** The column; all values must have been given. */
  finish(type: 'string' | 'binary'): Data {
    const init = {
      length: this.#length,
      nullCount: this.#nulls,
      nullBitmap: this.#valid ?? null,
      valueOffsets: this.#offsets,
      data: new Uint8Array(this.#bytes.buffer, 0, this.#used),
    };
    return type === 'string' ? makeData({ type: new Utf8(), ...init }) : makeData({ type: new Binary(), ...init });
  }
}
