/** The order of table rows. */
import type { Cell } from '../../src/display/wire/payload.js';

export interface Sort {
  readonly column: number;
  readonly descending: boolean;
}

function compare(a: Cell, b: Cell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const x = String(a);
  const y = String(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Row indices in the order of a sort; nulls last, ties in the given order. */
export function sortedRows(rows: readonly (readonly Cell[])[], sort: Sort | null): number[] {
  const order = rows.map((_, i) => i);
  if (!sort) return order;
  const at = (i: number): Cell => rows[i]?.[sort.column] ?? null;
  const sign = sort.descending ? -1 : 1;
  return order.sort(
    (i, j) => (at(i) === null || at(j) === null ? compare(at(i), at(j)) : sign * compare(at(i), at(j))) || i - j,
  );
}
