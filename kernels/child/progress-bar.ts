/** One progress bar in the output of a run: a `progress` payload, updated at most ten times per second, its last state kept. */
import type { Progress } from '../../src/core/host.js';
import { mimeOf, PAYLOAD_VERSION, type Payload, type ProgressData } from '../../src/display/wire/payload.js';
import type { MimeBundle } from '../protocol.js';
import { UPDATE_MS } from './limits.js';
import type { Run } from './run.js';
import type { Send } from './run-output.js';

let ordinal = 0;

/** A bar; it appears with its first update. */
export class ProgressBar {
  readonly #run: Run;
  readonly #send: Send;
  #label: string;
  readonly #displayId: string;
  readonly #viewId: string;
  #startedAt: number;
  #last: Progress;
  #sentAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;
  #isOver = false;

  constructor(run: Run, send: Send, label: string, first: Progress, startedAt = performance.now()) {
    this.#run = run;
    this.#send = send;
    this.#label = label;
    this.#startedAt = startedAt;
    this.#viewId = run.nextViewId();
    this.#displayId = `progress-${run.runId}-${ordinal++}`;
    this.#last = first;
    run.atEnd.push(() => this.#close(false));
  }

  /** Shows a new state; too frequent ones are merged. */
  update(progress: Progress): void {
    this.#last = progress;
    if (this.#isOver) return;
    const wait = this.#sentAt + UPDATE_MS - performance.now();
    if (wait <= 0) this.#show(false);
    else this.#timer ??= setTimeout(() => this.#show(false), wait);
  }

  /** From now on the bar tells of another task; also after `done`. */
  become(label: string, startedAt: number): void {
    this.#label = label;
    this.#startedAt = startedAt;
    this.#isOver = this.#run.isDone;
    this.#sentAt = -Infinity;
  }

  /** The task is over: shows its last state for good. */
  done(): void {
    // The `finally` of an interrupted task ends its bar too.
    this.#close(!this.#run.signal.aborted);
  }

  #close(isFinished: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#isShown || isFinished) this.#show(isFinished);
  }

  #show(isFinished: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentAt = performance.now();
    const bundle = this.#bundle(isFinished);
    if (this.#isShown) {
      this.#send({ type: 'update', displayId: this.#displayId, bundle, metadata: {} });
      return;
    }
    this.#isShown = true;
    this.#run.output.step(() =>
      this.#run.output.send({
        type: 'display',
        runId: this.#run.runId,
        displayId: this.#displayId,
        bundle,
        metadata: {},
      }),
    );
  }

  #bundle(finished: boolean): MimeBundle {
    const { done, total, unit, bytes, failed } = this.#last;
    const elapsedMs = Math.round(performance.now() - this.#startedAt);
    const data: ProgressData = {
      label: this.#label,
      done,
      total: total ?? null,
      unit,
      bytes: bytes ?? null,
      failed: failed ?? 0,
      elapsedMs,
      finished,
    };
    const text = progressText(data);
    const payload: Payload<'progress', ProgressData> = {
      kind: 'progress',
      version: PAYLOAD_VERSION,
      viewId: this.#viewId,
      datasetId: '',
      title: this.#label,
      alt: text,
      producer: 'nadir',
      live: true,
      truncated: null,
      data,
    };
    return { [mimeOf('progress')]: payload, 'text/plain': text };
  }
}

/** One line: `reading: 12 of 40 files (30 %), 1 failed, 3.2 s`. */
export function progressText(p: ProgressData): string {
  const share = p.total !== null && p.total > 0 ? ` (${Math.floor((100 * p.done) / p.total)} %)` : '';
  const unit = p.unit === '' ? '' : ` ${p.unit}`;
  const count = p.total === null ? `${p.done}${unit}` : `${p.done} of ${p.total}${unit}${share}`;
  const failed = p.failed > 0 ? `, ${p.failed} failed` : '';
  return `${p.label}: ${count}${failed}, ${(p.elapsedMs / 1000).toFixed(1)} s${p.finished ? ', done' : ''}`;
}
