/** Ranged reads from a local file. */
import { close, fstatSync, open, read } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { SourceError } from '../core/index.js';
import { fileError, type ReadOptions, type Source } from './source.js';

/**
 * Bytes that are read with the opening: headers of most files fit. Callbacks instead of `fs/promises`, one read, and the
 * status of the open file asked for directly: opening thousands of small files is bound by such calls.
 */
const HEAD_BYTES = 16384;

function openFile(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, 'r', (error, fd) => {
      if (error) reject(error);
      else resolve(fd);
    });
  });
}

function readInto(fd: number, bytes: Uint8Array, at: number, length: number, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, bytes, at, length, offset, (error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

function closeFile(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    close(fd, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Fills `bytes` from `offset` on; returns how much the file had. */
async function fill(fd: number, bytes: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < bytes.byteLength) {
    const count = await readInto(fd, bytes, done, bytes.byteLength - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/**
 * Opens a local file for ranged reads; one handle, held until `close`.
 *
 * @throws {@link SourceError} `source.missing`, `source.denied`, `source.not-a-file`, naming the file.
 */
export async function openFileSource(path: string, o: ReadOptions = {}): Promise<Source> {
  o.signal?.throwIfAborted();
  let fd: number;
  try {
    fd = await openFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
  let closed = false;
  const closeOnce = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await closeFile(fd);
  };
  const changed = (size: number, now: number): SourceError =>
    new SourceError('source.changed', `${path} became shorter while it was read: ${size} bytes at first, ${now} now.`, {
      hint: 'Open it again when its writer has finished.',
      details: { file: path },
    });
  let size: number;
  let head: Uint8Array;
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      throw new SourceError('source.not-a-file', `${path} is not a file.`, {
        hint: 'Give a file.',
        details: { file: path },
      });
    }
    ({ size } = stat);
    head = Buffer.allocUnsafeSlow(Math.min(size, HEAD_BYTES));
    const count = await fill(fd, head, 0);
    if (count < head.byteLength) throw changed(size, count);
  } catch (error) {
    await closeOnce();
    throw error instanceof SourceError ? error : fileError(path, error);
  }
  const readRange = async (offset: number, length: number, { signal }: ReadOptions = {}): Promise<Uint8Array> => {
    signal?.throwIfAborted();
    const wanted = Math.max(0, Math.min(length, size - offset));
    const bytes = new Uint8Array(wanted);
    if (offset + wanted <= head.byteLength) {
      bytes.set(head.subarray(offset, offset + wanted));
      return bytes;
    }
    let done: number;
    try {
      done = await fill(fd, bytes, offset);
    } catch (error) {
      throw fileError(path, error);
    }
    signal?.throwIfAborted();
    if (done < wanted) throw changed(size, offset + done);
    return bytes;
  };
  return { url: pathToFileURL(path), size, head, read: readRange, close: closeOnce };
}
