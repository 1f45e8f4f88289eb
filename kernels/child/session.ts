/**
 * The kernel's session: runs one cell after another and settles each exactly once, whether it returns, throws, is interrupted, or is
 * terminated in the middle of a loop.
 *
 * After a termination pending promises may be lost, so nothing that settles a run relies on an earlier promise.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import path from 'node:path';
import vm from 'node:vm';
import type { CellError, FromKernel, RunStatus, ToKernel } from '../protocol.js';
import { toBundle, type Shown } from './bundle.js';
import type { CellErrors } from './cell-errors.js';
import { HANDLE } from './cell-globals.js';
import type { CompilerClient } from './compiler-client.js';
import type { CompiledCell } from './compile-types.js';
import type { Importer } from './importer.js';
import { ImportNameError, InterruptError } from './kernel-errors.js';
import { GENERATOR_MS, SETTLE_MS } from './limits.js';
import { Run } from './run.js';
import type { Send } from './run-output.js';
import type { Scope } from './scope.js';
import type { Variables } from './variables.js';
import type { Watch } from './watch.js';

export interface SessionParts {
  readonly send: Send;
  readonly scope: Scope;
  readonly compiler: CompilerClient;
  readonly errors: CellErrors;
  readonly importer: Importer;
  readonly variables: Variables;
  readonly watch: Watch;
  /** Folder of the cells' files. */
  readonly cellFolder: string;
  /** Limit of one output in bytes. */
  maxBytes(): number;
  /** Called when a cell starts: what its previous run registered is void. */
  forget(cellId: string): void;
}

type Execute = Extract<ToKernel, { type: 'execute' }>;

/** With hook-based tracking, terminating a cell aborts the process: only the context frame will do. */
function hasContextFrame(): boolean {
  return (
    Number(process.versions.node.split('.')[0]) >= 24 || process.execArgv.includes('--experimental-async-context-frame')
  );
}

/** Runs cells; see the head of this file. */
export class Session {
  readonly #parts: SessionParts;
  readonly #store = hasContextFrame() ? new AsyncLocalStorage<Run>() : undefined;
  readonly #seen = new Set<string>();
  /** Aborted before they arrived: a termination can swallow a message. */
  readonly #aborted = new Set<string>();
  #running: Run | undefined;
  #last: Run | undefined;
  #filename: string | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The run that output belongs to: the one that caused it where that is known, else the running one, else the last. */
  current(): Run | undefined {
    return this.#store?.getStore() ?? this.#running ?? this.#last;
  }

  /** The run under way. */
  get running(): Run | undefined {
    return this.#running;
  }

  /** File of the cell that runs or ran last. */
  get filename(): string | undefined {
    return this.#filename;
  }

