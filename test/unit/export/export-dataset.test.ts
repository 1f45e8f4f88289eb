import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { buildRasterCatalog, openCatalog } from '../../../src/catalog/index.js';
import { GeoSlice, isNadirError, kindOf } from '../../../src/core/index.js';
import { curate, itemId } from '../../../src/curation/index.js';
import { createRecipe, exportDataset, planExport, recipeHash, verifyDataset } from '../../../src/export/index.js';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';
import { makeScenes, sceneValues, SIZE, tempFolder, type Scenes } from './support/scenes.js';

let scenes: Scenes;
before(async () => {
  scenes = await makeScenes();
});

const isCode = (code: string) => (error: unknown) => isNadirError(error) && error.code === code;
const OUTPUTS = [{ format: 'cog' }, { format: 'png' }] as const;
const layers = () => [{ name: 's2', catalog: scenes.catalog }];
const init = () => ({ name: 'Test', items: scenes.chips, layers: layers(), outputs: OUTPUTS });

function tree(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const entries = files.map((e): [string, string] => {
    const file = path.join(e.parentPath, e.name);
    return [
      path.relative(dir, file).split(path.sep).join('/'),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
/** Everything of a dataset that must be the same on every run. */
function reproducible(dir: string): Record<string, string> {
  const files = tree(dir);
  delete files['run.json'];
  return files;
}
const fresh = (): string => path.join(tempFolder(), 'out');

describe('exportDataset', () => {
  test('writes chips, table, card, recipe, ledger, and a manifest of all of them', async () => {
    const dir = fresh();
    const report = await exportDataset(init(), dir);
    assert.equal(report.written, 8);
    assert.equal(report.failed, 0);
    assert.equal(kindOf(report), 'report');
    const files = Object.keys(tree(dir));
    assert.equal(files.filter((f) => /^cog\/s2\/[0-9a-f]{16}\.tif$/.test(f)).length, 8);
    assert.equal(files.filter((f) => /^png\/s2\/[0-9a-f]{16}\.png$/.test(f)).length, 8);
    for (const name of [
      'items.parquet',
      'manifest.json',
      'errors.jsonl',
      'README.md',
      'recipe.json',
      'run.json',
      'overview.png',
    ])
      assert.ok(files.includes(name), name);
    assert.equal(existsSync(path.join(dir, '.staging')), false);
    assert.equal((await verifyDataset(dir)).ok, true);
  });

  test('the manifest lists every file but itself and run.json, with the sums that sha256sum finds', async (t) => {
    const dir = fresh();
    await exportDataset(init(), dir);
    const manifest = JSON.parse(readFileSync(path.join(dir, 'manifest.json'), 'utf8')) as {
      files: { path: string; sha256: string; bytes: number }[];
    };
    const expected = reproducible(dir);
    delete expected['manifest.json'];
    assert.deepEqual(Object.fromEntries(manifest.files.map((f) => [f.path, f.sha256])), expected);
    for (const f of manifest.files) assert.equal(statSync(path.join(dir, f.path)).size, f.bytes);
    try {
      execFileSync('sha256sum', ['--version'], { stdio: 'ignore' });
    } catch {
      t.diagnostic('sha256sum is not installed: sums were compared with node:crypto only');
      return;
    }
    const sums = manifest.files.map((f) => `${f.sha256}  ${f.path}\n`).join('');
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', '-'], { cwd: dir, input: sums });
  });

  test('a chip holds exactly the pixels of the source', async () => {
    const dir = fresh();
    await exportDataset(init(), dir);
    const values = sceneValues(0, 3);
    const slice = scenes.chips.at(1);
    const [col, row] = [(slice.bounds[0] - 500000) / 10, (5100000 - slice.bounds[3]) / 10];
    const file = await openGeoTiff(path.join(dir, 'cog', 's2', `${itemId(slice)}.tif`));
    const read = await file.readWindow({ col: 0, row: 0, width: 32, height: 32 });
    for (let b = 0; b < 3; b++)
      for (let y = 0; y < 32; y++)
        for (let x = 0; x < 32; x++)
          assert.equal(read.values[(b * 32 + y) * 32 + x], values[(b * SIZE + row + y) * SIZE + col + x]);
    assert.deepEqual(file.header.bandNames, ['B02', 'B03', 'B04']);
    await file.close();
  });

  test('rejected chips are not in the dataset; tags and verdicts are in the table', async () => {
    const dir = fresh();
    const [a, b, c] = [0, 3, 5].map((i) => itemId(scenes.chips.at(i))) as [string, string, string];
    const selection = curate(scenes.chips).reject([a, b], 'haze').tag([c], 'flood', 'river');
    const report = await exportDataset({ ...init(), items: selection }, dir);
    assert.equal(report.written, 6);
    const names = readdirSync(path.join(dir, 'cog', 's2'));
    assert.equal(names.includes(`${a}.tif`) || names.includes(`${b}.tif`), false);
    const items = await (await openCatalog(path.join(dir, 'items.parquet'))).toArray();
    assert.deepEqual(
      items.map((i) => i.id),
      selection.exportedIds,
    );
    assert.equal(items.find((i) => i.id === c)?.columns['tags'], '["flood","river"]');
    assert.equal(items[0]?.columns['cog_s2'], `cog/s2/${items[0]?.id ?? ''}.tif`);
    const recipe = JSON.parse(readFileSync(path.join(dir, 'recipe.json'), 'utf8')) as { origin: { steps: unknown[] } };
    assert.deepEqual(recipe.origin.steps, JSON.parse(JSON.stringify(selection.steps)));
  });

  test('items without layers use the catalog they were drawn from', async () => {
    const dir = fresh();
    const report = await exportDataset({ name: 'Short', items: curate(scenes.chips) }, dir);
    assert.equal(report.written, 8);
    assert.equal(readdirSync(path.join(dir, 'cog', 'data')).length, 8);
  });

  test('rows of a catalog are items named by their ids', async () => {
    const dir = fresh();
    await exportDataset({ name: 'Rows', items: scenes.catalog, layers: layers() }, dir);
    assert.deepEqual(readdirSync(path.join(dir, 'cog', 's2')).sort(), ['S2_20240601.tif', 'S2_20240611.tif']);
  });

  test('files of a dataset name no folder of this machine', async () => {
    const dir = fresh();
    await exportDataset(init(), dir);
    for (const name of ['recipe.json', 'manifest.json', 'README.md', 'errors.jsonl', 'items.parquet']) {
      assert.equal(
        readFileSync(path.join(dir, name)).includes(path.basename(path.dirname(scenes.folder))),
        false,
        name,
      );
    }
  });

  test('the same recipe gives the same bytes, for any number of workers, in any folder, from copied sources', async () => {
    const first = fresh();
    await exportDataset(init(), first, { workers: 1 });
    const second = fresh();
    await exportDataset(init(), second, { workers: 7 });
    assert.deepEqual(reproducible(second), reproducible(first));
    const moved = path.join(tempFolder(), 'elsewhere', 'deep');
    cpSync(scenes.folder, moved, { recursive: true });
    const copy = await makeScenesFrom(moved);
    const third = path.join(tempFolder(), 'a', 'b', 'c');
    await exportDataset({ ...init(), items: copy.chips, layers: [{ name: 's2', catalog: copy.catalog }] }, third);
    assert.deepEqual(reproducible(third), reproducible(first));
  });

  test('a recipe written as JSON and read back exports the same bytes', async () => {
    const recipe = createRecipe(init());
    const again = JSON.parse(JSON.stringify(recipe)) as typeof recipe;
    assert.equal(recipeHash(again), recipeHash(recipe));
    const [a, b] = [fresh(), fresh()];
    await exportDataset(recipe, a);
    await exportDataset(again, b);
    assert.deepEqual(reproducible(b), reproducible(a));
  });

  test('a chip without a source in one layer is listed and the rest is written', async () => {
    const dir = fresh();
    const half = scenes.catalog.where((r) => r.id === 'S2_20240601');
    const report = await exportDataset({ ...init(), layers: [...layers(), { name: 'half', catalog: half }] }, dir);
    assert.equal(report.written, 4);
    assert.equal(report.failed, 4);
    const lines = readFileSync(path.join(dir, 'errors.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as { item: string; error: string });
    assert.equal(lines.length, 4);
    assert.equal(lines[0]?.error, 'EmptySelectionError');
    assert.equal(readdirSync(path.join(dir, 'cog', 's2')).length, 4, 'a half-made item leaves no file');
    assert.equal((await verifyDataset(dir)).ok, true);
    await assert.rejects(
      exportDataset({ ...init(), layers: [...layers(), { name: 'half', catalog: half }] }, fresh(), {
        onError: 'raise',
      }),
      isCode('no-rows'),
    );
  });

  test('progress counts items, and a cancelled export keeps what is finished', async () => {
    const dir = fresh();
    const controller = new AbortController();
    const seen: number[] = [];
    const reason = new Error('enough');
    const run = exportDataset(init(), dir, {
      workers: 1,
      signal: controller.signal,
      onProgress: (p) => {
        seen.push(p.done);
        assert.equal(p.total, 8);
        if (p.done === 3) controller.abort(reason);
      },
    });
    await assert.rejects(run, (e) => e === reason);
    assert.deepEqual(seen.slice(0, 4), [0, 1, 2, 3]);
    assert.deepEqual(readdirSync(dir), ['.staging']);
    await assert.rejects(exportDataset(init(), dir), isCode('export.not-empty'));
    const report = await exportDataset(init(), dir, { resume: true });
    assert.equal(report.resumed, 3);
    const whole = fresh();
    await exportDataset(init(), whole);
    assert.deepEqual(reproducible(dir), reproducible(whole));
  });

  test('resume does a staged item again when its file was touched', async () => {
    const dir = fresh();
    const controller = new AbortController();
    await assert.rejects(
      exportDataset(init(), dir, {
        workers: 1,
        signal: controller.signal,
        onProgress: (p) => {
          if (p.done === 4) controller.abort();
        },
      }),
    );
    const staged = path.join(
      dir,
      '.staging',
      readdirSync(path.join(dir, '.staging')).find((n) => n.length === 64)!,
      'data',
      'cog',
      's2',
    );
    const [victim] = readdirSync(staged);
    const bytes = readFileSync(path.join(staged, victim!));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path.join(staged, victim!), bytes);
    const report = await exportDataset(init(), dir, { resume: true });
    assert.equal(report.resumed, 3);
    const whole = fresh();
    await exportDataset(init(), whole);
    assert.deepEqual(reproducible(dir), reproducible(whole));
  });

  test('resuming a finished dataset checks it and writes nothing', async () => {
    const dir = fresh();
    const made = await exportDataset(init(), dir);
    const before = tree(dir);
    const again = await exportDataset(init(), dir, { resume: true });
    assert.equal(again.manifestSha256, made.manifestSha256);
    assert.deepEqual(tree(dir), before);
    writeFileSync(path.join(dir, 'README.md'), 'changed');
    await assert.rejects(exportDataset(init(), dir, { resume: true }), isCode('export.damaged'));
  });

  test('another recipe never mixes with a dataset or a staged one', async () => {
    const dir = fresh();
    await exportDataset(init(), dir);
    const before = tree(dir);
    await assert.rejects(exportDataset({ ...init(), name: 'Other' }, dir), isCode('export.not-empty'));
    await assert.rejects(
      exportDataset({ ...init(), name: 'Other' }, dir, { resume: true }),
      isCode('export.other-recipe'),
    );
    assert.deepEqual(tree(dir), before);
    const report = await exportDataset({ ...init(), name: 'Other', outputs: [{ format: 'cog' }] }, dir, {
      overwrite: 'replace',
    });
    assert.equal(report.written, 8);
    assert.equal(existsSync(path.join(dir, 'png')), false, 'nothing of the old dataset is left');
    assert.equal((await verifyDataset(dir)).ok, true);
    assert.deepEqual(readdirSync(path.dirname(dir)), ['out']);
  });

  test('replace refuses to remove files that Nadir did not write', async () => {
    const dir = fresh();
    await exportDataset(init(), dir);
    writeFileSync(path.join(dir, 'my notes.txt'), 'precious');
    await assert.rejects(
      exportDataset({ ...init(), name: 'Other' }, dir, { overwrite: 'replace' }),
      isCode('export.foreign-files'),
    );
    const plain = tempFolder();
    writeFileSync(path.join(plain, 'thesis.doc'), 'precious');
    await assert.rejects(exportDataset(init(), plain, { overwrite: 'replace' }), isCode('export.foreign-files'));
    await assert.rejects(exportDataset(init(), plain), isCode('export.not-empty'));
    assert.deepEqual(readdirSync(plain), ['thesis.doc']);
  });
});

async function makeScenesFrom(folder: string): Promise<Scenes> {
  const { gridSampler } = await import('../../../src/sampling/index.js');
  const catalog = await buildRasterCatalog(folder, { filenameRegex: 'S2_(?<date>\\d{8})' });
  return { folder, catalog, chips: await gridSampler(catalog, { chipSize: 32 }) };
}

describe('bad input is refused before anything is written', () => {
  const refuses = async (recipe: () => unknown, code: string, pattern?: RegExp): Promise<void> => {
    const dir = fresh();
    // SAFETY: callers without types may pass anything.
    await assert.rejects(
      exportDataset(recipe() as Parameters<typeof exportDataset>[0], dir),
      (e) =>
        isNadirError(e, 'ExportError') && e.code === code && (pattern?.test(`${e.message} ${e.hint ?? ''}`) ?? true),
    );
    assert.equal(existsSync(dir), false, 'the target was not made');
  };

  test('an unknown format, with the list of those that exist', () =>
    refuses(() => ({ ...init(), outputs: [{ format: 'zarr' }] }), 'export.unknown-format', /cog, png, geoparquet/));
  test('a layer without one of its bands, with those it has', () =>
    refuses(
      () => ({ ...init(), layers: [{ name: 's2', catalog: scenes.catalog, bands: ['B08'] }] }),
      'export.unknown-band',
      /B08.*B02, B03, B04/,
    ));
  test('a band number beyond the last', () =>
    refuses(
      () => ({ ...init(), layers: [{ name: 's2', catalog: scenes.catalog, bands: [4] }] }),
      'export.unknown-band',
    ));
  test('pictures of a band that no layer has', () =>
    refuses(() => ({ ...init(), outputs: [{ format: 'png', bands: ['B11'] }] }), 'export.unknown-band'));
  test('pictures of two bands', () =>
    refuses(() => ({ ...init(), outputs: [{ format: 'png', bands: [1, 2] }] }), 'export.bad-bands'));
  test('a stretch upside down', () =>
    refuses(() => ({ ...init(), outputs: [{ format: 'png', stretch: [9, 1] }] }), 'export.bad-stretch'));
  test('items outside every source', () => {
    const lost = GeoSlice.create({ bounds: [900000, 0, 900320, 320], resolution: 10, crs: 'EPSG:32631' });
    return refuses(
      () => ({ ...init(), items: [scenes.chips.at(0), lost] }),
      'export.outside-sources',
      new RegExp(itemId(lost)),
    );
  });
  test('items at another time than every source', () =>
    refuses(
      () => ({ ...init(), items: [scenes.chips.at(0).with({ interval: ['1999-01-01', '1999-01-02'] })] }),
      'export.outside-sources',
    ));
  test('no items', () => refuses(() => ({ ...init(), items: [] }), 'export.no-items'));
  test('nothing kept', () =>
    refuses(() => ({ ...init(), items: curate(scenes.chips).where(() => false) }), 'export.nothing-kept'));
  test('a promise instead of items', () =>
    refuses(() => ({ ...init(), items: Promise.resolve(scenes.chips) }), 'export.bad-items'));
  test('a layer name that is a path', () =>
    refuses(() => ({ ...init(), layers: [{ name: '../x', catalog: scenes.catalog }] }), 'export.bad-layer'));
  test('two layers of one name', () =>
    refuses(() => ({ ...init(), layers: [...layers(), ...layers()] }), 'export.bad-layer'));
  test('no name', () => refuses(() => ({ ...init(), name: ' ' }), 'export.no-name'));

  test('a source that changed since the recipe was made', async () => {
    const own = await makeScenes(path.join(tempFolder(), 'changing'));
    const recipe = createRecipe({ ...init(), items: own.chips, layers: [{ name: 's2', catalog: own.catalog }] });
    const file = path.join(own.folder, 'S2_20240601.tif');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    await refuses(() => recipe, 'export.changed-source', /S2_20240601\.tif/);
    renameSync(file, `${file}.gone`);
    await refuses(() => recipe, 'export.changed-source');
  });

  test('a target that is a file, and options of later versions', async () => {
    const file = path.join(tempFolder(), 'file');
    writeFileSync(file, 'x');
    await assert.rejects(exportDataset(init(), file), isCode('export.not-a-folder'));
    await assert.rejects(exportDataset(init(), fresh(), { workers: 0 }), isCode('export.bad-option'));
    await assert.rejects(exportDataset(init(), fresh(), { queue: 'redis://x' } as object), isCode('export.bad-option'));
  });
});

describe('planExport', () => {
  test('counts items, files and bytes, and reads no pixel', async () => {
    const plan = await planExport(init());
    assert.equal(plan.items, 8);
    assert.equal(plan.files, 8 * 3);
    // 32 × 32 pixels, 3 bands, 2 bytes, 8 chips: neighbours only touch.
    assert.equal(plan.bytesToRead, 32 * 32 * 3 * 2 * 8);
    assert.ok(plan.bytesToWrite >= plan.bytesToRead);
    assert.equal(kindOf(plan), 'report');
    assert.match(plan.warnings.join(' '), /licence/i);
  });
});

describe('verifyDataset', () => {
  test('names what is missing, changed and unlisted', async () => {
    const dir = fresh();
    await exportDataset(init(), dir);
    const [first, second] = readdirSync(path.join(dir, 'cog', 's2')) as [string, string];
    renameSync(path.join(dir, 'cog', 's2', first), path.join(dir, 'stray.tif'));
    writeFileSync(path.join(dir, 'cog', 's2', second), 'not a tiff');
    const report = await verifyDataset(dir);
    assert.equal(report.ok, false);
    assert.deepEqual(report.missing, [`cog/s2/${first}`]);
    assert.deepEqual(report.changed, [`cog/s2/${second}`]);
    assert.deepEqual(report.unlisted, ['stray.tif']);
  });

  test('a folder without manifest is no dataset, and a manifest cannot point outside', async () => {
    const dir = tempFolder();
    await assert.rejects(verifyDataset(dir), isCode('export.no-manifest'));
    writeFileSync(path.join(dir, 'manifest.json'), '{');
    await assert.rejects(verifyDataset(dir), isCode('export.bad-manifest'));
    const manifest = {
      type: 'nadir-export',
      version: 1,
      name: 'x',
      recipe: { sha256: '0' },
      items: { written: 1 },
      files: [{ path: '../../etc/passwd', bytes: 1, sha256: '0' }],
    };
    writeFileSync(path.join(dir, 'manifest.json'), JSON.stringify(manifest));
    await assert.rejects(verifyDataset(dir), isCode('export.bad-manifest'));
    mkdirSync(path.join(dir, 'sub'));
    writeFileSync(path.join(dir, 'sub', 'manifest.json'), JSON.stringify({ ...manifest, version: 9 }));
    await assert.rejects(verifyDataset(path.join(dir, 'sub')), isCode('export.newer-manifest'));
  });
});
