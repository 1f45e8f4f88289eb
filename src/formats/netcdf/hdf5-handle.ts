/** An HDF5 file that survives missing pages and broken library instances: calls are repeated until they are sound. */
import { FormatError, isNadirError, messageOf, type NadirError } from '../../core/index.js';
import { fileError, type ReadOptions } from '../../io/index.js';
import type { H5Bytes } from './hdf5-bytes.js';
import { heapLength, isSoundHeap } from './hdf5-heap.js';
import { h5Library, type H5Functions, type H5Library } from './hdf5-library.js';

/** EIO of the memory file system (WASI numbering). */
const EIO = 29;
/** A call is repeated for missing pages at most so often: 1 GiB of pages one by one. */
const MAX_REPEATS = 8192;

let serial = 0;

/** A handle that runs calls on the file. */
export class H5Handle {
  readonly name: string;
  readonly #bytes: H5Bytes;
  #open: { readonly library: H5Library; readonly id: bigint; readonly path: string } | null = null;
  #fault: unknown = null;
  #closed = false;

  constructor(name: string, bytes: H5Bytes) {
    this.name = name;
    this.#bytes = bytes;
  }

  /**
   * The result of calls on the file. `fn` may run several times: whenever bytes were missing, its result is dropped and
   * it runs again with the bytes there, since HDF5 then gives partial results, sometimes without an error.
   *
   * @throws {@link FormatError} `hdf5` for what the library rejects; errors of the source.
   */
  async run<T>(what: string, fn: (h5: H5Functions, id: bigint) => T, o: ReadOptions = {}): Promise<T> {
    this.#bytes.tidy();
    for (let i = 0; i < MAX_REPEATS; i++) {
      o.signal?.throwIfAborted();
      // Where another file broke the instance, this one goes on in a fresh one.
      const library = this.#open && !this.#open.library.broken ? this.#open.library : await h5Library();
      let result: { readonly value: T } | null = null;
      let problem: unknown = null;
      try {
        result = { value: library.call((h5) => fn(h5, this.#idIn(library, h5))) };
      } catch (error) {
        problem = error;
      }
      if (this.#fault !== null) {
        const fault = this.#fault;
        this.#fault = null;
        throw fileError(this.name, fault);
      }
      if (await this.#bytes.supply(o)) continue;
      if (result) return result.value;
      throw this.#typed(what, problem, library);
    }
    throw this.failure(what, 'its parts refer to ever more places of the file');
  }

  /** The typed error for something the library rejects. */
  failure(what: string, why: string): FormatError {
    return new FormatError('hdf5', `${this.name}: HDF5 cannot read ${what}: ${why}.`, {
      hint: 'The file is damaged or truncated; fetch it again.',
      details: { file: this.name },
    });
  }

  #typed(what: string, problem: unknown, library: H5Library): NadirError {
    if (isNadirError(problem)) return problem;
    const said = messageOf(problem);
    return this.failure(what, library.complaint === 'no reason given' ? said : `${library.complaint} (${said})`);
  }

  /** The id of the file in an instance; opens it there on first use. */
  #idIn(library: H5Library, h5: H5Functions): bigint {
    if (this.#open?.library === library) return this.#open.id;
    this.#open = null;
    const name = `nadir-${serial++}.h5`;
    const node = h5.FS.createFile('/', name, {}, true, false);
    const bytes = this.#bytes;
    node.contents = null;
    Object.defineProperty(node, 'usedBytes', { get: () => bytes.size });
    node.stream_ops = {
      ...node.stream_ops,
      read: (_: unknown, heap: Int8Array, offset: number, length: number, position: number): number => {
        const wanted = Math.max(0, Math.min(length, bytes.size - position));
        if (wanted === 0) return 0;
        const target = new Uint8Array(heap.buffer, heap.byteOffset + offset, wanted);
        let complete;
        try {
          complete = bytes.read(target, position);
        } catch (error) {
          this.#fault = error;
          throw new h5.FS.ErrnoError(EIO);
        }
        if (!complete || !this.#isSafe(target, position)) throw new h5.FS.ErrnoError(EIO);
        return wanted;
      },
    };
    const path = `/${name}`;
    const id = h5.open(path, 0, false, -1, -1);
    if (id < 0n) {
      h5.FS.unlink(path);
      throw this.failure('the file', library.complaint);
    }
    this.#open = { library, id, path };
    return id;
  }

  /** Whether the library may see bytes: a damaged global heap would make it loop. False also while pages are missing. */
  #isSafe(bytes: Uint8Array, position: number): boolean {
    const length = heapLength(bytes);
    if (length === null) return true;
    if (position + length > this.#bytes.size) return false;
    const collection = new Uint8Array(length);
    return this.#bytes.read(collection, position) && isSoundHeap(collection);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const open = this.#open;
    this.#open = null;
    if (open && !open.library.broken) {
      try {
        open.library.call((h5) => {
          h5.close_file(open.id);
          h5.FS.unlink(open.path);
        });
      } catch {
        // A file that cannot be closed in the library is left to it; nothing is written.
      }
    }
    await this.#bytes.close();
  }
}
