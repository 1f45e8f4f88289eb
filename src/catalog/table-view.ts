/** Small questions about views of tables. */
import type { Bounds, Interval } from '../core/index.js';
import type { CatalogTable, TableView } from './table.js';

/** Number of rows of a view. */
export function viewLength({ table, indices }: TableView): number {
  return indices ? indices.length : table.length;
}

/** Index into the table of the k-th row of a view. */
export function viewIndex({ indices }: TableView, k: number): number {
  // SAFETY: k is within the view.
  return indices ? (indices[k] as number) : k;
}

/** Indices into the table of a view's rows, ascending. */
export function viewIndices({ table, indices }: TableView): Uint32Array {
  return indices ?? Uint32Array.from({ length: table.length }, (_, i) => i);
}

/** Writes the table indices of a view's rows from … to − 1 for which a test holds after the first n; returns how many there are then. */
export function keepRows(
  view: TableView,
  test: (i: number) => boolean,
  [from, to]: readonly [number, number],
  kept: Uint32Array,
  n: number,
): number {
  let count = n;
  for (let k = from; k < to; k++) {
    const i = viewIndex(view, k);
    if (test(i)) kept[count++] = i;
  }
  return count;
}

/** The rows of a view for which a test of the table index holds, in their order. */
export function filterView(view: TableView, test: (i: number) => boolean): TableView {
  const length = viewLength(view);
  const kept = new Uint32Array(length);
  const n = keepRows(view, test, [0, length], kept, 0);
  return n === length ? view : { table: view.table, indices: kept.slice(0, n) };
}

/** Envelope of a row. */
export function boxAt({ boxes }: CatalogTable, i: number): Bounds {
  return [boxes[i * 4] ?? NaN, boxes[i * 4 + 1] ?? NaN, boxes[i * 4 + 2] ?? NaN, boxes[i * 4 + 3] ?? NaN];
}

/** Envelope of a view's rows; four NaN when it is empty. */
export function viewBounds(view: TableView): Bounds {
  const { boxes } = view.table;
  let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
  const length = viewLength(view);
  for (let k = 0; k < length; k++) {
    const at = viewIndex(view, k) * 4;
    xmin = Math.min(xmin, boxes[at] ?? NaN);
    ymin = Math.min(ymin, boxes[at + 1] ?? NaN);
    xmax = Math.max(xmax, boxes[at + 2] ?? NaN);
    ymax = Math.max(ymax, boxes[at + 3] ?? NaN);
  }
  return length === 0 ? [NaN, NaN, NaN, NaN] : [xmin, ymin, xmax, ymax];
}

/** Whether a row has no time. */
export function isStatic({ starts }: CatalogTable, i: number): boolean {
  return starts[i] === -Infinity;
}

/** Earliest start and latest end of a view's dated rows; null when there is none. */
export function viewExtent(view: TableView): Interval | null {
  const { starts, ends } = view.table;
  let [start, end] = [Infinity, -Infinity];
  const length = viewLength(view);
  for (let k = 0; k < length; k++) {
    const i = viewIndex(view, k);
    if (starts[i] === -Infinity) continue;
    start = Math.min(start, starts[i] ?? NaN);
    end = Math.max(end, ends[i] ?? NaN);
  }
  return start <= end ? { start, end } : null;
}

/** The envelope of two envelopes; four NaN stand for none. */
export function around(a: Bounds, b: Bounds): Bounds {
  if (Number.isNaN(a[0])) return b;
  if (Number.isNaN(b[0])) return a;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/** The span of two spans; null stands for none. */
export function spanning(a: Interval | null, b: Interval | null): Interval | null {
  return a && b ? { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) } : (a ?? b);
}
