/** The `table` view: sortable rows. */
import type { JSX } from 'preact';
import { DataTable } from '../shared/data-table.js';
import type { Sort } from '../shared/sort.js';
import { plural } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { useViewState, type ViewProps } from '../shared/view.js';

function isSort(value: unknown): value is Sort | null {
  if (value === null) return true;
  return (
    typeof value === 'object' &&
    'column' in value &&
    typeof value.column === 'number' &&
    'descending' in value &&
    typeof value.descending === 'boolean'
  );
}

/** The view. */
export function TableView({ payload, host }: ViewProps<'table'>): JSX.Element {
  const { columns, rows } = payload.data;
  const [sort, setSort] = useViewState<Sort | null>(host, payload.viewId, 'sort', null, isSort);
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={`${plural(rows.length, 'row')} · ${plural(columns.length, 'column')}`}
    >
      <DataTable label={payload.title} columns={columns} rows={rows} sort={sort} onSort={setSort} />
    </Frame>
  );
}
