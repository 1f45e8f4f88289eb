import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxPolygon, intersectionBounds, overlaps, type Area } from '../../../src/catalog/geometry.js';
import { rasterFootprint } from '../../../src/catalog/footprint.js';
import type { GeoCatalog, NativeGrid } from '../../../src/catalog/index.js';
import {
  createRandom,
  Crs,
  days,
  isNadirError,
  kindOf,
  type Affine,
  type Bounds,
  type GeoSlice,
} from '../../../src/core/index.js';
import { fileWindows, gridSampler, SEQUENCE_CATALOG, tileToChips } from '../../../src/sampling/index.js';
import { axisSteps } from '../../../src/sampling/grid-layout.js';
import { recordWarnings } from '../../support/raster-files.js';
import { makeCatalog, type RowInit } from '../../support/rows.js';

/** A raster row of the catalog: its box from its transform. */
function raster(
  width: number,
  height: number,
  transform: Affine,
  more: RowInit = {},
  crs = 'EPSG:32631',
  catalogCrs = crs,
): RowInit {
  const native: NativeGrid = {
    transform,
    width,
    height,
    count: 1,
    dtype: 'uint8',
    nodata: null,
    bandNames: [null],
    overviews: [],
  };
  return { native, nativeCrs: crs, geometry: rasterFootprint(native, Crs.from(crs), Crs.from(catalogCrs)), ...more };
}
const at = (x: number, y: number, res = 10): Affine => [res, 0, x, 0, -res, y];
const offsets = (extent: number, size: number, stride: number, edge: Parameters<typeof axisSteps>[3]): number[] =>
  axisSteps(extent, size, stride, edge).map(([o]) => o);
const refuses =
  (name: string, code: string, text = /./) =>
  (e: unknown) =>
    isNadirError(e, name) && e.code === code && text.test(e.message);

describe('offsets along one axis', () => {
  test('shift moves the last chip inward', () => {
    assert.deepEqual(offsets(50, 20, 15, 'shift'), [0, 15, 30]);
    assert.deepEqual(offsets(47, 20, 15, 'shift'), [0, 15, 27]);
    assert.deepEqual(offsets(20, 20, 15, 'shift'), [0]);
    assert.deepEqual(offsets(19, 20, 15, 'shift'), []);
    assert.deepEqual(offsets(100, 20, 50, 'shift'), [0, 50, 80]);
  });
  test('pad lets chips overhang, shrink cuts them, drop leaves them out', () => {
    assert.deepEqual(axisSteps(47, 20, 15, 'pad'), [
      [0, 20],
      [15, 20],
      [30, 20],
    ]);
    assert.deepEqual(axisSteps(47, 20, 15, 'shrink'), [
      [0, 20],
      [15, 20],
      [30, 17],
    ]);
    assert.deepEqual(axisSteps(47, 20, 15, 'drop'), [
      [0, 20],
      [15, 20],
    ]);
    assert.deepEqual(axisSteps(8, 20, 15, 'pad'), [[0, 20]]);
    assert.deepEqual(axisSteps(8, 20, 15, 'shrink'), [[0, 8]]);
  });
  test('no chip lies wholly outside the tile, whatever the stride', () => {
    assert.deepEqual(axisSteps(50, 20, 100, 'pad'), [[0, 20]]);
    assert.deepEqual(axisSteps(50, 20, 100, 'shrink'), [[0, 20]]);
  });
  test('raise demands an exact fit', () => {
    assert.deepEqual(offsets(50, 20, 15, 'raise'), [0, 15, 30]);
    assert.throws(() => axisSteps(47, 20, 15, 'raise'), refuses('SamplerError', 'uneven-tile', /47/));
    assert.throws(() => axisSteps(8, 20, 15, 'raise'), refuses('SamplerError', 'uneven-tile'));
  });
});

