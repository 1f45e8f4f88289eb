/** Threads that decode blocks. There are none before there is enough to do, and they keep no process alive. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { DecodedRows, RowsJob } from './decode-rows.js';

/** What a thread answers; `id` −1 when it is ready, `done` null when it could not do the job. */
export interface Answer {
  readonly id: number;
  readonly done: DecodedRows | null;
}

interface Task {
  readonly job: RowsJob;
  readonly signal: AbortSignal | undefined;
  readonly settle: (done: DecodedRows | null) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly tasks: Map<number, Task>;
  isReady: boolean;
  /** Checks since it last said something that was waited for. */
  silent: number;
}

/** What tests set otherwise. */
export interface PoolOptions {
  /** Threads; default the processor's. */
  readonly size?: number;
  /** Decoded bytes before threads are started. */
  readonly startBytes?: number;
  /** Time between looks at what threads do. */
  readonly checkMs?: number;
  /** Threads that may die before none are started any more. */
  readonly maxDeaths?: number;
}

/** Decoding takes memory bandwidth: more threads than this gain little. */
const MAX_THREADS = 4;
/** One job is worked on while the next is on its way. */
const JOBS_PER_THREAD = 2;
/** Decoded bytes (a tenth of a second of work) before threads are worth their start. */
const START_BYTES = 64 << 20;
/** Smaller jobs cost less than their hand-over. */
const MIN_JOB_BYTES = 32768;
const CHECK_MS = 5000;
/** Checks without work after which threads are ended. */
const IDLE_CHECKS = 4;
/**
 * Checks without an answer after which a thread is given up: a block takes well below a second. Checks are counted, not
 * time, so that a main thread that was busy for long reads the answers that wait before it judges.
 */
const SILENT_CHECKS = 12;
/** Threads that die so often are given up. */
const MAX_DEATHS = 3;

/** A bounded set of threads. */
export class DecodePool {
  readonly #file: string | null;
  readonly #size: number;
  readonly #startBytes: number;
  readonly #checkMs: number;
  readonly #maxDeaths: number;
  readonly #threads: Thread[] = [];
  readonly #queue: Task[] = [];
  #bytes = 0;
  #next = 0;
  #deaths = 0;
  #idle = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `file` is the bundle of decode-worker.ts, null if there is none: then nothing is ever taken. */
  constructor(file: string | null, o: PoolOptions = {}) {
    const size = o.size ?? availableParallelism();
    this.#file = file;
    this.#size = size > 1 ? Math.min(size, MAX_THREADS) : 0;
    this.#startBytes = o.startBytes ?? START_BYTES;
    this.#checkMs = o.checkMs ?? CHECK_MS;
    this.#maxDeaths = o.maxDeaths ?? MAX_DEATHS;
  }

  /** Threads that can take a job now. */
  get ready(): number {
    return this.#threads.filter((t) => t.isReady).length;
  }

