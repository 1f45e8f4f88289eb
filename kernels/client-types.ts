/**
 * What a user of the kernel client sees: options, events, the sink of one execution, and its result.
 *
 * The extension and the headless runner code against this file; `client.ts` implements it.
 */
import type { BundleMetadata, CellError, FromKernel, MimeBundle, VariableInfo } from './protocol.js';

/** How to start a kernel child. */
export interface KernelOptions {
  /** Absolute path of `dist/kernel/main.js`. */
  readonly childPath: string;
  /** Node executable; default: the host's own (with `ELECTRON_RUN_AS_NODE=1`). */
  readonly nodePath?: string;
  /** Working folder of the cells; normally the folder of the notebook. */
  readonly cwd: string;
  /** Absolute path of the notebook, null for an untitled one. Imports resolve from its folder. */
  readonly notebookPath: string | null;
  /** Extra environment of the child. */
  readonly env?: Readonly<Record<string, string>>;
  /** Heap limit in MB; 0 or absent = min(8192, half of RAM). */
  readonly maxHeapMB?: number;
  /** Limit of one output in bytes; default 2 MB. */
  readonly maxInlineBytes?: number;
  /** False: `input()` and `pick()` throw InputUnavailableError in the cell. */
  readonly interactive: boolean;
  /** Tokens by origin; handed to the child in `init`, never logged. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export type KernelStatus = 'stopped' | 'starting' | 'idle' | 'busy' | 'blocked';

/** State for the status item. `blocked` = the child's main thread has not turned for over 2 s. */
export interface KernelState {
  readonly status: KernelStatus;
  /** The cell that runs now, when `busy` or `blocked`. */
  readonly cellId?: string;
  /** Resident memory of the child in bytes, from the heartbeat. */
  readonly rss?: number;
  /** How long the main thread has been blocked, in ms. */
  readonly blockedMs?: number;
}

/** A question of a cell. Resolve with the text or the picked item, with undefined for "cancelled". */
export type KernelRequest = Extract<FromKernel, { type: 'request' }>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type StreamName = 'stdout' | 'stderr';

/** What happens outside one execution. */
export interface KernelEvents {
  onState(state: KernelState): void;
  /** `client.variables` has changed. */
  onVariables(): void;
  /**
   * The content of a display changed, of the running cell or of a finished one. An empty bundle removes the output.
   * The display id is the one given to `sink.display`.
   */
  onUpdate(displayId: string, bundle: MimeBundle, metadata: BundleMetadata): void;
  /** Text of a cell that has ended, for example from its timers. */
  onLateStream(cellId: string, name: StreamName, text: string): void;
  /** Unhandled rejection or uncaught exception of a cell that has ended. */
  onLateError?(cellId: string, error: CellError): void;
  /** A display of a cell that has ended. */
  onLateDisplay?(cellId: string, bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): void;
  /** `input()` or `pick()` was called. A rejection becomes an error in the cell; undefined means cancelled. */
  onRequest(request: KernelRequest): Promise<unknown>;
  onLog(level: LogLevel, text: string): void;
  /**
   * The child ended without being asked to. The running cell has received a KernelDiedError or OutOfMemoryError;
   * offer Restart once. Nothing re-runs by itself.
   */
  onDied?(error: CellError): void;
}

/** One cell to run. */
export interface ExecuteRequest {
  /** Stable id of the cell (letters, digits, `-`, `_`). */
  readonly cellId: string;
  /** Position in the notebook from 0, counting all cells; errors show it from 1 as `Cell 3:2:5`. */
  readonly cellIndex: number;
  readonly source: string;
  /** `typescript` or `javascript`. */
  readonly language: string;
}

/**
 * Where the outputs of one execution go, in order. Methods return nothing and must not block: text arrives often.
 *
 * Bundles are ordered richest first (vendor JSON, image, HTML, text); images are base64 strings, JSON types are values.
 */
export interface ExecuteSink {
  /** The cell has started; `order` is its execution count, from 1. */
  started(order: number): void;
  stream(name: StreamName, text: string): void;
  display(bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): void;
  /** Value of the last expression. */
  result(bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): void;
  /** Remove the outputs so far; with `wait`, at the next output. */
  clear(wait: boolean): void;
  /**
   * Over 2 MB of text: keep only the first `keep` characters of all stream text of this run shown so far. A line that names the
   * file with the whole and, at the end, the last 200 kB follow as ordinary `stream` calls.
   */
  trimText?(keep: number): void;
  error(error: CellError): void;
}

export type ExecuteStatus = 'ok' | 'error' | 'interrupted' | 'cancelled';

/** How an execution ended. `cancelled` = it never started (failure, interrupt, restart or dispose before its turn). */
export interface ExecuteResult {
  readonly status: ExecuteStatus;
  readonly durationMs: number;
}

/**
 * `settled`: the cell has ended and variables are kept. `idle`: nothing was running. `unresponsive`: the cell has not ended within
 * 3 s (a native call, or an `async_hooks` hook of the user); offer Restart.
 */
export type InterruptOutcome = 'settled' | 'idle' | 'unresponsive';

/** Value for `setVariable` that builds a CuratedSelection in the child: `steps` replayed on `curate(<source>)`. */
export interface CurationValue {
  readonly kind: 'curation';
  /** Name of the notebook variable that is curated. */
  readonly source: string;
  readonly steps: readonly { readonly op: string; readonly args: readonly unknown[] }[];
}

/** The client of one kernel child. `new KernelClient(options, events)` in `client.ts`. */
export interface KernelClientLike {
  readonly state: KernelState;
  readonly pid: number | undefined;
  readonly variables: ReadonlyMap<string, VariableInfo>;
  /** Queues a cell (FIFO) and starts the child when there is none. Never rejects: failures to start are errors of the cell. */
  execute(request: ExecuteRequest, sink: ExecuteSink): Promise<ExecuteResult>;
  interrupt(): Promise<InterruptOutcome>;
  /** Kills the child, clears variables and the execution order, and starts a fresh one. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends the child for good: shutdown, SIGTERM after 500 ms, SIGKILL after 2 s. */
  dispose(): Promise<void>;
  /** Asks the displayed object behind a view. Rejects with the object's error, or when the kernel is gone. */
  detail(viewId: string, op: string, args: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Sets a notebook variable without disturbing a running cell; a CurationValue is built in the child. */
  setVariable(name: string, value: unknown): void;
}
