/** Ranged reads from a local file. */
import { open } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { SourceError } from '../core/index.js';
import { fileError, type ReadOptions, type Source } from './source.js';

/**
 * Opens a local file for ranged reads; one handle, held until `close`.
 *
 * @throws {@link SourceError} `source.missing`, `source.denied`, `source.not-a-file`, naming the file.
 */
export async function openFileSource(path: string, o: ReadOptions = {}): Promise<Source> {
  o.signal?.throwIfAborted();
  let handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    throw fileError(path, error);
  }
  const file = handle;
  const stat = await file.stat();
  if (!stat.isFile()) {
    await file.close();
    throw new SourceError('source.not-a-file', `${path} is not a file.`, {
      hint: 'Give a file.',
      details: { file: path },
    });
  }
  const size = stat.size;
  const read = async (offset: number, length: number, { signal }: ReadOptions = {}): Promise<Uint8Array> => {
    signal?.throwIfAborted();
    const wanted = Math.max(0, Math.min(length, size - offset));
    const bytes = new Uint8Array(wanted);
    let done = 0;
    try {
      while (done < wanted) {
        const { bytesRead } = await file.read(bytes, done, wanted - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
    } catch (error) {
      throw fileError(path, error);
    }
    signal?.throwIfAborted();
    if (done < wanted) {
      throw new SourceError(
        'source.changed',
        `${path} became shorter while it was read: ${size} bytes at first, ${offset + done} now.`,
        {
          hint: 'Open it again when its writer has finished.',
          details: { file: path },
        },
      );
    }
    return bytes;
  };
  return { url: pathToFileURL(path), size, read, close: () => file.close() };
}
