/** Pairs nearest in time (`catalog.md` §6). */
import type { RunningTask } from '../../core/index.js';
import type { CatalogTable, TableView } from '../table.js';
import { sharePrepared } from './clip.js';
import { Heap } from './heap.js';
import { NearestRows, type Nearest } from './nearest-rows.js';
import { PreparedRows, RowIndex, rowsOf } from './row-index.js';
import { runSteps, runSync, type Steps } from './steps.js';

/** Share of all time that a search without limit is taken to look at, as a divisor. */
const OPEN_SHARE = 32;
/** Searches between two offers to pause. */
const STRIDE = 32;

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

interface Candidate extends Nearest {
  readonly left: number;
}

/** Midpoints of the intervals, microseconds; NaN for static rows. */
function midpoints({ starts, ends }: CatalogTable): Float64Array {
  // Infinite starts and ends add up to NaN.
  return starts.map((start, i) => start + ((ends[i] ?? NaN) - start) / 2);
}

/** Distance of the first from the last midpoint; 0 for none. */
function extentOf(rows: Uint32Array, mids: Float64Array): number {
  let [first, last] = [Infinity, -Infinity];
  for (const row of rows) {
    first = Math.min(first, mids[row] ?? NaN);
    last = Math.max(last, mids[row] ?? NaN);
  }
  return Math.max(0, last - first);
}

/** Searches for partners of left rows. */
class Partners {
  readonly #left: CatalogTable;
  readonly #index: RowIndex;
  readonly #nearest: NearestRows;
  readonly #footprints: PreparedRows;
  readonly #mids: Float64Array;
  readonly #o: NearestOptions;
  /** Midpoints of the right rows. */
  readonly rightMids: Float64Array;

  constructor(left: CatalogTable, right: TableView, o: NearestOptions) {
    const { table } = right;
    this.#left = left;
    this.#o = o;
    this.#mids = midpoints(left);
    this.#footprints = new PreparedRows(left);
    const mids = midpoints(table);
    this.rightMids = mids;
    const dated = rowsOf(right).filter((j) => !Number.isNaN(mids[j]));
    // A search narrows down as it finds nearer rows: even an open one looks at a part of the time only.
    const reach = Math.min(2 * o.maxGapMicros, extentOf(dated, mids) / OPEN_SHARE);
    this.#index = new RowIndex(right, dated, { boxes: table.boxes, lows: mids, highs: mids, reach });
    this.#nearest = new NearestRows(this.#index.tree, (j, k) => this.prefers(j, k));
  }

  /** Whether a right row comes before another of the same midpoint. */
  prefers(j: number, k: number): boolean {
    const { table } = this.#index;
    const [a, b] = [table.filepath(j), table.filepath(k)];
    return a < b || (a === b && j < k);
  }

  /** The best right row that is left for a left row. */
  find(i: number): Candidate | null {
    const at = this.#mids[i] ?? NaN;
    if (Number.isNaN(at)) return null;
    const { boxes, boxed } = this.#left;
    const { maxGapMicros, direction } = this.#o;
    const index = this.#index;
    const found = this.#nearest.find({
      // SAFETY: four numbers a row.
      box: boxes.subarray(i * 4, i * 4 + 4) as unknown as readonly [number, number, number, number],
      at,
      low: direction === 'after' ? at : at - maxGapMicros,
      high: direction === 'before' ? at : at + maxGapMicros,
      accept: (j) =>
        (boxed[i] === 1 && index.table.boxed[j] === 1) || sharePrepared(this.#footprints.get(i), index.prepared.get(j)),
    });
    return found && { ...found, left: i };
  }
  take(j: number): void {
    this.#nearest.take(j);
  }
  taken(j: number): boolean {
    return this.#nearest.taken(j);
  }
}

/** Gives every right row away once: of all pairs that are still possible the one with the smallest gap comes next. */
function* assign(partners: Partners, first: readonly Candidate[]): Steps<Candidate[]> {
  const before = (p: Candidate, q: Candidate): boolean => {
    const [d, e] = [Math.abs(p.gap), Math.abs(q.gap)];
    if (d !== e) return d < e;
    const [s, t] = [partners.rightMids[p.row] ?? NaN, partners.rightMids[q.row] ?? NaN];
    if (s !== t) return s < t;
    return p.row === q.row ? p.left < q.left : partners.prefers(p.row, q.row);
  };
  const heap = new Heap(before);
  for (const candidate of first) heap.push(candidate);
  const given: Candidate[] = [];
  let searches = 0;
  for (let next = heap.pop(); next; next = heap.pop()) {
    if (!partners.taken(next.row)) {
      partners.take(next.row);
      given.push(next);
      continue;
    }
    if (++searches % STRIDE === 0) yield { done: given.length, total: first.length, unit: 'rows' };
    const other = partners.find(next.left);
    if (other) heap.push(other);
  }
  return given.sort((p, q) => p.left - q.left);
}

function* nearestSteps(left: TableView, right: TableView, o: NearestOptions): Steps<NearestPairs> {
  const partners = new Partners(left.table, right, o);
  const rows = rowsOf(left);
  const found: Candidate[] = [];
  for (let done = 0; done < rows.length; done++) {
    if (done % STRIDE === 0) yield { done, total: rows.length, unit: 'rows' };
    // SAFETY: done < length.
    const candidate = partners.find(rows[done] as number);
    if (candidate) found.push(candidate);
  }
  const pairs = o.oneToOne ? yield* assign(partners, found) : found;
  return {
    length: pairs.length,
    left: Uint32Array.from(pairs, (p) => p.left),
    right: Uint32Array.from(pairs, (p) => p.row),
    gap: Float64Array.from(pairs, (p) => p.gap),
  };
}

/**
 * For each left row the right row nearest in time among those that share area with it; ties go to the earlier right
 * row, then to the smaller file path, then to the earlier row. Static rows have no midpoint: they have no partner and
 * are none. Gaps of exactly `maxGapMicros` count, and gaps of 0 in both directions.
 *
 * With `oneToOne` all possible pairs are gone through by ascending gap (ties: right row as above, then left row), and a
 * pair is taken when both its rows are free. Both tables are in one CRS.
 */
export function nearestPairs(
  left: TableView,
  right: TableView,
  o: NearestOptions,
  task: RunningTask,
): Promise<NearestPairs> {
  return runSteps(nearestSteps(left, right, o), task);
}

/** As {@link nearestPairs}, in one go: for callers that cannot wait. */
export function nearestPairsSync(left: TableView, right: TableView, o: NearestOptions): NearestPairs {
  return runSync(nearestSteps(left, right, o));
}
