/**
 * Runs a notebook without an editor (`kernel.md` §10): the same child, client and output builder.
 *
 * The command line owns signals and exit codes; this returns what happened.
 */
import path from 'node:path';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { KernelClient, type InterruptOutcome, type LogLevel, type StreamName } from './client.js';
import { RAW_DELAY_MS } from './kernel-process.js';
import { notebookText, readNotebook, writeAtomically, type Notebook, type NotebookCell } from './notebook.js';
import { OutputBuilder } from './outputs.js';
import { injectParameters } from './parameters.js';
import type { CellError } from './protocol.js';
import { reportHtml } from './report.js';

/** What a run says while it goes on. `cellIndex` counts all cells from 0. */
export type RunEvent =
  | { readonly type: 'started'; readonly cellIndex: number; readonly order: number; readonly source: string }
  | { readonly type: 'stream'; readonly cellIndex: number; readonly name: StreamName; readonly text: string }
  | { readonly type: 'error'; readonly cellIndex: number; readonly error: CellError }
  | { readonly type: 'finished'; readonly cellIndex: number; readonly status: string; readonly durationMs: number }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string };

/** Handles on a run under way, for SIGINT: interrupt first, kill second. */
export interface RunControl {
  /** Interrupts the running cell; the run then ends as `interrupted` and its output is written. */
  interrupt(): Promise<InterruptOutcome>;
  /** Ends the kernel at once; the run then ends as `interrupted` and its output is written. */
  kill(): Promise<void>;
}

export interface RunNotebookOptions {
  readonly path: string;
  /** Values by name; see `parseParameter` for the text of the command line. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Where to write the executed notebook; nothing is written without it. */
  readonly out?: string;
  /** Where to write the report page. */
  readonly html?: string;
  /** Limit of the whole run in seconds; default 600, 0 = none. */
  readonly timeoutS?: number;
  /** Working folder of the cells; default: the folder of the notebook. */
  readonly cwd?: string;
  /** Go on after a failed cell. */
  readonly keepGoing?: boolean;
  /** Absolute path of `dist/kernel/main.js`. */
  readonly childPath: string;
  readonly nodePath?: string;
  readonly onOutput?: (event: RunEvent) => void;
  /** Called once, before the first cell. */
  readonly onStart?: (control: RunControl) => void;
}

/** `failed`: a cell failed (also with `keepGoing`, and also when the kernel died). */
export type RunOutcome = 'ok' | 'failed' | 'timeout' | 'interrupted';

export interface RunReport {
  readonly status: RunOutcome;
  /** The first error and its cell (from 0, counting all cells). */
  readonly firstError: { readonly cellIndex: number; readonly error: CellError } | undefined;
  /** Code cells that ran, and those that did not (skipped languages left out). */
  readonly ran: number;
  readonly notRun: number;
  readonly durationMs: number;
  /** The executed notebook. */
  readonly notebook: Notebook;
}

const DEFAULT_TIMEOUT_S = 600;

/**
 * Runs every TypeScript and JavaScript cell in order and writes the results, also when a cell fails.
 *
 * @throws FormatError `bad-notebook`, SourceError (file not readable or writable), ArgumentError `unknown-parameter`. A failing cell is
 * no exception: it is in the report.
 */
export async function runNotebook(options: RunNotebookOptions): Promise<RunReport> {
  const file = path.resolve(options.path);
  const notebook = await readNotebook(file);
  await injectParameters(notebook, options.params ?? {});
  const run = new NotebookRun(notebook, file, options);
  const report = await run.run();
  if (options.out !== undefined) await writeAtomically(path.resolve(options.out), notebookText(notebook));
  if (options.html !== undefined) await writeAtomically(path.resolve(options.html), await reportHtml(notebook));
  return report;
}

class NotebookRun {
  readonly #notebook: Notebook;
  readonly #options: RunNotebookOptions;
  readonly #client: KernelClient;
  readonly #builders = new Map<string, OutputBuilder>();
  #ended: 'timeout' | 'interrupted' | undefined;
  #firstError: RunReport['firstError'];

