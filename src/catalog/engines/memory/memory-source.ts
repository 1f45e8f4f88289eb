/** The source of catalogs whose rows are in memory. */
import { RowsTable } from './rows-table.js';
import type { CatalogFacts, CatalogTable, RowSource } from '../../table.js';
import { viewBounds, viewExtent } from '../../table-view.js';
import type { CatalogRow } from '../../types.js';

/** A source of a whole table in memory; closing it does nothing, for its rows go with the last catalog that uses them. */
export function tableSource(table: CatalogTable, facts: CatalogFacts): RowSource {
  const view = { table, indices: null };
  type Summary = Awaited<ReturnType<RowSource['summary']>>;
  let summary: Summary | undefined;
  return {
    engine: 'memory',
    facts,
    get columnNames() {
      return table.columnNames;
    },
    table,
    async *scan() {
      yield await Promise.resolve(table);
    },
    summary() {
      summary ??= { count: table.length, bounds: viewBounds(view), extent: viewExtent(view) };
      return Promise.resolve(summary);
    },
    describe: () => null,
    close: () => Promise.resolve(),
  };
}

/** A source of row objects, in their order. */
export function rowsSource(rows: readonly CatalogRow[], facts: CatalogFacts): RowSource {
  return tableSource(new RowsTable(rows), facts);
}
