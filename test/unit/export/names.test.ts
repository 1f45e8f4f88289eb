import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { fileNames, isSafeName } from '../../../src/export/names.js';

const digits = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 8);

describe('fileNames', () => {
  test('characters outside A-Z a-z 0-9 . _ = - become _', () => {
    assert.equal(fileNames(['a/b c:é']).get('a/b c:é'), 'a_b_c__');
    assert.equal(fileNames(['x=1-2_3.4']).get('x=1-2_3.4'), 'x=1-2_3.4');
  });

  test('names that clash, also in upper and lower case, all carry digits of their id; the order of ids does not matter', () => {
    const names = fileNames(['a/b', 'a?b', 'A_B', 'c']);
    assert.deepEqual(
      [...names.values()],
      [`a_b-${digits('a/b')}`, `a_b-${digits('a?b')}`, `A_B-${digits('A_B')}`, 'c'],
    );
    const other = fileNames(['c', 'A_B', 'a?b', 'a/b']);
    for (const [id, name] of names) assert.equal(other.get(id), name);
  });

  test('dots alone and over-long ids cannot be names as they stand', () => {
    assert.equal(fileNames(['..']).get('..'), `..-${digits('..')}`);
    const long = 'x'.repeat(400);
    const name = fileNames([long]).get(long) ?? '';
    assert.ok(name.length < 200 && name.endsWith(digits(long)));
  });

  test('a layer name is one plain folder', () => {
    for (const good of ['s2', 'S2_L2A', 'dem-10m', 'k=v']) assert.ok(isSafeName(good), good);
    for (const bad of ['', '.', '..', '.hidden', 'a/b', 'a\\b', 'a b', 'é', 'x'.repeat(200)])
      assert.ok(!isSafeName(bad), bad);
  });
});
