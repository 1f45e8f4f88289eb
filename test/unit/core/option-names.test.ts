import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkOptionNames,
  Crs,
  GeoSlice,
  isNadirError,
  parseInterval,
  parseTime,
  startTask,
} from '../../../src/core/index.js';

function codeOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    assert.ok(isNadirError(error), String(error));
    return error.code;
  }
  return 'no error';
}

test('a part of a name means that name', () => {
  assert.throws(
    () => checkOptionNames('load', { bands: ['B04'] }, ['mask', 'bandIndexes', 'order']),
    (e) => isNadirError(e, 'ArgumentError') && e.hint?.includes('Did you mean bandIndexes?') === true,
  );
});

test('a misspelt option is refused with the nearest name', () => {
  checkOptionNames('load', { mask: 1 }, ['mask', 'order']);
  assert.throws(
    () => checkOptionNames('load', { ordre: 1 }, ['mask', 'order']),
    (e) =>
      isNadirError(e, 'ArgumentError') &&
      e.code === 'unknown-option' &&
      e.hint?.includes('Did you mean order?') === true,
  );
  for (const bad of [null, undefined, 5, [1]])
    assert.equal(
      codeOf(() => checkOptionNames('load', bad, ['mask'])),
      'bad-options',
    );
});

test('times, intervals, CRS, slices and tasks of callers without types end in typed errors', () => {
  const wrong = (value: unknown): never => value as never;
  for (const bad of [undefined, null, {}, true])
    assert.equal(
      codeOf(() => parseTime(wrong(bad))),
      'unparsable',
    );
  for (const bad of ['2024-05', 2024, null, {}, { start: 0 }])
    assert.equal(
      codeOf(() => parseInterval(wrong(bad))),
      'unparsable',
    );
  for (const bad of [null, undefined, 32631, {}])
    assert.equal(
      codeOf(() => Crs.from(wrong(bad))),
      'unreadable-crs',
    );
  assert.equal(
    codeOf(() => GeoSlice.create(wrong(undefined))),
    'no-init',
  );
  assert.equal(
    codeOf(() => startTask('x', { signal: wrong('stop') })),
    'bad-option',
  );
  assert.equal(
    codeOf(() => startTask('x', { onProgress: wrong(1) })),
    'bad-option',
  );
});

test('metres in a CRS of degrees are refused, and grids that overlap the poles a little are not', () => {
  const make = (bounds: readonly [number, number, number, number]): unknown =>
    GeoSlice.create({ bounds, resolution: 1, crs: 'EPSG:4326' });
  assert.equal(
    codeOf(() => make([101985, 2611485, 339315, 2826915])),
    'not-degrees',
  );
  assert.equal(
    codeOf(() => make([-180.5, -90.5, 360.5, 90.5])),
    'no error',
  );
});
