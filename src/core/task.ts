/** Long tasks: cancelling and progress, with the defaults that a notebook cell supplies. */
import { ArgumentError } from './errors.js';
import { currentHost, type Progress } from './host.js';

export type { Progress } from './host.js';

/** Options of everything that takes long. */
export interface LongTask {
  /** Cancels the task; it rejects with the signal's reason. Default: the signal of the running cell. */
  readonly signal?: AbortSignal;
  /** Called with real counts. Without it a bar appears by itself in a cell when the task lasts over 1 s. */
  readonly onProgress?: (p: Progress) => void;
}

/** A task under way. */
export interface RunningTask {
  readonly signal: AbortSignal | undefined;
  /** Reports progress; cheap, call it per item. */
  report(p: Progress): void;
  /** Throws the signal's reason if the task was cancelled. */
  throwIfAborted(): void;
  /** Ends the task's progress bar. Call it in `finally`. */
  end(): void;
}

/** Time after which a bar appears for a task without its own `onProgress`, in ms (architecture.md). */
const BAR_DELAY_MS = 1000;

/** Callers without types pass anything. */
function checkTask({ signal, onProgress }: LongTask): void {
  if (signal !== undefined && typeof (signal as { throwIfAborted?: unknown } | null)?.throwIfAborted !== 'function')
    throw new ArgumentError('bad-option', `signal is an AbortSignal; got ${JSON.stringify(signal)}.`);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new ArgumentError('bad-option', `onProgress is a function; got ${JSON.stringify(onProgress)}.`);
}

/**
 * Starts a long task: resolves the default signal and the default progress bar of the running cell.
 *
 * @throws {@link ArgumentError} `bad-option`.
 */
export function startTask(label: string, options: LongTask = {}): RunningTask {
  checkTask(options);
  const host = currentHost();
  const signal = options.signal ?? host?.signal();
  const startedAt = performance.now();
  let bar: { update(p: Progress): void; done(): void } | undefined;
  const showInCell = (p: Progress): void => {
    if (!bar && performance.now() - startedAt < BAR_DELAY_MS) return;
    bar ??= host?.progress(label, startedAt);
    bar?.update(p);
  };
  const report = options.onProgress ?? showInCell;
  return { signal, report, throwIfAborted: () => signal?.throwIfAborted(), end: () => bar?.done() };
}

/**
 * Maps items with at most `concurrency` calls under way, keeping input order in the result.
 *
 * The first rejection rejects the whole and stops handing out further items; calls under way are awaited first.
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  concurrency: number,
  fn: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failure: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (;;) {
      if (failure) return;
      signal?.throwIfAborted();
      const index = next++;
      if (index >= items.length) return;
      try {
        // SAFETY: index < items.length.
        results[index] = await fn(items[index] as T, index);
      } catch (error) {
        failure ??= { error };
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  if (failure) throw failure.error;
  return results;
}
