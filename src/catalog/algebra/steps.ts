/** Long computations that let the event loop turn. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Progress, RunningTask } from '../../core/index.js';

/** Time between two turns of the event loop, in ms: a cancel button answers at once. */
export const SLICE_MS = 20;

/** A computation that offers to pause wherever it yields. */
export type Steps<T> = Generator<Progress, T, undefined>;

/** Runs a computation in one go. */
export function runSync<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs a computation, reports its progress, and rejects with the signal's reason when it is cancelled. */
export async function runSteps<T>(steps: Steps<T>, task: RunningTask): Promise<T> {
  task.throwIfAborted();
  let shown: Progress | null = null;
  for (let since = performance.now(); ;) {
    const step = steps.next();
    if (step.done) {
      // A bar that was shown ends full.
      if (shown?.total !== undefined) task.report({ ...shown, done: shown.total });
      return step.value;
    }
    if (performance.now() - since < SLICE_MS) continue;
    task.report((shown = step.value));
    await nextTurn();
    task.throwIfAborted();
    since = performance.now();
  }
}
