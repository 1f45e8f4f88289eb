/** Decoded blocks of rasters, shared by the files of one load context: each block is decoded once while it stays. */

/** Default size of a cache: that of a load context (`loading.md`). */
export const DEFAULT_CACHE_BYTES = 256 << 20;

/** What a cache can hold: pixels of a block, or an object that knows its size in bytes. */
export interface Sized {
  readonly byteLength: number;
}

interface Pending {
  readonly promise: Promise<Sized>;
  readonly abort: AbortController;
  waiters: number;
}

/** A cache of decoded blocks with a limit in bytes; the block unused for longest goes first. */
export class BlockCache {
  readonly maxBytes: number;
  readonly #blocks = new Map<string, Sized>();
  readonly #pending = new Map<string, Pending>();
  #bytes = 0;
  #decoded = 0;

  constructor(maxBytes: number = DEFAULT_CACHE_BYTES) {
    this.maxBytes = maxBytes;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many blocks were decoded so far; one that is held in part and goes on from there counts once. */
  get decoded(): number {
    return this.#decoded;
  }

  /** A block that is held now. */
  peek(key: string): Sized | undefined {
    const block = this.#blocks.get(key);
    if (block) {
      // Reinserting moves it to the young end: a Map keeps insertion order.
      this.#blocks.delete(key);
      this.#blocks.set(key, block);
    }
    return block;
  }

  /**
   * The block of a key, made by `decode` unless it is held or under way. One that is held but does not `suffice` (it
   * has a part of its rows) is given to `decode`, whose answer takes its place. Work under way is cancelled when every
   * caller that waits for it has cancelled.
   */
  async load<T extends Sized>(
    key: string,
    signal: AbortSignal | undefined,
    decode: (signal: AbortSignal, held: T | undefined) => Promise<T>,
    suffices: (block: T) => boolean = () => true,
  ): Promise<T> {
    for (;;) {
      // SAFETY: keys start with a prefix of their reader, which takes out what it put in.
      const held = this.peek(key) as T | undefined;
      if (held && suffices(held)) return held;
      signal?.throwIfAborted();
      const underWay = this.#pending.get(key);
      const pending = underWay ?? this.#start(key, decode, held);
      // SAFETY: as above.
      const block = (await this.#wait(key, pending, signal)) as T;
      if (!underWay || suffices(block)) return block;
    }
  }

  /** Forgets the blocks whose key starts so: those of a closed file. */
  drop(prefix: string): void {
    for (const [key, block] of this.#blocks) {
      if (!key.startsWith(prefix)) continue;
      this.#blocks.delete(key);
      this.#bytes -= block.byteLength;
    }
  }

  #wait(key: string, pending: Pending, signal: AbortSignal | undefined): Promise<Sized> {
    pending.waiters++;
    if (!signal) return pending.promise;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        pending.waiters--;
        if (pending.waiters === 0) {
          if (this.#pending.get(key) === pending) this.#pending.delete(key);
          pending.abort.abort(signal.reason);
        }
        // SAFETY: the contract of cancelling is to reject with the signal's own reason, whatever it is.
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      pending.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  #start<T extends Sized>(
    key: string,
    decode: (signal: AbortSignal, held: T | undefined) => Promise<T>,
    held: T | undefined,
  ): Pending {
    const abort = new AbortController();
    const settle = (): void => {
      if (this.#pending.get(key)?.abort === abort) this.#pending.delete(key);
    };
    const promise = decode(abort.signal, held).then(
      (block) => {
        if (held === undefined) this.#decoded++;
        settle();
        this.#keep(key, block);
        return block;
      },
      (error: unknown) => {
        settle();
        throw error;
      },
    );
    const pending = { promise, abort, waiters: 0 };
    this.#pending.set(key, pending);
    return pending;
  }

  #keep(key: string, block: Sized): void {
    if (block.byteLength > this.maxBytes) return;
    const earlier = this.#blocks.get(key);
    if (earlier) {
      this.#blocks.delete(key);
      this.#bytes -= earlier.byteLength;
    }
    this.#blocks.set(key, block);
    this.#bytes += block.byteLength;
    for (const [oldest, old] of this.#blocks) {
      if (this.#bytes <= this.maxBytes) break;
      this.#blocks.delete(oldest);
      this.#bytes -= old.byteLength;
    }
  }
}
