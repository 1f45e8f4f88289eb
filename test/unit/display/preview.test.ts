import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createRandom } from '../../../src/core/index.js';
import { GeoTensor } from '../../../src/pixels/index.js';
import { bandStats, validShare } from '../../../src/display/plane.js';
import { makePreview, previewSize, quantisation } from '../../../src/display/preview.js';
import { sharedLimits } from '../../../src/display/draw/pixels.js';
import type { Preview } from '../../../src/display/wire/payload.js';

const SEED = 20261120;

/** Values of a preview band the slow way: one DataView read per pixel. */
function decode(preview: Preview, band: number): number[] {
  const { q, offset, scale } = preview.bands[band]!;
  const bytes = Uint8Array.from(atob(q), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 2 }, (_, i) => offset + scale * view.getUint16(2 * i, true));
}

function maskOf(preview: Preview): number[] {
  if (preview.valid === null) return new Array<number>(preview.width * preview.height).fill(1);
  return Array.from(atob(preview.valid), (c) => c.charCodeAt(0));
}

function tensor(values: Float32Array | Uint16Array | Uint8Array, shape: number[], extra: object = {}): GeoTensor {
  return GeoTensor.create({
    values,
    shape,
    transform: [10, 0, 500_000, 0, -10, 5_000_000],
    crs: 'EPSG:32632',
    ...extra,
  });
}

describe('quantised previews', () => {
  test(`floats come back within half a step (seed ${SEED})`, () => {
    const random = createRandom(SEED, 'preview');
    const values = Float32Array.from({ length: 40 * 30 }, () => random.uniform() * 3 - 1);
    const preview = makePreview(tensor(values, [1, 40, 30]), { bands: [0], side: 64 });
    const { scale } = preview.bands[0]!;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    assert.ok(scale <= (high - low) / 65_535 + 1e-12);
    decode(preview, 0).forEach((v, i) => assert.ok(Math.abs(v - values[i]!) <= scale / 2 + 1e-9, `pixel ${i}`));
  });

  test('integers at full resolution come back exactly', () => {
    const values = Uint16Array.from({ length: 64 }, (_, i) => (i * 1021) % 65_536);
    const preview = makePreview(tensor(values, [1, 8, 8]), { bands: [0], side: 96 });
    assert.equal(preview.step, 1);
    assert.deepEqual(decode(preview, 0), [...values]);
  });

  test('a reduced pixel is the mean of its valid source pixels, and invalid where there is none', () => {
    const values = Float32Array.from({ length: 16 }, (_, i) => i);
    const valid = Uint8Array.from([1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]);
    const preview = makePreview(tensor(values, [1, 4, 4], { valid }), { bands: [0], side: 2 });
    assert.deepEqual([preview.width, preview.height, preview.step], [2, 2, 2]);
    assert.deepEqual(maskOf(preview), [1, 1, 0, 1]);
    const [nw, ne, , se] = decode(preview, 0);
    const half = preview.bands[0]!.scale / 2 + 1e-9;
    assert.ok(Math.abs(nw! - 0) <= half);
    assert.ok(Math.abs(ne! - (2 + 3 + 6 + 7) / 4) <= half);
    assert.ok(Math.abs(se! - (10 + 11 + 14 + 15) / 4) <= half);
  });

  test('classes are picked, never averaged', () => {
    const values = Uint8Array.from({ length: 81 }, (_, i) => [4, 6, 11][i % 3]!);
    const preview = makePreview(tensor(values, [1, 9, 9], { bandNames: ['SCL'] }), { bands: [0], side: 4 });
    for (const v of decode(preview, 0)) assert.ok([4, 6, 11].includes(v), String(v));
  });

  test('sides fit and the aspect stays', () => {
    assert.deepEqual(previewSize(718, 791, 400), { rows: 363, columns: 400, step: 791 / 400 });
    assert.deepEqual(previewSize(50, 40, 96), { rows: 50, columns: 40, step: 1 });
    assert.deepEqual(previewSize(1, 10_000, 100), { rows: 1, columns: 100, step: 100 });
  });

  test('one absurd value does not flatten the others', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => i / 1000);
    values[17] = 3e38;
    const preview = makePreview(tensor(values, [1, 25, 40]), { bands: [0], side: 64 });
    const back = decode(preview, 0);
    assert.ok(Math.abs(back[500]! - 0.5) < 0.001);
    assert.ok(Number.isFinite(preview.bands[0]!.scale));
  });

  test('a band without a valid pixel has no statistics and finite numbers', () => {
    const values = new Float32Array(4).fill(NaN);
    const preview = makePreview(tensor(values, [1, 2, 2]), { bands: [0], side: 8 });
    assert.equal(preview.bands[0]!.stats, null);
    assert.deepEqual(maskOf(preview), [0, 0, 0, 0]);
    assert.ok(decode(preview, 0).every(Number.isFinite));
  });

  test('constant bands and bands wider than 16 bits have usable steps', () => {
    assert.deepEqual(quantisation({ min: 5, max: 5, mean: 5, p2: 5, p98: 5 }, false), { offset: 5, scale: 1 });
    const wide = quantisation({ min: 0, max: 1e6, mean: 0, p2: 1e4, p98: 9e5 }, true);
    assert.equal(wide.scale, 1e6 / 65_535);
  });
});

describe('statistics', () => {
  test('leave out invalid and not finite values', () => {
    // By hand: valid values are 1, 2, 3, 10.
    const values = Float64Array.from([1, 99, 2, 3, NaN, Infinity, 10]);
    const valid = Uint8Array.from([1, 0, 1, 1, 1, 1, 1]);
    const s = bandStats(values, valid, 0, 7)!;
    assert.deepEqual([s.min, s.max, s.mean], [1, 10, 4]);
  });

  test('percentiles of 0 … 100 are 2 and 98', () => {
    const s = bandStats(
      Float64Array.from({ length: 101 }, (_, i) => 100 - i),
      null,
      0,
      101,
    )!; // any order
    assert.deepEqual([s.p2, s.p98], [2, 98]);
  });

  test('the valid share counts NaN as invalid', () => {
    const t = tensor(Float32Array.from([1, NaN, 3, 4]), [1, 2, 2], { valid: Uint8Array.from([1, 1, 1, 0]) });
    assert.equal(validShare(t), 0.5);
  });
});

test('a few bright chips leave the shared stretch of the others alone', () => {
  const chipOf = (high: number): Preview =>
    makePreview(
      tensor(
        Uint16Array.from({ length: 101 }, (_, i) => i * high),
        [1, 1, 101],
      ),
      { bands: [0], side: 128 },
    );
  assert.deepEqual(sharedLimits([chipOf(10), chipOf(10), chipOf(10), chipOf(90), chipOf(90)], 0), [20, 980]);
});