  constructor(notebook: Notebook, file: string, options: RunNotebookOptions) {
    this.#notebook = notebook;
    this.#options = options;
    const cwd = path.resolve(options.cwd ?? path.dirname(file));
    this.#client = new KernelClient(
      {
        childPath: options.childPath,
        cwd,
        notebookPath: file,
        interactive: false,
        ...(options.nodePath === undefined ? {} : { nodePath: options.nodePath }),
      },
      {
        onState: () => undefined,
        onVariables: () => undefined,
        onUpdate: (displayId, bundle, metadata) => {
          for (const builder of this.#builders.values()) if (builder.update(displayId, bundle, metadata)) return;
        },
        onLateStream: (cellId, name, text) => {
          this.#builders.get(cellId)?.stream(name, text);
          this.#emit({ type: 'stream', cellIndex: this.#notebook.cells.findIndex((c) => c.id === cellId), name, text });
        },
        onLateError: (cellId, error) =>
          this.#fail(
            this.#notebook.cells.findIndex((c) => c.id === cellId),
            error,
          ),
        onLateDisplay: (cellId, bundle, metadata, displayId) =>
          this.#builders.get(cellId)?.display(bundle, metadata, displayId),
        onRequest: () => Promise.reject(new Error('This notebook runs without a person.')),
        onLog: (level, text) => this.#emit({ type: 'log', level, text }),
      },
    );
  }

  async run(): Promise<RunReport> {
    const startedAt = performance.now();
    const timeoutS = this.#options.timeoutS ?? DEFAULT_TIMEOUT_S;
    const timer = timeoutS > 0 ? setTimeout(() => void this.#stop('timeout'), timeoutS * 1000) : undefined;
    this.#options.onStart?.({ interrupt: () => this.#interrupt(), kill: () => this.#kill() });
    const cells = this.#notebook.cells
      .map((cell, index) => ({ cell, index }))
      .filter(({ cell, index }) => this.#isOurs(cell, index));
    let ran = 0;
    let hasFailed = false;
    try {
      for (const { cell, index } of cells) {
        if (this.#ended || (hasFailed && this.#options.keepGoing !== true)) break;
        hasFailed = (await this.#cell(cell, index)) || hasFailed;
        ran++;
      }
    } finally {
      clearTimeout(timer);
      // Text of subprocesses arrives a little late.
      if (!this.#ended) await setTimeoutPromise(2 * RAW_DELAY_MS);
      await this.#client.dispose();
    }
    for (const { cell } of cells) cell.outputs = this.#builders.get(cell.id)?.outputs() ?? [];
    const status = this.#ended ?? (this.#firstError ? 'failed' : 'ok');
    return {
      status,
      firstError: this.#firstError,
      ran,
      notRun: cells.length - ran,
      durationMs: performance.now() - startedAt,
      notebook: this.#notebook,
    };
  }

  /** Runs one cell; true if it failed. */
  async #cell(cell: NotebookCell, cellIndex: number): Promise<boolean> {
    const builder = new OutputBuilder();
    this.#builders.set(cell.id, builder);
    const { status, durationMs } = await this.#client.execute(
      { cellId: cell.id, cellIndex, source: cell.source, language: cell.language },
      {
        started: (order) => {
          builder.started(order);
          this.#emit({ type: 'started', cellIndex, order, source: cell.source });
        },
        stream: (name, text) => {
          builder.stream(name, text);
          this.#emit({ type: 'stream', cellIndex, name, text });
        },
        display: (bundle, metadata, displayId) => builder.display(bundle, metadata, displayId),
        result: (bundle, metadata, displayId) => builder.result(bundle, metadata, displayId),
        clear: (wait) => builder.clear(wait),
        trimText: (keep) => builder.trimText(keep),
        error: (error) => {
          builder.error(error);
          this.#firstError ??= { cellIndex, error };
          this.#emit({ type: 'error', cellIndex, error });
        },
      },
    );
    cell.executionCount = builder.order;
    this.#emit({ type: 'finished', cellIndex, status, durationMs });
    return status !== 'ok';
  }

  /** Whether this kernel runs the cell. Its old outputs go, so that nothing stale stays beside new results. */
  #isOurs(cell: NotebookCell, index: number): boolean {
    if (cell.type !== 'code') return false;
    if (cell.language === 'typescript' || cell.language === 'javascript') {
      cell.outputs = [];
      cell.executionCount = null;
      return true;
    }
    this.#emit({ type: 'warning', text: `cell ${index + 1} is ${cell.language}, not TypeScript: skipped` });
    return false;
  }

  #fail(cellIndex: number, error: CellError): void {
    const cell = this.#notebook.cells[cellIndex];
    if (!cell) return;
    this.#builders.get(cell.id)?.error(error);
    this.#firstError ??= { cellIndex, error };
    this.#emit({ type: 'error', cellIndex, error });
  }

  async #interrupt(): Promise<InterruptOutcome> {
    this.#ended ??= 'interrupted';
    return this.#client.interrupt();
  }

  async #kill(): Promise<void> {
    this.#ended ??= 'interrupted';
    await this.#client.dispose();
  }

  async #stop(reason: 'timeout'): Promise<void> {
    this.#ended ??= reason;
    if ((await this.#client.interrupt()) === 'unresponsive') await this.#client.dispose();
  }

  #emit(event: RunEvent): void {
    this.#options.onOutput?.(event);
  }
}
