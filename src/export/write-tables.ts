/** The files of a dataset beside its chips: table of items, ledger, recipe, overview, card; and the manifest. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VERSION, type LedgerEntry } from '../core/index.js';
import { dataCard } from './data-card.js';
import { faultPoint } from './fault.js';
import { byCodePoint, writeEntry } from './files.js';
import { itemsTable } from './items-table.js';
import type { Job, NamedItem } from './job.js';
import type { ItemRecord } from './journal.js';
import { makeManifest, type SourceFile } from './manifest.js';
import { contactSheet } from './picture.js';
import { withoutLocations } from './recipe.js';
import { ledgerJson } from './report.js';
import type { Staging } from './staging.js';
import type { ResolvedStretch } from './stretch.js';
import type { FileEntry, Manifest, Recipe } from './types.js';

/** Everything of a dataset but its chips, and the manifest. */
export async function writeTables(
  job: Job,
  staging: Staging,
  items: readonly NamedItem[],
  errors: readonly LedgerEntry[],
  stretches: Readonly<Record<string, ResolvedStretch>>,
): Promise<{ readonly files: readonly FileEntry[]; readonly manifest: Manifest }> {
  const { recipe, engine, task } = job;
  const put = (name: string, data: Uint8Array | string): Promise<FileEntry> =>
    writeEntry(staging.data, name, data, task.signal);
  // In the order of the recipe, not of the journal, which depends on scheduling.
  const records = new Map(
    items.flatMap(({ id }): [string, ItemRecord][] => {
      const record = staging.done.get(id);
      return record ? [[id, record]] : [];
    }),
  );
  const files = [...records.values()].flatMap((r) => r.files);
  files.push(await put('items.parquet', itemsTable(recipe, records, engine)));
  files.push(
    await put('errors.jsonl', errors.map((e) => `${JSON.stringify(withoutPaths(ledgerJson(e), recipe))}\n`).join('')),
  );
  files.push(await put('recipe.json', `${JSON.stringify(withoutLocations(recipe), null, 2)}\n`));
  const thumbs = [];
  for (const { thumb } of records.values())
    if (thumb) thumbs.push(await readFile(path.join(staging.thumbs, thumb.path)));
  if (thumbs.length > 0) files.push(await put('overview.png', await engine.png(contactSheet(thumbs))));
  const sources = sourceFiles(job);
  files.push(
    await put(
      'README.md',
      dataCard(recipe, {
        version: VERSION,
        records,
        failed: errors.length,
        stretches,
        sources,
        hasOverview: thumbs.length > 0,
      }),
    ),
  );
  faultPoint('tables-written');
  return {
    files,
    manifest: makeManifest({ recipe, hash: job.hash, library: VERSION, files, written: records.size, sources }),
  };
}

/** Messages name files as the recipe does, so that the ledger has the same bytes on every machine. */
function withoutPaths(entry: Readonly<Record<string, unknown>>, recipe: Recipe): Readonly<Record<string, unknown>> {
  const folders = Object.values(recipe.locations ?? {}).sort((a, b) => b.length - a.length);
  const clean = (text: string): string => folders.reduce((t, folder) => t.replaceAll(`${folder}${path.sep}`, ''), text);
  return Object.fromEntries(Object.entries(entry).map(([k, v]) => [k, typeof v === 'string' ? clean(v) : v]));
}

/** Files that items read, as the recipe names them, with the licence of their layer. */
function sourceFiles({ recipe, layers, planned }: Job): readonly SourceFile[] {
  const found = new Map<string, SourceFile>();
  for (const [i, layer] of layers.entries()) {
    const used = planned.used.get(layer.spec.name);
    const folder = recipe.locations?.[layer.spec.name] ?? '.';
    const licence = layer.spec.licence ?? null;
    for (const row of recipe.layers[i]?.catalog.rows ?? []) {
      if (used?.has(path.join(folder, ...row.file.split('/'))) === true || used?.has(row.file) === true)
        found.set(JSON.stringify([row.file, licence]), { file: row.file, licence });
    }
  }
  return [...found.values()].sort(
    (a, b) => byCodePoint(a.file, b.file) || byCodePoint(a.licence ?? '', b.licence ?? ''),
  );
}
