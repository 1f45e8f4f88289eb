import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { buildRasterCatalog, openCatalog } from '../../../src/catalog/index.js';
import { GeoSlice, isNadirError } from '../../../src/core/index.js';
import { exportDataset, planExport, verifyDataset } from '../../../src/export/index.js';
import { loadRaster } from '../../../src/load/index.js';
import { gridSampler } from '../../../src/sampling/index.js';
import { makeScenes, tempFolder, type Scenes } from './support/scenes.js';

let scenes: Scenes;
before(async () => {
  scenes = await makeScenes();
});
const fresh = (): string => path.join(tempFolder(), 'out');
const isCode = (code: string) => (error: unknown) => isNadirError(error) && error.code === code;
const init = (s: Scenes = scenes) => ({ name: 'Facts', items: s.chips, layers: [{ name: 's2', catalog: s.catalog }] });

describe('licences', () => {
  test('a stated licence stands in manifest and card, and nobody is warned of it', async () => {
    const dir = fresh();
    const recipe = { ...init(), layers: [{ name: 's2', catalog: scenes.catalog, licence: 'CC-BY-4.0' }] };
    const report = await exportDataset(recipe, dir);
    const manifest = JSON.parse(readFileSync(path.join(dir, 'manifest.json'), 'utf8')) as {
      sources: { licence: string; attribution: string }[];
    };
    assert.deepEqual(new Set(manifest.sources.map((s) => s.licence)), new Set(['CC-BY-4.0']));
    assert.match(readFileSync(path.join(dir, 'README.md'), 'utf8'), /CC-BY-4\.0/);
    assert.doesNotMatch(readFileSync(path.join(dir, 'README.md'), 'utf8'), /no licence/);
    assert.deepEqual(
      report.warnings.filter((w) => w.includes('licence')),
      [],
    );
  });

  test('sources without one are warned of and listed as unknown', async () => {
    assert.match((await planExport(init())).warnings.join(), /licence of 2 source files is not stated/);
    const dir = fresh();
    await exportDataset(init(), dir);
    assert.match(readFileSync(path.join(dir, 'manifest.json'), 'utf8'), /"licence": "unknown"/);
  });
});

describe('items.parquet', () => {
  test('opens as a catalog whose pixels load from any working folder', async () => {
    const dir = fresh();
    await exportDataset(init(), dir);
    const slice = GeoSlice.create({ bounds: [500000, 5099360, 501280, 5100000], crs: 'EPSG:32631', resolution: 10 });
    const expected = await loadRaster(scenes.catalog, slice);
    const from = process.cwd();
    try {
      process.chdir(tempFolder());
      const found = await loadRaster(await openCatalog(path.join(dir, 'items.parquet')), slice);
      assert.deepEqual(found.values, expected.values);
    } finally {
      process.chdir(from);
    }
  });

  test('a catalog of relative files, written into another folder, finds them again', async () => {
    const from = process.cwd();
    const folder = tempFolder();
    try {
      process.chdir(path.dirname(scenes.folder));
      const relative = await buildRasterCatalog(path.basename(scenes.folder));
      await relative.toGeoParquet(path.join(folder, 'c.parquet'));
    } finally {
      process.chdir(from);
    }
    const rows = await (await openCatalog(path.join(folder, 'c.parquet'))).toArray();
    assert.deepEqual(rows.map((r) => r.filepath).sort(), [
      path.join(scenes.folder, 'S2_20240601.tif'),
      path.join(scenes.folder, 'S2_20240611.tif'),
    ]);
  });
});

describe('sources that move under an export', () => {
  const midway = async (s: Scenes, act: () => void): Promise<Awaited<ReturnType<typeof exportDataset>>> => {
    let hasActed = false;
    return exportDataset(init(s), path.join(s.folder, '..', 'out'), {
      workers: 1,
      onProgress: ({ done }) => {
        if (done < 2 || hasActed) return;
        hasActed = true;
        act();
      },
    });
  };

  test('a file that changes midway ends the export, and nothing of it is left to be resumed', async () => {
    const own = await makeScenes();
    const out = path.join(own.folder, '..', 'out');
    await assert.rejects(
      midway(own, () => appendFileSync(path.join(own.folder, 'S2_20240601.tif'), 'x')),
      isCode('export.changed-source'),
    );
    assert.equal(existsSync(path.join(out, 'manifest.json')), false);
    assert.equal(existsSync(path.join(out, '.staging')), false);
  });

  test('a file that vanishes midway gives right chips or named failures, never others', async () => {
    const own = await makeScenes();
    const calm = fresh();
    await exportDataset(init(own), calm);
    const lost = path.join(own.folder, 'S2_20240611.tif');
    const report = await midway(own, () => renameSync(lost, `${lost}.gone`));
    assert.equal(report.written + report.failed, 8);
    assert.equal((await verifyDataset(report.dir)).ok, true);
    const chips = readdirSync(path.join(report.dir, 'cog', 's2'));
    assert.equal(chips.length, report.written);
    for (const name of chips)
      assert.deepEqual(
        readFileSync(path.join(report.dir, 'cog', 's2', name)),
        readFileSync(path.join(calm, 'cog', 's2', name)),
      );
  });
});

describe('one export a folder', () => {
  test('of two at once one writes, and the other is refused or finds it finished', async () => {
    const dir = fresh();
    const both = await Promise.allSettled([
      exportDataset(init(), dir, { resume: true }),
      exportDataset(init(), dir, { resume: true }),
    ]);
    const refused = both.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []));
    assert.ok(refused.length < 2, String(refused[0]));
    for (const error of refused) assert.ok(isCode('export.locked')(error), String(error));
    assert.equal((await verifyDataset(dir)).ok, true);
    assert.equal(existsSync(path.join(dir, '.staging')), false);
  });

  test('a lock that is just being written is respected, one that a kill tore is not', async () => {
    const dir = fresh();
    mkdirSync(path.join(dir, '.staging'), { recursive: true });
    const lock = path.join(dir, '.staging', 'lock');
    writeFileSync(lock, '');
    await assert.rejects(exportDataset(init(), dir), isCode('export.locked'));
    const past = new Date(Date.now() - 60_000);
    utimesSync(lock, past, past);
    assert.equal((await exportDataset(init(), dir)).written, 8);
  });
});

test('Python of the data card compiles, also before 3.12', async (t) => {
  const dir = fresh();
  await exportDataset({ ...init(), outputs: [{ format: 'cog' }, { format: 'png' }] }, dir);
  const card = readFileSync(path.join(dir, 'README.md'), 'utf8');
  const snippets = [...card.matchAll(/```python\n([\s\S]*?)```/g)].map((m) => m[1] ?? '');
  assert.equal(snippets.length, 2);
  // Before 3.12 an f-string must not hold the quotes it is written in; a newer Python would not tell.
  for (const s of snippets) assert.doesNotMatch(s, /f"/);
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
  } catch {
    t.diagnostic('python3 is not installed: the snippets were not compiled');
    return;
  }
  for (const s of snippets) execFileSync('python3', ['-c', 'import ast,sys;ast.parse(sys.argv[1])', s]);
});

test('a layer without a catalog is refused by name', async () => {
  const chips = await gridSampler(scenes.catalog, { chipSize: 32 });
  // SAFETY: what a caller without types may write.
  const broken = { name: 'x', items: chips, layers: [{ name: 's2' }] } as unknown as ReturnType<typeof init>;
  await assert.rejects(exportDataset(broken, fresh()), isCode('export.bad-layer'));
});
