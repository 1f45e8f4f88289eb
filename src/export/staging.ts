/** The staging area of one recipe, opened new or continued. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { exists, inside, listTree, matches } from './files.js';
import { Journal, type ItemRecord, type StretchRecord } from './journal.js';
import { COMMIT_MARK, STAGING, type Target } from './target.js';
import type { FileEntry } from './types.js';

/** Staged work that can be trusted. */
export interface Staging {
  readonly journal: Journal;
  /** Where the dataset takes shape. */
  readonly data: string;
  readonly thumbs: string;
  /** Finished items whose files were found whole. */
  readonly done: Map<string, ItemRecord>;
  readonly stretch: StretchRecord | null;
}

/** Throws away what other recipes, or an unwanted earlier run, have staged. */
async function discard(target: Target, keepOwn: boolean): Promise<void> {
  const folder = path.join(target.dir, STAGING);
  const own = path.basename(target.staging);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === 'lock' || (keepOwn && name === own)) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** A file of an item is whole in staging, or already under its final name when a commit had begun. */
async function isWhole(entry: FileEntry, places: readonly string[], signal: AbortSignal | undefined): Promise<boolean> {
  for (const place of places) if ((await matches(place, entry, signal)) === 'same') return true;
  return false;
}

/**
 * Opens the staging area of a recipe.
 *
 * With `resume`, items of the journal count as done when size and checksum of all their files are right; anything else
 * that lies there, half-written files included, is removed. Without it the area starts empty.
 */
export async function openStaging(
  target: Target,
  o: { readonly resume: boolean; readonly discardOthers: boolean; readonly signal: AbortSignal | undefined },
): Promise<Staging> {
  if (o.discardOthers) await discard(target, o.resume);
  if (!o.resume) await rm(target.staging, { recursive: true, force: true });
  const data = path.join(target.staging, 'data');
  const thumbs = path.join(target.staging, 'thumbs');
  await mkdir(data, { recursive: true });
  await mkdir(thumbs, { recursive: true });
  const places = (await exists(path.join(target.staging, COMMIT_MARK))) ? [data, target.dir] : [data];
  const { journal, records } = await Journal.open(path.join(target.staging, 'journal.jsonl'));
  const done = new Map<string, ItemRecord>();
  let stretch: StretchRecord | null = null;
  for (const record of records) {
    o.signal?.throwIfAborted();
    if (record.type === 'stretch') stretch = record;
    else done.set(record.id, record);
  }
  for (const record of [...done.values()]) {
    o.signal?.throwIfAborted();
    let whole = record.thumb === null || (await isWhole(record.thumb, [thumbs], o.signal));
    for (const entry of record.files) whole &&= await isWhole(entry, places, o.signal);
    if (!whole) done.delete(record.id);
  }
  const wanted = new Set([...done.values()].flatMap((r) => r.files.map((f) => f.path)));
  for (const place of places) await sweep(place, wanted);
  return { journal, data, thumbs, done, stretch };
}

/** Removes files that belong to no finished item. */
async function sweep(dir: string, wanted: ReadonlySet<string>): Promise<void> {
  for (const file of await listTree(dir, (p) => p === STAGING))
    if (!wanted.has(file)) await rm(inside(dir, file), { force: true });
}
