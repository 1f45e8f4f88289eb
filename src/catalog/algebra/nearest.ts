/** Pairs nearest in time (`catalog.md` §6). */
import type { RunningTask } from '../../core/index.js';
import type { TableView } from '../table.js';

export interface NearestOptions {
  /** Largest distance between the midpoints of the intervals, in microseconds. */
  readonly maxGapMicros: number;
  /** `before`: right midpoints at or before the left one; `after`: at or after it. */
  readonly direction: 'both' | 'before' | 'after';
  /** Every right row is given away once, pairs of the smallest gap first. */
  readonly oneToOne: boolean;
}

/** Partners of left rows, ascending by left row. */
export interface NearestPairs {
  readonly length: number;
  /** Row numbers of the tables. */
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  /** Right minus left midpoint, in microseconds. */
  readonly gap: Float64Array;
}

/**
 * For each left row the right row nearest in time among those that share area with it; ties go to the earlier right
 * row, then to the smaller file path, then to the earlier row. Static rows have no midpoint: they have no partner and are none.
 */
export async function nearestPairs(
  left: TableView,
  right: TableView,
  o: NearestOptions,
  task: RunningTask,
): Promise<NearestPairs> {
  task.throwIfAborted();
  await Promise.resolve();
  throw new Error(`not yet ${left.table.length} ${right.table.length} ${o.direction}`);
}
