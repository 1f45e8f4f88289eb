/** Rows of a catalog behind its interface: at once where they are in memory, in batches everywhere. */
import { CatalogError, type LongTask } from '../core/index.js';
import type { TableView } from './table.js';
import { viewIndex, viewLength } from './table-view.js';
import type { CatalogRow, GeoCatalog } from './types.js';

/** Key of the method that hands out rows without waiting: `() => TableView | null`. */
export const VIEW_NOW = Symbol.for('nadir.catalog.view');
/** Key of the method that hands out rows in batches: `(o: LongTask) => AsyncIterable<TableView>`. */
export const BATCHES = Symbol.for('nadir.catalog.batches');

/** What catalogs of this library have beside their interface. */
export interface ViewedCatalog {
  [VIEW_NOW](): TableView | null;
  [BATCHES](o: LongTask): AsyncIterable<TableView>;
}

function viewed(catalog: GeoCatalog): ViewedCatalog {
  if (VIEW_NOW in catalog && BATCHES in catalog) {
    // SAFETY: only catalogs of this library have these keys, with these shapes.
    return catalog as unknown as ViewedCatalog;
  }
  throw new CatalogError(
    'foreign-catalog',
    'This catalog was not made by Nadir, so its rows cannot be seen as columns.',
    {
      hint: 'Build it with a builder, or open it with openCatalog.',
    },
  );
}

/** The rows of a catalog as columns, without an object per row; null when they cannot be had without waiting. */
export function viewNow(catalog: GeoCatalog): TableView | null {
  return viewed(catalog)[VIEW_NOW]();
}

/**
 * The rows of a catalog as columns, in catalog order, in batches of bounded size (one batch where they are in memory).
 *
 * @throws what evaluating the catalog throws; the signal's reason when cancelled.
 */
export function catalogBatches(catalog: GeoCatalog, o: LongTask = {}): AsyncIterable<TableView> {
  return viewed(catalog)[BATCHES](o);
}

/**
 * The rows of a catalog in memory, in catalog order.
 *
 * @throws {@link CatalogError} `not-in-memory` when the rows cannot be had without waiting.
 */
export function rowsNow(catalog: GeoCatalog): readonly CatalogRow[] {
  const view = viewNow(catalog);
  if (!view) {
    throw new CatalogError('not-in-memory', `The rows of this catalog (engine ${catalog.engine}) are not in memory.`, {
      hint:
        catalog.engine === 'memory'
          ? 'Wait for them first: await catalog.count().'
          : "Query it down, write it with toGeoParquet and open that with engine 'memory'.",
    });
  }
  return Array.from({ length: viewLength(view) }, (_, k) => view.table.row(viewIndex(view, k)));
}
