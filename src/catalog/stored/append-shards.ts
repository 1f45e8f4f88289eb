/** New shards of a folder: made out of sight, then put in their places together. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../../core/index.js';
import { writeFileAtomic } from '../../io/index.js';

/** Folder of shards that are not all there yet: hidden, so that readers pass it over. */
const STAGING = /^\.append-/;

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  // Windows and some network disks refuse to sync folders.
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Writes shards into a hidden folder, and moves them all to their places at the end. */
export class Shards {
  readonly #dir: string;
  readonly #staging: string;
  readonly #counts: Map<string, number>;
  readonly files: string[] = [];
  bytes = 0;

  constructor(dir: string, counts: ReadonlyMap<string, number>) {
    this.#dir = dir;
    this.#staging = path.join(dir, `.append-${randomBytes(6).toString('hex')}`);
    this.#counts = new Map(counts);
  }

  async add(partition: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const number = this.#counts.get(partition) ?? 0;
    this.#counts.set(partition, number + 1);
    const name = `part-${String(number).padStart(5, '0')}-${sha256(bytes).slice(0, 8)}.parquet`;
    const place = path.join(...partition.split('/'), name);
    await mkdir(path.dirname(path.join(this.#staging, place)), { recursive: true });
    await writeFileAtomic(path.join(this.#staging, place), bytes, { signal });
    this.files.push(place);
    this.bytes += bytes.byteLength;
  }

  /** Puts all shards in their places. */
  async commit(): Promise<readonly string[]> {
    const folders = new Set<string>();
    const placed: string[] = [];
    for (const place of this.files) {
      const target = path.join(this.#dir, place);
      await mkdir(path.dirname(target), { recursive: true });
      await rename(path.join(this.#staging, place), target);
      folders.add(path.dirname(target));
      placed.push(target);
    }
    for (const folder of [...folders, this.#dir]) await syncFolder(folder);
    return placed;
  }

  async discard(): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true });
  }
}

/** What a killed append left. Called with the lock held, so no one is at work there. */
export async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir))
    if (STAGING.test(name)) await rm(path.join(dir, name), { recursive: true, force: true });
}
