/** A sortable table whose rows exist only where they are seen. */
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Cell } from '../../src/display/wire/payload.js';
import { formatCell } from './format.js';
import { Icon } from './icons.js';
import { sortedRows, type Sort } from './sort.js';

/** Height of a row, in CSS pixels; the style sheet says the same. */
export const ROW_HEIGHT = 24;
const OVERSCAN = 6;

interface DataTableProps {
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly sort?: Sort | null;
  readonly onSort?: (sort: Sort | null) => void;
  /** Class of a row by its index in `rows`. */
  readonly rowClass?: (row: number) => string;
  readonly onRowClick?: (row: number, event: MouseEvent) => void;
  readonly onRowHover?: (row: number) => void;
  /** Row to scroll to when it changes. */
  readonly current?: number;
}

/** True when numbers and nulls are all that a column holds. */
function isNumeric(rows: readonly (readonly Cell[])[], column: number): boolean {
  let seen = false;
  for (const row of rows.slice(0, 200)) {
    const v = row[column] ?? null;
    if (v !== null && typeof v !== 'number') return false;
    seen ||= v !== null;
  }
  return seen;
}

/** The table. Sorting is its own unless `onSort` is given. */
export function DataTable({
  label,
  columns,
  rows,
  sort: givenSort,
  onSort,
  rowClass,
  onRowClick,
  onRowHover,
  current,
}: DataTableProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [ownSort, setOwnSort] = useState<Sort | null>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const sort = givenSort === undefined ? ownSort : givenSort;
  const order = useMemo(() => sortedRows(rows, sort), [rows, sort]);
  const numeric = useMemo(() => columns.map((_, c) => isNumeric(rows, c)), [columns, rows]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    setHeight(element.clientHeight);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || current === undefined || current < 0) return;
    const at = order.indexOf(current) * ROW_HEIGHT;
    if (at < element.scrollTop) element.scrollTop = at;
    else if (at + 2 * ROW_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = at + 2 * ROW_HEIGHT - element.clientHeight;
  }, [current, order]);

  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(order.length, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN);
  const sortBy = (column: number): void => {
    const next: Sort | null =
      sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true };
    setOwnSort(next);
    onSort?.(next);
  };

  return (
    <div
      class="table-scroll"
      ref={scroller}
      tabIndex={0}
      onScroll={(e) => setTop(e.currentTarget.scrollTop)}
      onPointerLeave={() => onRowHover?.(-1)}
    >
      <table class="data-table" aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((name, c) => (
              <th
                key={`${c}:${name}`}
                class={numeric[c] ? 'number' : ''}
                aria-sort={sort?.column === c ? (sort.descending ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" title={`Sort by ${name}`} onClick={() => sortBy(c)}>
                  <span>{name}</span>
                  {sort?.column === c && <Icon name={sort.descending ? 'descending' : 'ascending'} />}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr class="spacer" aria-hidden="true" style={{ height: `${first * ROW_HEIGHT}px` }} />}
          {order.slice(first, last).map((row, k) => (
            <tr
              key={row}
              aria-rowindex={first + k + 2}
              class={`${rowClass?.(row) ?? ''} ${onRowClick ? 'clickable' : ''}`}
              onClick={onRowClick && ((e) => onRowClick(row, e))}
              onPointerEnter={onRowHover && (() => onRowHover(row))}
            >
              {columns.map((_, c) => {
                const text = formatCell(rows[row]?.[c] ?? null);
                return (
                  <td key={c} class={numeric[c] ? 'number' : ''} title={text.length > 24 ? text : undefined}>
                    {text}
                  </td>
                );
              })}
            </tr>
          ))}
          {last < order.length && (
            <tr class="spacer" aria-hidden="true" style={{ height: `${(order.length - last) * ROW_HEIGHT}px` }} />
          )}
        </tbody>
      </table>
      {rows.length === 0 && <p class="muted table-none">No rows.</p>}
    </div>
  );
}
