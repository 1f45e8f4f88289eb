/**
 * Progress bars of library tasks in one run: few, however many tasks there are.
 *
 * Of tasks under way at the same time only the one that began first has a bar: the others are parts of it, or go on beside it. A task
 * that follows one of the same label takes over its bar.
 */
import type { Progress } from '../../src/core/host.js';
import { ProgressBar } from './progress-bar.js';
import type { Run } from './run.js';
import type { Send } from './run-output.js';

/** A task that says nothing for this long no longer hides others: it may have been given up without an end. */
const QUIET_MS = 3000;

interface Task {
  readonly label: string;
  readonly startedAt: number;
  reportedAt: number;
  bar: ProgressBar | undefined;
}

/** The bars of one run; see the head of this file. */
export class TaskBars {
  readonly #run: Run;
  readonly #send: Send;
  readonly #open = new Set<Task>();
  /** Bars of ended tasks by label. */
  readonly #free = new Map<string, ProgressBar>();

  constructor(run: Run, send: Send) {
    this.#run = run;
    this.#send = send;
  }

  /** A task with something to show. `startedAt` on the clock of `performance.now()`. */
  open(label: string, startedAt: number): { update(p: Progress): void; done(): void } {
    const task: Task = { label, startedAt, reportedAt: performance.now(), bar: undefined };
    this.#open.add(task);
    return {
      update: (p) => {
        task.reportedAt = performance.now();
        if (!this.#open.has(task) || this.#isHidden(task)) return;
        task.bar ??= this.#barFor(task, p);
        task.bar.update(p);
      },
      done: () => {
        if (!this.#open.delete(task) || !task.bar) return;
        task.bar.done();
        this.#free.set(task.label, task.bar);
      },
    };
  }

  #isHidden(task: Task): boolean {
    const now = performance.now();
    return [...this.#open].some((t) => t.startedAt < task.startedAt && now - t.reportedAt < QUIET_MS);
  }

  #barFor(task: Task, first: Progress): ProgressBar {
    const other = [...this.#open].find((t) => t !== task && t.bar);
    const bar = other?.bar ?? this.#free.get(task.label);
    if (other) other.bar = undefined;
    this.#free.delete(task.label);
    if (!bar) return new ProgressBar(this.#run, this.#send, task.label, first, task.startedAt);
    bar.become(task.label, task.startedAt);
    return bar;
  }
}
