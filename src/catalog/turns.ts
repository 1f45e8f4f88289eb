/** Long loops over rows that let the event loop turn, so that timers, progress and a cancel button work. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunningTask } from '../core/index.js';
import { runSteps, SLICE_MS, type Steps } from './algebra/steps.js';
import type { TableView } from './table.js';
import { keepRows, viewIndex, viewLength } from './table-view.js';
import type { CatalogRow } from './types.js';

/** Rows between two looks at the clock. */
const STRIDE = 64;

/** Waits for a promise that never rejects, until the signal is aborted. */
export async function unlessAborted(waited: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) {
    await waited;
    return;
  }
  signal.throwIfAborted();
  const done = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true, signal: done.signal });
  });
  await Promise.race([waited, aborted]);
  done.abort();
  signal.throwIfAborted();
}

/** Does something for each of n rows. */
export function* eachRow(n: number, act: (k: number) => void): Steps<void> {
  for (let k = 0; k < n; k++) {
    if (k % STRIDE === 0) yield { done: k, total: n, unit: 'rows' };
    act(k);
  }
}

function* filterSteps(view: TableView, test: (i: number) => boolean): Steps<TableView> {
  const length = viewLength(view);
  const kept = new Uint32Array(length);
  let n = 0;
  for (let from = 0; from < length; from += STRIDE) {
    yield { done: from, total: length, unit: 'rows' };
    n = keepRows(view, test, [from, Math.min(length, from + STRIDE)], kept, n);
  }
  return n === length ? view : { table: view.table, indices: kept.slice(0, n) };
}

/** As `filterView`, for tests that take long. */
export function filterLater(view: TableView, test: (i: number) => boolean, task: RunningTask): Promise<TableView> {
  return runSteps(filterSteps(view, test), task);
}

/** Batches whose boxes and rows are ready to be read. */
export async function* readied(views: AsyncIterable<TableView>, task: RunningTask): AsyncGenerator<TableView> {
  for await (const view of views) {
    await view.table.prepare?.(task);
    yield view;
  }
}

/** Appends the rows of a view to a list. */
export function appendRows(rows: CatalogRow[], view: TableView, task: RunningTask): Promise<void> {
  return runSteps(
    eachRow(viewLength(view), (k) => void rows.push(view.table.row(viewIndex(view, k)))),
    task,
  );
}

/** The rows of a view one by one. */
export async function* rowByRow(view: TableView, task: RunningTask): AsyncGenerator<CatalogRow> {
  const length = viewLength(view);
  let since = performance.now();
  for (let k = 0; k < length; k++) {
    if (k % STRIDE === 0) {
      if (performance.now() - since > SLICE_MS) {
        await nextTurn();
        since = performance.now();
      }
      task.throwIfAborted();
    }
    yield view.table.row(viewIndex(view, k));
  }
}
