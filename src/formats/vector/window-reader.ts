/** Small pieces of a source, mostly one after another, with few reads of the source itself. */
import { FormatError } from '../../core/index.js';
import type { Source } from '../../io/index.js';

const FIRST_BYTES = 65536;
const WINDOW_BYTES = 1 << 20;

/** Keeps the window that it read last; windows grow when pieces are asked for in order. */
export class WindowReader {
  readonly size: number;
  readonly #source: Source;
  readonly #where: string;
  #window = new Uint8Array(0);
  #start = 0;

  constructor(source: Source, where: string) {
    this.#source = source;
    this.#where = where;
    this.size = source.size ?? 0;
  }

  /**
   * Exactly `length` bytes at `offset`, valid until the next call.
   *
   * @throws {@link FormatError} `truncated` when the source ends before.
   */
  async bytes(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw new FormatError(
        'truncated',
        `${this.#where}: bytes ${offset} to ${offset + length} are needed but the file has ${this.size}.`,
        { hint: 'The file is cut off or damaged.' },
      );
    }
    const end = this.#start + this.#window.byteLength;
    if (offset < this.#start || offset + length > end) {
      const follows = offset >= this.#start && offset <= end && end > 0;
      const wanted = Math.max(length, follows ? WINDOW_BYTES : FIRST_BYTES);
      this.#window = new Uint8Array(await this.#source.read(offset, Math.min(wanted, this.size - offset), { signal }));
      this.#start = offset;
    }
    return this.#window.subarray(offset - this.#start, offset - this.#start + length);
  }
}