  /**
   * Has a thread decode; the bytes of the job move there and are lost here. Undefined when it is better done by the
   * caller (nothing was moved then); null as answer when a thread failed, or the signal was aborted while the job
   * waited. It always answers.
   */
  take(job: RowsJob, bytes: number, signal?: AbortSignal): Promise<DecodedRows | null> | undefined {
    if (bytes < MIN_JOB_BYTES || this.#file === null || this.#size === 0 || this.#deaths >= this.#maxDeaths)
      return undefined;
    if (this.ready === 0) {
      this.#bytes += bytes;
      if (this.#bytes > this.#startBytes && this.#threads.length === 0) this.#start(this.#file);
      return undefined;
    }
    return new Promise((settle) => {
      this.#queue.push({ job, signal, settle });
      this.#hand();
    });
  }

  /** Ends all threads; jobs under way are answered with null. */
  close(): void {
    for (const thread of [...this.#threads]) this.#end(thread);
  }

  #start(file: string): void {
    for (let i = 0; i < this.#size; i++) {
      let worker: Worker;
      try {
        worker = new Worker(file, { stdin: false, execArgv: [], env: {} });
      } catch {
        this.#deaths = Infinity;
        return;
      }
      const thread: Thread = { worker, tasks: new Map(), isReady: false, silent: 0 };
      const died = (): void => this.#died(thread);
      worker.on('message', (answer: Answer) => this.#answer(thread, answer));
      worker.on('error', died);
      worker.on('messageerror', died);
      worker.on('exit', died);
      // After the listeners: each of them would hold the process again.
      worker.unref();
      this.#threads.push(thread);
    }
    this.#idle = 0;
    this.#watch();
  }

  #answer(thread: Thread, { id, done }: Answer): void {
    thread.silent = 0;
    if (id === -1) {
      thread.isReady = true;
      return;
    }
    const task = thread.tasks.get(id);
    thread.tasks.delete(id);
    if (thread.tasks.size === 0) thread.worker.unref();
    this.#hand();
    task?.settle(done);
  }

  /** Gives waiting jobs to the threads that have the fewest. */
  #hand(): void {
    this.#idle = 0;
    for (;;) {
      const free = this.#threads
        .filter((t) => t.isReady && t.tasks.size < JOBS_PER_THREAD)
        .sort((a, b) => a.tasks.size - b.tasks.size)[0];
      const task = free ? this.#queue.shift() : undefined;
      if (!free || !task) return;
      if (task.signal?.aborted === true) task.settle(null);
      else this.#send(free, task);
    }
  }

  #send({ worker, tasks }: Thread, task: Task): void {
    const { stored } = task.job;
    // A view is cut out: else all of the buffer would be copied to the thread.
    const isWhole = stored.byteLength === stored.buffer.byteLength && stored.buffer instanceof ArrayBuffer;
    const bytes = isWhole ? stored : new Uint8Array(stored);
    const id = this.#next++;
    try {
      // Bytes that have gone elsewhere would be a message that never arrives.
      if (stored.byteLength === 0) throw new Error('no bytes');
      worker.postMessage({ id, job: { ...task.job, stored: bytes } }, [bytes.buffer as ArrayBuffer]);
    } catch {
      // They cannot move: the caller reads them again.
      task.settle(null);
      return;
    }
    // While there is work the process stays.
    if (tasks.size === 0) worker.ref();
    tasks.set(id, task);
  }

  /** Looks after the threads from time to time: ends them without work, and those that say nothing. */
  #watch(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const thread of [...this.#threads]) {
        const owes = !thread.isReady || thread.tasks.size > 0;
        thread.silent = owes ? thread.silent + 1 : 0;
        if (thread.silent > SILENT_CHECKS) this.#died(thread);
      }
      this.#idle = this.#threads.some((t) => t.tasks.size > 0) ? 0 : this.#idle + 1;
      if (this.#idle >= IDLE_CHECKS) this.close();
      if (this.#threads.length > 0) this.#watch();
    }, this.#checkMs).unref();
  }

  #died(thread: Thread): void {
    if (!this.#threads.includes(thread)) return;
    this.#deaths++;
    this.#end(thread);
  }

  #end(thread: Thread): void {
    this.#threads.splice(this.#threads.indexOf(thread), 1);
    const { worker, tasks } = thread;
    // Whatever becomes of it, no process waits for it.
    worker.unref();
    // One without work ends by itself: Node has had trouble with ending threads that run WebAssembly (nodejs/node#47748).
    if (thread.isReady && tasks.size === 0) worker.postMessage(null);
    else void worker.terminate();
    for (const task of tasks.values()) task.settle(null);
    tasks.clear();
    // With the last thread those who wait would wait for ever.
    if (this.ready === 0) for (const task of this.#queue.splice(0)) task.settle(null);
    this.#bytes = 0;
  }
}

let shared: DecodePool | undefined;

function workerFile(): string | null {
  try {
    const file = fileURLToPath(new URL('./decode-worker.js', import.meta.url));
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** The pool of this process. */
export function decodePool(): DecodePool {
  shared ??= new DecodePool(workerFile());
  return shared;
}

/** Has another pool decode; for tests. */
export function replaceDecodePool(pool: DecodePool | undefined): void {
  shared = pool;
}
