import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import { writeFileAtomic } from '../../../src/io/index.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'nadir-write-'))));
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

test('bytes, text and chunks are written whole', async () => {
  const file = path.join(folder, 'ein "Name" ü.bin');
  assert.deepEqual(await writeFileAtomic(file, new Uint8Array([1, 2, 3])), { path: file, bytes: 3 });
  assert.deepEqual([...readFileSync(file)], [1, 2, 3]);
  await writeFileAtomic(file, 'Präzision');
  assert.equal(readFileSync(file, 'utf8'), 'Präzision');
  await writeFileAtomic(file, [new Uint8Array([1]), new Uint8Array([2])]);
  assert.deepEqual([...readFileSync(file)], [1, 2]);
  assert.deepEqual(readdirSync(folder), [path.basename(file)]);
});
test('a failure midway leaves the old file and no temporary one', async () => {
  const file = path.join(folder, 'x.bin');
  writeFileSync(file, 'old');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100);
    assert.equal(
      readdirSync(folder).filter((f) => /\.tmp-/.test(f)).length,
      1,
      'the temporary sibling is there meanwhile',
    );
    await Promise.resolve();
    throw new RangeError('broken');
  }
  await assert.rejects(writeFileAtomic(file, chunks()), RangeError);
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['x.bin']);
});
test('cancelling rejects with the reason and leaves nothing', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    abort.abort(reason);
    await Promise.resolve();
    yield new Uint8Array(10);
  }
  await assert.rejects(
    writeFileAtomic(path.join(folder, 'x'), chunks(), { signal: abort.signal }),
    (e) => e === reason,
  );
  assert.deepEqual(readdirSync(folder), []);
});
test('a folder that does not exist is an error that names the file', async () => {
  await assert.rejects(
    writeFileAtomic(path.join(folder, 'no/x.bin'), 'a'),
    (e) => isNadirError(e, 'SourceError') && e.code === 'source.missing' && e.message.includes('x.bin'),
  );
});
test('the longest legal file name can be written', async () => {
  const name = `${'ü'.repeat(125)}.tif`;
  await writeFileAtomic(path.join(folder, name), 'a');
  assert.deepEqual(readdirSync(folder), [name]);
});