  /** Runs a cell. The same run asked for twice runs once. */
  execute(message: Execute): void {
    if (this.#seen.has(message.runId)) return;
    this.#seen.add(message.runId);
    const run = new Run(message, this.#parts.send);
    this.#running = run;
    this.#last = run;
    this.#parts.forget(run.cellId);
    this.#parts.send({ type: 'started', runId: run.runId });
    if (this.#aborted.delete(run.runId)) {
      this.#settleInterrupted(run);
      return;
    }
    const hash = createHash('sha256').update(message.source).digest('hex').slice(0, 12);
    const filename = path.join(this.#parts.cellFolder, hash, `cell_${message.cellId.replace(/[^\w-]/g, '_')}.ts`);
    this.#filename = filename;
    const request = {
      source: message.source,
      language: message.language,
      filename,
      renamed: this.#parts.scope.renamed(),
    };
    const { cellId, cellIndex } = run;
    const remember = (text: string, compiled: CompiledCell | undefined): void => {
      const lines = text.split('\n').length;
      this.#parts.errors.addCell(filename, { cellId, cellIndex, source: message.source, lines, compiled });
    };
    this.#parts.compiler.cell(request).then(
      (compiled) => {
        if (run.isDone) return;
        remember(compiled.edited, compiled);
        this.#launch(run, compiled, filename);
      },
      (error: unknown) => {
        if (run.isDone) return;
        remember(message.source, undefined);
        this.#fail(run, error);
      },
    );
  }

  /** Interrupts a run: its signal aborts, and if it does not settle in time it is settled here. */
  abort(runId: string): void {
    const run = this.#running;
    if (run?.runId !== runId) {
      this.#aborted.add(runId);
      return;
    }
    run.abort();
    setTimeout(() => this.#settleInterrupted(run), SETTLE_MS);
  }

  /** The code of a run was terminated. */
  terminated(runNumber: number): void {
    const run = this.#running;
    if (run?.number !== runNumber) return;
    run.abort();
    this.#settleInterrupted(run);
  }

  /** An error that nobody caught belongs to the running cell, or to the last one. */
  uncaught(error: unknown): void {
    const run = this.current();
    if (!run) {
      this.#parts.send({ type: 'log', level: 'error', text: String(error) });
      return;
    }
    if (error instanceof InterruptError) return;
    run.hasFailed = true;
    run.output.send({ type: 'error', runId: run.runId, error: this.#describe(error) });
  }

  #launch(run: Run, compiled: CompiledCell, filename: string): void {
    const { scope, watch } = this.#parts;
    let value: unknown;
    watch.setActive(run.number);
    try {
      scope.declare(compiled.names);
      const script = new vm.Script(compiled.code, {
        filename,
        lineOffset: -1,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
      const start = (): unknown => script.runInThisContext();
      value = this.#store ? this.#store.run(run, start) : start();
    } catch (error) {
      this.#fail(run, error);
      return;
    }
    // SAFETY: the wrapped code is a call of an async function.
    (value as Promise<unknown>).then(
      (result) => this.#value(run, result),
      (error: unknown) => this.#fail(run, error),
    );
  }

  #value(run: Run, value: unknown): void {
    if (run.isDone) return;
    if (isAsyncGenerator(value)) {
      this.#generator(run, value).catch((error: unknown) => this.#fail(run, error));
      return;
    }
    if (value !== undefined && !isHandle(value)) {
      let shown: Shown | Promise<Shown>;
      try {
        shown = toBundle(this.#readable(value), this.#parts.maxBytes());
      } catch (error) {
        this.#fail(run, error);
        return;
      }
      run.output.step(() => this.#result(run, shown));
    }
    void run.output.drain().then(() => this.#finish(run, run.hasFailed ? 'error' : 'ok'));
  }

  /** Errors as values show the frames of cells, not those of the kernel. */
  #readable(value: unknown): unknown {
    if (!(value instanceof Error) || Symbol.for('Jupyter.display') in value) return value;
    const { stack } = this.#describe(value);
    return { [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': stack }) };
  }

  #result(run: Run, shown: Shown | Promise<Shown>): void | Promise<void> {
    const send = (s: Shown): void =>
      run.output.send({ type: 'result', runId: run.runId, bundle: s.bundle, metadata: s.metadata });
    if (!(shown instanceof Promise)) {
      send(shown);
      return;
    }
    return shown.then(send, (error: unknown) => this.#fail(run, error));
  }

  /** Each value of an async generator replaces the one before, at most 20 per second; the last one stays. */
  async #generator(run: Run, generator: AsyncGenerator): Promise<void> {
    const displayId = `generator-${run.runId}`;
    let shownAt = -Infinity;
    let isFirst = true;
    let held: { value: unknown } | undefined;
    const show = async (value: unknown): Promise<void> => {
      const { bundle, metadata } = await toBundle(value, this.#parts.maxBytes());
      if (run.isDone) return;
      run.output.flush();
      this.#parts.send(
        isFirst
          ? { type: 'result', runId: run.runId, displayId, bundle, metadata }
          : { type: 'update', displayId, bundle, metadata },
      );
      isFirst = false;
      held = undefined;
      shownAt = performance.now();
    };
    for await (const value of generator) {
      if (run.isDone || run.signal.aborted) break;
      held = { value };
      if (performance.now() - shownAt >= GENERATOR_MS) await show(value);
    }
    if (held) await show(held.value);
    run.signal.throwIfAborted();
    await run.output.drain();
    this.#finish(run, run.hasFailed ? 'error' : 'ok');
  }

  /** Never throws: what was thrown may be a proxy or have getters that throw, and the cell must settle all the same. */
  #describe(error: unknown): CellError {
    try {
      return this.#parts.errors.describe(this.#explained(error), this.#filename);
    } catch {
      const message = 'something was thrown that cannot be read';
      return { name: 'Error', message, stack: `Error: ${message} (a proxy, or an error with a getter that throws)` };
    }
  }

  /** A ReferenceError for a name that an import did not find says so. */
  #explained(error: unknown): unknown {
    if (!(error instanceof TypeError || error instanceof ReferenceError)) return error;
    const name = /^([\w$]+) is not (?:defined|a function|a constructor)/.exec(error.message)?.[1];
    const missing = name === undefined ? undefined : this.#parts.importer.missing(name);
    if (missing === undefined) return error;
    const explained = new ImportNameError(missing);
    explained.stack = error.stack ?? '';
    return explained;
  }

  #fail(run: Run, error: unknown): void {
    if (run.isDone) return;
    const isInterrupted = run.signal.aborted;
    if (isInterrupted && !(error instanceof InterruptError)) {
      const interrupt = new InterruptError();
      interrupt.stack = error instanceof Error ? (error.stack ?? '') : '';
      this.#settleInterrupted(run, interrupt);
      return;
    }
    if (isInterrupted) {
      this.#settleInterrupted(run, error);
      return;
    }
    run.output.flush();
    this.#parts.send({ type: 'error', runId: run.runId, error: this.#describe(error) });
    this.#finish(run, 'error');
  }

  #settleInterrupted(run: Run, error: unknown = new InterruptError()): void {
    if (run.isDone) return;
    run.output.end();
    this.#parts.send({ type: 'error', runId: run.runId, error: this.#describe(error) });
    this.#finish(run, 'interrupted');
    run.output.drop();
  }

  #finish(run: Run, status: RunStatus): void {
    if (run.isDone) return;
    for (const end of run.atEnd) end();
    run.isDone = true;
    run.output.end();
    this.#parts.watch.setActive(0);
    if (this.#running === run) this.#running = undefined;
    const message: FromKernel = {
      type: 'finished',
      runId: run.runId,
      status,
      durationMs: performance.now() - run.startedAt,
    };
    this.#parts.send(message);
    setImmediate(() => this.#parts.variables.push());
  }
}

/** What `display()` and `progress()` return: a cell that ends with such a call has shown what it wanted. */
function isHandle(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getOwnPropertyDescriptor(value, HANDLE) !== undefined;
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]';
}
