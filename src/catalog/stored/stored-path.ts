/** Where the files of a stored catalog are: its rows name them absolutely, or relative to the catalog's own folder. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { warnOnce } from '../../core/index.js';
import { unsignedHref } from '../../formats/stac/index.js';
import { isRemote } from '../../io/index.js';

/** Addresses of any scheme; a drive letter is no scheme. */
const ADDRESS = /^[a-z][a-z0-9+.-]+:\/\//i;

/** A row's file as stored, seen from the catalog it stands in: what is relative starts at the folder (or address) of that catalog. */
export function filepathIn(catalog: string, stored: string): string {
  if (stored === '' || ADDRESS.test(stored) || path.isAbsolute(stored)) return stored;
  if (isRemote(catalog)) return new URL(stored.split('/').map(encodeURIComponent).join('/'), catalog).href;
  const local = catalog.startsWith('file://') ? fileURLToPath(catalog) : catalog;
  return path.resolve(path.dirname(local), ...stored.split('/'));
}

/**
 * An address as it is stored: without signature, token, user and password, which expire, and which whoever gets the file
 * must not get with it. Says so once.
 */
export function addressToStore(filepath: string): string {
  const unsigned = unsignedHref(filepath);
  if (unsigned !== filepath)
    warnOnce(
      'unsigned-addresses',
      `The stored catalog names files by their addresses without signatures and tokens, e.g. ${unsigned.replace(/[?#].*$/s, '')}. To open them later, sign them again: build the catalog anew, or import its STAC items anew.`,
    );
  return unsigned;
}

/** A row's file as it is stored: absolute, since the catalog may be opened from any folder; addresses are unsigned. */
export function filepathToStore(filepath: string): string {
  return filepath === '' || ADDRESS.test(filepath) ? addressToStore(filepath) : path.resolve(filepath);
}

/**
 * Whether a stored file name stays as it is when stored again, judged by its bytes: `/…`, or an address that certainly
 * holds no secret, having neither query nor user.
 */
export function isStoredAsIs({
  data,
  from,
  to,
}: {
  readonly data: Uint8Array;
  readonly from: number;
  readonly to: number;
}): boolean {
  if (path.sep !== '/') return false;
  if (from === to || data[from] === 0x2f) return true;
  for (let k = from + 1; k < Math.min(to, from + 10); k++)
    if (data[k] === 0x3a) return data[k + 1] === 0x2f && data[k + 2] === 0x2f && !maybeSigned(data, k, to);
  return false;
}

function maybeSigned(data: Uint8Array, from: number, to: number): boolean {
  for (let k = from; k < to; k++) if (data[k] === 0x3f || data[k] === 0x40) return true;
  return false;
}
