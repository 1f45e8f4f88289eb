/** Rows of a catalog in memory, shared by all catalogs derived without changing rows. */
import type { Bounds } from '../../../core/index.js';
import { isBox } from '../../geometry.js';
import type { CatalogRow } from '../../types.js';

/** Rows with their boxes and times in flat arrays, so that filters touch no objects. */
export class RowStore {
  readonly rows: readonly CatalogRow[];
  /** Four numbers a row. */
  readonly boxes: Float64Array;
  /** Microseconds; −Infinity to Infinity for static rows, which match every time. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** 1 where the footprint is the rectangle of its box, and the box test decides. */
  readonly boxed: Uint8Array;
  #columnNames: ReadonlySet<string> | undefined;

  constructor(rows: readonly CatalogRow[]) {
    this.rows = rows;
    this.boxes = new Float64Array(rows.length * 4);
    this.starts = new Float64Array(rows.length);
    this.ends = new Float64Array(rows.length);
    this.boxed = new Uint8Array(rows.length);
    rows.forEach((row, i) => {
      this.boxes.set(row.bbox, i * 4);
      this.starts[i] = row.interval?.start ?? -Infinity;
      this.ends[i] = row.interval?.end ?? Infinity;
      this.boxed[i] = isBox(row.geometry) ? 1 : 0;
    });
  }

  /** The row at an index that is in range. */
  row(index: number): CatalogRow {
    // SAFETY: indices come from this store's own filters.
    return this.rows[index] as CatalogRow;
  }

  bounds(index: number): Bounds {
    return this.row(index).bbox;
  }

  /** Names of user columns, in order of first appearance. */
  get columnNames(): ReadonlySet<string> {
    this.#columnNames ??= new Set(this.rows.flatMap((row) => Object.keys(row.columns)));
    return this.#columnNames;
  }
}
