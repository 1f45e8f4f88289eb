/** Rows of a live catalog as plain JSON, and back. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson, Crs, ExportError, messageOf, sha256 } from '../core/index.js';
import type { CatalogRow, NativeGrid } from '../catalog/types.js';
import { footprintBounds } from '../formats/geoparquet/index.js';
import { isRemote } from '../io/index.js';
import type { CatalogRef, SourceRow } from './types.js';

/** Bytes at each end of a file that its digest covers: headers and directories sit there, and reading all would cost the export twice. */
const DIGEST_BYTES = 65_536;

/** The folder that all local files of some rows lie in; null when there is none. */
export function commonFolder(files: readonly string[]): string | null {
  const folders = files.filter((f) => !isRemote(f)).map((f) => path.dirname(path.resolve(f)).split(path.sep));
  const [first] = folders;
  if (!first) return null;
  const shared = folders.reduce((length, parts) => {
    let i = 0;
    while (i < length && parts[i] === first[i]) i++;
    return i;
  }, first.length);
  return first.slice(0, shared).join(path.sep) || path.sep;
}

/** Size and digest of a file: SHA-256 over its size, its first and its last 64 KiB. */
export function contentOf(file: string): { readonly bytes: number; readonly digest: string } {
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = fstatSync(handle).size;
      const head = Buffer.alloc(Math.min(DIGEST_BYTES, bytes));
      const tail = Buffer.alloc(Math.min(DIGEST_BYTES, bytes));
      readSync(handle, head, 0, head.length, 0);
      readSync(handle, tail, 0, tail.length, bytes - tail.length);
      return { bytes, digest: sha256(Buffer.concat([Buffer.from(`${bytes}\n`), head, tail])) };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new ExportError('export.missing-source', `The source ${file} cannot be read: ${messageOf(error)}.`, {
      hint: 'Put the file back, or build the catalog again.',
      details: { file },
      cause: error,
    });
  }
}

const numberOut = (v: number | null): number | string | null => (v === null || Number.isFinite(v) ? v : String(v));
const numberIn = (v: number | string | null): number | null => (typeof v === 'string' ? Number(v) : v);

/** A row as JSON, its file relative to `folder`. */
export function rowToJson(row: CatalogRow, folder: string | null): SourceRow {
  const remote = isRemote(row.filepath);
  const file = remote
    ? withoutSecrets(row.filepath)
    : path
        .relative(folder ?? '.', path.resolve(row.filepath))
        .split(path.sep)
        .join('/');
  const { native, interval } = row;
  return {
    id: row.id,
    file,
    geometry: row.geometry,
    interval: interval && [interval.start, interval.end],
    crs: row.crs.canonical,
    native: native && { ...native, nodata: numberOut(native.nodata) },
    columns: row.columns,
    content: remote ? null : contentOf(path.resolve(row.filepath)),
  };
}

/** Signed addresses lose user part, query and fragment: a recipe is shared, a signature is not. */
function withoutSecrets(address: string): string {
  const url = new URL(address);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** A catalog written down. */
export function catalogRef(rows: readonly SourceRow[], crs: Crs): CatalogRef {
  return { crs: crs.canonical, rows, fingerprint: sha256(canonicalJson({ crs: crs.canonical, rows })) };
}

/** The catalog row again, its file below `folder`. */
export function rowFromJson(row: SourceRow, folder: string): CatalogRow {
  const native: NativeGrid | null = row.native && { ...row.native, nodata: numberIn(row.native.nodata) };
  return {
    id: row.id,
    filepath: isRemote(row.file) ? row.file : path.join(folder, ...row.file.split('/')),
    geometry: row.geometry,
    bbox: footprintBounds(row.geometry),
    interval: row.interval && { start: row.interval[0], end: row.interval[1] },
    static: row.interval === null,
    crs: Crs.from(row.crs),
    native,
    columns: row.columns,
  };
}

/** Whether a local file still is what the recipe was made with. */
export function hasChanged(row: SourceRow, file: string): boolean {
  if (row.content === null) return false;
  if (statSync(file, { throwIfNoEntry: false })?.size !== row.content.bytes) return true;
  return contentOf(file).digest !== row.content.digest;
}
