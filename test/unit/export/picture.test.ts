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

  const flat3 = (v: number): GeoTensor =>
    GeoTensor.create({
      values: new Float32Array(12).fill(v),
      shape: [3, 2, 2],
      transform: [1, 0, 0, 0, -1, 0],
      crs: 'EPSG:32631',
    });
  const five = [0, 1, 2, 3, 4].map((i) =>
    GeoSlice.create({ bounds: [i, 0, i + 1, 1], resolution: 0.5, crs: 'EPSG:32631' }),
  );

  test('clouded chips do not move the limits of colour pictures, even when half of them are', async () => {
    const values = [10, 12, 11, 9000, 8000];
    const load = (slice: GeoSlice): Promise<GeoTensor> => Promise.resolve(flat3(values[slice.bounds[0]]!));
    const s = await resolveStretch('p2-98', [0, 1, 2], five, load, undefined);
    // Sorted 10 11 12 8000 9000: a fifth of the way is 10.8, two fifths 11.6.
    for (const [low, high] of s.limits) assert.ok(Math.abs(low - 10.8) < 1e-9 && Math.abs(high - 11.6) < 1e-9);
    assert.deepEqual([s.method, s.sampledItems, s.sampledPixels], ['p2-98', 5, 20]);
    const all = await resolveStretch('min-max', [0, 1, 2], five, load, undefined);
    assert.deepEqual(all.limits[2], [10, 9000]);
  });

  test('one band keeps the whole range: half sea and half mountains are neither black nor white', async () => {
    const heights = [0, 0, 0, 500, 1000];
    const load = (slice: GeoSlice): Promise<GeoTensor> => Promise.resolve(flat(heights[slice.bounds[0]]!));
    assert.deepEqual((await resolveStretch('p2-98', [0], five, load, undefined)).limits, [[0, 1000]]);
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
