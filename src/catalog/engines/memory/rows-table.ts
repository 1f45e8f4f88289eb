/** Row objects as a table: what builders make. */
import type { Crs, Interval } from '../../../core/index.js';
import { encodeWkb } from '../../../formats/geoparquet/index.js';
import { isBox } from '../../geometry.js';
import type { CatalogTable } from '../../table.js';
import type { CatalogRow, MultiPolygon, NativeGrid, Polygon, Scalar } from '../../types.js';

/** A table that keeps the row objects it was given; the flat arrays are made when first asked for. */
export class RowsTable implements CatalogTable {
  readonly length: number;
  readonly #rows: readonly CatalogRow[];
  #boxes: Float64Array | undefined;
  #starts: Float64Array | undefined;
  #ends: Float64Array | undefined;
  #boxed: Uint8Array | undefined;
  #columnNames: readonly string[] | undefined;

  /** Names of the columns are those of the rows, in order of first appearance, unless they are known. */
  constructor(rows: readonly CatalogRow[], columnNames?: readonly string[]) {
    this.#rows = rows;
    this.#columnNames = columnNames;
    this.length = rows.length;
  }

  get boxes(): Float64Array {
    if (!this.#boxes) {
      const boxes = new Float64Array(this.length * 4);
      this.#rows.forEach(({ bbox }, i) => {
        for (let k = 0; k < 4; k++) boxes[i * 4 + k] = bbox[k] ?? NaN;
      });
      this.#boxes = boxes;
    }
    return this.#boxes;
  }
  get starts(): Float64Array {
    this.#starts ??= Float64Array.from(this.#rows, (row) => row.interval?.start ?? -Infinity);
    return this.#starts;
  }
  get ends(): Float64Array {
    this.#ends ??= Float64Array.from(this.#rows, (row) => row.interval?.end ?? Infinity);
    return this.#ends;
  }
  get boxed(): Uint8Array {
    this.#boxed ??= Uint8Array.from(this.#rows, (row) => (isBox(row.geometry) ? 1 : 0));
    return this.#boxed;
  }
  get columnNames(): readonly string[] {
    if (!this.#columnNames) {
      const names = new Set<string>();
      for (const { columns } of this.#rows) for (const name in columns) names.add(name);
      this.#columnNames = [...names];
    }
    return this.#columnNames;
  }

  row(i: number): CatalogRow {
    // SAFETY: callers ask for rows in range.
    return this.#rows[i] as CatalogRow;
  }
  id(i: number): string {
    return this.row(i).id;
  }
  filepath(i: number): string {
    return this.row(i).filepath;
  }
  geometry(i: number): Polygon | MultiPolygon {
    return this.row(i).geometry;
  }
  wkb(i: number): Uint8Array {
    return encodeWkb(this.row(i).geometry);
  }
  interval(i: number): Interval | null {
    return this.row(i).interval;
  }
  crs(i: number): Crs {
    return this.row(i).crs;
  }
  native(i: number): NativeGrid | null {
    return this.row(i).native;
  }
  value(name: string, i: number): Scalar {
    const { columns } = this.row(i);
    return Object.hasOwn(columns, name) ? (columns[name] ?? null) : null;
  }
}
