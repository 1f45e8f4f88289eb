/** Arrow data of texts and binaries, built value by value without an object each. */
import { Binary, makeData, Utf8, type Data } from 'apache-arrow';

/** Below this many bytes a loop over words copies faster than a view, which is an object, does. */
const LOOP_BYTES = 256;

/** Where a value lies: `data[from … to)`. */
export interface ByteSpan {
  data: Uint8Array;
  from: number;
  to: number;
}

const NOTHING = new Uint8Array(0);

/** Takes `length` values in order. */
export class BytesBuilder {
  readonly #length: number;
  readonly #offsets: Int32Array;
  #bytes: Buffer;
  #used = 0;
  #count = 0;
  #nulls = 0;
  #valid: Uint8Array | undefined;
  #view: DataView;
  readonly #run: ByteSpan = { data: NOTHING, from: 0, to: 0 };
  #source: Uint8Array = NOTHING;
  #sourceView: DataView = new DataView(NOTHING.buffer);

  constructor(length: number, expectedBytes = 32) {
    this.#length = length;
    this.#offsets = new Int32Array(length + 1);
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(64, length * expectedBytes));
    this.#view = new DataView(this.#bytes.buffer);
  }

  #room(size: number): void {
    if (this.#used + size <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#used + size));
    grown.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Copies the run of spans that followed each other in their own buffer. */
  #flush(): void {
    const { data, from, to } = this.#run;
    const size = to - from;
    if (size === 0) return;
    this.#run.from = to;
    let at = this.#used - size;
    if (size > LOOP_BYTES) {
      this.#bytes.set(data.subarray(from, to), at);
      return;
    }
    if (this.#source !== data) {
      this.#source = data;
      this.#sourceView = new DataView(data.buffer, data.byteOffset, data.byteLength);
    }
    let k = from;
    for (; k + 4 <= to; k += 4, at += 4) this.#view.setInt32(at, this.#sourceView.getInt32(k));
    for (; k < to; k++, at++) this.#bytes[at] = data[k] ?? 0;
  }

  /** Bytes of a span as the next value; they are copied before anything else is added, or at the end. */
  span({ data, from, to }: ByteSpan): void {
    const run = this.#run;
    if (data !== run.data || from !== run.to) {
      this.#flush();
      run.data = data;
      run.from = from;
    }
    this.#room(to - from);
    run.to = to;
    this.#used += to - from;
    this.#offsets[++this.#count] = this.#used;
  }

  text(value: string): void {
    this.#flush();
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
    this.#flush();
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
