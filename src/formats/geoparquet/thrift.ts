/**
 * The compact protocol of Thrift, as Parquet footers use it.
 * Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
 */
import { FormatError } from '../../core/index.js';

/** Types of fields and list elements. */
export const T_TRUE = 1;
export const T_I32 = 5;
export const T_I64 = 6;
export const T_BINARY = 8;
export const T_LIST = 9;
export const T_STRUCT = 12;
export const T_FALSE = 2;
const [T_BYTE, T_I16, T_DOUBLE, T_SET, T_MAP, T_UUID] = [3, 4, 7, 10, 11, 13];
/** Nesting beyond any footer: forged ones must not exhaust the stack. */
const MAX_DEPTH = 32;

/** Reads values in sequence; every read is checked against the end. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.byteLength) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  #fail(why: string): never {
    throw new FormatError('bad-parquet', `the footer is malformed: ${why} at byte ${this.at}`);
  }

  #byte(): number {
    if (this.at >= this.#end) this.#fail('it ends inside a value');
    return this.#bytes[this.at++] ?? 0;
  }

  /** An unsigned integer of at most 53 bits. */
  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let k = 0; k < 10; k++) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    return this.#fail('an integer of more than 10 bytes');
  }

  /** A signed integer; inexact beyond 53 bits, where no length or offset is. */
  integer(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  binary(): Uint8Array {
    const length = this.#varint();
    if (length > this.#end - this.at) this.#fail(`a text of ${length} bytes`);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    const bytes = this.binary();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  /** The elements of a list, each read by `read`. */
  list<T>(read: (type: number) => T): T[] {
    const header = this.#byte();
    const count = header >> 4 === 15 ? this.#varint() : header >> 4;
    // Every element takes a byte at least, so a forged count cannot lead to a large array.
    if (count > this.#end - this.at) this.#fail(`a list of ${count} elements`);
    return Array.from({ length: count }, () => read(header & 15));
  }

  /** Calls `field` for each field of a struct; it returns false to have the value skipped. */
  struct(field: (id: number, type: number) => boolean, depth = 0): void {
    let id = 0;
    for (;;) {
      const header = this.#byte();
      if (header === 0) return;
      id = header >> 4 === 0 ? this.integer() : id + (header >> 4);
      const type = header & 15;
      if (!field(id, type)) this.skip(type, depth + 1);
    }
  }

  /** Passes over a value of a field. */
  skip(type: number, depth = 0): void {
    if (depth > MAX_DEPTH) this.#fail('values nested too deeply');
    if (type === T_TRUE || type === T_FALSE) return;
    if (type === T_BYTE) this.#byte();
    else if (type === T_I16 || type === T_I32 || type === T_I64) this.#varint();
    else if (type === T_DOUBLE || type === T_UUID) {
      for (let k = type === T_DOUBLE ? 8 : 16; k > 0; k--) this.#byte();
    } else if (type === T_BINARY) this.binary();
    else if (type === T_LIST || type === T_SET) this.list((t) => this.#skipElement(t, depth));
    else if (type === T_STRUCT) this.struct(() => false, depth);
    else if (type === T_MAP) this.#skipMap(depth);
    else this.#fail(`a value of unknown type ${type}`);
  }

  /** Booleans take a byte as elements and none as fields. */
  #skipElement(type: number, depth: number): void {
    if (type === T_TRUE || type === T_FALSE) this.#byte();
    else this.skip(type, depth + 1);
  }

  #skipMap(depth: number): void {
    const count = this.#varint();
    if (count === 0) return;
    if (count > this.#end - this.at) this.#fail(`a map of ${count} entries`);
    const types = this.#byte();
    for (let k = 0; k < count; k++) {
      this.#skipElement(types >> 4, depth);
      this.#skipElement(types & 15, depth);
    }
  }

  /** The bytes that `read` passes over. */
  raw(read: () => void): Uint8Array {
    const from = this.at;
    read();
    return this.#bytes.subarray(from, this.at);
  }
}

/** Writes values in sequence. */
export class ThriftWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;

  /** What was written. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size));
    grown.set(this.bytes);
    this.#bytes = grown;
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128);
    this.#byte(rest);
  }

  integer(value: number): void {
    this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Bytes as they are, of a value that was read with {@link ThriftReader.raw}. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  binary(value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    this.#varint(bytes.length);
    this.raw(bytes);
  }

  list<T>(type: number, items: readonly T[], write: (item: T) => void): void {
    if (items.length < 15) this.#byte((items.length << 4) | type);
    else {
      this.#byte(0xf0 | type);
      this.#varint(items.length);
    }
    items.forEach(write);
  }

  /** A struct of fields in ascending order of their ids; undefined ones are left out. */
  struct(fields: readonly (readonly [id: number, type: number, write: () => void] | undefined)[]): void {
    let last = 0;
    for (const field of fields) {
      if (!field) continue;
      const [id, type, write] = field;
      if (id - last < 16) this.#byte(((id - last) << 4) | type);
      else {
        this.#byte(type);
        this.integer(id);
      }
      last = id;
      write();
    }
    this.#byte(0);
  }
}
