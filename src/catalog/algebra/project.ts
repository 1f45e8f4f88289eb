/** Footprints of one catalog in the CRS of another (`catalog.md` §5). */
import type { Crs, RunningTask } from '../../core/index.js';
import type { CatalogTable, TableView } from '../table.js';
import type { MultiPolygon, Polygon } from '../types.js';

/**
 * A footprint in another CRS: edges densified by 21 points, outer rings counter-clockwise. In degrees one across ±180
 * becomes two parts and one round a pole reaches it. The same CRS returns the same object.
 *
 * @throws {@link TransformError} `outside-domain` when a point has no image.
 */
export function projectFootprint(geometry: Polygon | MultiPolygon, from: Crs, to: Crs): Polygon | MultiPolygon {
  if (from.equals(to)) return geometry;
  throw new Error('not yet');
}

/** The rows of a view as a table in another CRS; footprints are projected when asked for. As {@link projectTable}, in one go. */
export function projectTableSync(view: TableView, from: Crs, to: Crs): CatalogTable {
  if (from.equals(to) && view.indices === null) return view.table;
  throw new Error('not yet');
}

/**
 * The rows of a view as a table of their own (rows numbered from 0) in another CRS; ids and columns are untouched. The
 * same CRS and no selection returns the same table. Yields to the event loop while envelopes are computed.
 *
 * @throws {@link TransformError} `outside-domain` naming the row.
 */
export async function projectTable(view: TableView, from: Crs, to: Crs, task: RunningTask): Promise<CatalogTable> {
  task.throwIfAborted();
  return Promise.resolve(projectTableSync(view, from, to));
}
