/** Stored catalogs brought to the current version of the row schema in place (`catalog.md` §7). */
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CatalogError, startTask, type LongTask, type RunningTask } from '../../core/index.js';
import { withAppendLock } from './append-lock.js';
import { readTable } from './opened-rows.js';
import { SCHEMA_VERSION } from './schema.js';
import { catalogFilesOf, openCatalogFiles } from './stored-files.js';
import { STORED, StoredTable, userColumns } from './stored-table.js';
import { writeViews } from './write-catalog.js';

/** What was, or would be, done with one file. */
export interface MigratedFile {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** Columns that Nadir writes itself. */
const OWN = new Set(['_backend', '_schema_version']);

/** The new file of an old one, beside it under a hidden name; null when there is nothing to do. */
async function stage(
  file: string,
  dryRun: boolean,
  task: RunningTask,
): Promise<{ readonly done: MigratedFile; readonly staged: string | null }> {
  const stored = await openCatalogFiles(file, {}, { signal: task.signal });
  try {
    const { version, rows, backend, targetResolution } = stored;
    const done = { file, from: version, to: SCHEMA_VERSION, rows };
    // A catalog without rows has version 0 for want of a value, and nothing in it to migrate.
    if (version >= SCHEMA_VERSION || rows === 0) return { done, staged: null };
    const { table, crs } = await readTable(file, stored, task);
    if (table instanceof StoredTable) refuseLosses(file, table, stored.geometryColumn);
    if (dryRun) return { done, staged: null };
    const staged = path.join(path.dirname(file), `.${path.basename(file)}.migrate-${randomBytes(6).toString('hex')}`);
    const facts = { backend, crs, targetResolution, paths: 'stored' as const };
    await writeViews(staged, [{ table, indices: null }], facts, {
      sort: 'none',
      ...(task.signal && { signal: task.signal }),
    });
    return { done, staged };
  } finally {
    await stored.close();
  }
}

/** @throws {@link CatalogError} `not-kept` for columns that a catalog's file cannot hold. */
function refuseLosses(file: string, table: StoredTable, geometryColumn: string): void {
  const rows = table[STORED];
  const { nested } = userColumns(rows, geometryColumn);
  const reserved = rows.names.filter((n) => n.startsWith('_') && !OWN.has(n) && !table.columnNames.includes(n));
  const lost = [...new Set([...nested, ...reserved])];
  if (lost.length === 0) return;
  throw new CatalogError(
    'not-kept',
    `${file}: ${lost.length === 1 ? 'the column' : 'the columns'} ${lost.join(', ')} would be lost: a catalog holds texts, numbers and booleans, and names that start with _ are its own.`,
    {
      hint: `Nothing was changed. Drop or rename ${lost.length === 1 ? 'it' : 'them'}, or write a copy without: nadir catalog convert ${JSON.stringify(file)} -o …`,
      details: { file, columns: lost },
    },
  );
}

/** Removes what a killed migration left beside some files. */
async function removeLeftovers(files: readonly string[]): Promise<void> {
  for (const folder of new Set(files.map((file) => path.dirname(file))))
    for (const name of await readdir(folder))
      if (/^\..*\.migrate-[0-9a-f]{12}(?:\.tmp-[0-9a-f]+)?$/.test(name)) await rm(path.join(folder, name));
}

async function migrateAll(files: readonly string[], dryRun: boolean, task: RunningTask): Promise<MigratedFile[]> {
  const staged: { readonly from: string; readonly to: string }[] = [];
  const done: MigratedFile[] = [];
  try {
    for (const file of files) {
      task.throwIfAborted();
      const one = await stage(file, dryRun, task);
      if (one.staged !== null) staged.push({ from: one.staged, to: file });
      done.push(one.done);
      task.report({ done: done.length, total: files.length, unit: 'files' });
    }
    task.throwIfAborted();
    for (const { from, to } of staged) await rename(from, to);
    return done;
  } finally {
    await Promise.all(staged.map(({ from }) => rm(from, { force: true })));
  }
}

/**
 * Migrates a catalog file, or all files of a folder, in place. Order, relative file paths and columns stay; what is
 * current already is left untouched, so that a second run does nothing.
 *
 * All new files are written beside the old ones before the first takes its name: an error, a full disk or cancelling
 * changes nothing. A process that is killed while names change leaves some files new and some old, each whole; running
 * it again finishes. Until then the folder does not open, since its versions differ.
 *
 * @throws {@link CatalogError} `not-kept`, `newer-schema`, `locked`, `stale-lock` and others of opening; {@link SourceError};
 * the signal's reason when cancelled.
 */
export async function migrateFiles(
  place: string,
  o: LongTask & { readonly dryRun?: boolean } = {},
): Promise<readonly MigratedFile[]> {
  const task = startTask('Migrating', o);
  try {
    const files = await catalogFilesOf(place, { signal: task.signal });
    const dryRun = o.dryRun === true;
    if (dryRun || (files.length === 1 && files[0] === place)) return await migrateAll(files, dryRun, task);
    return await withAppendLock(place, async () => {
      await removeLeftovers(files);
      return migrateAll(files, false, task);
    });
  } finally {
    task.end();
  }
}
