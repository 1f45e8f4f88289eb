/** Tables that see another one through an operation, without a copy of its rows. */
import type { Crs, Interval, RunningTask } from '../../core/index.js';
import { rowAt, type CatalogTable, type TableView } from '../table.js';
import type { CatalogRow, MultiPolygon, NativeGrid, Polygon, Scalar } from '../types.js';

/** A table with the rows of another; subclasses replace what their operation changes. */
export abstract class DerivedTable implements CatalogTable {
  protected readonly base: CatalogTable;

  constructor(base: CatalogTable) {
    this.base = base;
  }
  /** Index into the base of a row of this table. */
  protected at(i: number): number {
    return i;
  }

  get length(): number {
    return this.base.length;
  }
  get boxes(): Float64Array {
    return this.base.boxes;
  }
  get starts(): Float64Array {
    return this.base.starts;
  }
  get ends(): Float64Array {
    return this.base.ends;
  }
  get boxed(): Uint8Array {
    return this.base.boxed;
  }
  get columnNames(): readonly string[] {
    return this.base.columnNames;
  }
  id(i: number): string {
    return this.base.id(this.at(i));
  }
  filepath(i: number): string {
    return this.base.filepath(this.at(i));
  }
  geometry(i: number): Polygon | MultiPolygon {
    return this.base.geometry(this.at(i));
  }
  wkb(i: number): Uint8Array {
    return this.base.wkb(this.at(i));
  }
  interval(i: number): Interval | null {
    return this.base.interval(this.at(i));
  }
  crs(i: number): Crs {
    return this.base.crs(this.at(i));
  }
  native(i: number): NativeGrid | null {
    return this.base.native(this.at(i));
  }
  value(name: string, i: number): Scalar {
    return this.base.value(name, this.at(i));
  }
  row(i: number): CatalogRow {
    return rowAt(this, i);
  }
  async prepare(task: RunningTask): Promise<void> {
    await this.base.prepare?.(task);
  }
}

/** Some rows of a table, maybe repeated, as a table of its own. */
export class SelectedTable extends DerivedTable {
  readonly #indices: Uint32Array;
  #boxes: Float64Array | undefined;

  constructor(base: CatalogTable, indices: Uint32Array) {
    super(base);
    this.#indices = indices;
  }
  protected override at(i: number): number {
    // SAFETY: callers ask for rows in range.
    return this.#indices[i] as number;
  }
  override get length(): number {
    return this.#indices.length;
  }
  override get boxes(): Float64Array {
    if (!this.#boxes) {
      const { boxes } = this.base;
      const own = new Float64Array(this.#indices.length * 4);
      this.#indices.forEach((i, k) => own.set(boxes.subarray(i * 4, i * 4 + 4), k * 4));
      this.#boxes = own;
    }
    return this.#boxes;
  }
  readonly #picked = new Map<Float64Array | Uint8Array, Float64Array | Uint8Array>();
  #pick<T extends Float64Array | Uint8Array>(values: T): T {
    let own = this.#picked.get(values);
    if (!own) {
      const pick = (_: unknown, k: number): number => values[this.#indices[k] ?? 0] ?? NaN;
      own =
        values instanceof Float64Array
          ? Float64Array.from({ length: this.length }, pick)
          : Uint8Array.from({ length: this.length }, pick);
      this.#picked.set(values, own);
    }
    // SAFETY: made of the same type just above.
    return own as T;
  }
  override get starts(): Float64Array {
    return this.#pick(this.base.starts);
  }
  override get ends(): Float64Array {
    return this.#pick(this.base.ends);
  }
  override get boxed(): Uint8Array {
    return this.#pick(this.base.boxed);
  }
  override row(i: number): CatalogRow {
    return this.base.row(this.at(i));
  }
}

/** The rows of a view as a table, index for index. */
export function compact({ table, indices }: TableView): CatalogTable {
  return indices ? new SelectedTable(table, indices) : table;
}

/** A table with other times. */
export class TimedTable extends DerivedTable {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;

  /** Starts and ends in microseconds, infinite for static rows. */
  constructor(base: CatalogTable, starts: Float64Array, ends: Float64Array) {
    super(base);
    this.#starts = starts;
    this.#ends = ends;
  }
  override get starts(): Float64Array {
    return this.#starts;
  }
  override get ends(): Float64Array {
    return this.#ends;
  }
  override interval(i: number): Interval | null {
    const start = this.#starts[i] ?? NaN;
    return start === -Infinity ? null : Object.freeze({ start, end: this.#ends[i] ?? NaN });
  }
}

/** A table with one more or one replaced column. */
export class ColumnTable extends DerivedTable {
  readonly #name: string;
  readonly #values: readonly Scalar[];
  readonly #names: readonly string[];

  constructor(base: CatalogTable, name: string, values: readonly Scalar[]) {
    super(base);
    this.#name = name;
    this.#values = values;
    this.#names = withName(base.columnNames, name);
  }
  override get columnNames(): readonly string[] {
    return this.#names;
  }
  override value(name: string, i: number): Scalar {
    return name === this.#name ? (this.#values[i] ?? null) : super.value(name, i);
  }
}

/** Names with one more at the end, unless it is there. */
export function withName(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names : [...names, name];
}
