import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contactSheet, renderPicture, THUMB_SIDE, thumbnail } from '../../../src/export/picture.js';
import { quantile, resolveStretch, spread } from '../../../src/export/stretch.js';
import { FormatError, GeoSlice } from '../../../src/core/index.js';
import { GeoTensor } from '../../../src/pixels/index.js';

const tensor = (values: Float32Array, valid?: Uint8Array): GeoTensor =>
  GeoTensor.create({
    values,
    shape: [1, 2, values.length / 2],
    transform: [1, 0, 0, 0, -1, 0],
    crs: 'EPSG:32631',
    valid: valid ?? null,
  });

describe('renderPicture', () => {
  test('low is black, high is white, halves go up, and what lies beyond is clamped', () => {
    const { rgba } = renderPicture(tensor(Float32Array.of(-5, 0, 0.5, 1, 2, 0.1)), [0], [[0, 1]]);
    assert.deepEqual(
      Array.from({ length: 6 }, (_, i) => rgba[i * 4]),
      [0, 0, 128, 255, 255, 26],
    );
    assert.equal(rgba[3], 255);
  });

  test('NaN and invalid pixels are wholly transparent', () => {
    const { rgba } = renderPicture(tensor(Float32Array.of(NaN, 1, 1, 1), Uint8Array.of(1, 0, 1, 1)), [0], [[0, 1]]);
    assert.deepEqual([...rgba.subarray(0, 8)], [0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...rgba.subarray(8, 12)], [255, 255, 255, 255]);
  });

  test('a band without contrast is grey, not a division by zero', () => {
    assert.equal(renderPicture(tensor(Float32Array.of(7, 7)), [0], [[7, 7]]).rgba[0], 128);
  });
});

describe('overview', () => {
  test('thumbnails keep their shape and a sheet has rows of eight', () => {
    const wide = renderPicture(tensor(new Float32Array(200).fill(1)), [0], [[0, 1]]);
    const thumb = thumbnail(wide);
    const opaque = Array.from({ length: THUMB_SIDE * THUMB_SIDE }, (_, i) => thumb[i * 4 + 3]).filter(
      (a) => a === 255,
    ).length;
    // 100 × 2 pixels in a square of 64: 64 × 1.
    assert.equal(opaque, 64);
    const sheet = contactSheet(Array.from({ length: 9 }, () => thumb));
    assert.equal(sheet.width, 8 * 68 + 4);
    assert.equal(sheet.height, 2 * 68 + 4);
    assert.equal(sheet.rgba.length, sheet.width * sheet.height * 4);
  });
});

describe('resolveStretch', () => {
  const slices = [0, 1, 2].map((i) =>
    GeoSlice.create({ bounds: [i, 0, i + 1, 1], resolution: 0.5, crs: 'EPSG:32631' }),
  );
  const flat = (v: number): GeoTensor => tensor(new Float32Array(8).fill(v));

  test('one bright chip does not move the limits of the others', async () => {
    const values = [10, 12, 9000];
    const s = await resolveStretch(
      'p2-98',
      [0],
      slices,
      (slice) => Promise.resolve(flat(values[slice.bounds[0]]!)),
      undefined,
    );
    assert.deepEqual(s, { method: 'p2-98', limits: [[12, 12]], sampledItems: 3, sampledPixels: 24 });
    const all = await resolveStretch(
      'min-max',
      [0],
      slices,
      (slice) => Promise.resolve(flat(values[slice.bounds[0]]!)),
      undefined,
    );
    assert.deepEqual(all.limits, [[10, 9000]]);
  });

  test('unreadable items are left out, other failures are not hidden', async () => {
    const one = await resolveStretch(
      'p2-98',
      [0],
      slices,
      (s) => (s.bounds[0] === 1 ? Promise.resolve(flat(5)) : Promise.reject(new FormatError('x', 'broken'))),
      undefined,
    );
    assert.deepEqual([one.limits, one.sampledItems], [[[5, 5]], 1]);
    await assert.rejects(
      resolveStretch('p2-98', [0], slices, () => Promise.reject(new TypeError('bug')), undefined),
      TypeError,
    );
  });

  test('given limits are taken as they are, one pair for all bands or one for each', async () => {
    const never = (): never => assert.fail('nothing is read');
    assert.deepEqual((await resolveStretch([0, 3000], [2, 1, 0], slices, never, undefined)).limits, [
      [0, 3000],
      [0, 3000],
      [0, 3000],
    ]);
    assert.deepEqual(
      (
        await resolveStretch(
          [
            [0, 1],
            [2, 3],
            [4, 5],
          ],
          [2, 1, 0],
          slices,
          never,
          undefined,
        )
      ).limits,
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    );
  });

  test('quantiles are linear between neighbours, samples are spread evenly', () => {
    assert.equal(quantile(Float64Array.of(0, 10), 0.25), 2.5);
    assert.equal(quantile(Float64Array.of(3), 0.98), 3);
    assert.deepEqual(spread(10, 4), [0, 2, 5, 7]);
    assert.deepEqual(spread(2, 4), [0, 1]);
  });
});
