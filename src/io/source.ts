/** The one door for bytes: ranged reads from a file, a server or memory. */
import { SourceError, messageOf } from '../core/index.js';

/** Options of one read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A readable run of bytes. Caching, coalescing, retrying and counting are wrappers over it. */
export interface Source {
  readonly url: URL;
  /** Length in bytes, where known. */
  readonly size?: number;
  /** The first bytes, where they came with the opening: headers are parsed from them without waiting. Not to be changed. */
  readonly head?: Uint8Array;
  /**
   * The bytes `[offset, offset + length)`; fewer at the end of the source. The caller owns the result.
   *
   * @throws {@link SourceError} when the bytes cannot be had.
   */
  read(offset: number, length: number, o?: ReadOptions): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A source as messages show it: the path of a file, or a URL without query, user and fragment (these may hold secrets). */
export function showSource(url: URL): string {
  if (url.protocol === 'file:') return decodeURIComponent(url.pathname);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

const FILE_CODES: Readonly<Record<string, readonly [code: string, text: string, hint: string]>> = {
  ENOENT: ['source.missing', 'does not exist', 'Check the path.'],
  ENOTDIR: ['source.missing', 'does not exist', 'Check the path: a part of it is a file.'],
  EACCES: ['source.denied', 'may not be read', 'Check the permissions of the file and its folders.'],
  EPERM: ['source.denied', 'may not be read', 'Check the permissions of the file and its folders.'],
  EISDIR: ['source.not-a-file', 'is a folder', 'Give a file.'],
  EMFILE: [
    'source.too-many-files',
    'cannot be opened: this process has too many open files',
    'Close catalogs that are no longer needed.',
  ],
  ENAMETOOLONG: ['source.missing', 'has a name that this system does not allow', 'Shorten the path.'],
};

/** The typed error for a failed operation on a local file. */
export function fileError(path: string, error: unknown): SourceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [kind, text, hint] = FILE_CODES[code] ?? [
    'source.unreadable',
    `cannot be read (${messageOf(error)})`,
    'Check the disk and the path.',
  ];
  return new SourceError(kind, `${path} ${text}.`, { hint, details: { file: path }, cause: error });
}
