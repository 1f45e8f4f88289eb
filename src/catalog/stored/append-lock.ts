/** One writer at a time for a folder of shards; readers need no lock (`catalog.md` §7). */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { CatalogError } from '../../core/index.js';

/** Hidden, so that readers pass it over. */
const LOCK_NAME = '.nadir-append.lock';

interface Lock {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly started: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readLock(file: string): Promise<Lock | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { host, pid, started } = value as Readonly<Record<string, unknown>>;
    return { host: String(host), pid: Number(pid), started: String(started) };
  } catch {
    // Torn by a kill, or being written.
    return null;
  }
}

function lockedError(dir: string, file: string, lock: Lock | null): CatalogError {
  const owner = lock
    ? `process ${lock.pid} on ${lock.host} since ${lock.started}`
    : 'a process that has not said which it is';
  const ended = lock?.host === hostname() && !isAlive(lock.pid);
  return new CatalogError(
    ended ? 'stale-lock' : 'locked',
    ended
      ? `${dir} is locked by ${owner}, which has ended without giving the lock back.`
      : `${dir} is being appended to by ${owner}.`,
    {
      hint: ended ? `Delete ${file}, then append again.` : `Wait for it; if it has ended, delete ${file}.`,
      details: { dir, lock: file, ...lock },
    },
  );
}

/**
 * Runs with the lock of a folder.
 *
 * @throws {@link CatalogError} `locked`, or `stale-lock` where the process that holds it has ended, with what to delete.
 */
export async function withAppendLock<T>(dir: string, run: () => Promise<T>): Promise<T> {
  const file = path.join(dir, LOCK_NAME);
  const own: Lock = { host: hostname(), pid: process.pid, started: new Date().toISOString() };
  try {
    await writeFile(file, JSON.stringify(own), { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw lockedError(dir, file, await readLock(file));
    throw error;
  }
  try {
    return await run();
  } finally {
    await rm(file, { force: true });
  }
}