/** Pixels of a tile that some chip covers, by the slow plain way. */
function coverage(chips: readonly GeoSlice[], box: Bounds, res: number): Uint16Array {
  const [width, height] = [Math.round((box[2] - box[0]) / res), Math.round((box[3] - box[1]) / res)];
  const seen = new Uint16Array(width * height);
  for (const { bounds } of chips) {
    for (let row = Math.round((box[3] - bounds[3]) / res); row < Math.round((box[3] - bounds[1]) / res); row++) {
      for (let col = Math.round((bounds[0] - box[0]) / res); col < Math.round((bounds[2] - box[0]) / res); col++) {
        if (row >= 0 && row < height && col >= 0 && col < width) seen[row * width + col]!++;
      }
    }
  }
  return seen;
}

describe('gridSampler', () => {
  test('shift covers every pixel with chips of exact size, none twice, as many as tileToChips says', async () => {
    const random = createRandom(4, 'grids');
    for (let k = 0; k < 40; k++) {
      const [width, height] = [8 + random.int(60), 8 + random.int(60)];
      const chip: [number, number] = [1 + random.int(8), 1 + random.int(8)];
      const stride: [number, number] = [1 + random.int(chip[0]), 1 + random.int(chip[1])];
      const catalog = makeCatalog([raster(width, height, at(500000, 5400000))]);
      const chips = [...(await gridSampler(catalog, { chipSize: chip, stride }))];
      const [rows, cols] = tileToChips([height, width], chip, stride);
      assert.equal(chips.length, rows * cols);
      assert.equal(new Set(chips.map((c) => c.key)).size, chips.length);
      for (const c of chips) assert.deepEqual(c.shape, chip);
      const box: Bounds = [500000, 5400000 - height * 10, 500000 + width * 10, 5400000];
      assert.ok(
        coverage(chips, box, 10).every((n) => n > 0),
        `seed 4, case ${k}`,
      );
      assert.ok(
        chips.every(
          ({ bounds }) => bounds[0] >= box[0] && bounds[1] >= box[1] && bounds[2] <= box[2] && bounds[3] <= box[3],
        ),
      );
    }
  });

  test('order is catalog rows, then north to south, then west to east; slices carry the interval within toi', async () => {
    const catalog = makeCatalog([
      raster(4, 4, at(500000, 5400000), { interval: days('2024-01-01', '2024-01-10') }),
      raster(2, 2, at(600000, 5400000)),
      raster(2, 2, at(700000, 5400000), { interval: days('2023-01-01') }),
    ]);
    const chips = [...(await gridSampler(catalog, { chipSize: 2, toi: days('2024-01-05', '2024-02-01') }))];
    assert.deepEqual(
      chips.map((c) => [c.bounds[0], c.bounds[3]]),
      [
        [500000, 5400000],
        [500020, 5400000],
        [500000, 5399980],
        [500020, 5399980],
        [600000, 5400000],
      ],
    );
    assert.deepEqual(
      chips.map((c) => c.interval),
      [...Array.from({ length: 4 }, () => days('2024-01-05', '2024-01-10')), null],
    );
  });

  test('the sequence has kind, catalog, skipped rows, and at(k) is the k-th iterate', async () => {
    const catalog = makeCatalog([
      raster(9, 9, at(500000, 5400000)),
      raster(3, 3, at(600000, 5400000), { id: 'small' }),
      raster(7, 5, at(700000, 5400000)),
    ]);
    const sequence = await gridSampler(catalog, { chipSize: 4 });
    const all = [...sequence];
    assert.equal(sequence.length, all.length);
    assert.deepEqual(
      all.map((_, k) => sequence.at(k).key),
      all.map((c) => c.key),
    );
    assert.deepEqual(
      [...sequence].map((c) => c.key),
      all.map((c) => c.key),
    );
    assert.equal(sequence.at(-1).key, all.at(-1)!.key);
    assert.throws(() => sequence.at(all.length), refuses('SamplerError', 'out-of-range'));
    assert.deepEqual(
      sequence.skipped.map((s) => [s.row.id, s.reason, s.count]),
      [['small', 'smaller-than-chip', 1]],
    );
    assert.equal(kindOf(sequence), 'samples');
    assert.equal((sequence as unknown as Record<symbol, GeoCatalog>)[SEQUENCE_CATALOG], catalog);
    assert.ok(
      !Object.getOwnPropertySymbols(sequence).some((s) => Object.getOwnPropertyDescriptor(sequence, s)!.enumerable),
    );
  });

  test('a grid without any chip says why', async () => {
    const catalog = makeCatalog([raster(11, 13, at(500000, 5400000))]);
    for (const [options, why] of [
      [{ chipSize: 14 }, /no tile holds a chip of 14 × 14/],
      [{ chipSize: 3, roi: [0, 0, 1, 1] }, /all 1 rows lie outside the roi/],
    ] as const) {
      const { result, warnings } = await recordWarnings(() => gridSampler(catalog, options));
      assert.equal(result.length, 0);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, why);
    }
  });

  test('shards are disjoint and interleave to the whole', async () => {
    const catalog = makeCatalog([raster(11, 13, at(500000, 5400000))]);
    const whole = [...(await gridSampler(catalog, { chipSize: 3 }))].map((c) => c.key);
    for (const count of [1, 2, 3, 7, 50]) {
      const shards = await Promise.all(
        Array.from({ length: count }, (_, index) => gridSampler(catalog, { chipSize: 3, shard: { index, count } })),
      );
      assert.equal(
        shards.reduce((sum, s) => sum + s.length, 0),
        whole.length,
      );
      shards.forEach((s, index) =>
        assert.deepEqual(
          [...s].map((c) => c.key),
          whole.filter((_, k) => k % count === index),
        ),
      );
    }
  });

  test('chips stay on native pixels inside a roi that cuts through them', async () => {
    const catalog = makeCatalog([raster(100, 100, at(500003, 5400007))]);
    const roi: Bounds = [500111.5, 5399222, 500789, 5399666.6];
    const chips = [...(await gridSampler(catalog, { chipSize: 8, roi }))];
    assert.ok(chips.length > 20);
    for (const { bounds, shape } of chips) {
      assert.deepEqual(shape, [8, 8]);
      assert.equal((bounds[0] - 500003) % 10, 0);
      assert.equal((5400007 - bounds[3]) % 10, 0);
      assert.ok(bounds[0] >= roi[0] && bounds[1] >= roi[1] && bounds[2] <= roi[2] && bounds[3] <= roi[3]);
    }
    // Every whole pixel of the roi is covered.
    const inner: Bounds = [500113, 5399227, 500783, 5399657];
    assert.ok(coverage(chips, inner, 10).every((n) => n > 0));
  });

  test('a polygonal roi leaves out the chips that do not meet it', async () => {
    const catalog = makeCatalog([
      raster(40, 40, at(500000, 5400000)),
      raster(4, 4, at(900000, 5400000), { id: 'far' }),
    ]);
    const roi: Area = {
      type: 'Polygon',
      coordinates: [
        [
          [500000, 5400000],
          [500400, 5400000],
          [500000, 5399600],
          [500000, 5400000],
        ],
      ],
    };
    const sequence = await gridSampler(catalog, { chipSize: 4, roi });
    const every = [
      ...(await gridSampler(
        catalog.where((r) => r.id !== 'far'),
        { chipSize: 4 },
      )),
    ];
    const expected = every.filter((c) => overlaps(boxPolygon(c.bounds), roi));
    assert.deepEqual(
      [...sequence].map((c) => c.key),
      expected.map((c) => c.key),
    );
    assert.ok(expected.length < every.length);
    assert.deepEqual(
      sequence.skipped.map((s) => [s.row.id, s.reason, s.count]),
      [
        ['far', 'outside-roi', 1],
        ['row0', 'outside-roi', every.length - expected.length],
      ],
    );
  });

  test('a roi in another CRS is projected', async () => {
    const catalog = makeCatalog([raster(400, 400, at(500000, 5400000))]);
    const sequence = await gridSampler(catalog, { chipSize: 10, roi: [3.01, 48.72, 3.03, 48.74], roiCrs: 'EPSG:4326' });
    assert.ok(sequence.length > 0 && sequence.length < 1600);
    assert.ok([...sequence].every((c) => c.crs.canonical === 'EPSG:32631'));
    await assert.doesNotReject(
      gridSampler(catalog, { chipSize: 10, roi: [3.01, 48.72, 3.03, 48.74] }),
      'a roi that misses is no error',
    );
  });

  test('snapTo puts all tiles on one lattice, inside the files', async () => {
    const catalog = makeCatalog([raster(50, 50, at(500003, 5400007)), raster(50, 50, at(500211, 5400104))]);
    const chips = [...(await gridSampler(catalog, { chipSize: 5, snapTo: [0, 0] }))];
    for (const { bounds } of chips)
      assert.deepEqual(
        bounds.map((v) => v % 10),
        [0, 0, 0, 0],
      );
    const boxes = (await catalog.toArray()).map((r) => r.bbox);
    assert.ok(
      chips.every(({ bounds: b }) => boxes.some((t) => b[0] >= t[0] && b[1] >= t[1] && b[2] <= t[2] && b[3] <= t[3])),
    );
  });

  test('native CRS keeps mixed zones on their own pixels', async () => {
    const catalog = makeCatalog([
      raster(20, 20, at(500000, 5400000)),
      raster(20, 20, at(300000, 5400000), {}, 'EPSG:32632', 'EPSG:32631'),
    ]);
    const chips = [...(await gridSampler(catalog, { chipSize: 10, crs: 'native' }))];
    assert.deepEqual(
      chips.map((c) => c.crs.epsg),
      [32631, 32631, 32631, 32631, 32632, 32632, 32632, 32632],
    );
    assert.deepEqual(chips[4]!.bounds, [300000, 5399900, 300100, 5400000]);
    await assert.rejects(
      gridSampler(catalog, { chipSize: 10 }),
      refuses('ArgumentError', 'no-resolution', /EPSG:32632/),
    );
    const inCatalog = [...(await gridSampler(catalog, { chipSize: 10, resolution: 10 }))];
    assert.ok(inCatalog.every((c) => c.crs.epsg === 32631));
    const [, foreign] = await catalog.toArray();
    assert.ok(inCatalog.slice(4).every((c) => intersectionBounds(boxPolygon(c.bounds), boxPolygon(foreign!.bbox))));
  });

  test('sizes in CRS units must be whole pixels', async () => {
    const catalog = makeCatalog([raster(20, 20, at(500000, 5400000))]);
    assert.deepEqual((await gridSampler(catalog, { chipSize: [50, 100], units: 'crs' })).at(0).shape, [5, 10]);
    await assert.rejects(
      gridSampler(catalog, { chipSize: 55, units: 'crs' }),
      refuses('ArgumentError', 'fractional-pixels', /5\.5/),
    );
    await assert.rejects(gridSampler(catalog, { chipSize: 2.5 }), refuses('ArgumentError', 'fractional-pixels'));
    await assert.rejects(gridSampler(catalog, { chipSize: 0 }), refuses('ArgumentError', 'bad-size'));
    await assert.rejects(gridSampler(catalog, { chipSize: 4, stride: -1 }), refuses('ArgumentError', 'bad-size'));
    await assert.rejects(
      gridSampler(catalog, { chipSize: 4, edge: 'wrap' as never }),
      refuses('ArgumentError', 'bad-edge'),
    );
    await assert.rejects(
      gridSampler(catalog, { chipSize: 4, shard: { index: 2, count: 2 } }),
      refuses('ArgumentError', 'bad-shard'),
    );
    await assert.rejects(
      gridSampler(catalog, { chipSize: 4, minValidFraction: 0.5 }),
      refuses('ArgumentError', 'not-yet'),
    );
  });

  test('dedupe drops chips of rows at the same place and time', async () => {
    const row = raster(8, 8, at(500000, 5400000), { interval: days('2024-01-01') });
    const other = raster(8, 8, at(500000, 5400000), { interval: days('2024-01-02') });
    const catalog = makeCatalog([row, row, other]);
    assert.equal((await gridSampler(catalog, { chipSize: 4 })).length, 12);
    const fresh = await gridSampler(catalog, { chipSize: 4, dedupe: true });
    assert.equal(fresh.length, 8);
    assert.equal(new Set([...fresh].map((c) => c.key)).size, 8);
  });

  test('chips of a raster in degrees with an awkward pixel size are anchor plus integer times resolution', async () => {
    const res = 0.00012103616459715589;
    const catalog = makeCatalog(
      [raster(380, 377, [res, 0, 2.7920278066359443, 0, -res, 42.36457137143557], {}, 'EPSG:4326')],
      'EPSG:4326',
    );
    const chips = [...(await gridSampler(catalog, { chipSize: 64 }))];
    assert.equal(chips.length, 36);
    for (const c of chips) {
      const col = Math.round((c.bounds[0] - 2.7920278066359443) / res);
      assert.equal(c.bounds[0], 2.7920278066359443 + col * res);
      assert.equal(c.bounds[2], 2.7920278066359443 + (col + 64) * res);
      assert.deepEqual(c.alignedShape(), [64, 64]);
    }
  });

  test('a footprint across ±180 gives chips on both sides, on the file’s pixels', async () => {
    const catalog = makeCatalog([raster(20, 4, [1, 0, 170.5, 0, -1, 2], {}, 'EPSG:4326')], 'EPSG:4326');
    const chips = [...(await gridSampler(catalog, { chipSize: [4, 2] }))];
    assert.ok(chips.every(({ bounds: [w, , e] }) => (w >= 170.5 && e <= 180) || (w >= -180 && e <= -169.5)));
    assert.ok(chips.some((c) => c.bounds[0] < 0) && chips.some((c) => c.bounds[0] > 0));
    for (const c of chips) assert.equal(((c.bounds[0] % 1) + 1) % 1, 0.5);
  });
});

