/**
 * What surrounds the library: a notebook kernel, the command line, or nothing.
 *
 * The kernel child installs an object under `Symbol.for('nadir.host')` on `globalThis`. The library works without
 * one. It is looked up at each use, since a notebook may hold two copies of the library but has one host.
 */

/** Progress of a long task in real counts. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
  readonly bytes?: number;
  readonly failed?: number;
}

/** What a warning is about: `skipped` sums up what a result's ledger holds. */
export type WarningTopic = 'skipped';

/** A live view of one displayed object: the renderer asks, the object answers (`renderers.md` §3). */
export type ViewHandler = (op: string, args: unknown) => unknown;

/** The services a kernel gives to the library. Each is optional in effect: the library never depends on an answer. */
export interface NadirHost {
  /** The signal of the cell that runs now; the default `signal` of every long task. */
  signal(): AbortSignal | undefined;
  /**
   * Opens a progress bar in the running cell; `update` is throttled by the host, and bars of nested tasks are merged.
   * `startedAt`: when the task began, on the clock of `performance.now()`; default now.
   */
  progress(label: string, startedAt?: number): { update(p: Progress): void; done(): void } | undefined;
  /** Shows one warning line in the output of the running cell; `topic` for hosts that show some of them otherwise. */
  warn(message: string, topic?: WarningTopic): void;
  /** A fresh view id (`cellId:ordinal`) for an object about to be displayed. */
  nextViewId(): string;
  /** Keeps a handler that answers the renderer of this view while the kernel lives. */
  registerView(viewId: string, handler: ViewHandler): void;
  /** The name of the notebook variable that holds exactly this value, if there is one. */
  nameOf(value: unknown): string | undefined;
  /** Limit of one output in bytes (`nadir.display.maxInlineMB`). */
  readonly maxInlineBytes: number;
}

const KEY = Symbol.for('nadir.host');

/** The host in force, or undefined outside a notebook. */
export function currentHost(): NadirHost | undefined {
  // SAFETY: only a Nadir kernel writes this key, with an object of this shape.
  return (globalThis as { [KEY]?: NadirHost })[KEY];
}

/** Shows one warning line: in the cell's output where there is one, else on stderr. */
export function warn(message: string, topic?: WarningTopic): void {
  const host = currentHost();
  if (host) host.warn(message, topic);
  else console.warn(`warning: ${message}`);
}

const warned = new WeakMap<AbortSignal, Set<string>>();
const warnedOutsideCells = new Set<string>();

/** Shows a warning once per cell run (once per process outside a notebook); `key` tells warnings apart. */
export function warnOnce(key: string, message: string): void {
  const signal = currentHost()?.signal();
  let seen = warnedOutsideCells;
  if (signal) {
    seen = warned.get(signal) ?? new Set();
    warned.set(signal, seen);
  }
  if (seen.has(key)) return;
  seen.add(key);
  warn(message);
}
