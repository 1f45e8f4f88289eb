/** A table of any length: rows exist only where they are seen, and come page by page from whoever has them. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Cell } from '../../../src/display/wire/payload.js';
import { ROW_HEIGHT } from '../../shared/data-table.js';
import { formatCell } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';

/** How a table is sorted. */
export interface ColumnSort {
  readonly column: string;
  readonly descending: boolean;
}

/** One row of a page. */
export interface PageRow {
  /** Names the row for `onRowClick`. */
  readonly key: number;
  readonly cells: Readonly<Record<string, Cell>>;
}

interface PagedTableProps {
  readonly label: string;
  readonly columns: readonly string[];
  readonly length: number;
  readonly sort: ColumnSort | null;
  readonly onSort: (sort: ColumnSort | null) => void;
  /** Pages of {@link PAGE_ROWS} rows; a new function means other rows. */
  readonly load: (page: number, signal: AbortSignal) => Promise<readonly PageRow[]>;
  readonly onRowClick: (row: PageRow, event: MouseEvent) => void;
  readonly current: number;
  readonly note: string | null;
}

export const PAGE_ROWS = 100;
const OVERSCAN = 6;
/** Browsers cannot scroll through more pixels than this; rows beyond it are reached by sorting or filtering. */
const MOST_PIXELS = 16_000_000;

/** The table. */
export function PagedTable(props: PagedTableProps): JSX.Element {
  const { label, columns, sort, onSort, load, onRowClick, current, note } = props;
  const length = Math.min(props.length, Math.floor(MOST_PIXELS / ROW_HEIGHT));
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [, draw] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const pages = useMemo(() => new Map<number, readonly PageRow[]>(), [load]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    setHeight(element.clientHeight);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [load]);

  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(length, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN);
  const [firstPage, lastPage] = [Math.floor(first / PAGE_ROWS), Math.floor(Math.max(first, last - 1) / PAGE_ROWS)];
  useEffect(() => {
    const leaving = new AbortController();
    // A short rest, so that a fast scroll asks for where it ends only.
    const timer = setTimeout(() => {
      for (let page = firstPage; page <= lastPage; page++) {
        if (pages.has(page)) continue;
        load(page, leaving.signal).then(
          (rows) => {
            pages.set(page, rows);
            setFailure(null);
            draw((n) => n + 1);
          },
          (error: unknown) => {
            if (!leaving.signal.aborted) setFailure(error instanceof Error ? error.message : 'no answer');
          },
        );
      }
    }, 60);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [load, firstPage, lastPage, length]);

  const sortBy = (column: string): void => {
    if (sort?.column !== column) onSort({ column, descending: false });
    else onSort(sort.descending ? null : { column, descending: true });
  };
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, k) => {
    const at = first + k;
    return { at, row: pages.get(Math.floor(at / PAGE_ROWS))?.[at % PAGE_ROWS] };
  });
  return (
    <div class="column">
      {(failure ?? note) !== null && <p class="table-note muted">{failure ?? note}</p>}
      <div class="table-scroll" ref={scroller} tabIndex={0} onScroll={(e) => setTop(e.currentTarget.scrollTop)}>
        <table class="data-table" aria-label={label} aria-rowcount={props.length + 1}>
          <thead>
            <tr>
              {columns.map((name) => (
                <th
                  key={name}
                  aria-sort={sort?.column === name ? (sort.descending ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" title={`Sort by ${name}`} onClick={() => sortBy(name)}>
                    <span>{name}</span>
                    {sort?.column === name && <Icon name={sort.descending ? 'descending' : 'ascending'} />}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {first > 0 && <tr class="spacer" aria-hidden="true" style={{ height: `${first * ROW_HEIGHT}px` }} />}
            {rows.map(({ at, row }) => (
              <tr
                key={at}
                aria-rowindex={at + 2}
                class={`clickable ${row && row.key === current ? 'selected' : ''}`}
                onClick={row && ((e) => onRowClick(row, e))}
              >
                {columns.map((name) => {
                  const value = row?.cells[name] ?? null;
                  const text = row ? formatCell(value) : '…';
                  return (
                    <td
                      key={name}
                      class={typeof value === 'number' ? 'number' : ''}
                      title={text.length > 24 ? text : undefined}
                    >
                      {text}
                    </td>
                  );
                })}
              </tr>
            ))}
            {last < length && (
              <tr class="spacer" aria-hidden="true" style={{ height: `${(length - last) * ROW_HEIGHT}px` }} />
            )}
          </tbody>
        </table>
        {props.length === 0 && <p class="table-none muted">No row passes.</p>}
      </div>
    </div>
  );
}
