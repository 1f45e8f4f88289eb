/** Kills an export at every abort point and at random moments: the folder then holds the old state or the new, and resume finishes it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { createRandom, isNadirError } from '../../../src/core/index.js';
import { FAULT_POINTS } from '../../../src/export/fault.js';
import { exportDataset, verifyDataset } from '../../../src/export/index.js';
import { makeScenes, tempFolder, type Scenes } from '../../unit/export/support/scenes.js';

/** Moments at which a running export is killed; the nightly run raises it. */
const RANDOM_KILLS = Number(process.env['NADIR_KILLS'] ?? 6);
const SEED = 20261120;

let scenes: Scenes;
let child: string;
let wanted: Record<string, string>;
let other: Record<string, string>;

function reproducible(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const entries = files.map((e): [string, string] => [
    path.relative(dir, path.join(e.parentPath, e.name)),
    createHash('sha256')
      .update(readFileSync(path.join(e.parentPath, e.name)))
      .digest('hex'),
  ]);
  return Object.fromEntries(entries.filter(([name]) => name !== 'run.json').sort(([a], [b]) => (a < b ? -1 : 1)));
}

const recipe = (name: string) => ({
  name,
  items: scenes.chips,
  layers: [{ name: 's2', catalog: scenes.catalog }],
  outputs: [{ format: 'cog' }, { format: 'png' }] as const,
});
const fresh = (): string => path.join(tempFolder(), 'out');

before(async () => {
  scenes = await makeScenes();
  // Beside the other bundles, so that packages resolve.
  const folder = mkdtempSync(path.join('dist-test', 'kill-'));
  child = path.resolve(folder, 'kill-child.mjs');
  await build({
    entryPoints: ['test/unit/export/support/kill-child.ts'],
    outfile: child,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  const [a, b] = [fresh(), fresh()];
  await exportDataset(recipe('Test'), a);
  await exportDataset(recipe('Old'), b);
  wanted = reproducible(a);
  other = reproducible(b);
});
after(async () => {
  const { rm } = await import('node:fs/promises');
  await rm(path.dirname(child), { recursive: true, force: true });
});

/** Runs the child; with `killAfterMs` it is killed that long after it was ready. */
function run(dir: string, mode: string, options: object, killAfterMs?: number): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const p = spawn(process.execPath, [child, scenes.folder, dir, mode, 'Test', JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    p.stdout.once('data', () => {
      if (killAfterMs !== undefined) setTimeout(() => p.kill('SIGKILL'), killAfterMs);
    });
    p.on('error', reject);
    p.on('exit', (_, signal) => resolve(signal));
  });
}

/** The verdict on a folder: nothing there yet, or which complete dataset. */
async function stateOf(dir: string): Promise<'nothing' | 'old' | 'new'> {
  try {
    const report = await verifyDataset(dir);
    assert.equal(report.ok, true, report.errors.map((e) => e.error.message).join('\n'));
    return report.facts[0]?.value === 'Old' ? 'old' : 'new';
  } catch (error) {
    if (isNadirError(error) && error.code === 'export.no-manifest') return 'nothing';
    throw error;
  }
}

describe('an export into a new folder', () => {
  for (const point of FAULT_POINTS.filter((p) => p !== 'folder-moved')) {
    test(`killed at ${point} leaves nothing or the dataset, and resume gives the same bytes`, async () => {
      const dir = fresh();
      assert.equal(await run(dir, `${point}${point.startsWith('item') ? '#3' : ''}`, {}), 'SIGKILL');
      const isNew = ['manifest-moved', 'staging-removed'].includes(point);
      assert.equal(await stateOf(dir), isNew ? 'new' : 'nothing');
      await exportDataset(recipe('Test'), dir, { resume: true });
      assert.deepEqual(reproducible(dir), wanted);
    });
  }
});

describe('an export that replaces a dataset', () => {
  for (const point of FAULT_POINTS.filter((p) => p !== 'files-moved')) {
    test(`killed at ${point} leaves the old dataset or the new one, and running it again gives the same bytes`, async () => {
      const dir = fresh();
      await exportDataset(recipe('Old'), dir);
      assert.equal(await run(dir, point, { overwrite: 'replace' }), 'SIGKILL');
      const isNew = ['manifest-moved', 'staging-removed'].includes(point);
      assert.equal(await stateOf(dir), isNew ? 'new' : 'old');
      await exportDataset(recipe('Test'), dir, { overwrite: 'replace', resume: true });
      assert.deepEqual(reproducible(dir), wanted);
      assert.deepEqual(readdirSync(path.dirname(dir)), ['out'], 'nothing is left beside it');
    });
  }

  test('a refused replacement leaves the old dataset byte for byte', async () => {
    const dir = fresh();
    await exportDataset(recipe('Old'), dir);
    await assert.rejects(
      exportDataset({ ...recipe('Test'), outputs: [{ format: 'zarr' as 'cog' }] }, dir, { overwrite: 'replace' }),
    );
    assert.deepEqual(reproducible(dir), other);
  });
});

test(`killed at ${RANDOM_KILLS} random moments and resumed each time, it ends with the same bytes (seed ${SEED})`, async () => {
  const random = createRandom(SEED, 'kill');
  const dir = fresh();
  let killed = 0;
  for (let i = 0; i < RANDOM_KILLS; i++) {
    const signal = await run(dir, 'none', { resume: true }, 5 + random.int(250));
    if (signal === 'SIGKILL') killed++;
    assert.notEqual(await stateOf(dir), 'old');
  }
  assert.ok(killed > 0, 'at least one run was killed in the middle');
  await exportDataset(recipe('Test'), dir, { resume: true });
  assert.deepEqual(reproducible(dir), wanted);
  assert.equal(existsSync(path.join(dir, '.staging')), false);
});

test('two exports never write into one folder together', async () => {
  const dir = fresh();
  const results = await Promise.allSettled([
    exportDataset(recipe('Test'), dir),
    exportDataset(recipe('Test'), dir, { resume: true }),
  ]);
  const failed = results.filter((r) => r.status === 'rejected');
  assert.equal(failed.length, 1);
  assert.ok(isNadirError(failed[0]?.reason) && failed[0].reason.code === 'export.locked', String(failed[0]?.reason));
  assert.equal(await stateOf(dir), 'new');
});
