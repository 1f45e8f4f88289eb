/** The folder of an export: what is in it, and whether it may be written (`export.md`, Bad input). */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, readdir, rename, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, messageOf } from '../core/index.js';
import { exists, listTree } from './files.js';
import { readManifest } from './manifest.js';
import { showBytes } from './report.js';
import type { ExportOptions, Manifest } from './types.js';

export const STAGING = '.staging';
/** Files of a dataset that its manifest does not list. */
export const UNLISTED = ['manifest.json', 'run.json'];
/** Written into the staging folder when files start to move: what lies in the target is then ours. */
export const COMMIT_MARK = 'commit.json';

/** What an export finds and is allowed to do. */
export interface Target {
  readonly dir: string;
  /** `.staging/<recipe hash>` inside the target. */
  readonly staging: string;
  /** `fresh`: files move in one by one. `swap`: the old folder makes way as a whole. `done`: this very dataset is there. */
  readonly mode: 'fresh' | 'swap' | 'done';
  readonly manifest: Manifest | null;
}

/** Where an old dataset waits while the new one takes its name. */
export function asidePath(dir: string): string {
  return path.join(path.dirname(dir), `.${path.basename(dir)}.nadir-replaced`);
}

/** Puts an old dataset back whose replacement was killed between two renames, and removes one whose replacement is complete. */
export async function recoverSwap(dir: string): Promise<void> {
  const aside = asidePath(dir);
  if (!(await exists(aside))) return;
  if (!(await exists(dir))) await rename(aside, dir);
  else if (await exists(path.join(dir, 'manifest.json'))) await rm(aside, { recursive: true, force: true });
}

async function entriesOf(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR')
      throw new ExportError('export.not-a-folder', `The target ${dir} is a file.`, {
        hint: 'Give a folder.',
        details: { dir },
      });
    throw new ExportError('export.target', `The target ${dir} cannot be read: ${messageOf(error)}.`, {
      details: { dir },
      cause: error,
    });
  }
}

function notEmpty(dir: string, what: string, hint: string, code = 'export.not-empty'): ExportError {
  return new ExportError(code, `The target ${dir} ${what}.`, { hint, details: { dir } });
}

/** Nothing but the files of an old dataset may be swapped away. */
async function refuseForeignFiles(dir: string, manifest: Manifest): Promise<void> {
  const ours = new Set([...manifest.files.map((f) => f.path), ...UNLISTED]);
  const foreign = (await listTree(dir, (p) => p === STAGING)).filter((f) => !ours.has(f));
  if (foreign.length === 0) return;
  throw notEmpty(
    dir,
    `holds ${foreign.length} files that its dataset does not list, for example ${foreign[0] ?? ''}`,
    'Move them away, or choose another folder.',
    'export.foreign-files',
  );
}

/**
 * Looks at the target of an export and decides how it may be written. Changes nothing but the traces of a killed swap.
 *
 * @throws {@link ExportError} `export.not-empty`, `export.other-recipe`, `export.foreign-files`, `export.not-a-folder`, `export.target`.
 */
export async function inspectTarget(
  given: string,
  hash: string,
  o: Pick<ExportOptions, 'resume' | 'overwrite'>,
): Promise<Target> {
  const dir = path.resolve(given);
  await recoverSwap(dir);
  const staging = path.join(dir, STAGING, hash);
  const entries = await entriesOf(dir);
  const content = entries.filter((e) => e !== STAGING);
  const staged = entries.includes(STAGING)
    ? (await entriesOf(path.join(dir, STAGING))).filter((e) => /^[0-9a-f]{64}$/.test(e))
    : [];
  const manifest = content.includes('manifest.json') ? await readManifest(dir).catch(() => null) : null;
  const replace = o.overwrite === 'replace';
  const base = { dir, staging, manifest };
  if (manifest) {
    if (o.resume === true && manifest.recipe.sha256 === hash) return { ...base, mode: 'done' };
    if (!replace) {
      const isSame = manifest.recipe.sha256 === hash;
      throw notEmpty(
        dir,
        `already holds the dataset "${manifest.name}"${isSame ? ', made by this recipe' : ', made by another recipe'}`,
        "Choose another folder, or pass overwrite: 'replace' (on the command line --replace).",
        o.resume === true ? 'export.other-recipe' : 'export.not-empty',
      );
    }
    await refuseForeignFiles(dir, manifest);
    return { ...base, mode: 'swap' };
  }
  const isCommitting = await exists(path.join(staging, COMMIT_MARK));
  if (content.length > 0 && !isCommitting) {
    throw notEmpty(
      dir,
      `is not empty and is no dataset of Nadir: it holds ${content.slice(0, 3).join(', ')}`,
      'Choose an empty or new folder; files that Nadir did not write are never replaced.',
      replace ? 'export.foreign-files' : 'export.not-empty',
    );
  }
  if ((staged.length > 0 || isCommitting) && o.resume !== true && !replace) {
    throw notEmpty(
      dir,
      'holds an interrupted export',
      "Pass resume: true to finish it (--resume), or overwrite: 'replace' to throw it away (--replace).",
    );
  }
  if (o.resume === true && staged.length > 0 && !staged.includes(hash) && !replace) {
    throw notEmpty(
      dir,
      'holds the interrupted export of another recipe',
      "Run that recipe again, or pass overwrite: 'replace' to throw it away (--replace).",
      'export.other-recipe',
    );
  }
  return { ...base, mode: 'fresh' };
}

