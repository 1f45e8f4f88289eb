/**
 * What the main thread and the control worker share: a beat, the active run, and the run that was terminated (`kernel.md` §7).
 */
import { createHook } from 'node:async_hooks';
import { BEAT_MS } from './limits.js';

/** Slots of the shared Int32Array. */
export const SLOT = { beat: 0, active: 1, terminated: 2, hooks: 3 } as const;
export const SLOTS = 4;

/** Thrown after each termination and swallowed: it clears Node's async-id stack, without which a later debugger attach aborts. */
export const SENTINEL = Symbol('nadir.sentinel');

/** The main thread's side of the watch. */
export class Watch {
  readonly shared = new Int32Array(new SharedArrayBuffer(4 * SLOTS));
  readonly #onTerminated: (runNumber: number) => void;

  /** `onTerminated` is called from a timer, after the terminated code has been unwound. */
  constructor(onTerminated: (runNumber: number) => void) {
    this.#onTerminated = onTerminated;
    this.#beat();
    watchHooks(this.shared);
  }

  /** The run whose code may be terminated; 0 = none. */
  setActive(runNumber: number): void {
    Atomics.store(this.shared, SLOT.active, runNumber);
  }

  #beat(): void {
    setInterval(() => {
      Atomics.add(this.shared, SLOT.beat, 1);
      const terminated = Atomics.exchange(this.shared, SLOT.terminated, 0);
      if (terminated === 0) return;
      setImmediate(throwSentinel);
      this.#onTerminated(terminated);
    }, BEAT_MS);
  }
}

function throwSentinel(): void {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a private mark, recognised by identity
  throw SENTINEL;
}

/** With a hook enabled a termination would abort the process: raises a flag that the control worker respects. */
function watchHooks(shared: Int32Array): void {
  // SAFETY: the class of hooks is not exported; its prototype is that of any hook.
  const prototype = Object.getPrototypeOf(createHook({})) as {
    enable: (this: unknown) => unknown;
    disable: (this: unknown) => unknown;
  };
  const { enable, disable } = prototype;
  const enabled = new Set<unknown>();
  prototype.enable = function (): unknown {
    enabled.add(this);
    Atomics.store(shared, SLOT.hooks, 1);
    return enable.call(this);
  };
  prototype.disable = function (): unknown {
    enabled.delete(this);
    if (enabled.size === 0) Atomics.store(shared, SLOT.hooks, 0);
    return disable.call(this);
  };
}
