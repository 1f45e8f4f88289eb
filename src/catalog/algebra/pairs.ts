/** Pairs of rows that share area and time (`catalog.md` §5). */
import type { RunningTask } from '../../core/index.js';
import type { TableView } from '../table.js';
import type { RowPairs } from './row-pairs.js';

/** Rules of a join. */
export interface PairOptions {
  /** Ignores time; pairs keep the left interval. */
  readonly spatialOnly: boolean;
}

/** As {@link findPairs}, in one go: for inputs known to be small. */
export function findPairsSync(left: TableView, right: TableView, o: PairOptions): RowPairs {
  throw new Error(`not yet ${left.table.length} ${right.table.length} ${o.spatialOnly}`);
}

/**
 * All pairs of rows whose footprints share area (more than a boundary) and, unless `spatialOnly`, an instant; static
 * rows match every time. Both tables are in one CRS. Left-major, right rows ascending.
 *
 * Yields to the event loop every few milliseconds, reports `done` left rows of `total`, and rejects with the signal's reason.
 */
export async function findPairs(
  left: TableView,
  right: TableView,
  o: PairOptions,
  task: RunningTask,
): Promise<RowPairs> {
  task.throwIfAborted();
  return Promise.resolve(findPairsSync(left, right, o));
}
