/** Reading of FlatBuffers (flatbuffers.dev, "Internals"): tables of optional fields found through a vtable. */
import { FormatError } from '../../core/index.js';
import type { CheckedView } from './checked-view.js';

/** A table within a buffer; a field that is absent has offset 0. */
export class FlatTable {
  readonly view: CheckedView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  constructor(view: CheckedView, at: number) {
    this.view = view;
    this.#at = at;
    this.#vtable = at - view.i32(at);
    this.#vtableBytes = view.u16(this.#vtable);
  }

  /** The root table of a buffer without size prefix. */
  static root(view: CheckedView): FlatTable {
    return new FlatTable(view, view.u32(0));
  }

  /** Where the field with this number lies; 0 when absent. */
  #field(id: number): number {
    const slot = 4 + id * 2;
    const offset = slot + 2 <= this.#vtableBytes ? this.view.u16(this.#vtable + slot) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }

  u8(id: number, absent = 0): number {
    const at = this.#field(id);
    return at === 0 ? absent : this.view.u8(at);
  }
  u16(id: number, absent = 0): number {
    const at = this.#field(id);
    return at === 0 ? absent : this.view.u16(at);
  }
  i32(id: number, absent = 0): number {
    const at = this.#field(id);
    return at === 0 ? absent : this.view.i32(at);
  }
  u64(id: number, absent = 0): number {
    const at = this.#field(id);
    return at === 0 ? absent : this.view.u64(at);
  }

  /** Place and length of a vector; both 0 when absent. */
  vector(id: number, itemBytes: number): { readonly at: number; readonly length: number } {
    const field = this.#field(id);
    if (field === 0) return { at: 0, length: 0 };
    const start = field + this.view.u32(field);
    const length = this.view.u32(start);
    this.view.need(start + 4, length * itemBytes);
    return { at: start + 4, length };
  }

  text(id: number): string | null {
    const { at, length } = this.vector(id, 1);
    return at === 0 ? null : this.view.text(at, length);
  }
  bytes(id: number): Uint8Array {
    const { at, length } = this.vector(id, 1);
    return this.view.slice(at, length);
  }
  f64s(id: number): number[] {
    const { at, length } = this.vector(id, 8);
    return Array.from({ length }, (_, i) => this.view.f64(at + i * 8));
  }
  u32s(id: number): number[] {
    const { at, length } = this.vector(id, 4);
    return Array.from({ length }, (_, i) => this.view.u32(at + i * 4));
  }

  table(id: number): FlatTable | null {
    const field = this.#field(id);
    return field === 0 ? null : this.#tableAt(field);
  }
  tables(id: number): FlatTable[] {
    const { at, length } = this.vector(id, 4);
    return Array.from({ length }, (_, i) => this.#tableAt(at + i * 4));
  }

  #tableAt(slot: number): FlatTable {
    const offset = this.view.u32(slot);
    // Offsets point onwards; zero would be a table within itself and make a cycle.
    if (offset < 4) throw new FormatError('bad-flatbuffer', `${this.view.where}: a table points at itself.`);
    return new FlatTable(this.view, slot + offset);
  }
}
