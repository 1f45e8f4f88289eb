/** Where the objects of a Zarr hierarchy lie: a local folder, a server, a zip file. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isNadirError } from '../../core/index.js';
import { fileError, openFileSource, openSource, type ReadOptions, type Source } from '../../io/index.js';

/** A part of an object: from an offset, or so many last bytes. */
export type ByteRange = { readonly offset: number; readonly length: number } | { readonly suffixLength: number };

/** Objects by key, without a leading slash. */
export interface ZarrStore {
  /** The bytes of an object or a part of it; undefined where there is none. */
  get(key: string, range?: ByteRange, o?: ReadOptions): Promise<Uint8Array | undefined>;
  /** Names of folders right below one (`''` is the top); null where a store cannot list. */
  folders(key: string): Promise<readonly string[] | null>;
  close(): Promise<void>;
}

/** Reads all of a source or a part. */
export async function readRange(source: Source, range: ByteRange | undefined, o: ReadOptions): Promise<Uint8Array> {
  const size = source.size ?? 0;
  if (range === undefined) return source.read(0, size, o);
  if ('suffixLength' in range) {
    const length = Math.min(size, range.suffixLength);
    return source.read(size - length, length, o);
  }
  return source.read(range.offset, range.length, o);
}

async function getFrom(
  open: () => Promise<Source>,
  range: ByteRange | undefined,
  o: ReadOptions,
): Promise<Uint8Array | undefined> {
  let source;
  try {
    source = await open();
  } catch (error) {
    // Objects that were never written stand for the fill value.
    if (isNadirError(error, 'SourceError') && ['source.missing', 'source.not-a-file'].includes(error.code))
      return undefined;
    throw error;
  }
  try {
    return await readRange(source, range, o);
  } finally {
    await source.close();
  }
}

/** A local folder. */
export function folderStore(folder: string): ZarrStore {
  return {
    get: (key, range, o = {}) => getFrom(() => openFileSource(path.join(folder, key), o), range, o),
    folders: async (key) => {
      try {
        const entries = await readdir(path.join(folder, key), { withFileTypes: true });
        return entries
          .filter((e) => (e.isDirectory() || e.isSymbolicLink()) && !e.name.startsWith('.'))
          .map((e) => e.name)
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      } catch (error) {
        throw fileError(path.join(folder, key), error);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A folder on a server; a query of the address (a signature) goes with every object. */
export function httpStore(address: string): ZarrStore {
  const base = new URL(address);
  return {
    get: (key, range, o = {}) => {
      const url = new URL(base);
      url.pathname = `${base.pathname.replace(/\/+$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`;
      return getFrom(() => openSource(url, o), range, o);
    },
    folders: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
}
