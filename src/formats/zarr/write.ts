/** Writes a group of arrays as a Zarr 3 folder that appears whole or not at all. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArgumentError } from '../../core/index.js';
import { syncFolder, writeError, type ReadOptions } from '../../io/index.js';
import { arrayChunks, arrayMetadata, type ZarrArraySpec } from './write-array.js';

export type { ZarrArraySpec } from './write-array.js';

export interface ZarrGroupSpec {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** In the order in which metadata lists them. */
  readonly arrays: readonly ZarrArraySpec[];
}
export interface ZarrWriteOptions extends ReadOptions {
  /** Replaces a Zarr folder that is already there; anything else is never replaced. */
  readonly overwrite?: boolean | undefined;
  /** Called after each file. */
  readonly onFile?: ((bytes: number) => void) | undefined;
}
export interface ZarrReport {
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

/** Files of which any one shows that a folder is Zarr. */
const MARKS = ['zarr.json', '.zgroup', '.zarray', '.zmetadata'];

/** Whether something is at the path that may be replaced; false where there is nothing. @throws {@link ArgumentError} `exists`. */
async function mayReplace(folder: string, overwrite: boolean): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  if (!found) return false;
  const names = found.isDirectory() ? await readdir(folder) : null;
  const isZarr = names !== null && (names.length === 0 || MARKS.some((m) => names.includes(m)));
  if (isZarr && (overwrite || names.length === 0)) return true;
  throw new ArgumentError(
    'exists',
    isZarr ? `${folder} is already there.` : `${folder} is already there and is no Zarr folder, so it is not replaced.`,
    {
      hint: isZarr ? 'Choose another path, or pass overwrite: true.' : 'Choose another path.',
      details: { path: folder },
    },
  );
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');

/**
 * Writes the folder beside its place, syncs it and renames it there; metadata are consolidated, so that one file
 * describes everything. A failure, or cancelling, leaves what was there before and nothing else. A folder that is replaced is
 * moved aside first, since no system exchanges two folders in one step for us: a kill between the two renames leaves it
 * whole under `<name>.old-…`.
 *
 * @throws {@link ArgumentError} `bad-path`, `exists`; {@link SourceError} `source.disk-full`, `source.denied`,
 * `source.missing` (the folder above).
 */
export async function writeZarr(folder: string, group: ZarrGroupSpec, o: ZarrWriteOptions = {}): Promise<ZarrReport> {
  const given: unknown = folder;
  if (typeof given !== 'string' || given === '')
    throw new ArgumentError('bad-path', `The folder to write is given by its path; got ${JSON.stringify(given)}.`);
  const target = folder.replace(/(?<=.)[/\\]+$/, '');
  o.signal?.throwIfAborted();
  const replaces = await mayReplace(target, o.overwrite === true);
  const suffix = randomBytes(6).toString('hex');
  const staged = path.join(path.dirname(target), `${path.basename(target)}.tmp-${suffix}`);
  const report = { path: target, files: 0, bytes: 0 };
  const folders = new Set<string>([staged]);
  const put = async (key: string, bytes: Uint8Array): Promise<void> => {
    o.signal?.throwIfAborted();
    const file = path.join(staged, ...key.split('/'));
    const above = path.dirname(file);
    if (!folders.has(above)) {
      await mkdir(above, { recursive: true });
      for (let f = above; f !== staged; f = path.dirname(f)) folders.add(f);
    }
    await writeSynced(file, bytes);
    report.files++;
    report.bytes += bytes.byteLength;
    o.onFile?.(bytes.byteLength);
  };
  let made = false;
  try {
    await mkdir(staged);
    made = true;
    const metadata: Record<string, unknown> = {};
    for (const array of group.arrays) {
      const described = arrayMetadata(array);
      metadata[array.name] = described;
      await put(`${array.name}/zarr.json`, json(described));
      for await (const { key, bytes } of arrayChunks(array)) await put(`${array.name}/${key}`, bytes);
    }
    await put(
      'zarr.json',
      json({
        zarr_format: 3,
        node_type: 'group',
        attributes: group.attributes,
        consolidated_metadata: { kind: 'inline', must_understand: false, metadata },
      }),
    );
    for (const f of folders) await syncFolder(f);
    o.signal?.throwIfAborted();
    if (replaces) {
      const aside = path.join(path.dirname(target), `${path.basename(target)}.old-${suffix}`);
      await rename(target, aside);
      try {
        await rename(staged, target);
      } catch (error) {
        await rename(aside, target);
        throw error;
      }
      await rm(aside, { recursive: true, force: true });
    } else await rename(staged, target);
  } catch (error) {
    if (made) await rm(staged, { recursive: true, force: true });
    throw writeError(target, error);
  }
  await syncFolder(path.dirname(target));
  return report;
}
