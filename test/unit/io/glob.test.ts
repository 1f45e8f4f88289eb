import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import { globToRegExp, listFiles } from '../../../src/io/index.js';

describe('patterns', () => {
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ['*.tif', ['a.tif', 'b c.tif', '云.tif', '.tif'], ['a.tiff', 'd/a.tif']],
    ['**/*.tif', ['a.tif', 'x/a.tif', 'x/y/a.tif'], ['a.png']],
    ['data/**', ['data/a', 'data/b/c'], ['datas/a', 'data']],
    ['S2?_*.tif', ['S2A_x.tif'], ['S2_x.tif', 'S2AB_x.tif']],
    ['{B02,B{03,04}}.tif', ['B02.tif', 'B03.tif', 'B04.tif'], ['B05.tif', 'B0.tif']],
    ['[a-c]x[!0-9].tif', ['axz.tif', 'cx..tif'], ['dxz.tif', 'ax1.tif', 'ax/.tif']],
    ['a+b (1).tif', ['a+b (1).tif'], ['aab (1).tif']],
    ['é?.tif', ['é😀.tif', 'éx.tif'], ['éxy.tif']],
  ];
  for (const [pattern, yes, no] of cases) {
    test(pattern, () => {
      const expression = globToRegExp(pattern);
      for (const text of yes) assert.ok(expression.test(text), `${pattern} means ${text}`);
      for (const text of no) assert.ok(!expression.test(text), `${pattern} does not mean ${text}`);
    });
  }
  test('a brace that nothing closes is an error', () => {
    assert.throws(
      () => globToRegExp('{a,b'),
      (e) => isNadirError(e, 'ArgumentError') && e.code === 'bad-glob',
    );
  });
});

describe('listing files', () => {
  let root = '';
  const files = ['b/2.tif', 'a.TIF', 'b/1.tif', 'b/c d/ü.tif', 'z.png', '.hidden/x.tif', 'with [x].tif'];
  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'nadir-io-'));
    for (const f of files) {
      mkdirSync(path.dirname(path.join(root, f)), { recursive: true });
      writeFileSync(path.join(root, f), '');
    }
    symlinkSync(root, path.join(root, 'b/loop'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  const names = async (input: string | string[]): Promise<string[]> =>
    (await listFiles(input, ['.tif'])).map((f) => path.relative(root, f));

  test('a folder gives its matching files, however deep, in code-point order, without hidden ones and loops', async () => {
    assert.deepEqual(await names(root), ['a.TIF', 'b/1.tif', 'b/2.tif', 'b/c d/ü.tif', 'with [x].tif']);
  });
  test('a pattern gives its matches whatever their ending', async () => {
    assert.deepEqual(await names(path.join(root, '**/*.{tif,png}')), [
      'b/1.tif',
      'b/2.tif',
      'b/c d/ü.tif',
      'with [x].tif',
      'z.png',
    ]);
    assert.deepEqual(await names(path.join(root, 'b/*.tif')), ['b/1.tif', 'b/2.tif']);
    assert.deepEqual(await names(path.join(root, 'none*.tif')), []);
  });
  test('a relative pattern is taken from the working folder', async () => {
    const relative = path.relative('.', root);
    assert.deepEqual(
      (await listFiles(`${relative}/b/?.tif`, ['.tif'])).map((f) => path.basename(f)),
      ['1.tif', '2.tif'],
    );
    assert.deepEqual(await listFiles('./test/unit/io/glob.*.ts', ['.x']), ['test/unit/io/glob.test.ts']);
  });
  test('a file that exists is that file, even with brackets in its name', async () => {
    assert.deepEqual(await names(path.join(root, 'with [x].tif')), ['with [x].tif']);
  });
  test('a list keeps its order and drops repeats; addresses pass', async () => {
    const list = [path.join(root, 'b/2.tif'), 'https://example.org/x.tif', root];
    assert.deepEqual((await listFiles(list, ['.tif'])).slice(0, 3), [list[0], list[1], path.join(root, 'a.TIF')]);
    assert.equal((await listFiles(list, ['.tif'])).length, 6);
  });
  test('a path that does not exist is named', async () => {
    await assert.rejects(
      listFiles(path.join(root, 'gone'), ['.tif']),
      (e) => isNadirError(e, 'SourceError') && e.code === 'source.missing' && e.message.includes('gone'),
    );
  });
});
