/**
 * Host side of a kernel: starts the child with the first execution, queues cells, routes their outputs, interrupts and restarts.
 *
 * Decisions about the queue are those of `queue.ts`; this class carries them out. It never imports `vscode`.
 */
import type {
  ExecuteRequest,
  ExecuteResult,
  ExecuteSink,
  ExecuteStatus,
  InterruptOutcome,
  KernelClientLike,
  KernelEvents,
  KernelOptions,
  KernelState,
  KernelStatus,
} from './client-types.js';
import { KernelProcess } from './kernel-process.js';
import type { CellError, FromControl, FromKernel, VariableInfo } from './protocol.js';
import { EMPTY_QUEUE, stepQueue, type QueueCommand, type QueueEvent, type QueueState } from './queue.js';

export type * from './client-types.js';

/** Without `started` in this time a cell is sent once more, in ms. */
const UNHEARD_MS = 2000;
/** A run that has not settled this long after an interrupt is unresponsive, in ms. */
const INTERRUPT_MS = 3000;
/** A main thread silent for this long is shown as blocked, in ms. */
const BLOCKED_MS = 2000;
/** Ended runs whose late output can still be told apart. */
const REMEMBERED_RUNS = 2000;

interface Run {
  readonly request: ExecuteRequest;
  readonly sink: ExecuteSink;
  readonly resolve: (result: ExecuteResult) => void;
  startedAt: number | undefined;
  durationMs: number;
}

interface PendingDetail {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The client; see `KernelClientLike` for what each member does. */
export class KernelClient implements KernelClientLike {
  readonly #options: KernelOptions;
  readonly #events: KernelEvents;
  readonly #variables = new Map<string, VariableInfo>();
  readonly #runs = new Map<string, Run>();
  /** Cell of each ended run, for late output. */
  readonly #ended = new Map<string, string>();
  readonly #details = new Map<string, PendingDetail>();
  #queue: QueueState = EMPTY_QUEUE;
  #process: KernelProcess | undefined;
  #isReady = false;
  #whenReady: (() => void)[] = [];
  #onSettled: (() => void)[] = [];
  #order = 0;
  #nextRun = 1;
  #nextDetail = 1;
  #rss: number | undefined;
  #blockedMs = 0;
  #lastBeat = 0;
  #beatTimer: NodeJS.Timeout | undefined;
  /** Status of a run that the end of the child cut off. */
  #lostStatus: ExecuteStatus = 'error';
  #isDisposed = false;

  constructor(options: KernelOptions, events: KernelEvents) {
    this.#options = options;
    this.#events = events;
  }

  get variables(): ReadonlyMap<string, VariableInfo> {
    return this.#variables;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get state(): KernelState {
    const running = this.#queue.running && this.#runs.get(this.#queue.running.runId);
    const isBlocked = running !== undefined && this.#blockedMs >= BLOCKED_MS;
    const busy: KernelStatus = isBlocked ? 'blocked' : running ? 'busy' : 'idle';
    const status: KernelStatus = this.#process ? (this.#isReady ? busy : 'starting') : 'stopped';
    return {
      status,
      ...(running ? { cellId: running.request.cellId } : {}),
      ...(this.#rss === undefined ? {} : { rss: this.#rss }),
      ...(isBlocked ? { blockedMs: this.#blockedMs } : {}),
    };
  }

  execute(request: ExecuteRequest, sink: ExecuteSink): Promise<ExecuteResult> {
    if (this.#isDisposed) return Promise.resolve({ status: 'cancelled', durationMs: 0 });
    return new Promise((resolve) => {
      const runId = `run-${this.#nextRun++}`;
      this.#runs.set(runId, { request, sink, resolve, startedAt: undefined, durationMs: 0 });
      this.#dispatch({ type: 'enqueue', runId });
    });
  }

  async interrupt(): Promise<InterruptOutcome> {
    const { running, waiting } = this.#queue;
    if (!running) {
      this.#dispatch({ type: 'interrupt' });
      return waiting.length > 0 ? 'settled' : 'idle';
    }
    const settled = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), INTERRUPT_MS);
      this.#onSettled.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
    this.#dispatch({ type: 'interrupt' });
    return (await settled) ? 'settled' : 'unresponsive';
  }

  async restart(): Promise<void> {
    const process = this.#process;
    this.#onGone(undefined);
    if (process) await process.kill();
    if (this.#isDisposed) return;
    this.#order = 0;
    await this.#start();
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const process = this.#process;
    this.#onGone(undefined);
    await process?.end();
  }

  detail(viewId: string, op: string, args: unknown, signal?: AbortSignal): Promise<unknown> {
    if (!this.#process || !this.#isReady)
      return Promise.reject(new Error('The kernel is stopped: this is the saved view.'));
    const requestId = `d${this.#nextDetail++}`;
    const process = this.#process;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        this.#details.delete(requestId);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const done = (): void => signal?.removeEventListener('abort', onAbort);
      this.#details.set(requestId, {
        resolve(value) {
          done();
          resolve(value);
        },
        reject(error) {
          done();
          reject(error);
        },
      });
      process.send({ type: 'detail', viewId, requestId, op, args });
    });
  }

