import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxPolygon, overlaps, type Area } from '../../../src/catalog/geometry.js';
import type { NativeGrid } from '../../../src/catalog/index.js';
import {
  createRandom,
  days,
  isNadirError,
  pointTransform,
  Crs,
  type Bounds,
  type GeoSlice,
} from '../../../src/core/index.js';
import { gridSampler, randomSampler } from '../../../src/sampling/index.js';
import { withWarnings } from '../../support/host.js';
import { makeCatalog, type RowInit } from '../../support/rows.js';

function raster(width: number, height: number, x: number, y = 5400000, more: RowInit = {}): RowInit {
  const native: NativeGrid = {
    transform: [10, 0, x, 0, -10, y],
    width,
    height,
    count: 1,
    dtype: 'uint8',
    nodata: null,
    bandNames: [null],
    overviews: [],
  };
  return { native, box: [x, y - height * 10, x + width * 10, y], ...more };
}
const keys = (slices: Iterable<GeoSlice>): string[] => [...slices].map((s) => s.key);
const refuses =
  (name: string, code: string, text = /./) =>
  (e: unknown) =>
    isNadirError(e, name) && e.code === code && text.test(e.message);

describe('randomSampler', () => {
  const catalog = makeCatalog([
    raster(100, 80, 500000, 5400000, { interval: days('2024-01-01', '2024-01-03') }),
    raster(5, 5, 520000, 5400000, { id: 'small' }),
    raster(40, 40, 530000),
  ]);

  test('draws follow the rules of sampling.md, by a plain second implementation', async () => {
    const sequence = await randomSampler(catalog, { chipSize: [8, 10], length: 50, seed: 42 });
    const u = createRandom(42, 'randomSampler');
    const tiles = [
      { x: 500000, W: 100, H: 80, interval: days('2024-01-01', '2024-01-03') },
      { x: 530000, W: 40, H: 40, interval: null },
    ];
    const total = 100 * 80 + 40 * 40;
    const expected = Array.from({ length: 50 }, () => {
      const [u1, u2, u3, u4] = [u.uniform(), u.uniform(), u.uniform(), u.uniform()];
      const t = tiles[u1 < 8000 / total ? 0 : 1]!;
      const [col, row] = [Math.floor(u2 * (t.W - 9)), Math.floor(u3 * (t.H - 7))];
      const time = t.interval && t.interval.start + Math.floor(u4 * (t.interval.end - t.interval.start + 1));
      return [t.x + col * 10, 5400000 - (row + 8) * 10, t.x + (col + 10) * 10, 5400000 - row * 10, time, time];
    });
    assert.deepEqual(
      [...sequence].map((s) => [...s.bounds, s.interval?.start ?? null, s.interval?.end ?? null]),
      expected,
    );
  });

  test('same seed, same sequence; at(k) is the k-th iterate; 7 and "7" are one seed', async () => {
    const a = await randomSampler(catalog, { chipSize: 8, length: 30, seed: 7 });
    const b = await randomSampler(catalog, { chipSize: 8, length: 30, seed: '7' });
    assert.deepEqual(keys(a), keys(b));
    assert.deepEqual(keys(a), keys(a));
    assert.deepEqual(
      keys(a),
      Array.from({ length: 30 }, (_, k) => a.at(k).key),
    );
    assert.equal(b.at(17).key, a.at(17).key);
    assert.notDeepEqual(keys(a), keys(await randomSampler(catalog, { chipSize: 8, length: 30, seed: 8 })));
    assert.equal(a.length, 30);
  });

  test('options that use fewer numbers do not shift the places', async () => {
    const places = async (time: 'instant' | 'interval'): Promise<Bounds[]> =>
      [...(await randomSampler(catalog, { chipSize: 8, length: 20, seed: 1, time }))].map((s) => s.bounds);
    assert.deepEqual(await places('interval'), await places('instant'));
    const whole = [...(await randomSampler(catalog, { chipSize: 8, length: 20, seed: 1, time: 'interval' }))];
    assert.ok(
      whole.some((s) => s.interval) &&
        whole.every((s) => s.interval === null || s.interval.end === days('2024-01-03').end),
    );
  });

  test('without a seed one is drawn and reported, and replays the run', async () => {
    const a = await randomSampler(catalog, { chipSize: 8, length: 10 });
    const b = await randomSampler(catalog, { chipSize: 8, length: 10 });
    assert.notEqual(a.seed, null);
    assert.notEqual(a.seed, b.seed);
    assert.deepEqual(keys(await randomSampler(catalog, { chipSize: 8, length: 10, seed: a.seed! })), keys(a));
  });

  test('the default length is that of the grid with stride = chip', async () => {
    for (const options of [
      { chipSize: 8 },
      { chipSize: [7, 9] as const },
      { chipSize: 8, roi: [500100, 5399500, 500500, 5399900] as const },
    ]) {
      assert.equal((await randomSampler(catalog, options)).length, (await gridSampler(catalog, options)).length);
    }
  });

  test('shards partition the sequence, an endless one has no length', async () => {
    const whole = keys(await randomSampler(catalog, { chipSize: 8, length: 25, seed: 3 }));
    for (const index of [0, 1, 2]) {
      const shard = await randomSampler(catalog, { chipSize: 8, length: 25, seed: 3, shard: { index, count: 3 } });
      assert.deepEqual(
        keys(shard),
        whole.filter((_, k) => k % 3 === index),
      );
      assert.equal(shard.length, index === 0 ? 9 : 8);
    }
    const endless = await randomSampler(catalog, { chipSize: 8, length: Infinity, seed: 3 });
    assert.equal(endless.length, Infinity);
    const first: string[] = [];
    for (const s of endless) if (first.push(s.key) === 25) break;
    assert.deepEqual(first, whole);
  });

  test('every chip lies on native pixels in its tile and in a box roi, and overlaps toi', async () => {
    const roi: Bounds = [500123, 5399411, 500877, 5399873];
    const toi = days('2024-01-02');
    const sequence = await randomSampler(catalog, { chipSize: 8, length: 300, seed: 5, roi, toi });
    for (const s of sequence) {
      assert.deepEqual(s.shape, [8, 8]);
      assert.ok(s.bounds[0] >= roi[0] && s.bounds[1] >= roi[1] && s.bounds[2] <= roi[2] && s.bounds[3] <= roi[3]);
      assert.deepEqual(
        s.bounds.map((v) => v % 10),
        [0, 0, 0, 0],
      );
      assert.ok(s.interval!.start >= toi.start && s.interval!.end <= toi.end);
    }
    assert.deepEqual(
      sequence.skipped.map((k) => [k.row.id, k.reason]),
      [
        ['small', 'outside-roi'],
        ['row2', 'outside-roi'],
      ],
    );
  });

  test('chips of a polygonal roi all meet it', async () => {
    const roi: Area = {
      type: 'Polygon',
      coordinates: [
        [
          [500000, 5400000],
          [501000, 5400000],
          [500000, 5399200],
          [500000, 5400000],
        ],
      ],
    };
    const sequence = await randomSampler(catalog, { chipSize: 8, length: 100, seed: 5, roi });
    const slices = [...sequence];
    assert.equal(slices.length, 100);
    assert.ok(slices.every((s) => overlaps(boxPolygon(s.bounds), roi)));
    assert.deepEqual(
      Array.from({ length: 100 }, (_, k) => sequence.at(k).key),
      slices.map((s) => s.key),
    );
  });

  test('every chip position can occur, the last row and column too', async () => {
    const small = makeCatalog([raster(6, 5, 500000)]);
    const seen = new Set(
      [...(await randomSampler(small, { chipSize: 4, length: 400, seed: 1 }))].map(
        (s) => `${s.bounds[0]} ${s.bounds[3]}`,
      ),
    );
    assert.equal(seen.size, 3 * 2);
  });

  test('weights make tiles as frequent as they say, within four standard deviations', async () => {
    const two = makeCatalog([raster(100, 100, 500000), raster(20, 20, 540000)]);
    const n = 4000;
    const shares = { area: 10000 / 10400, uniform: 0.5, placements: (85 * 85) / (85 * 85 + 25) };
    for (const [weight, p] of Object.entries(shares)) {
      const slices = [...(await randomSampler(two, { chipSize: 16, length: n, seed: 9, weight: weight as 'area' }))];
      const got = slices.filter((s) => s.bounds[0] < 540000).length / n;
      assert.ok(Math.abs(got - p) <= 4 * Math.sqrt((p * (1 - p)) / n), `${weight}: ${got} against ${p}`);
    }
  });

  test('minSpacing keeps centres apart and ends with a warning of how many fit', async () => {
    const { value, warnings } = await withWarnings(() =>
      randomSampler(catalog, { chipSize: 8, length: 500, seed: 2, minSpacingMetres: 200 }),
    );
    const lonLat = pointTransform(Crs.from('EPSG:32631'), Crs.from('EPSG:4326'));
    const centres = [...value].map(({ bounds: b }) => lonLat((b[0] + b[2]) / 2, (b[1] + b[3]) / 2));
    const haversine = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): number => {
      const rad = Math.PI / 180;
      const h =
        Math.sin(((d - b) * rad) / 2) ** 2 + Math.cos(b * rad) * Math.cos(d * rad) * Math.sin(((c - a) * rad) / 2) ** 2;
      return 2 * 6371008.8 * Math.asin(Math.sqrt(h));
    };
    centres.forEach((p, i) => centres.slice(0, i).forEach((q) => assert.ok(haversine(p, q) >= 199.999)));
    assert.ok(centres.length > 10 && centres.length < 500);
    assert.equal(value.length, centres.length);
    assert.match(warnings.join('\n'), new RegExp(`${centres.length} of 500`));
  });

  test('no candidate names the largest tile and the chip; an empty area says why', async () => {
    await assert.rejects(
      randomSampler(catalog, { chipSize: 90 }),
      refuses('SamplerError', 'no-candidate', /90 × 90.*row0.*80 × 100/),
    );
    await assert.rejects(
      randomSampler(catalog, { chipSize: 8, roi: [0, 0, 10, 10] }),
      refuses('SamplerError', 'no-candidate', /outside the roi/),
    );
    await assert.rejects(
      randomSampler(makeCatalog([]), { chipSize: 8 }),
      refuses('SamplerError', 'no-candidate', /no row/),
    );
    await assert.rejects(randomSampler(catalog, { chipSize: 8, weight: 'valid' }), refuses('ArgumentError', 'not-yet'));
    await assert.rejects(randomSampler(catalog, { chipSize: 8, length: -1 }), refuses('ArgumentError', 'bad-length'));
  });
});
