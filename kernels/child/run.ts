/** One execution of a cell in the child. */
import { InterruptError } from './kernel-errors.js';
import { RunOutput, type Send } from './run-output.js';

/** A run: its ids, its signal, its output, and what is to be done at its end. */
export class Run {
  readonly runId: string;
  readonly cellId: string;
  readonly cellIndex: number;
  readonly output: RunOutput;
  readonly startedAt = performance.now();
  readonly #abort = new AbortController();
  #views = 0;
  isDone = false;
  /** An unhandled rejection or uncaught exception was shown while it ran. */
  hasFailed = false;
  /** Called when the run ends: progress bars send their last state. */
  readonly atEnd: (() => void)[] = [];

  constructor(ids: { readonly runId: string; readonly cellId: string; readonly cellIndex: number }, send: Send) {
    this.runId = ids.runId;
    this.cellId = ids.cellId;
    this.cellIndex = ids.cellIndex;
    this.output = new RunOutput(send, ids.runId);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Number that shared memory carries for this run. */
  get number(): number {
    return runNumber(this.runId);
  }

  abort(): void {
    if (!this.signal.aborted) this.#abort.abort(new InterruptError());
  }

  /** Fresh id for an object about to be displayed: the same at every run of the cell. */
  nextViewId(): string {
    return `${this.cellId}:${this.#views++}`;
  }
}

/** Number at the end of a run id; both threads of the child derive it. */
export function runNumber(runId: string): number {
  return Number(/\d+$/.exec(runId)?.[0] ?? 0) | 0;
}