describe('counts and windows', () => {
  test('tileToChips works on real numbers and is zero where the tile is smaller', () => {
    assert.deepEqual(tileToChips([47, 50], 20, 15), [3, 3]);
    assert.deepEqual(tileToChips([0.5, 1], [0.25, 0.3], 0.25), [2, 4]);
    assert.deepEqual(tileToChips([10, 30], 20), [0, 2]);
    assert.throws(() => tileToChips([10, 10], 0), refuses('ArgumentError', 'bad-size'));
  });

  test('fileWindows go row by row; keep truncates, drop leaves out, shift moves inward', () => {
    const cols = (incomplete: 'shift' | 'keep' | 'drop'): number[][] =>
      [...fileWindows([4, 10], { size: 4, overlap: [0, 1], incomplete })].map((w) => [w.col, w.row, w.width, w.height]);
    assert.deepEqual(cols('shift'), [
      [0, 0, 4, 4],
      [3, 0, 4, 4],
      [6, 0, 4, 4],
    ]);
    assert.deepEqual(
      [...fileWindows([5, 9], { size: 4 })].map((w) => [w.col, w.row]),
      [
        [0, 0],
        [4, 0],
        [5, 0],
        [0, 1],
        [4, 1],
        [5, 1],
      ],
    );
    assert.deepEqual(
      [...fileWindows([5, 4], { size: 4, incomplete: 'keep' })].map((w) => w.height),
      [4, 1],
    );
    assert.equal([...fileWindows([5, 9], { size: 4, incomplete: 'drop' })].length, 2);
    assert.throws(() => [...fileWindows([5, 9], { size: 4, overlap: 4 })], refuses('ArgumentError', 'bad-size'));
  });
});
