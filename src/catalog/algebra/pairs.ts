/** Pairs of rows that share area and time (`catalog.md` §5). */
import type { RunningTask } from '../../core/index.js';
import type { TableView } from '../table.js';
import { sharePrepared } from './clip.js';
import { indexOf, PreparedRows, rowsOf } from './row-index.js';
import { RowPairs } from './row-pairs.js';
import { RowList } from './row-tree.js';
import { runSteps, runSync, type Steps } from './steps.js';

/** Rows between two offers to pause. */
const STRIDE = 128;

/** Rules of a join. */
export interface PairOptions {
  /** Ignores time; pairs keep the left interval. */
  readonly spatialOnly: boolean;
}

function* joinSteps(left: TableView, right: TableView, { spatialOnly }: PairOptions): Steps<RowPairs> {
  const { table } = left;
  const rows = rowsOf(left);
  const index = indexOf(right);
  yield { done: 0, total: rows.length, unit: 'rows' };
  const footprints = new PreparedRows(table);
  const { boxes, starts, ends, boxed } = table;
  const [lefts, rights, near] = [new RowList(), new RowList(), new RowList()];
  let tested = 0;
  for (let done = 0; done < rows.length; done++) {
    if (done % STRIDE === 0) yield { done, total: rows.length, unit: 'rows' };
    // SAFETY: rows of the table; four numbers a box.
    const i = rows[done] as number;
    const [xmin, ymin] = [boxes[i * 4] as number, boxes[i * 4 + 1] as number];
    const [xmax, ymax] = [boxes[i * 4 + 2] as number, boxes[i * 4 + 3] as number];
    const [low, high] = spatialOnly ? [-Infinity, Infinity] : [starts[i] as number, ends[i] as number];
    near.length = 0;
    index.tree.search(xmin, ymin, xmax, ymax, low, high, near);
    const from = rights.length;
    for (let k = 0; k < near.length; k++) {
      const j = near.at(k);
      if (boxed[i] !== 1 || index.table.boxed[j] !== 1) {
        if (++tested % STRIDE === 0) yield { done, total: rows.length, unit: 'rows' };
        if (!sharePrepared(footprints.get(i), index.prepared.get(j))) continue;
      }
      lefts.push(i);
      rights.push(j);
    }
    rights.sortFrom(from);
  }
  return new RowPairs([footprints, index.prepared], { left: lefts.toArray(), right: rights.toArray() }, spatialOnly);
}

/** As {@link findPairs}, in one go: for inputs known to be small. */
export function findPairsSync(left: TableView, right: TableView, o: PairOptions): RowPairs {
  return runSync(joinSteps(left, right, o));
}

/**
 * All pairs of rows whose footprints share area (more than a boundary) and, unless `spatialOnly`, an instant; static
 * rows match every time. Both tables are in one CRS. Left-major, right rows ascending.
 *
 * Yields to the event loop every few milliseconds, reports `done` left rows of `total`, and rejects with the signal's reason.
 *
 * @throws {@link CatalogError} `bad-footprint` for a footprint that cannot be repaired.
 */
export function findPairs(left: TableView, right: TableView, o: PairOptions, task: RunningTask): Promise<RowPairs> {
  return runSteps(joinSteps(left, right, o), task);
}
