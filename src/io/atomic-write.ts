/** Writing a file so that it appears whole or not at all. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ArgumentError, SourceError, messageOf } from '../core/index.js';
import type { ReadOptions } from './source.js';

/** Bytes that belong at a place of the file; places are filled in any order. */
export interface PlacedBytes {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What can be written: bytes, text (as UTF-8), chunks of bytes one after another, or chunks with their places. */
export type Writable =
  Uint8Array | string | Iterable<Uint8Array | PlacedBytes> | AsyncIterable<Uint8Array | PlacedBytes>;

export interface AtomicWriteOptions extends ReadOptions {
  /** Looks at the whole temporary file before it takes the name; what it throws ends the writing. */
  readonly verify?: (temporary: string) => Promise<void>;
}

/** What was written. */
export interface WriteSummary {
  readonly path: string;
  readonly bytes: number;
}

const WRITE_CODES: Readonly<Record<string, readonly [code: string, text: string]>> = {
  ENOSPC: ['source.disk-full', 'the disk is full'],
  EDQUOT: ['source.disk-full', 'the quota is used up'],
  EACCES: ['source.denied', 'the folder may not be written'],
  EPERM: ['source.denied', 'the folder may not be written'],
  EROFS: ['source.denied', 'the disk is read-only'],
  ENOENT: ['source.missing', 'the folder does not exist'],
};

/** The typed error for a failed system call of writing; anything else unchanged. */
export function writeError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const [code, text] = WRITE_CODES['code' in error ? String(error.code) : ''] ?? [
    'source.unwritable',
    messageOf(error),
  ];
  return new SourceError(code, `Cannot write ${file}: ${text}.`, {
    hint: 'Nothing was changed.',
    details: { file },
    cause: error,
  });
}

/** Makes the new name durable; some systems cannot sync a folder, and then there is nothing to do. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network disks refuse to open or sync folders; the file itself is synced.
  }
}

/** Bytes after which a long file begins to go to the disk, so that the last sync is short. */
const SYNC_BYTES = 1 << 25;

async function writeAt(handle: FileHandle, { at, bytes }: PlacedBytes): Promise<void> {
  for (let done = 0; done < bytes.byteLength;)
    done += (await handle.write(bytes, done, bytes.byteLength - done, at + done)).bytesWritten;
}

/**
 * Writes a file through a temporary sibling `*.tmp-*`, syncs it and renames it. A failure, or cancelling, leaves
 * what was there before and no temporary file.
 *
 * @throws {@link SourceError} `source.disk-full`, `source.denied`, `source.missing` (the folder), naming the file.
 */
export async function writeFileAtomic(
  file: string,
  data: Writable,
  { signal, verify }: AtomicWriteOptions = {},
): Promise<WriteSummary> {
  const given: unknown = file;
  if (typeof given !== 'string' || given === '')
    throw new ArgumentError('bad-path', `The file to write is given by its path; got ${JSON.stringify(given)}.`);
  signal?.throwIfAborted();
  // The name is cut so that a long target name stays within the 255 bytes a file name may have.
  const stem = Buffer.from(path.basename(file))
    .subarray(0, 200)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  const temporary = path.join(path.dirname(file), `${stem}.tmp-${randomBytes(6).toString('hex')}`);
  const chunks = typeof data === 'string' ? [Buffer.from(data, 'utf8')] : data instanceof Uint8Array ? [data] : data;
  let bytes = 0;
  let end = 0;
  let created = false;
  try {
    const handle = await open(temporary, 'wx');
    created = true;
    try {
      // The next placed chunk is made while this one is written.
      let writing = Promise.resolve();
      let syncing: Promise<void> | null = null;
      let unsynced = 0;
      for await (const chunk of chunks) {
        signal?.throwIfAborted();
        await writing;
        const isPlain = chunk instanceof Uint8Array;
        const placed = isPlain ? { at: end, bytes: chunk } : chunk;
        writing = writeAt(handle, placed);
        // Whoever makes plain chunks may use one array again and again.
        if (isPlain) await writing;
        // A failure is seen after the next chunk; until then it is not unhandled.
        writing.catch(() => undefined);
        unsynced += placed.bytes.byteLength;
        if (unsynced >= SYNC_BYTES && !syncing) {
          unsynced = 0;
          // On its way to the disk while more is made; a failure shows again in the last sync.
          syncing = handle
            .datasync()
            .catch(() => undefined)
            .finally(() => (syncing = null));
        }
        end = placed.at + placed.bytes.byteLength;
        bytes = Math.max(bytes, end);
      }
      await writing;
      await syncing;
      await handle.sync();
    } finally {
      await handle.close();
    }
    signal?.throwIfAborted();
    await verify?.(temporary);
    signal?.throwIfAborted();
    await rename(temporary, file);
  } catch (error) {
    if (created) await rm(temporary, { force: true });
    throw writeError(file, error);
  }
  await syncFolder(path.dirname(file));
  return { path: file, bytes };
}
