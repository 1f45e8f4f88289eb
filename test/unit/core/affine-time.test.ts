import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  applyAffine,
  canonicalJson,
  centerWindow,
  clean,
  createRandom,
  cropForSave,
  days,
  formatTime,
  intersectIntervals,
  invertAffine,
  outerWindow,
  padInterval,
  padWindow,
  parseTime,
  roundHalfEven,
  toGdalTransform,
  type Affine,
} from '../../../src/core/index.js';

describe('rounding', () => {
  test('halves go to the even neighbour, also below zero', () =>
    assert.deepEqual(
      [0.5, 1.5, 2.5, 3.5, -0.5, -1.5, 2.4, 2.6].map(roundHalfEven).map((v) => v + 0),
      [0, 2, 2, 4, 0, -2, 2, 3],
    ));
  test('noise of a division is cleaned, real fractions stay', () =>
    assert.deepEqual([4.0000009, 4.000002, 3.9999991].map(clean), [4, 4.000002, 4]));
});

describe('affine', () => {
  test('the GDAL order is c a b f d e', () =>
    assert.deepEqual(toGdalTransform([1, 2, 3, 4, 5, 6]), [3, 1, 2, 6, 4, 5]));
  test('the inverse undoes a rotated transform', () => {
    const t: Affine = [8, 3, 500000, 2, -9, 4000000];
    const [x, y] = applyAffine(t, 12.5, 7.25);
    const back = applyAffine(invertAffine(t), x, y);
    assert.ok(Math.abs(back[0] - 12.5) < 1e-6 && Math.abs(back[1] - 7.25) < 1e-6);
    assert.throws(() => invertAffine([1, 1, 0, 1, 1, 0]), { name: 'TransformError', code: 'singular' });
  });
  test('offset 2.2 and length 3.9 cover pixels 2 to 7', () =>
    assert.deepEqual(outerWindow({ col: 2.2, row: 4.0000001, width: 3.9, height: 1 }), {
      col: 2,
      row: 4,
      width: 5,
      height: 1,
    }));
  test('cropForSave undoes padWindow', () => {
    const w = { col: 3, row: 5, width: 10, height: 8 };
    assert.deepEqual(cropForSave(padWindow(w, 2, 4), w), { rows: [2, 10], cols: [4, 14] });
  });
  test('a window is centred with halves to even', () =>
    assert.deepEqual(centerWindow([25, -25], [4, 5], [10, 0, 0, 0, -10, 0]), { col: 0, row: 0, width: 5, height: 4 }));
});

describe('time', () => {
  test('instants are read with their offset, dates mean midnight UTC, extra digits are floored', () => {
    const read = (text: string): string => formatTime(parseTime(text));
    assert.equal(read('2022-03-04T10:30:00+05:30'), '2022-03-04T05:00:00.000000Z');
    assert.equal(read('2022-03-04T10:30:00+0530'), '2022-03-04T05:00:00.000000Z');
    assert.equal(read('2022-03-04T10:30:00-05'), '2022-03-04T15:30:00.000000Z');
    assert.equal(read('2022-03-04T10:30:00.1234567Z'), '2022-03-04T10:30:00.123456Z');
    assert.equal(read('2022-03-04'), '2022-03-04T00:00:00.000000Z');
    assert.equal(read('1969-12-31T23:59:59.999999'), '1969-12-31T23:59:59.999999Z');
  });
  test('what is no time is refused with its text', () => {
    for (const bad of ['', 'yesterday', '2022-13-01', '2022-02-30', '2022-03-04T25:00:00', '20220304'])
      assert.throws(() => parseTime(bad), { name: 'IntervalError', code: 'unparsable' }, bad);
    assert.throws(() => parseTime(0.5), { code: 'out-of-range' });
    assert.throws(() => parseTime(2 ** 53), { code: 'out-of-range' });
  });
  test('formatting and parsing are inverse for any microsecond (seed 3)', () => {
    const random = createRandom(3, 'time');
    for (let i = 0; i < 500; i++) {
      const t = Math.floor((random.uniform() - 0.3) * 4e15);
      assert.equal(parseTime(formatTime(t)), t);
    }
  });
  test('a day ends at its last microsecond, and neighbours do not meet', () => {
    assert.equal(formatTime(days('2022-03-04').end), '2022-03-04T23:59:59.999999Z');
    assert.equal(intersectIntervals(days('2022-03-04'), days('2022-03-05')), null);
    assert.deepEqual(intersectIntervals({ start: 0, end: 5 }, { start: 5, end: 9 }), { start: 5, end: 5 });
  });
  test('padding moves both ends; padding that inverts is refused', () => {
    assert.deepEqual(padInterval(days('2022-05-10'), { days: 2 }), days('2022-05-08', '2022-05-12'));
    assert.throws(() => padInterval(days('2022-05-10'), { days: -1 }), { code: 'reversed' });
    assert.throws(() => padInterval(days('2022-05-10'), { day: 1 } as never), { code: 'unknown-option' });
    assert.throws(() => padInterval(days('2022-05-10'), undefined as never), { code: 'bad-options' });
  });
});

test('canonical JSON sorts keys, drops undefined and follows toJSON', () => {
  assert.equal(
    canonicalJson({ b: [1, { d: undefined, c: 2 }], a: { toJSON: () => 'x' } }),
    '{"a":"x","b":[1,{"c":2}]}',
  );
});
