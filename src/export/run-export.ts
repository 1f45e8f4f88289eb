/** An export from start to end: plan → stage → verify → commit (`export.md`). */
import { readFile } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import path from 'node:path';
import { ExportError, isNadirError, mapConcurrent, messageOf, startTask } from '../core/index.js';
import type { LedgerEntry, NadirError, RunningTask } from '../core/index.js';
import { clearStaging, commitDataset } from './commit.js';
import type { Engine } from './engine.js';
import { exportReport } from './export-report.js';
import { faultPoint } from './fault.js';
import type { Job, NamedItem } from './job.js';
import { pngLayers, resolvePictures } from './layer-pictures.js';
import { changedSources, openLayers } from './layers.js';
import { readManifest } from './manifest.js';
import { fileNames } from './names.js';
import { MAX_THUMBS } from './picture.js';
import { makePlan } from './plan.js';
import { createRecipe, recipeHash, sliceOfItem } from './recipe.js';
import { openStaging, type Staging } from './staging.js';
import { spread } from './stretch.js';
import { checkDisk, inspectTarget, lockTarget, type Target } from './target.js';
import type { ExportOptions, ExportReport, Recipe, RecipeInit } from './types.js';
import { verifyDataset } from './verify.js';
import { writeItem, type ItemContext, type LayerPicture } from './write-item.js';
import { writeTables } from './write-tables.js';

/** Items under way at a time when nobody says: more would only hold more pixels in memory. */
const MAX_WORKERS = 8;
/** Failures that no other item would survive either. */
const FATAL = new Set(['source.disk-full', 'source.denied', 'source.unwritable']);

/** `exportDataset` with the parts below given, so that tests can stand in for pixels. */
export async function runExport(
  init: Recipe | RecipeInit,
  dir: string,
  o: ExportOptions,
  engine: Engine,
): Promise<ExportReport> {
  checkOptions(o);
  const task = startTask('Exporting', o);
  const startedAt = new Date();
  try {
    const recipe = createRecipe(init);
    const hash = recipeHash(recipe);
    let target = await inspectTarget(dir, hash, o);
    if (target.mode === 'done') return await finished(target, recipe, hash, task);
    const layers = openLayers(recipe, engine);
    try {
      const planned = await makePlan(recipe, layers, {
        ...(task.signal && { signal: task.signal }),
        onProgress: () => undefined,
      });
      await checkDisk(target, planned.plan.bytesToWrite);
      const unlock = await lockTarget(target.dir, hostname());
      try {
        // What was seen before the lock may be over: another export can have finished in between.
        target = await inspectTarget(dir, hash, o);
        if (target.mode === 'done') return await finished(target, recipe, hash, task);
        return await stageAndCommit({ recipe, hash, target, layers, planned, engine, options: o, task, startedAt });
      } finally {
        await unlock();
      }
    } finally {
      await Promise.all(layers.map((l) => engine.close(l.catalog)));
    }
  } finally {
    task.end();
  }
}

function checkOptions(o: ExportOptions): void {
  if (o.workers !== undefined && (!Number.isInteger(o.workers) || o.workers < 1)) {
    throw new ExportError('export.bad-option', `workers is a whole number of at least 1; got ${String(o.workers)}.`, {
      hint: 'Leave it out for the number of cores.',
    });
  }
  for (const later of ['queue', 'shard', 'allowUnlicensed'] as const) {
    if (later in o) {
      throw new ExportError('export.bad-option', `The option ${later} does not exist in this version.`, {
        hint: 'Leave it out; one process writes the whole dataset.',
      });
    }
  }
}

async function stageAndCommit(job: Job): Promise<ExportReport> {
  const { recipe, target, options, task } = job;
  const staging = await openStaging(target, {
    resume: options.resume === true,
    discardOthers: options.overwrite === 'replace',
    signal: task.signal,
  });
  try {
    faultPoint('staging-opened');
    const resumed = staging.done.size;
    const names = fileNames(recipe.items.map((i) => i.id));
    const thumbs = new Set(spread(recipe.items.length, MAX_THUMBS));
    const items = recipe.items.map((item, i): NamedItem => ({
      id: item.id,
      name: names.get(item.id) ?? item.id,
      slice: sliceOfItem(item),
      hasThumb: thumbs.has(i),
    }));
    const pictures = await resolvePictures(
      job,
      staging,
      items.map((i) => i.slice),
    );
    const errors = await writeItems(job, staging, items, pictures);
    await refuseChangedSources(job, staging);
    const stretches = Object.fromEntries([...pictures].map(([name, p]) => [name, p.stretch]));
    const { files, manifest } = await writeTables(job, staging, items, errors, stretches);
    faultPoint('manifest-staged');
    task.throwIfAborted();
    await staging.journal.close();
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    await commitDataset(target, staging.data, manifest, { manifest: text, run: runJson(job, resumed) });
    return exportReport({
      dir: target.dir,
      manifest,
      text,
      hash: job.hash,
      resumed,
      files,
      errors,
      warnings: warningsOf(job, staging),
    });
  } finally {
    await staging.journal.close().catch(() => undefined);
  }
}

