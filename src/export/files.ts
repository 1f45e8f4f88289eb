/** Files of a dataset: written with their checksum, listed, compared. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../core/index.js';
import { writeFileAtomic } from '../io/index.js';
import type { FileEntry } from './types.js';

/** The path on this machine of a file of a dataset. */
export function inside(dir: string, relative: string): string {
  return path.join(dir, ...relative.split('/'));
}

/** Whether anything has this name. */
export async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

/** Writes a file of a dataset, with its folders, and returns its entry. */
export async function writeEntry(
  dir: string,
  relative: string,
  data: Uint8Array | string,
  signal?: AbortSignal,
): Promise<FileEntry> {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  const file = inside(dir, relative);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, bytes, { signal });
  return { path: relative, bytes: bytes.byteLength, sha256: sha256(bytes) };
}

/** SHA-256 of a file, read in pieces. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal })) {
    // SAFETY: a stream without an encoding yields buffers.
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** Whether a file is there with the bytes its entry states. */
export async function matches(
  dir: string,
  entry: FileEntry,
  signal?: AbortSignal,
): Promise<'same' | 'missing' | 'changed'> {
  const file = inside(dir, entry.path);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return 'missing';
  if (found.size !== entry.bytes) return 'changed';
  return (await hashFile(file, signal)) === entry.sha256 ? 'same' : 'changed';
}

/** Paths of all files below a folder, relative, with `/`, in code point order. A missing folder has none. */
export async function listTree(
  dir: string,
  skip: (relative: string) => boolean = () => false,
): Promise<readonly string[]> {
  const out: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(inside(dir, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    });
    for (const entry of entries) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (skip(relative)) continue;
      if (entry.isDirectory()) await walk(relative);
      else out.push(relative);
    }
  };
  await walk('');
  return out.sort(byCodePoint);
}

/** Order that no locale changes. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
