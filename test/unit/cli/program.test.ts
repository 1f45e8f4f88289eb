import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { readBounds, readTime } from '../../../src/cli/catalog-command.js';
import type { CliContext } from '../../../src/cli/console.js';
import { exitCodeOf } from '../../../src/cli/exit-code.js';
import { runCli } from '../../../src/cli/program.js';
import { readParams } from '../../../src/cli/run-command.js';
import { ArgumentError, days, ExportError, FormatError, SourceError, VERSION } from '../../../src/core/index.js';
import { createRecipe, exportDataset } from '../../../src/export/index.js';
import { makeScenes, tempFolder, type Scenes } from '../export/support/scenes.js';

let scenes: Scenes;
let catalogFile: string;
let recipeFile: string;
before(async () => {
  scenes = await makeScenes();
  const folder = tempFolder();
  catalogFile = path.join(folder, 'scenes.parquet');
  await scenes.catalog.toGeoParquet(catalogFile);
  recipeFile = path.join(folder, 'recipe.json');
  writeFileSync(
    recipeFile,
    JSON.stringify(
      createRecipe({ name: 'Cli', items: scenes.chips, layers: [{ name: 's2', catalog: scenes.catalog }] }),
    ),
  );
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function nadir(argv: readonly string[], signal: AbortSignal = new AbortController().signal): Promise<Outcome> {
  let [out, err] = ['', ''];
  const context: CliContext = {
    stdout: { write: (t) => (out += t) },
    stderr: { write: (t) => (err += t) },
    signal,
    onInterrupt: () => undefined,
    childPath: '/nowhere/main.js',
  };
  const code = await runCli(argv, context);
  return { code, out, err };
}

describe('nadir', () => {
  test('--version prints the version on stdout and ends with 0', async () => {
    assert.deepEqual(await nadir(['--version']), { code: 0, out: `${VERSION}\n`, err: '' });
  });

  test('help is a success, nothing and nonsense are usage errors', async () => {
    const help = await nadir(['export', '--help']);
    assert.equal(help.code, 0);
    assert.match(help.out, /--resume/);
    assert.equal((await nadir([])).code, 1);
    const wrong = await nadir(['exprot']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /export/);
    assert.equal((await nadir(['export', 'recipe.json'])).code, 1, 'the target is required');
    assert.equal((await nadir(['catalog', 'query', catalogFile, '--nonsense'])).code, 1);
  });
});

describe('nadir catalog', () => {
  test('build indexes a folder; the file opens again, and only the summary is on stdout', async () => {
    const out = path.join(tempFolder(), 'c.parquet');
    const { code, out: text } = await nadir([
      'catalog',
      'build',
      scenes.folder,
      '-o',
      out,
      '--regex',
      'S2_(?<date>\\d{8})',
      '--json',
    ]);
    assert.equal(code, 0);
    assert.deepEqual((JSON.parse(text) as { rows: number; crs: string; skipped: unknown[] }).rows, 2);
    const info = JSON.parse((await nadir(['catalog', 'info', out, '--json'])).out) as Record<string, unknown>;
    assert.equal(info['rows'], 2);
    assert.equal(info['start'], '2024-06-01T00:00:00.000000Z');
    assert.equal(info['end'], '2024-06-11T23:59:59.999999Z');
    assert.deepEqual(info['bounds'], [500000, 5099360, 501280, 5100000]);
    assert.deepEqual(info['bands'], ['B02', 'B03', 'B04']);
  });

  test('query by area in degrees and by day', async () => {
    const west = await nadir([
      'catalog',
      'query',
      catalogFile,
      '--bounds',
      '3.0001,46.04,3.005,46.05',
      '--crs',
      'EPSG:4326',
      '--json',
    ]);
    assert.equal(west.code, 0);
    assert.deepEqual(
      (JSON.parse(west.out) as { id: string }[]).map((r) => r.id),
      ['S2_20240601'],
    );
    const late = await nadir(['catalog', 'query', catalogFile, '--time', '2024-06-11']);
    assert.match(late.out, /S2_20240611/);
    assert.doesNotMatch(late.out, /S2_20240601/);
  });

  test('nothing matched is exit code 1 with an empty stdout', async () => {
    assert.deepEqual(await nadir(['catalog', 'query', catalogFile, '--time', '1999-01-01']), {
      code: 1,
      out: '',
      err: 'nothing matched\n',
    });
  });

  test('bad input: a missing file 3, a file that is no catalog 2, bad flags 1, no files 1', async () => {
    assert.equal((await nadir(['catalog', 'info', `${catalogFile}.none`])).code, 3);
    const junk = path.join(tempFolder(), 'junk.parquet');
    writeFileSync(junk, 'PAR1 this is no parquet file at all PAR1');
    const bad = await nadir(['catalog', 'info', junk]);
    assert.equal(bad.code, 2);
    assert.match(bad.err, /junk\.parquet/);
    assert.equal((await nadir(['catalog', 'query', catalogFile, '--bounds', '1,2,3'])).code, 1);
    assert.equal(
      (await nadir(['catalog', 'query', catalogFile, '--bounds', '1,2,3,4', '--crs', 'EPSG:999999'])).code,
      1,
    );
    assert.equal((await nadir(['catalog', 'query', catalogFile, '--time', 'tomorrow'])).code, 1);
    const empty = tempFolder();
    const none = await nadir(['catalog', 'build', path.join(empty, '*.tif'), '-o', path.join(empty, 'x.parquet')]);
    assert.equal(none.code, 1, none.err);
    assert.equal(existsSync(path.join(empty, 'x.parquet')), false);
  });

  test('dates mean whole days, instants mean themselves', () => {
    assert.deepEqual(readTime('2024-06-01'), days('2024-06-01'));
    assert.deepEqual(readTime('2024-06-01/2024-06-30'), days('2024-06-01', '2024-06-30'));
    assert.equal(readTime('2024-06-01T10:00:00Z').start, Date.UTC(2024, 5, 1, 10) * 1000);
    assert.equal(readTime('2024-06-01T10:00:00Z/2024-06-02').end, days('2024-06-02').end);
    assert.throws(() => readTime('a/b/c'));
    assert.deepEqual(readBounds('-1.5, 2 3e1,4'), [-1.5, 2, 30, 4]);
  });
});

describe('nadir export', () => {
  test('writes the dataset that the library writes', async () => {
    const [a, b] = [path.join(tempFolder(), 'a'), path.join(tempFolder(), 'b')];
    const { code, out } = await nadir(['export', recipeFile, '-o', a]);
    assert.equal(code, 0);
    assert.match(out, /Items written +8/);
    await exportDataset({ name: 'Cli', items: scenes.chips, layers: [{ name: 's2', catalog: scenes.catalog }] }, b);
    assert.equal(
      readFileSync(path.join(a, 'manifest.json'), 'utf8'),
      readFileSync(path.join(b, 'manifest.json'), 'utf8'),
    );
    // The recipe inside the dataset finds its sources through run.json.
    const again = path.join(tempFolder(), 'again');
    assert.equal((await nadir(['export', path.join(a, 'recipe.json'), '-o', again])).code, 0);
    assert.equal(
      readFileSync(path.join(again, 'manifest.json'), 'utf8'),
      readFileSync(path.join(a, 'manifest.json'), 'utf8'),
    );
    assert.equal((await nadir(['export', recipeFile, '-o', a])).code, 1, 'a target that is not empty');
    assert.equal((await nadir(['export', recipeFile, '-o', a, '--resume'])).code, 0);
    assert.equal((await nadir(['export', recipeFile, '-o', a, '--replace'])).code, 0);
  });

  test('a recipe away from its sources says so, and --data tells it', async () => {
    const folder = tempFolder();
    const rest = JSON.parse(readFileSync(recipeFile, 'utf8')) as Record<string, unknown>;
    delete rest['locations'];
    writeFileSync(path.join(folder, 'recipe.json'), JSON.stringify(rest));
    const lost = await nadir(['export', path.join(folder, 'recipe.json'), '-o', path.join(folder, 'out')]);
    assert.equal(lost.code, 1);
    assert.match(lost.err, /--data/);
    assert.equal(
      (
        await nadir([
          'export',
          path.join(folder, 'recipe.json'),
          '-o',
          path.join(folder, 'out'),
          '--data',
          scenes.folder,
        ])
      ).code,
      0,
    );
  });

  test('--plan prints what would be done and writes nothing', async () => {
    const out = path.join(tempFolder(), 'out');
    const plan = await nadir(['export', recipeFile, '-o', out, '--plan', '--json']);
    assert.equal(plan.code, 0);
    assert.equal((JSON.parse(plan.out) as { items: number }).items, 8);
    assert.equal(existsSync(out), false);
  });

  test('items that fail end with 4 and are named on stderr', async () => {
    const half = scenes.catalog.where((r) => r.id === 'S2_20240601');
    const file = path.join(tempFolder(), 'r.json');
    writeFileSync(
      file,
      JSON.stringify(
        createRecipe({
          name: 'Half',
          items: scenes.chips,
          layers: [
            { name: 'a', catalog: scenes.catalog },
            { name: 'b', catalog: half },
          ],
        }),
      ),
    );
    const { code, err } = await nadir(['export', file, '-o', path.join(tempFolder(), 'out')]);
    assert.equal(code, 4);
    assert.equal(err.split('\n').filter((l) => l.startsWith('failed ')).length, 4);
  });

  test('recipes that are missing, no JSON, of another kind, or tampered with', async () => {
    const folder = tempFolder();
    const out = path.join(folder, 'out');
    const check = async (text: string, code: number): Promise<void> => {
      const file = path.join(folder, 'r.json');
      writeFileSync(file, text);
      const result = await nadir(['export', file, '-o', out]);
      assert.equal(result.code, code, `${text.slice(0, 60)}: ${result.err}`);
      assert.equal(existsSync(out), false);
    };
    assert.equal((await nadir(['export', path.join(folder, 'none.json'), '-o', out])).code, 3);
    await check('{', 2);
    await check('[]', 2);
    await check('{"type":"nadir-recipe","version":2}', 2);
    const good = JSON.parse(readFileSync(recipeFile, 'utf8')) as {
      items: { slice: { bounds: number[] } }[];
      layers: { name: string; catalog: { rows: { file: string }[] } }[];
      outputs: unknown[];
    };
    await check(JSON.stringify({ ...good, items: [] }), 2);
    await check(JSON.stringify({ ...good, items: [good.items[0], good.items[0]] }), 2);
    await check(JSON.stringify({ ...good, items: [{ id: 'x', slice: { type: 'GeoSlice', version: 1 } }] }), 2);
    await check(JSON.stringify({ ...good, layers: [{ ...good.layers[0], name: '../../etc' }] }), 2);
    await check(JSON.stringify({ ...good, outputs: [{ format: 'zarr' }] }), 2);
    good.layers[0]!.catalog.rows[0]!.file = '../../../etc/passwd';
    await check(JSON.stringify(good), 2);
  });

  test('a signal ends it with 130', async () => {
    const controller = new AbortController();
    controller.abort(new Error('Interrupted.'));
    const out = path.join(tempFolder(), 'out');
    assert.equal((await nadir(['export', recipeFile, '-o', out], controller.signal)).code, 130);
  });
});

describe('nadir run', () => {
  test('parameters are JSON where they parse, else text', () => {
    assert.deepEqual(readParams(['a=1', 'b=x=y', 'c={"d":[true]}', 'e=', 'f="1"']), {
      a: 1,
      b: 'x=y',
      c: { d: [true] },
      e: '',
      f: '1',
    });
    assert.throws(() => readParams(['novalue']), ArgumentError);
  });

  test('a missing notebook is 3, one that is no notebook 2, a bad flag 1', async () => {
    const folder = tempFolder();
    assert.equal((await nadir(['run', path.join(folder, 'none.ipynb')])).code, 3);
    writeFileSync(path.join(folder, 'bad.ipynb'), '{"cells": 1}');
    assert.equal((await nadir(['run', path.join(folder, 'bad.ipynb')])).code, 2);
    assert.equal((await nadir(['run', path.join(folder, 'bad.ipynb'), '--timeout', 'soon'])).code, 1);
    assert.equal((await nadir(['run', path.join(folder, 'bad.ipynb'), '-p', 'x'])).code, 1);
  });
});

test('errors have the exit codes of api.md', () => {
  assert.equal(exitCodeOf(new ArgumentError('x', '')), 1);
  assert.equal(exitCodeOf(new FormatError('x', '')), 2);
  assert.equal(exitCodeOf(new SourceError('x', '')), 3);
  assert.equal(exitCodeOf(new ExportError('export.not-empty', '')), 1);
  assert.equal(exitCodeOf(new ExportError('export.bad-recipe', '')), 2);
  assert.equal(exitCodeOf(new ExportError('export.disk-full', '')), 3);
  assert.equal(exitCodeOf(new ExportError('export.all-failed', '')), 4);
  assert.equal(exitCodeOf(Object.assign(new Error(''), { syscall: 'open' })), 3);
});
