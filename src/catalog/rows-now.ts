/** Rows of a catalog that is already in memory, without waiting: curation applies its steps at once (`renderers.md` §6). */
import { CatalogError } from '../core/index.js';
import type { CatalogRow, GeoCatalog } from './types.js';

/** Key of the method by which an engine that holds its rows in memory hands them out: `() => readonly CatalogRow[]`. */
export const ROWS_NOW = Symbol.for('nadir.catalog.rows');

/**
 * The rows of a catalog in memory, in catalog order.
 *
 * @throws {@link CatalogError} `not-in-memory` when the engine keeps its rows elsewhere.
 */
export function rowsNow(catalog: GeoCatalog): readonly CatalogRow[] {
  // SAFETY: only engines of this library write this key, with a function of this shape.
  const rows = (catalog as { readonly [ROWS_NOW]?: () => readonly CatalogRow[] })[ROWS_NOW];
  if (typeof rows !== 'function') {
    throw new CatalogError('not-in-memory', `The rows of this catalog (engine ${catalog.engine}) are not in memory.`, {
      hint: 'Query it down and open the result with engine "memory".',
    });
  }
  return rows.call(catalog);
}
