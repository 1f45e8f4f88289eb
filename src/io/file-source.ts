/** Ranged reads from a local file. */
import { close, closeSync, fstatSync, open, openSync, read, readSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { SourceError } from '../core/index.js';
import { fileError, type ReadOptions, type Source } from './source.js';

/** Bytes that are read with the opening: headers of most files fit. */
const HEAD_BYTES = 16384;
/**
 * A disk that opens a file and reads its head within this time, in ms, answers sooner than a thread can be woken: the
 * next file is opened without one. A slower one (a network drive) is asked by threads, many files at a time.
 */
const QUICK_MS = 0.3;
/** So many in a row are slow for the disk's sake; a single one may have waited for the processor. */
const SLOW_IN_ROW = 4;
/** Files opened by threads on a slow disk, before it is tried again. */
const SLOW_FILES = 64;

let slowInRow = 0;
let slowFiles = 0;

function openFile(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, 'r', (error, fd) => {
      if (error) reject(error);
      else resolve(fd);
    });
  });
}

function readInto(fd: number, bytes: Uint8Array, at: number, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, bytes, at, bytes.byteLength - at, offset, (error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

/** Fills `bytes` from `offset` on; returns how much the file had. */
async function fill(fd: number, bytes: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < bytes.byteLength) {
    const count = await readInto(fd, bytes, done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

function changed(path: string, size: number, now: number): SourceError {
  return new SourceError(
    'source.changed',
    `${path} became shorter while it was read: ${size} bytes at first, ${now} now.`,
    { hint: 'Open it again when its writer has finished.', details: { file: path } },
  );
}

function sizeOf(fd: number, path: string): number {
  const stat = fstatSync(fd);
  if (stat.isFile()) return stat.size;
  throw new SourceError('source.not-a-file', `${path} is not a file.`, {
    hint: 'Give a file.',
    details: { file: path },
  });
}

/** An open file; its head is in memory. */
class FileSource implements Source {
  readonly size: number;
  readonly head: Uint8Array;
  readonly #path: string;
  #fd: number | null;
  #url: URL | undefined;

  constructor(path: string, fd: number, size: number, head: Uint8Array) {
    this.size = size;
    this.head = head;
    this.#path = path;
    this.#fd = fd;
  }

  get url(): URL {
    return (this.#url ??= pathToFileURL(this.#path));
  }

  async read(offset: number, length: number, { signal }: ReadOptions = {}): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const bytes = new Uint8Array(wanted);
    if (offset + wanted <= this.head.byteLength) {
      bytes.set(this.head.subarray(offset, offset + wanted));
      return bytes;
    }
    let done: number;
    try {
      // A closed descriptor is −1, which the system refuses as such.
      done = await fill(this.#fd ?? -1, bytes, offset);
    } catch (error) {
      throw fileError(this.#path, error);
    }
    signal?.throwIfAborted();
    if (done < wanted) throw changed(this.#path, this.size, offset + done);
    return bytes;
  }

  close(): Promise<void> {
    const fd = this.#fd;
    this.#fd = null;
    if (fd === null) return Promise.resolve();
    // Nothing was written, so closing has nothing to wait for but on a network drive.
    if (slowFiles === 0) {
      closeSync(fd);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      close(fd, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
}

async function openByThread(path: string): Promise<Source> {
  const fd = await openFile(path);
  try {
    const size = sizeOf(fd, path);
    const head = Buffer.allocUnsafeSlow(Math.min(size, HEAD_BYTES));
    const count = await fill(fd, head, 0);
    if (count < head.byteLength) throw changed(path, size, count);
    return new FileSource(path, fd, size, head);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openAtOnce(path: string): Source {
  const fd = openSync(path, 'r');
  try {
    const size = sizeOf(fd, path);
    const head = Buffer.allocUnsafeSlow(Math.min(size, HEAD_BYTES));
    let done = 0;
    while (done < head.byteLength) {
      const count = readSync(fd, head, done, head.byteLength - done, done);
      if (count === 0) throw changed(path, size, done);
      done += count;
    }
    return new FileSource(path, fd, size, head);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Opens a local file for ranged reads; one handle, held until `close`.
 *
 * @throws {@link SourceError} `source.missing`, `source.denied`, `source.not-a-file`, naming the file.
 */
export async function openFileSource(path: string, o: ReadOptions = {}): Promise<Source> {
  o.signal?.throwIfAborted();
  try {
    if (slowFiles > 0) {
      slowFiles--;
      return await openByThread(path);
    }
    const begin = performance.now();
    const source = openAtOnce(path);
    slowInRow = performance.now() - begin > QUICK_MS ? slowInRow + 1 : 0;
    if (slowInRow >= SLOW_IN_ROW) [slowInRow, slowFiles] = [0, SLOW_FILES];
    return source;
  } catch (error) {
    throw error instanceof SourceError ? error : fileError(path, error);
  }
}
