/** `verifyDataset`: every file against the manifest, every claim against the files. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  canonicalJson,
  ExportError,
  isNadirError,
  messageOf,
  sha256,
  startTask,
  type LedgerEntry,
  type LongTask,
} from '../core/index.js';
import { readParquetTable } from '../formats/geoparquet/index.js';
import { inside, listTree, matches } from './files.js';
import { readManifest } from './manifest.js';
import { asReport, showBytes } from './report.js';
import { recoverSwap, STAGING, UNLISTED } from './target.js';
import type { Manifest, VerifyReport } from './types.js';

function problem(item: string, code: string, message: string): LedgerEntry {
  return { item, error: new ExportError(code, message) };
}

/** Whether recipe, table and ledger say what the manifest says. */
async function checkClaims(dir: string, manifest: Manifest): Promise<readonly LedgerEntry[]> {
  const out: LedgerEntry[] = [];
  const listed = new Set(manifest.files.map((f) => f.path));
  try {
    const recipe: unknown = JSON.parse(await readFile(path.join(dir, 'recipe.json'), 'utf8'));
    if (sha256(canonicalJson(recipe)) !== manifest.recipe.sha256)
      out.push(problem('recipe.json', 'export.claim', 'The recipe is not the one the manifest names.'));
    const table = readParquetTable(await readFile(path.join(dir, 'items.parquet')), 'items.parquet');
    if (table.rowCount !== manifest.items.written) {
      out.push(
        problem(
          'items.parquet',
          'export.claim',
          `The table has ${table.rowCount} rows; the manifest says ${manifest.items.written} items were written.`,
        ),
      );
    }
    for (const name of table.names.filter((n) => /^(cog|png)_/.test(n))) {
      const lost = (table.columns[name] ?? []).filter((v): v is string => typeof v === 'string' && !listed.has(v));
      if (lost.length > 0)
        out.push(
          problem(
            'items.parquet',
            'export.claim',
            `${name} names ${lost.length} files that the manifest does not list, for example ${lost[0] ?? ''}.`,
          ),
        );
    }
    const lines = (await readFile(path.join(dir, 'errors.jsonl'), 'utf8')).split('\n').filter((l) => l !== '');
    if (lines.length !== manifest.items.failed) {
      out.push(
        problem(
          'errors.jsonl',
          'export.claim',
          `The ledger has ${lines.length} entries; the manifest says ${manifest.items.failed} items failed.`,
        ),
      );
    }
  } catch (error) {
    if (!isNadirError(error) && !(error instanceof SyntaxError) && !(error instanceof Error && 'code' in error))
      throw error;
    out.push(problem('dataset', 'export.claim', `A file of the dataset cannot be read: ${messageOf(error)}`));
  }
  return out;
}

/**
 * Checks a dataset: size and SHA-256 of every file of the manifest, files that it does not list, and whether recipe, table of
 * items and ledger agree with it. `ok` is false when anything is missing, changed or contradictory; unlisted files only warn.
 *
 * @throws {@link ExportError} `export.no-manifest`, `export.bad-manifest`, `export.newer-manifest`.
 */
export async function verifyDataset(given: string, o: LongTask = {}): Promise<VerifyReport> {
  const dir = path.resolve(given);
  const task = startTask('Verifying', o);
  try {
    await recoverSwap(dir);
    const manifest = await readManifest(dir);
    const missing: string[] = [];
    const changed: string[] = [];
    let bytes = 0;
    for (const [i, entry] of manifest.files.entries()) {
      task.throwIfAborted();
      const state = await matches(dir, entry, task.signal);
      if (state === 'missing') missing.push(entry.path);
      else if (state === 'changed') changed.push(entry.path);
      bytes += entry.bytes;
      task.report({
        done: i + 1,
        total: manifest.files.length,
        unit: 'files',
        bytes,
        failed: missing.length + changed.length,
      });
    }
    const listed = new Set([...manifest.files.map((f) => f.path), ...UNLISTED]);
    const unlisted = (await listTree(dir, (p) => p === STAGING)).filter((f) => !listed.has(f));
    const claims = await checkClaims(dir, manifest);
    const errors = [
      ...missing.map((f) => problem(f, 'export.missing-file', `${inside(dir, f)} is missing.`)),
      ...changed.map((f) => problem(f, 'export.changed-file', `${inside(dir, f)} is not what the manifest states.`)),
      ...claims,
    ];
    return asReport({
      title: `Check of "${manifest.name}"`,
      ok: errors.length === 0,
      dir,
      files: manifest.files.length,
      bytes,
      missing,
      changed,
      unlisted,
      facts: [
        { label: 'Dataset', value: manifest.name },
        { label: 'Verdict', value: errors.length === 0 ? 'complete and unchanged' : 'damaged' },
        { label: 'Files', value: manifest.files.length },
        { label: 'Size', value: showBytes(bytes) },
      ],
      warnings:
        unlisted.length > 0
          ? [`${unlisted.length} files are not part of the dataset, for example ${unlisted[0] ?? ''}.`]
          : [],
      errors,
    });
  } finally {
    task.end();
  }
}
