/** `manifest.json`: what a dataset consists of. It is written last; without it there is no dataset. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, messageOf } from '../core/index.js';
import { byCodePoint } from './files.js';
import type { FileEntry, Manifest, Recipe } from './types.js';

/** Version of the manifest that this library writes and reads. */
const VERSION = 1;

/** A file that pixels came from; the licence is null where nobody stated it. */
export interface SourceFile {
  readonly file: string;
  readonly licence: string | null;
}

/** What is written for a licence or an attribution that nobody stated. */
export const UNKNOWN = 'unknown';

/** The manifest of a dataset. */
export function makeManifest(init: {
  readonly recipe: Recipe;
  readonly hash: string;
  readonly library: string;
  readonly files: readonly FileEntry[];
  readonly written: number;
  readonly sources: readonly SourceFile[];
}): Manifest {
  const { recipe } = init;
  return {
    type: 'nadir-export',
    version: VERSION,
    name: recipe.name,
    library: { name: 'nadir', version: init.library },
    recipe: { path: 'recipe.json', sha256: init.hash },
    items: { planned: recipe.items.length, written: init.written, failed: recipe.items.length - init.written },
    catalogs: recipe.layers.map((l) => ({
      layer: l.name,
      fingerprint: l.catalog.fingerprint,
      files: l.catalog.rows.length,
    })),
    sources: init.sources.map(({ file, licence }) => ({ file, licence: licence ?? UNKNOWN, attribution: UNKNOWN })),
    files: [...init.files].sort((a, b) => byCodePoint(a.path, b.path)),
  };
}

/** Whether a path of a manifest stays inside its dataset. */
function isInside(relative: string): boolean {
  return (
    relative !== '' &&
    !path.isAbsolute(relative) &&
    !relative.includes('\\') &&
    !relative.split('/').some((p) => p === '' || p === '.' || p === '..')
  );
}

/**
 * The manifest of a dataset, checked.
 *
 * @throws {@link ExportError} `export.no-manifest` when the folder is no finished dataset, `export.bad-manifest`, `export.newer-manifest`.
 */
export async function readManifest(dir: string): Promise<Manifest> {
  const file = path.join(dir, 'manifest.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ExportError(
      'export.no-manifest',
      `${dir} holds no finished dataset: there is no manifest.json (${messageOf(error)}).`,
      {
        hint: 'If an export was interrupted, run it again with resume: true (--resume).',
        details: { dir },
        cause: error,
      },
    );
  }
  const bad = (why: string, cause?: unknown): ExportError =>
    new ExportError('export.bad-manifest', `${file} ${why}.`, {
      hint: 'Export the dataset again.',
      details: { file },
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(`is not JSON: ${messageOf(error)}`, error);
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'nadir-export')
    throw bad('is not the manifest of a Nadir export');
  // SAFETY: an object of our type; the parts that are used are checked here.
  const manifest = value as Partial<Manifest>;
  if (manifest.version !== VERSION) {
    throw new ExportError(
      'export.newer-manifest',
      `${file} has version ${String(manifest.version)}; this Nadir reads version ${VERSION}.`,
      { hint: 'Use a newer Nadir.' },
    );
  }
  const isEntry = (f: unknown): f is FileEntry =>
    typeof f === 'object' &&
    f !== null &&
    'path' in f &&
    'bytes' in f &&
    'sha256' in f &&
    typeof f.path === 'string' &&
    typeof f.bytes === 'number' &&
    typeof f.sha256 === 'string';
  const files: unknown = manifest.files;
  if (!Array.isArray(files) || !files.every(isEntry)) throw bad('lists files without path, bytes or sha256');
  const stray = files.find((f) => !isInside(f.path));
  if (stray) throw bad(`lists the file ${JSON.stringify(stray.path)}, which lies outside the dataset`);
  if (
    typeof manifest.recipe?.sha256 !== 'string' ||
    typeof manifest.name !== 'string' ||
    typeof manifest.items?.written !== 'number'
  )
    throw bad('lacks name, recipe or items');
  // SAFETY: the parts that are used were checked above.
  return manifest as Manifest;
}
