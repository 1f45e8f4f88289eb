/** Tables one after the other as one. */
import type { Crs, Interval, RunningTask } from '../../core/index.js';
import { rowAt, type CatalogTable, type TableView } from '../table.js';
import { viewLength } from '../table-view.js';
import type { CatalogRow, MultiPolygon, NativeGrid, Polygon, Scalar } from '../types.js';
import { compact } from './derived-table.js';

function joined<T extends Float64Array | Uint8Array>(
  whole: T,
  parts: readonly CatalogTable[],
  of: (t: CatalogTable) => T,
): T {
  let at = 0;
  for (const part of parts) {
    const values = of(part);
    whole.set(values, at);
    at += values.length;
  }
  return whole;
}

/** Tables in their order; what they lack of the columns is null. */
export class ConcatTable implements CatalogTable {
  readonly length: number;
  readonly columnNames: readonly string[];
  readonly parts: readonly CatalogTable[];
  /** First row of each part. */
  readonly #offsets: readonly number[];
  #last = 0;
  #boxes: Float64Array | undefined;
  #starts: Float64Array | undefined;
  #ends: Float64Array | undefined;
  #boxed: Uint8Array | undefined;

  constructor(parts: readonly CatalogTable[], columnNames: readonly string[]) {
    this.parts = parts;
    let length = 0;
    this.#offsets = parts.map((part) => {
      const offset = length;
      length += part.length;
      return offset;
    });
    this.length = length;
    this.columnNames = columnNames;
  }

  /** Part and index within it. Rows are mostly asked for in order, so the last part is tried first. */
  #find(i: number): readonly [CatalogTable, number] {
    const offset = (p: number): number => this.#offsets[p] ?? Infinity;
    if (i < offset(this.#last) || i >= offset(this.#last + 1)) {
      let [low, high] = [0, this.parts.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (offset(middle) <= i) low = middle;
        else high = middle - 1;
      }
      this.#last = low;
    }
    // SAFETY: i is in range, so a part holds it.
    return [this.parts[this.#last] as CatalogTable, i - offset(this.#last)];
  }

  get boxes(): Float64Array {
    return (this.#boxes ??= joined(new Float64Array(this.length * 4), this.parts, (t) => t.boxes));
  }
  get starts(): Float64Array {
    return (this.#starts ??= joined(new Float64Array(this.length), this.parts, (t) => t.starts));
  }
  get ends(): Float64Array {
    return (this.#ends ??= joined(new Float64Array(this.length), this.parts, (t) => t.ends));
  }
  get boxed(): Uint8Array {
    return (this.#boxed ??= joined(new Uint8Array(this.length), this.parts, (t) => t.boxed));
  }
  id(i: number): string {
    const [table, k] = this.#find(i);
    return table.id(k);
  }
  filepath(i: number): string {
    const [table, k] = this.#find(i);
    return table.filepath(k);
  }
  geometry(i: number): Polygon | MultiPolygon {
    const [table, k] = this.#find(i);
    return table.geometry(k);
  }
  wkb(i: number): Uint8Array {
    const [table, k] = this.#find(i);
    return table.wkb(k);
  }
  interval(i: number): Interval | null {
    const [table, k] = this.#find(i);
    return table.interval(k);
  }
  crs(i: number): Crs {
    const [table, k] = this.#find(i);
    return table.crs(k);
  }
  native(i: number): NativeGrid | null {
    const [table, k] = this.#find(i);
    return table.native(k);
  }
  value(name: string, i: number): Scalar {
    const [table, k] = this.#find(i);
    return table.value(name, k);
  }
  row(i: number): CatalogRow {
    const [table, k] = this.#find(i);
    return table.columnNames.length === this.columnNames.length ? table.row(k) : rowAt(this, i);
  }
  async prepare(task: RunningTask): Promise<void> {
    for (const part of this.parts) await part.prepare?.(task);
  }
}

/** Views one after the other as one table. */
export function concatViews(views: readonly TableView[], columnNames: readonly string[]): CatalogTable {
  // Unions of unions stay flat, so that a row is found in one step however many catalogs were united.
  const parts = views
    .filter((v) => viewLength(v) > 0)
    .map(compact)
    .flatMap((table) => (table instanceof ConcatTable ? table.parts : [table]));
  const [only] = parts;
  return only && parts.length === 1 ? only : new ConcatTable(parts, columnNames);
}