  setVariable(name: string, value: unknown): void {
    if (!this.#process) {
      this.#events.onLog('warn', `setting '${name}' needs a running kernel`);
      return;
    }
    const set = (): void => this.#process?.send({ type: 'setVariable', name, value });
    if (this.#isReady) set();
    else this.#whenReady.push(set);
  }

  #dispatch(event: QueueEvent): void {
    const [state, commands] = stepQueue(this.#queue, event);
    this.#queue = state;
    for (const command of commands) this.#perform(command);
    this.#events.onState(this.state);
  }

  #perform(command: QueueCommand): void {
    switch (command.type) {
      case 'start':
        return void this.#start();
      case 'send': {
        this.#send(command.runId);
        return;
      }
      case 'abort':
        this.#process?.send({ type: 'abort', runId: command.runId });
        return this.#process?.control({ type: 'interrupt', runId: command.runId });
      case 'settle': {
        this.#settle(command.runId, command.status);
        return;
      }
      case 'cancel': {
        this.#settle(command.runId, 'cancelled');
        return;
      }
      case 'lost': {
        this.#settle(
          command.runId,
          this.#runs.get(command.runId)?.startedAt === undefined ? 'cancelled' : this.#lostStatus,
        );
        return;
      }
      default:
        return command satisfies never;
    }
  }

