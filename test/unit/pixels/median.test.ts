import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRandom } from '../../../src/core/index.js';
import { mediansOf, type MedianSource } from '../../../src/pixels/median.js';

/** Sorted, then the middle. */
function plain(sources: readonly MedianSource[], i: number): number | undefined {
  const list = sources
    .flatMap((s) => (s.valid === null || s.valid[i] === 1 ? [s.values[i]!] : []))
    .sort((a, b) => a - b);
  const half = Math.floor(list.length / 2);
  return list.length % 2 === 1 ? list[half] : list.length === 0 ? undefined : (list[half - 1]! + list[half]!) / 2;
}

describe('medians', () => {
  for (const count of [1, 2, 3, 4, 12, 13, 14, 27, 68, 301]) {
    test(`of ${count} sources equal sorting, with few and many distinct values and holes`, () => {
      for (const distinct of [1, 2, 5, 60_000]) {
        const random = createRandom(count, `median-${distinct}`);
        const length = 300;
        const sources = Array.from({ length: count }, (_, s): MedianSource => {
          const draw = (): number => Math.floor(random.uniform() * distinct);
          const values =
            s % 3 === 0 ? new Float32Array(length) : s % 3 === 1 ? new Uint16Array(length) : new Float64Array(length);
          for (let i = 0; i < length; i++) values[i] = draw();
          const valid = s % 2 === 0 ? null : Uint8Array.from({ length }, () => (random.uniform() < 0.5 ? 0 : 1));
          return { values, valid };
        });
        const got = mediansOf(sources, length);
        for (let i = 0; i < length; i++) {
          assert.equal(got.values[i], plain(sources, i), `${distinct} values, pixel ${i}`);
        }
        assert.equal(got.valid, null);
      }
    });
  }

  test('are invalid where no source is valid, and keep infinities and the order of ascending and descending lists', () => {
    const valid = Uint8Array.of(0, 1);
    const sources = Array.from({ length: 40 }, (_, k): MedianSource => ({ values: Float32Array.of(5, k), valid }));
    assert.deepEqual(mediansOf(sources, 2), { values: Float64Array.of(0, 19.5), valid });
    assert.deepEqual(mediansOf([...sources].reverse(), 2), { values: Float64Array.of(0, 19.5), valid });
    const far = [Infinity, -Infinity, 3].map((v): MedianSource => ({ values: Float64Array.of(v), valid: null }));
    assert.equal(mediansOf(far, 1).values[0], 3);
  });
});
