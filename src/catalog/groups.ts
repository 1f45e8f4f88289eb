/** Catalogs by UTC day, month or year of the start (`catalog.md` §6). */
import { formatTime, MICROS_PER_DAY, type Interval, type RunningTask } from '../core/index.js';
import type { Relation } from './relation.js';
import { viewIndex, viewLength } from './table-view.js';
import type { CatalogGroup, GeoCatalog } from './types.js';

type Period = 'day' | 'month' | 'year';

/** The UTC period that holds a time, in microseconds. */
function periodOf(t: number, by: Period): Interval {
  const date = new Date(Math.floor(t / 1000));
  const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const begin = (year: number, month: number, day: number): number => {
    const at = new Date(0);
    at.setUTCFullYear(year, month, day);
    return at.getTime() * 1000;
  };
  const [start, next] =
    by === 'year'
      ? [begin(y, 0, 1), begin(y + 1, 0, 1)]
      : by === 'month'
        ? [begin(y, m, 1), begin(y, m + 1, 1)]
        : [begin(y, m, d), begin(y, m, d + 1)];
  return Object.freeze({ start, end: next - 1 });
}

function keyOf({ start }: Interval, by: Period): string {
  const [date = ''] = formatTime(start).split('T');
  return by === 'day' ? date : date.slice(0, by === 'month' ? -3 : -6);
}

interface Group {
  readonly period: Interval | null;
  /** Their indices, where all rows are one table in memory. */
  readonly rows: number[];
}

/** Rows by period, keyed by its start; −Infinity for static rows. */
async function collectPeriods(relation: Relation, by: Period, task: RunningTask): Promise<ReadonlyMap<number, Group>> {
  const groups = new Map<number, Group>();
  // Rows of one day share their period, so the calendar is asked once a day.
  const byDay = new Map<number, Group>();
  const inMemory = relation.source.table !== null;
  const groupOf = (t: number): Group => {
    const day = Math.floor(t / MICROS_PER_DAY);
    let group = byDay.get(day);
    if (!group) {
      const period = t === -Infinity ? null : periodOf(t, by);
      const key = period?.start ?? -Infinity;
      group = groups.get(key) ?? { period, rows: [] };
      groups.set(key, group);
      byDay.set(day, group);
    }
    return group;
  };
  for await (const view of relation.batches(task)) {
    const { starts } = view.table;
    const length = viewLength(view);
    for (let k = 0; k < length; k++) {
      const i = viewIndex(view, k);
      const group = groupOf(starts[i] ?? NaN);
      if (inMemory) group.rows.push(i);
    }
  }
  return groups;
}

/** One catalog per period, in time order, static rows last. `derive` makes the catalog of a period. */
export async function* groupCatalog(
  relation: Relation,
  by: Period,
  derive: (key: string, period: Interval | null, known: Uint32Array | null) => GeoCatalog,
  task: RunningTask,
): AsyncGenerator<CatalogGroup> {
  try {
    task.throwIfAborted();
    const groups = await collectPeriods(relation, by, task);
    const order = (start: number): number => (start === -Infinity ? Infinity : start);
    const sorted = [...groups].sort(([a], [b]) => (order(a) < order(b) ? -1 : 1));
    for (const [, { period, rows }] of sorted) {
      task.throwIfAborted();
      const key = period ? keyOf(period, by) : 'static';
      const known = relation.source.table ? Uint32Array.from(rows) : null;
      yield { key, interval: period, catalog: derive(key, period, known) };
    }
  } finally {
    task.end();
  }
}
