/** Numbers from bytes that may be forged: every read checks that it lies within. */
import { FormatError } from '../../core/index.js';

const TEXT = new TextDecoder('utf-8');

/** A view of bytes; `where` names the file and the place in messages. Offsets that lie outside are errors. */
export class CheckedView {
  readonly bytes: Uint8Array;
  readonly where: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, where: string) {
    this.bytes = bytes;
    this.where = where;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.byteLength;
  }

  /** @throws {@link FormatError} `truncated` when `length` bytes from `at` are not all there. */
  need(at: number, length: number): void {
    if (at >= 0 && length >= 0 && at + length <= this.size) return;
    throw new FormatError(
      'truncated',
      `${this.where}: bytes ${at} to ${at + length} are needed but only ${this.size} are there.`,
      { hint: 'The file is cut off or damaged.' },
    );
  }

  u8(at: number): number {
    this.need(at, 1);
    return this.#view.getUint8(at);
  }
  u16(at: number, little = true): number {
    this.need(at, 2);
    return this.#view.getUint16(at, little);
  }
  u32(at: number, little = true): number {
    this.need(at, 4);
    return this.#view.getUint32(at, little);
  }
  i32(at: number, little = true): number {
    this.need(at, 4);
    return this.#view.getInt32(at, little);
  }
  f32(at: number, little = true): number {
    this.need(at, 4);
    return this.#view.getFloat32(at, little);
  }
  f64(at: number, little = true): number {
    this.need(at, 8);
    return this.#view.getFloat64(at, little);
  }
  /** An unsigned 64-bit number; those above 2^53 lose digits, and no valid offset or count is that large. */
  u64(at: number, little = true): number {
    this.need(at, 8);
    return Number(this.#view.getBigUint64(at, little));
  }
  i64(at: number, little = true): number {
    this.need(at, 8);
    return Number(this.#view.getBigInt64(at, little));
  }
  slice(at: number, length: number): Uint8Array {
    this.need(at, length);
    return this.bytes.subarray(at, at + length);
  }
  text(at: number, length: number): string {
    return TEXT.decode(this.slice(at, length));
  }
}
