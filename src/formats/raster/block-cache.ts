/** Decoded blocks of GeoTIFFs, shared by the files of one load context: each block is decoded once while it stays. */
import type { NumericArray } from '../../core/index.js';

/** Default size of a cache: that of a load context (`loading.md`). */
export const DEFAULT_CACHE_BYTES = 256 << 20;

interface Pending {
  readonly promise: Promise<NumericArray>;
  readonly abort: AbortController;
  waiters: number;
}

/** A cache of decoded blocks with a limit in bytes; the block unused for longest goes first. */
export class BlockCache {
  readonly maxBytes: number;
  readonly #blocks = new Map<string, NumericArray>();
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

  /** How many blocks were decoded so far. */
  get decoded(): number {
    return this.#decoded;
  }

  /** A block that is held now. */
  peek(key: string): NumericArray | undefined {
    const block = this.#blocks.get(key);
    if (block) {
      // Reinserting moves it to the young end: a Map keeps insertion order.
      this.#blocks.delete(key);
      this.#blocks.set(key, block);
    }
    return block;
  }

  /**
   * The block of a key, made by `decode` unless it is held or under way. Work under way is cancelled when every
   * caller that waits for it has cancelled.
   */
  async load(
    key: string,
    signal: AbortSignal | undefined,
    decode: (signal: AbortSignal) => Promise<NumericArray>,
  ): Promise<NumericArray> {
    const held = this.peek(key);
    if (held) return held;
    signal?.throwIfAborted();
    const pending = this.#pending.get(key) ?? this.#start(key, decode);
    pending.waiters++;
    if (!signal) return pending.promise;
    return new Promise<NumericArray>((resolve, reject) => {
      const leave = (): void => {
        pending.waiters--;
        if (pending.waiters === 0) {
          this.#pending.delete(key);
          pending.abort.abort(signal.reason);
        }
        // SAFETY: the contract of cancelling is to reject with the signal's own reason, whatever it is.
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      pending.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  /** Forgets the blocks whose key starts so: those of a closed file. */
  drop(prefix: string): void {
    for (const [key, block] of this.#blocks) {
      if (!key.startsWith(prefix)) continue;
      this.#blocks.delete(key);
      this.#bytes -= block.byteLength;
    }
  }

  #start(key: string, decode: (signal: AbortSignal) => Promise<NumericArray>): Pending {
    const abort = new AbortController();
    const promise = decode(abort.signal).then(
      (block) => {
        this.#decoded++;
        if (this.#pending.get(key)?.abort === abort) this.#pending.delete(key);
        this.#keep(key, block);
        return block;
      },
      (error: unknown) => {
        if (this.#pending.get(key)?.abort === abort) this.#pending.delete(key);
        throw error;
      },
    );
    const pending = { promise, abort, waiters: 0 };
    this.#pending.set(key, pending);
    return pending;
  }

  #keep(key: string, block: NumericArray): void {
    if (block.byteLength > this.maxBytes || this.#blocks.has(key)) return;
    this.#blocks.set(key, block);
    this.#bytes += block.byteLength;
    for (const [oldest, old] of this.#blocks) {
      if (this.#bytes <= this.maxBytes) break;
      this.#blocks.delete(oldest);
      this.#bytes -= old.byteLength;
    }
  }
}
