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
  readonly settle: (done: DecodedRows | null) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly tasks: Map<number, Task>;
  isReady: boolean;
}

/** Decoding takes memory bandwidth: more threads than this gain little. */
const MAX_THREADS = 4;
/** One job is worked on while the next is on its way. */
const JOBS_PER_THREAD = 2;
/** Decoded bytes (a tenth of a second of work) before threads are worth their start. */
const START_BYTES = 64 << 20;
/** Smaller jobs cost less than their hand-over. */
const MIN_JOB_BYTES = 32768;
const IDLE_MS = 20_000;
/** Threads that die so often are given up. */
const MAX_DEATHS = 3;

/** A bounded set of threads. */
export class DecodePool {
  readonly #file: string | null;
  readonly #size: number;
  readonly #startBytes: number;
  readonly #threads: Thread[] = [];
  readonly #queue: Task[] = [];
  #bytes = 0;
  #next = 0;
  #deaths = 0;
  #idle: NodeJS.Timeout | undefined;

  /** `file` is the bundle of decode-worker.ts, null if there is none: then nothing is ever taken. */
  constructor(file: string | null, size = availableParallelism(), startBytes = START_BYTES) {
    this.#file = file;
    this.#size = size > 1 ? Math.min(size, MAX_THREADS) : 0;
    this.#startBytes = startBytes;
  }

  /** Threads that can take a job now. */
  get ready(): number {
    return this.#threads.filter((t) => t.isReady).length;
  }

  /**
   * Has a thread decode; the bytes of the job move there and are lost here. Undefined when it is better done by the
   * caller (nothing was moved then); null as answer when a thread failed.
   */
  take(job: RowsJob, bytes: number): Promise<DecodedRows | null> | undefined {
    if (bytes < MIN_JOB_BYTES || this.#file === null || this.#size === 0 || this.#deaths >= MAX_DEATHS)
      return undefined;
    if (this.ready === 0) {
      this.#bytes += bytes;
      if (this.#bytes > this.#startBytes && this.#threads.length === 0) this.#start();
      return undefined;
    }
    return new Promise((settle) => {
      this.#queue.push({ job, settle });
      this.#hand();
    });
  }

  /** Ends all threads; jobs under way are answered with null. */
  close(): void {
    clearTimeout(this.#idle);
    for (const thread of [...this.#threads]) this.#end(thread);
  }

  #start(): void {
    for (let i = 0; i < this.#size; i++) {
      let worker: Worker;
      try {
        worker = new Worker(this.#file ?? '', { stdin: false, execArgv: [], env: {} });
      } catch {
        this.#deaths = MAX_DEATHS;
        return;
      }
      const thread: Thread = { worker, tasks: new Map(), isReady: false };
      worker.unref();
      const died = (): void => {
        if (!this.#threads.includes(thread)) return;
        this.#deaths++;
        this.#end(thread);
      };
      worker.on('message', (answer: Answer) => this.#answer(thread, answer));
      worker.on('error', died);
      worker.on('messageerror', died);
      worker.on('exit', died);
      this.#threads.push(thread);
    }
  }

  #answer(thread: Thread, { id, done }: Answer): void {
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
    while (this.#queue.length > 0) {
      const free = this.#threads
        .filter((t) => t.isReady && t.tasks.size < JOBS_PER_THREAD)
        .sort((a, b) => a.tasks.size - b.tasks.size)[0];
      if (!free) break;
      const task = this.#queue.shift();
      if (!task) break;
      const { stored } = task.job;
      const isWhole = stored.byteLength === stored.buffer.byteLength && stored.buffer instanceof ArrayBuffer;
      const id = this.#next++;
      // While there is work the process stays.
      if (free.tasks.size === 0) free.worker.ref();
      free.tasks.set(id, task);
      free.worker.postMessage({ id, job: task.job }, isWhole ? [stored.buffer] : []);
    }
    this.#rest();
  }

  /** Ends threads that have had nothing to do for a while. */
  #rest(): void {
    if (this.#idle) {
      this.#idle.refresh();
      return;
    }
    this.#idle = setTimeout(() => {
      this.#idle = undefined;
      if (this.#threads.some((t) => t.tasks.size > 0)) this.#rest();
      else this.close();
    }, IDLE_MS).unref();
  }

  #end(thread: Thread): void {
    this.#threads.splice(this.#threads.indexOf(thread), 1);
    void thread.worker.terminate();
    for (const task of thread.tasks.values()) task.settle(null);
    thread.tasks.clear();
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