  /** Starts the child if there is none. Resolves when it is ready or has failed. */
  #start(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenReady.push(resolve);
      if (this.#process) return;
      this.#isReady = false;
      // Events of a child that has been replaced are nobody's.
      const mine = (): boolean => this.#process === child;
      const child = new KernelProcess(this.#options, {
        onMessage: (message) => mine() && this.#onMessage(message),
        onControl: (message) => mine() && this.#onControl(message),
        onRawText: (name, text) => mine() && this.#onRawText(name, text),
        onProtocolError: (text) => this.#events.onLog('error', `ProtocolError: ${text}`),
        onGone: (error) => mine() && this.#onGone(error),
      });
      this.#process = child;
      this.#queue = { ...this.#queue, phase: 'starting' };
      this.#events.onState(this.state);
    });
  }

  #send(runId: string): void {
    const run = this.#runs.get(runId);
    if (!run) return;
    const { cellId, cellIndex, source, language } = run.request;
    this.#process?.send({ type: 'execute', runId, cellId, cellIndex, source, language });
    setTimeout(() => this.#dispatch({ type: 'unheard', runId }), UNHEARD_MS).unref();
  }

  #settle(runId: string, status: ExecuteStatus): void {
    const run = this.#runs.get(runId);
    if (!run) return;
    this.#runs.delete(runId);
    this.#ended.set(runId, run.request.cellId);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > REMEMBERED_RUNS && oldest !== undefined) this.#ended.delete(oldest);
    const elapsed = run.startedAt === undefined ? 0 : performance.now() - run.startedAt;
    run.resolve({ status, durationMs: run.durationMs > 0 ? run.durationMs : elapsed });
    if (!this.#queue.running) for (const settled of this.#onSettled.splice(0)) settled();
  }

  #onMessage(message: FromKernel): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#watchBeats();
        for (const ready of this.#whenReady.splice(0)) ready();
        {
          this.#dispatch({ type: 'ready' });
          return;
        }
      case 'started': {
        const run = this.#runs.get(message.runId);
        if (run?.startedAt === undefined) {
          if (run) run.startedAt = performance.now();
          run?.sink.started(++this.#order);
        }
        this.#dispatch({ type: 'started', runId: message.runId });
        return;
      }
      case 'finished': {
        const run = this.#runs.get(message.runId);
        if (run) run.durationMs = message.durationMs;
        this.#dispatch({ type: 'finished', runId: message.runId, status: message.status });
        return;
      }
      case 'stream':
      case 'display':
      case 'result':
      case 'error':
      case 'trim': {
        this.#onOutput(message);
        return;
      }
      case 'clear':
        if (message.displayId !== undefined) {
          this.#events.onUpdate(message.displayId, {}, {});
          return;
        }
        return this.#runs.get(message.runId)?.sink.clear(message.wait);
      case 'update': {
        this.#events.onUpdate(message.displayId, message.bundle, message.metadata);
        return;
      }
      case 'request':
        return void this.#onRequest(message);
      case 'detailReply': {
        const pending = this.#details.get(message.requestId);
        this.#details.delete(message.requestId);
        if (message.ok) pending?.resolve(message.result);
        else pending?.reject(new Error(message.error ?? 'The kernel gave no reason.'));
        return;
      }
      case 'variables':
        for (const info of message.changed) this.#variables.set(info.name, info);
        for (const name of message.removed) this.#variables.delete(name);
        {
          this.#events.onVariables();
          return;
        }
      case 'log': {
        this.#events.onLog(message.level, message.text);
        return;
      }
      default:
        return message satisfies never;
    }
  }

  #onOutput(message: Extract<FromKernel, { type: 'stream' | 'display' | 'result' | 'error' | 'trim' }>): void {
    const sink = this.#runs.get(message.runId)?.sink;
    if (!sink) {
      this.#onLate(message);
      return;
    }
    switch (message.type) {
      case 'stream': {
        sink.stream(message.name, message.text);
        return;
      }
      case 'display': {
        sink.display(message.bundle, message.metadata, message.displayId);
        return;
      }
      case 'result': {
        sink.result(message.bundle, message.metadata, message.displayId);
        return;
      }
      case 'error': {
        sink.error(message.error);
        return;
      }
      case 'trim':
        return sink.trimText?.(message.keep);
      default:
        return message satisfies never;
    }
  }

  #onLate(message: Extract<FromKernel, { type: 'stream' | 'display' | 'result' | 'error' | 'trim' }>): void {
    const cellId = this.#ended.get(message.runId);
    if (cellId === undefined) return;
    if (message.type === 'stream') this.#events.onLateStream(cellId, message.name, message.text);
    else if (message.type === 'error') this.#events.onLateError?.(cellId, message.error);
    else if (message.type === 'display')
      this.#events.onLateDisplay?.(cellId, message.bundle, message.metadata, message.displayId);
  }

  async #onRequest(message: Extract<FromKernel, { type: 'request' }>): Promise<void> {
    const process = this.#process;
    try {
      const value = await this.#events.onRequest(message);
      process?.send({ type: 'reply', requestId: message.requestId, value });
    } catch (error) {
      process?.send({
        type: 'reply',
        requestId: message.requestId,
        value: undefined,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #onRawText(name: 'stdout' | 'stderr', text: string): void {
    const running = this.#queue.running && this.#runs.get(this.#queue.running.runId);
    if (running?.startedAt !== undefined) {
      running.sink.stream(name, text);
      return;
    }
    // It comes a little late, so its cell may have ended: the last one caused it.
    const last = [...this.#ended.values()].at(-1);
    if (last === undefined) this.#events.onLog(name === 'stderr' ? 'warn' : 'info', text.trimEnd());
    else this.#events.onLateStream(last, name, text);
  }

  #onControl(message: FromControl): void {
    if (message.type !== 'beat') return;
    this.#lastBeat = performance.now();
    this.#rss = message.rss;
    this.#blockedMs = message.blockedMs;
    this.#events.onState(this.state);
  }

  /** Three missed beats: unresponsive, whatever the last one said. */
  #watchBeats(): void {
    this.#lastBeat = performance.now();
    clearInterval(this.#beatTimer);
    this.#beatTimer = setInterval(() => {
      const silent = performance.now() - this.#lastBeat;
      if (silent < 3 * 1000) return;
      this.#blockedMs = Math.round(silent);
      this.#events.onState(this.state);
    }, 1000);
    this.#beatTimer.unref();
  }

  #onGone(error: CellError | undefined): void {
    if (!this.#process) return;
    this.#process = undefined;
    this.#isReady = false;
    this.#rss = undefined;
    this.#blockedMs = 0;
    clearInterval(this.#beatTimer);
    this.#variables.clear();
    this.#events.onVariables();
    for (const pending of this.#details.values())
      pending.reject(new Error('The kernel is stopped: this is the saved view.'));
    this.#details.clear();
    this.#reportDeath(error);
    this.#order = 0;
    this.#lostStatus = error ? 'error' : 'interrupted';
    this.#dispatch({ type: 'gone' });
    for (const ready of this.#whenReady.splice(0)) ready();
    if (error) this.#events.onDied?.(error);
  }

  /** The running cell says why; a child that never started says it in the first waiting cell. */
  #reportDeath(error: CellError | undefined): void {
    const runId = this.#queue.running?.runId ?? this.#queue.waiting[0];
    const run = runId === undefined ? undefined : this.#runs.get(runId);
    if (!run) return;
    if (error) {
      this.#events.onLog('error', error.stack);
      if (run.startedAt === undefined) {
        run.startedAt = performance.now();
        run.sink.started(++this.#order);
      }
      run.sink.error(error);
    } else if (run.startedAt !== undefined) {
      run.sink.error({
        name: 'InterruptError',
        message: 'The kernel was restarted.',
        stack: 'InterruptError: The kernel was restarted.',
      });
    }
  }
}
