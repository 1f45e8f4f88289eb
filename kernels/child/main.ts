/** Main thread of a kernel child: wires the parts to the host's messages. Forked by `kernels/client.ts`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { NadirHost, ViewHandler } from '../../src/core/host.js';
import { PROTOCOL_VERSION, parseToKernel, type FromKernel, type ToKernel } from '../protocol.js';
import { toBundle, type Shown } from './bundle.js';
import { CellErrors } from './cell-errors.js';
import { installGlobals } from './cell-globals.js';
import { CompilerClient } from './compiler-client.js';
import { bridgeConsole } from './console-bridge.js';
import { isCuration, replay } from './curation-variable.js';
import { Importer } from './importer.js';
import type { ImportedName, Place } from './compile-types.js';
import { ProcessExitError } from './kernel-errors.js';
import { ProgressBar } from './progress-bar.js';
import { Requests } from './requests.js';
import type { Run } from './run.js';
import { Scope } from './scope.js';
import { Session } from './session.js';
import { TaskBars } from './task-bars.js';
import { Variables } from './variables.js';
import { SENTINEL, Watch } from './watch.js';

const kernelFolder = path.dirname(fileURLToPath(import.meta.url));
const libraryUrl = new URL('../index.js', import.meta.url).href;
// The host makes the folder and removes it, also after a crash.
const outFolder = process.env['NADIR_KERNEL_FOLDER'] ?? mkdtempSync(path.join(tmpdir(), 'nadir-kernel-'));
const exit = process.exit.bind(process);
const post = process.send?.bind(process);
const idleSignal = new AbortController().signal;

function send(message: FromKernel): void {
  // A host that has gone away is noticed by 'disconnect'.
  post?.(message, undefined, undefined, () => undefined);
}

const [socketPath, token] = [process.env['NADIR_CONTROL_SOCKET'] ?? '', process.env['NADIR_CONTROL_TOKEN'] ?? ''];
delete process.env['NADIR_KERNEL_FOLDER'];
delete process.env['NADIR_CONTROL_SOCKET'];
delete process.env['NADIR_CONTROL_TOKEN'];
delete process.env['ELECTRON_RUN_AS_NODE'];

// The compiler takes longest to start, so it starts first.
const compiler = new CompilerClient(outFolder, libraryUrl);
const watch = new Watch((runNumber) => session?.terminated(runNumber));
const control = new Worker(fileURLToPath(new URL('./control.js', import.meta.url)), {
  workerData: { shared: watch.shared, socketPath, token },
});
control.on('error', (error) => send({ type: 'log', level: 'error', text: `control worker: ${error.message}` }));

const scope = new Scope();
const variables = new Variables(scope, send);
const requests = new Requests(send);
const taskBars = new WeakMap<Run, TaskBars>();
const views = new Map<string, ViewHandler>();
let session: Session | undefined;
let maxInlineBytes = 2_000_000;
/** Raised while `display.full` makes its bundle. */
let raisedBytes: number | undefined;

function onMessage(message: ToKernel): void {
  switch (message.type) {
    case 'init': {
      init(message);
      return;
    }
    case 'execute':
      return session?.execute(message);
    case 'abort':
      return session?.abort(message.runId);
    case 'reply': {
      requests.answer(message.requestId, message.value, message.error);
      return;
    }
    case 'setVariable':
      return void setVariable(message.name, message.value);
    case 'detail':
      return void detail(message);
    case 'shutdown': {
      shutdown();
      return;
    }
    default:
      return message satisfies never;
  }
}

function init(message: Extract<ToKernel, { type: 'init' }>): void {
  if (message.version !== PROTOCOL_VERSION) {
    send({ type: 'log', level: 'error', text: `protocol version ${message.version}, expected ${PROTOCOL_VERSION}` });
    return exit(1);
  }
  const notebookFile = message.notebookPath ?? path.join(process.cwd(), 'untitled.ipynb');
  requests.isInteractive = message.interactive;
  maxInlineBytes = message.maxInlineBytes;
  const cellErrors = new CellErrors({
    kernelFolder,
    libraryFolder: path.dirname(kernelFolder),
    notebookFolder: path.dirname(notebookFile),
  });
  const importer = new Importer({ notebookFile, libraryUrl, compiler, errors: cellErrors });
  const made = new Session({
    send,
    scope,
    compiler,
    errors: cellErrors,
    importer,
    variables,
    watch,
    cellFolder: path.join(outFolder, 'cells'),
    maxBytes: () => raisedBytes ?? maxInlineBytes,
    forget,
  });
  session = made;
  installImports(importer, cellErrors);
  installHost(made, message.secrets);
  installServices(made, importer);
  send({ type: 'ready', version: PROTOCOL_VERSION, node: process.versions.node, pid: process.pid });
}

/** `$nadir` in compiled cells: `import()`, `import.meta`, static imports and names of functions. */
function installImports(importer: Importer, cellErrors: CellErrors): void {
  const load = (spec: unknown): Promise<unknown> => importer.load(String(spec));
  const importNames = async (
    spec: string,
    names: readonly ImportedName[],
    [line, column]: readonly [number, number],
  ): Promise<unknown[]> => {
    const filename = session?.filename;
    try {
      return await importer.names(spec, names);
    } catch (error) {
      const place: Place = { line, column };
      if (filename !== undefined) cellErrors.place(error, filename, place);
      throw error;
    }
  };
  const fn = (value: unknown, name: string): unknown =>
    Object.defineProperty(value as object, 'name', { value: name, configurable: true });
  Object.defineProperty(globalThis, '$nadir', {
    value: Object.assign(load, { meta: importer.meta, import: importNames, fn }),
    enumerable: false,
  });
}

