/** Opens a path or an address, whichever it is. */
import { fileURLToPath } from 'node:url';
import { ArgumentError } from '../core/index.js';
import { coalescingSource } from './coalescing-source.js';
import { openFileSource } from './file-source.js';
import { openHttpSource, type HttpSourceOptions } from './http-source.js';
import type { Source } from './source.js';

/** Whether a text is an address on a server rather than a path. */
export function isRemote(pathOrUrl: string): boolean {
  return /^https?:\/\//i.test(pathOrUrl);
}

/**
 * Opens a local path, a `file:` URL or an `http(s):` URL for ranged reads.
 *
 * @throws {@link SourceError} naming the file when it is missing, denied, or on a server without byte ranges.
 */
export async function openSource(pathOrUrl: string | URL, o: HttpSourceOptions = {}): Promise<Source> {
  const given: unknown = pathOrUrl;
  if (typeof given !== 'string' && !(given instanceof URL))
    throw new ArgumentError('bad-path', `A path or address is text; got ${JSON.stringify(given)}.`);
  const text = typeof pathOrUrl === 'string' ? pathOrUrl : pathOrUrl.href;
  if (isRemote(text)) return coalescingSource(await openHttpSource(text, o));
  return openFileSource(text.startsWith('file://') ? fileURLToPath(text) : text, o);
}