/** The nearest folder that exists, at or above a path. */
async function nearestFolder(dir: string): Promise<string> {
  for (let at = dir; ; at = path.dirname(at)) if ((await exists(at)) || at === path.dirname(at)) return at;
}

/**
 * The disk must take the plan, and the folder must take files.
 *
 * @throws {@link ExportError} `export.disk-full`, `export.denied`.
 */
export async function checkDisk(target: Target, bytes: number): Promise<void> {
  const folder = await nearestFolder(target.dir);
  const wanted = target.mode === 'swap' ? [folder, path.dirname(target.dir)] : [folder];
  for (const place of wanted) {
    await access(place, constants.W_OK).catch((error: unknown) => {
      throw new ExportError('export.denied', `The folder ${place} may not be written.`, {
        hint: 'Choose another folder, or change its permissions.',
        details: { dir: place },
        cause: error,
      });
    });
  }
  const disk = await statfs(folder).catch(() => null);
  if (!disk) return;
  const free = disk.bavail * disk.bsize;
  if (free >= bytes) return;
  throw new ExportError(
    'export.disk-full',
    `The export may take ${showBytes(bytes)}; the disk of ${target.dir} has ${showBytes(free)} free.`,
    {
      hint: 'Free space, choose another disk, or export fewer items or bands.',
      details: { needed: bytes, free },
    },
  );
}

interface Lock {
  readonly pid: number;
  readonly host: string;
  /** Tells locks of one process apart. */
  readonly token: string;
}

/** Age in ms from which a lock without content is one that a kill left, not one that is just being written. */
const TORN_LOCK_MS = 5000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Takes the one lock of a target, so that two exports never write into it together; the result gives it back.
 *
 * A lock left by a process of this host that no longer runs is taken over.
 *
 * @throws {@link ExportError} `export.locked`.
 */
export async function lockTarget(dir: string, host: string): Promise<() => Promise<void>> {
  const folder = path.join(dir, STAGING);
  const file = path.join(folder, 'lock');
  await mkdir(folder, { recursive: true });
  const token = randomUUID();
  const unlock = async (): Promise<void> => {
    // A replaced folder took its lock along; another export may hold one by now.
    if ((await readLock(file))?.token === token) await rm(file, { force: true });
    // Staged work keeps the folder.
    await rmdir(folder).catch(() => undefined);
  };
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, JSON.stringify({ pid: process.pid, host, token } satisfies Lock), { flag: 'wx' });
      return unlock;
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
      if (attempt > 0 || !(await removeStaleLock(dir, host))) {
        const lock = await readLock(file);
        throw new ExportError(
          'export.locked',
          `Another export (process ${lock?.pid ?? '?'} on ${lock?.host ?? '?'}) is writing into ${dir}.`,
          {
            hint: `Wait for it, or remove ${path.join(STAGING, 'lock')} if it has ended.`,
            details: { dir },
          },
        );
      }
    }
  }
  throw new ExportError('export.locked', `The lock of ${dir} cannot be taken.`);
}

/** Removes the lock of a process of this host that no longer runs, and says whether there was one. */
export async function removeStaleLock(dir: string, host: string): Promise<boolean> {
  const file = path.join(dir, STAGING, 'lock');
  const lock = await readLock(file);
  const isStale = lock === null ? await isOld(file) : lock.host === host && !isAlive(lock.pid);
  if (isStale) await rm(file, { force: true });
  return isStale;
}

async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found === null || Date.now() - found.mtimeMs > TORN_LOCK_MS;
}

async function readLock(file: string): Promise<Lock | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('host' in value)) return null;
    return { pid: Number(value.pid), host: String(value.host), token: 'token' in value ? String(value.token) : '' };
  } catch {
    // Torn by a kill, being written, or just removed.
    return null;
  }
}
