/** From staging to the final names: files first, the manifest last (`export.md`, Running). */
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { ExportError, messageOf } from '../core/index.js';
import { writeFileAtomic } from '../io/index.js';
import { faultPoint } from './fault.js';
import { exists, inside } from './files.js';
import { asidePath, COMMIT_MARK, removeStaleLock, STAGING, type Target } from './target.js';
import type { Manifest } from './types.js';

/** Texts of a dataset's last files. */
export interface LastFiles {
  readonly manifest: string;
  readonly run: string;
}

async function moveInto(target: Target, data: string, files: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  for (const relative of files) {
    const from = inside(data, relative);
    const to = inside(target.dir, relative);
    if (!folders.has(path.dirname(to))) {
      await mkdir(path.dirname(to), { recursive: true });
      folders.add(path.dirname(to));
    }
    // Already moved by a commit that was killed.
    if (!(await exists(from)) && (await exists(to))) continue;
    await rename(from, to);
  }
}

/** Files move one by one; nobody sees a dataset before its manifest is there. */
async function commitFresh(target: Target, data: string, manifest: Manifest, last: LastFiles): Promise<void> {
  await writeFileAtomic(path.join(target.staging, COMMIT_MARK), '{}\n');
  faultPoint('commit-begun');
  await moveInto(
    target,
    data,
    manifest.files.map((f) => f.path),
  );
  faultPoint('files-moved');
  await writeFileAtomic(path.join(target.dir, 'run.json'), last.run);
  await writeFileAtomic(path.join(target.dir, 'manifest.json'), last.manifest);
  faultPoint('manifest-moved');
}

/** The old folder makes way and the staged one, complete, takes its name: two renames, and a kill between them is put right by the next look. */
async function commitSwap(target: Target, data: string, last: LastFiles): Promise<void> {
  await writeFileAtomic(path.join(data, 'run.json'), last.run);
  await writeFileAtomic(path.join(data, 'manifest.json'), last.manifest);
  faultPoint('commit-begun');
  const aside = asidePath(target.dir);
  await rm(aside, { recursive: true, force: true });
  try {
    await rename(target.dir, aside);
  } catch (error) {
    throw new ExportError(
      'export.cannot-replace',
      `The dataset ${target.dir} cannot be moved aside: ${messageOf(error)}.`,
      {
        hint: 'Close programs that use it, or export into a new folder. The old dataset is untouched.',
        details: { dir: target.dir },
        cause: error,
      },
    );
  }
  faultPoint('folder-moved');
  await rename(path.join(aside, path.relative(target.dir, data)), target.dir);
  faultPoint('manifest-moved');
  await rm(aside, { recursive: true, force: true });
}

/** Removes the staging of this recipe, and the staging folder when nothing else is in it. */
export async function clearStaging(target: Target): Promise<void> {
  await rm(target.staging, { recursive: true, force: true });
  // A killed export leaves its lock behind.
  await removeStaleLock(target.dir, hostname());
  // Another recipe may still be staged, or an export hold the lock; then the folder stays.
  await rmdir(path.join(target.dir, STAGING)).catch(() => undefined);
}

/**
 * Gives the staged dataset its final names.
 *
 * @throws {@link ExportError} `export.cannot-replace`; {@link SourceError} when the disk refuses.
 */
export async function commitDataset(target: Target, data: string, manifest: Manifest, last: LastFiles): Promise<void> {
  if (target.mode === 'swap') await commitSwap(target, data, last);
  else await commitFresh(target, data, manifest, last);
  await clearStaging(target);
  faultPoint('staging-removed');
}