/** The services that the library finds under `Symbol.for('nadir.host')`. */
function installHost(made: Session, secrets: Readonly<Record<string, string>>): void {
  const host: NadirHost & { readonly secrets: Readonly<Record<string, string>> } = {
    signal: () => made.running?.signal,
    progress(label, startedAt = performance.now()) {
      const run = made.current();
      if (!run || run.isDone) return undefined;
      const bars = taskBars.get(run) ?? new TaskBars(run, send);
      taskBars.set(run, bars);
      return bars.open(label, startedAt);
    },
    warn: (text) => made.current()?.output.text('stderr', `warning: ${text}\n`),
    nextViewId: () => made.current()?.nextViewId() ?? `none:${views.size}`,
    registerView: (viewId, handler) => void views.set(viewId, handler),
    nameOf: (value) => scope.nameOf(value),
    get maxInlineBytes() {
      return raisedBytes ?? maxInlineBytes;
    },
    secrets,
  };
  Object.defineProperty(globalThis, Symbol.for('nadir.host'), { value: host, configurable: true });
}

function installServices(made: Session, importer: Importer): void {
  const show = (shown: Shown | Promise<Shown>, displayId?: string): void => {
    const run = made.current();
    if (!run) return;
    const emit = (s: Shown): void =>
      run.output.send({
        type: 'display',
        runId: run.runId,
        ...(displayId === undefined ? {} : { displayId }),
        bundle: s.bundle,
        metadata: s.metadata,
      });
    run.output.step(() =>
      shown instanceof Promise ? shown.then(emit, (error: unknown) => made.uncaught(error)) : emit(shown),
    );
  };
  bridgeConsole({ text: (name, text) => made.current()?.output.text(name, text), show });
  installGlobals({
    signal: () => made.current()?.signal ?? idleSignal,
    bundle(value, maxBytes) {
      raisedBytes = maxBytes;
      try {
        return toBundle(value, maxBytes ?? maxInlineBytes);
      } finally {
        raisedBytes = undefined;
      }
    },
    show,
    update(displayId, shown) {
      const emit = (s: Shown): void => send({ type: 'update', displayId, bundle: s.bundle, metadata: s.metadata });
      const run = made.current();
      const push = (): void | Promise<void> =>
        shown instanceof Promise ? shown.then(emit, (e: unknown) => made.uncaught(e)) : emit(shown);
      if (!run || run.isDone) return void push();
      run.output.step(() => {
        run.output.flush();
        return push();
      });
    },
    atEnd: (callback) => void made.running?.atEnd.push(callback),
    clear: (displayId) => send({ type: 'clear', runId: made.current()?.runId ?? '', wait: false, displayId }),
    progress(label, total) {
      const run = made.current();
      const state = (done: number): { done: number; unit: string; total?: number } => ({
        done,
        unit: '',
        ...(total === undefined ? {} : { total }),
      });
      const bar = run && new ProgressBar(run, send, label, state(0));
      bar?.update(state(0));
      return { update: (done) => bar?.update(state(done)), done: () => bar?.done() };
    },
    ask: (question) => requests.ask(question, made.current()?.signal ?? idleSignal),
    require: importer.require,
  });
}

function forget(cellId: string): void {
  for (const viewId of views.keys()) if (viewId.startsWith(`${cellId}:`)) views.delete(viewId);
}

async function setVariable(name: string, value: unknown): Promise<void> {
  try {
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
      throw new TypeError(`'${name}' is no name of a variable.`);
    let stored = value;
    if (isCuration(value)) {
      const library = (await import(libraryUrl)) as { curate?: unknown };
      if (!scope.has(value.source)) throw new ReferenceError(`The variable '${value.source}' does not exist.`);
      stored = replay(library.curate, scope.get(value.source), value.steps);
    }
    scope.declare([{ name, stored: name in globalThis ? `${name}$nb` : name }]);
    scope.set(name, stored);
    variables.push();
  } catch (error) {
    send({
      type: 'log',
      level: 'error',
      text: `setting '${name}' failed: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

async function detail(message: Extract<ToKernel, { type: 'detail' }>): Promise<void> {
  const { requestId } = message;
  try {
    const handler = views.get(message.viewId);
    if (!handler) throw new Error('The object behind this view is gone: run its cell again.');
    const result: unknown = await handler(message.op, message.args);
    send({ type: 'detailReply', requestId, ok: true, result });
  } catch (error) {
    send({ type: 'detailReply', requestId, ok: false, error: error instanceof Error ? error.message : String(error) });
  }
}

function shutdown(): void {
  rmSync(outFolder, { recursive: true, force: true });
  exit(0);
}

process.exit = (code?: unknown): never => {
  throw new ProcessExitError(typeof code === 'number' || typeof code === 'string' ? String(code) : '');
};
process.on('message', (value: unknown) => {
  const message = parseToKernel(value);
  if (message) onMessage(message);
  else send({ type: 'log', level: 'warn', text: 'a malformed message was dropped' });
});
process.on('disconnect', shutdown);
// Ctrl+C in a terminal reaches the whole process group; the host decides what it means.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', shutdown);
process.on('uncaughtException', (error: unknown) => {
  if (error !== SENTINEL) session?.uncaught(error);
});
process.on('unhandledRejection', (reason) => session?.uncaught(reason));
Error.stackTraceLimit = 50;
// Cells must not talk to the host behind the kernel's back.
Object.defineProperty(process, 'send', { value: undefined, configurable: true });