/** A source that was written while it was read may have given wrong pixels to any item: nothing staged can be trusted. */
async function refuseChangedSources({ recipe, target }: Job, staging: Staging): Promise<void> {
  const [first, ...others] = changedSources(recipe);
  if (first === undefined) return;
  await staging.journal.close();
  await clearStaging(target);
  throw new ExportError(
    'export.changed-source',
    `The source ${first} changed during the export${others.length > 0 ? `, and ${others.length} more` : ''}; what was staged is thrown away.`,
    {
      hint: 'Wait until nothing writes into the sources, make a new recipe, and export again.',
      details: { files: [first, ...others] },
    },
  );
}

async function writeItems(
  job: Job,
  staging: Staging,
  items: readonly NamedItem[],
  pictures: ReadonlyMap<string, LayerPicture>,
): Promise<readonly LedgerEntry[]> {
  const { task, recipe, options } = job;
  const context: ItemContext = {
    engine: job.engine,
    layers: job.layers,
    data: staging.data,
    thumbs: staging.thumbs,
    hasCog: recipe.outputs.some((o) => o.format === 'cog'),
    png: pngLayers(recipe),
    pictures,
    signal: task.signal,
  };
  const failures = new Map<string, NadirError>();
  let bytes = 0;
  const report = (): void =>
    task.report({
      done: staging.done.size + failures.size,
      total: items.length,
      unit: 'items',
      bytes,
      failed: failures.size,
    });
  report();
  const missing = items.filter((i) => !staging.done.has(i.id));
  const workers = options.workers ?? Math.min(MAX_WORKERS, availableParallelism());
  await mapConcurrent(
    missing,
    workers,
    async (item) => {
      try {
        const record = await writeItem(context, item);
        await staging.journal.append(record);
        faultPoint('item-journaled');
        staging.done.set(record.id, record);
        bytes += record.files.reduce((n, f) => n + f.bytes, 0);
      } catch (error) {
        task.throwIfAborted();
        if (!isNadirError(error) || FATAL.has(error.code) || options.onError === 'raise') throw error;
        failures.set(item.id, error);
      }
      report();
    },
    task.signal,
  );
  if (staging.done.size === 0) throw nothingWritten(failures);
  return items.flatMap(({ id }) => {
    const error = failures.get(id);
    return error ? [{ item: id, error }] : [];
  });
}

function nothingWritten(failures: ReadonlyMap<string, NadirError>): ExportError {
  const [first] = failures.values();
  return new ExportError(
    'export.all-failed',
    `None of the ${failures.size} items could be written. The first failed with: ${first ? messageOf(first) : 'no reason'}`,
    {
      ...(first?.hint !== undefined && { hint: first.hint }),
      cause: first,
    },
  );
}

/** When and where: the one file that differs between two runs. */
function runJson(job: Job, resumed: number): string {
  const { recipe, target } = job;
  const relative = Object.entries(recipe.locations ?? {}).map(([layer, folder]) => [
    layer,
    path.relative(target.dir, folder) || '.',
  ]);
  const facts = {
    recipe: job.hash,
    started: job.startedAt.toISOString(),
    finished: new Date().toISOString(),
    host: hostname(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    resumedItems: resumed,
    locations: Object.fromEntries(relative) as Readonly<Record<string, string>>,
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

function warningsOf(job: Job, staging: Staging): readonly string[] {
  const blank = [...staging.done.values()].filter((r) => Object.values(r.layers).some((l) => l.validFraction === 0));
  const [first] = blank;
  const warning = first
    ? [
        `${blank.length} items have a layer without any valid pixel, for example ${first.id}; see valid_fraction in items.parquet.`,
      ]
    : [];
  return [...job.planned.plan.warnings, ...warning];
}

/** The dataset is there already: every file is checked, and nothing is written. */
async function finished(target: Target, recipe: Recipe, hash: string, task: RunningTask): Promise<ExportReport> {
  const check = await verifyDataset(target.dir, {
    ...(task.signal && { signal: task.signal }),
    onProgress: (p) => task.report(p),
  });
  if (!check.ok) {
    throw new ExportError(
      'export.damaged',
      `The dataset in ${target.dir} is not what its manifest says: ${check.missing.length} files are missing, ${check.changed.length} have changed.`,
      {
        hint: "Export again with overwrite: 'replace' (--replace).",
        details: { missing: check.missing, changed: check.changed },
      },
    );
  }
  await clearStaging(target);
  const manifest = await readManifest(target.dir);
  const text = await readFile(path.join(target.dir, 'manifest.json'), 'utf8');
  return exportReport({
    dir: target.dir,
    manifest,
    text,
    hash,
    resumed: manifest.items.written,
    files: manifest.files,
    errors: [],
    warnings: [`"${recipe.name}" was already complete.`],
  });
}
