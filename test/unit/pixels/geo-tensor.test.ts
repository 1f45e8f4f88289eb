import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { GeoSlice, isNadirError, kindOf, type Affine } from '../../../src/core/index.js';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';
import { cogBytes, GeoTensor, saveCog, sliceOf } from '../../../src/pixels/index.js';
import { pythonSkip, python, withFolder } from '../../support/places.js';
import { recordWarnings } from '../../support/raster-files.js';

const T: Affine = [10, 0, 500000, 0, -20, 5000000];

function sample(): GeoTensor<Int16Array> {
  const values = Int16Array.from({ length: 2 * 3 * 4 }, (_, i) => i);
  const valid = new Uint8Array(24).fill(1);
  valid[5] = 0;
  return GeoTensor.create({
    values,
    valid,
    shape: [2, 3, 4],
    transform: T,
    crs: 'EPSG:32631',
    fillValue: -1,
    bandNames: ['red', 'nir'],
  });
}

const argument = (code: string) => (e: unknown) => isNadirError(e, 'ArgumentError') && e.code === code;
const alignment = (code: string) => (e: unknown) => isNadirError(e, 'GridAlignmentError') && e.code === code;

describe('creating', () => {
  test('derived values follow from shape and transform', () => {
    const t = sample();
    assert.equal(kindOf(t), 'tensor');
    assert.deepEqual([t.height, t.width, t.count], [3, 4, 2]);
    assert.deepEqual(t.resolution, [10, 20]);
    assert.deepEqual(t.bounds, [500000, 4999940, 500040, 5000000]);
    assert.deepEqual([...t.dims], ['band', 'y', 'x']);
    // Counter-clockwise from the south-west or north-west: the ring is closed and of positive area.
    const outline = t.footprint().coordinates[0]!;
    const area = outline.reduce(
      (sum, [x, y], i) => sum + (i === 0 ? 0 : (outline[i - 1]![0]! * y! - x! * outline[i - 1]![1]!) / 2),
      0,
    );
    assert.ok(Math.abs(area - 40 * 60) < 1e-3);
    assert.deepEqual(outline[0], outline.at(-1));
    const ring = t.footprint('EPSG:4326').coordinates[0]!;
    assert.equal(ring.length, 89);
    assert.ok(ring.every(([x, y]) => Math.abs(x! - 3) < 0.001 && Math.abs(y! - 45.15) < 0.01));
  });

  test('parts that do not fit are named', () => {
    const good = { values: new Uint8Array(12), shape: [3, 4], transform: T, crs: 'EPSG:32631' };
    assert.throws(() => GeoTensor.create({ ...good, shape: [3, 5] }), argument('bad-shape'));
    assert.throws(() => GeoTensor.create({ ...good, shape: [12] }), argument('bad-shape'));
    assert.throws(() => GeoTensor.create({ ...good, valid: new Uint8Array(3) }), argument('bad-valid'));
    assert.throws(() => GeoTensor.create({ ...good, fillValue: -1 }), argument('bad-fill'));
    assert.throws(() => GeoTensor.create({ ...good, bandNames: ['a', 'b'] }), argument('bad-band-names'));
    assert.throws(() => GeoTensor.create({ ...good, dims: ['x', 'y'] }), argument('bad-dims'));
    assert.throws(() => GeoTensor.create({ ...good, transform: [1, 0, 0, 0, NaN, 0] }), argument('bad-transform'));
    assert.throws(() => GeoTensor.create({ ...good, values: new BigInt64Array(12) as never }), argument('bad-array'));
  });

  test('JSON gives the same tensor back; NaN travels as null', () => {
    const values = Float32Array.of(1.5, NaN, -2, 0);
    const t = GeoTensor.create({
      values,
      shape: [1, 1, 2, 2],
      times: [1e15],
      transform: T,
      crs: 'EPSG:4326',
      bandNames: ['b'],
      valid: Uint8Array.of(1, 0, 1, 1),
    });
    const json = JSON.parse(JSON.stringify(t)) as Record<string, unknown>;
    assert.deepEqual(json['values'], [
      [
        [
          [1.5, null],
          [-2, 0],
        ],
      ],
    ]);
    assert.equal(json['fill_value_default'], null);
    const back = GeoTensor.fromJSON(json);
    assert.deepEqual(
      [back.values, back.shape, back.transform, back.valid, back.times, back.bandNames, back.crs.canonical],
      [t.values, t.shape, t.transform, t.valid, t.times, t.bandNames, 'EPSG:4326'],
    );
    assert.throws(
      () => GeoTensor.fromJSON({ values: [[1], [1, 2]], transform: [...T], crs: 'EPSG:4326' }),
      argument('bad-json'),
    );
    assert.throws(() => GeoTensor.fromJSON({ values: [[1]], transform: [1], crs: 'EPSG:4326' }), argument('bad-json'));
  });

  test('the slice of a tensor is that of its grid', () => {
    const slice = sliceOf(sample());
    assert.deepEqual([slice.bounds, slice.resolution, slice.shape], [sample().bounds, [10, 20], [3, 4]]);
    assert.ok(slice.equals(GeoSlice.create({ bounds: sample().bounds, resolution: [10, 20], crs: 'EPSG:32631' })));
  });
});

describe('selecting', () => {
  test('a spatial range shifts the origin and its step scales the pixel', () => {
    const t = sample().isel({ band: 1, y: { start: 1 }, x: { start: 1, stop: 4, step: 2 } });
    assert.deepEqual([...t.values], [17, 19, 21, 23]);
    assert.deepEqual([...t.shape], [2, 2]);
    assert.deepEqual([...t.transform], [20, 0, 500010, 0, -20, 4999980]);
    assert.deepEqual(t.bandNames, ['nir']);
  });

  test('lists choose and repeat bands; negative positions count from the end; single pixels of space are refused', () => {
    const t = sample().isel({ band: [-1, 0] });
    assert.deepEqual(t.bandNames, ['nir', 'red']);
    assert.deepEqual([...t.values.subarray(0, 3)], [12, 13, 14]);
    assert.equal(t.valid?.[17], 0);
    assert.throws(() => sample().isel({ y: 1 as never }), argument('spatial-range'));
    assert.throws(() => sample().isel({ band: 2 }), argument('bad-index'));
    assert.throws(() => sample().isel({ time: 0 }), argument('no-axis'));
  });

  test('padding moves the origin outwards with invalid fill, and reading the window back undoes it', () => {
    const t = sample();
    const padded = t.pad(2, 1);
    assert.deepEqual([...padded.shape], [2, 7, 6]);
    assert.deepEqual([...padded.transform], [10, 0, 499990, 0, -20, 5000040]);
    assert.equal(padded.values[0], -1);
    assert.equal(padded.valid?.[0], 0);
    const back = padded.readWindow({ col: 1, row: 2, width: 4, height: 3 });
    assert.deepEqual([back.values, back.valid, back.transform], [t.values, t.valid, t.transform]);
  });

  test('a window that misses the tensor is invalid, one inside is a copy', () => {
    const t = sample();
    assert.ok(t.readWindow({ col: 50, row: 0, width: 2, height: 2 }).valid?.every((v) => v === 0));
    assert.deepEqual([...t.readWindow({ col: 2, row: 1, width: 2, height: 1 }).values], [6, 7, 18, 19]);
    assert.throws(() => t.readWindow({ col: 0.5, row: 0, width: 1, height: 1 }), argument('fractional-window'));
  });

  test('clip keeps the pixels that a box touches, in any CRS', () => {
    const t = sample().clip([500012, 4999975, 500031, 4999999]);
    assert.deepEqual([...t.shape], [2, 2, 3]);
    assert.deepEqual(t.bounds, [500010, 4999960, 500040, 5000000]);
    const inDegrees = sample().clip(
      GeoSlice.create({ bounds: [500015, 4999965, 500025, 4999975], resolution: 10, crs: 'EPSG:32631' }).toCrs(
        'EPSG:4326',
      ),
    );
    assert.deepEqual(inDegrees.bounds, [500010, 4999960, 500030, 4999980]);
    assert.throws(
      () => sample().clip([0, 0, 1, 1]),
      (e) => isNadirError(e, 'EmptySelectionError'),
    );
  });

  test('resize pairs xRes with columns and yRes with rows', () => {
    const t = sample().resize({ resolution: [20, 20] }, 'nearest');
    assert.deepEqual([...t.shape], [2, 3, 2]);
    assert.deepEqual(t.resolution, [20, 20]);
    const s = sample().resize({ shape: [6, 4] }, 'nearest');
    assert.deepEqual(s.resolution, [10, 10]);
    assert.deepEqual([...s.values.subarray(0, 8)], [0, 1, 2, 3, 0, 1, 2, 3]);
    const mean = GeoTensor.create({
      values: Float32Array.of(1, 3, 5, 7),
      shape: [2, 2],
      transform: T,
      crs: 'EPSG:32631',
      valid: Uint8Array.of(1, 1, 1, 0),
    }).resize({ shape: [1, 1] }, 'average');
    assert.deepEqual([...mean.values], [3]);
  });

  test('axes come and go', () => {
    const t = sample();
    assert.deepEqual([...t.isel({ band: [0] }).squeeze().dims], ['y', 'x']);
    const e = t.expandDims('time', 5);
    assert.deepEqual([[...e.dims], [...e.shape], e.times], [['time', 'band', 'y', 'x'], [1, 2, 3, 4], [5]]);
    const s = GeoTensor.stack([t, t.add(100)], 'time', { times: [1, 2] });
    assert.deepEqual([...s.shape], [2, 2, 3, 4]);
    const swapped = s.transpose(['band', 'time', 'y', 'x']);
    assert.deepEqual(swapped.isel({ band: 1, time: 1 }).values, s.isel({ band: 1, time: 1 }).values);
    assert.throws(() => s.transpose(['y', 'x', 'time', 'band']), argument('bad-dims'));
    const c = GeoTensor.concatenate([t, t.isel({ band: [1] })], 'band');
    assert.deepEqual(c.bandNames, ['red', 'nir', 'nir']);
    assert.deepEqual([...c.values], [...t.values, ...t.values.subarray(12)]);
    const later = GeoTensor.concatenate([s, s], 'band');
    assert.deepEqual(later.isel({ time: 1, band: 2 }).values, s.isel({ time: 1, band: 0 }).values);
    assert.throws(() => GeoTensor.concatenate([t, t.pad(1, 1)], 'band'), alignment('shape-differs'));
  });
});

describe('arithmetic', () => {
  test('integers never wrap, invalid pixels spread, 0/0 is invalid', () => {
    const a = GeoTensor.create({
      values: Uint8Array.of(200, 100, 0, 7),
      shape: [2, 2],
      transform: T,
      crs: 'EPSG:32631',
      valid: Uint8Array.of(1, 1, 1, 0),
    });
    const sum = a.add(a);
    assert.deepEqual([...sum.values.subarray(0, 3)], [400, 200, 0]);
    assert.deepEqual([...(sum.valid ?? [])], [1, 1, 1, 0]);
    const quotient = a.div(a);
    assert.deepEqual([...(quotient.valid ?? [])], [1, 1, 0, 0]);
    assert.ok(Number.isNaN(quotient.values[2]));
    assert.deepEqual([...a.sub(1).values.subarray(0, 3)], [199, 99, -1]);
    const f = GeoTensor.create({ ...a, values: Float32Array.of(1, 2, 3, 4), fillValue: NaN });
    assert.ok(f.mul(2).values instanceof Float32Array);
  });

  test('comparisons give 0 where invalid; bits need integers', () => {
    const a = GeoTensor.create({
      values: Uint8Array.of(6, 3, 1, 9),
      shape: [2, 2],
      transform: T,
      crs: 'EPSG:32631',
      valid: Uint8Array.of(1, 1, 1, 0),
    });
    const more = a.gt(2);
    assert.deepEqual([...more.values], [1, 1, 0, 0]);
    assert.deepEqual([...(more.valid ?? [])], [1, 1, 1, 0]);
    assert.deepEqual([...a.and(3).values.subarray(0, 3)], [2, 3, 1]);
    assert.throws(() => a.div(2).and(1), argument('not-integer'));
  });

  test('operands on different grids are refused; 1e-3 pixel is tolerated', () => {
    const t = sample();
    const moved = (d: number): GeoTensor => GeoTensor.create({ ...t, transform: [10, 0, 500000 + d, 0, -20, 5000000] });
    assert.deepEqual(t.add(moved(0.009)).values.length, 24);
    assert.throws(() => t.add(moved(0.02)), alignment('transform-differs'));
    assert.throws(() => t.add(GeoTensor.create({ ...t, crs: 'EPSG:32632' })), alignment('crs-differs'));
    assert.throws(() => t.add(t.isel({ band: 0 })), alignment('shape-differs'));
  });

  test('reductions skip invalid pixels and keep their place only while both spatial axes survive', () => {
    const t = sample();
    assert.equal(t.sum(), (23 * 24) / 2 - 5);
    assert.equal(t.min(), 0);
    assert.equal(t.median(), 12);
    const mean = t.mean('band');
    assert.deepEqual([...mean.shape], [3, 4]);
    assert.deepEqual([...mean.values.subarray(4, 7)], [10, 17, 12]);
    assert.deepEqual(mean.transform, t.transform);
    const rows = t.max(['y', 'x']);
    assert.ok(!('transform' in rows));
    assert.deepEqual([...rows.values], [11, 23]);
    const std = GeoTensor.create({
      values: Float64Array.of(1, 2, 3, 4),
      shape: [2, 2],
      transform: T,
      crs: 'EPSG:32631',
    }).std();
    assert.ok(Math.abs(std - Math.sqrt(1.25)) < 1e-15);
  });
});

const gdal = spawnSync('gdalinfo', ['--version']).status === 0 ? false : 'no gdalinfo here';

describe('saving', () => {
  function big(): GeoTensor {
    const values = Float32Array.from({ length: 2 * 700 * 900 }, (_, i) => Math.fround(Math.sin(i) * 1000));
    const valid = new Uint8Array(values.length).fill(1);
    valid.fill(0, 1000, 3000);
    return GeoTensor.create({
      values,
      valid,
      shape: [2, 700, 900],
      transform: T,
      crs: 'EPSG:32631',
      bandNames: ['VV', 'VH'],
    });
  }

  test('reading back is bit exact: pixels, grid, nodata, names; invalid pixels are fill', () =>
    withFolder(async (folder) => {
      const t = big();
      const report = await t.save(path.join(folder, 'a.tif'));
      assert.deepEqual(readdirSync(folder), ['a.tif']);
      const tiff = await openGeoTiff(report.path);
      const { values } = await tiff.readWindow({ col: 0, row: 0, width: 900, height: 700 });
      const { header } = tiff;
      await tiff.close();
      assert.deepEqual(
        [header.transform, header.crs?.canonical, header.bandNames, header.nodata, header.overviews],
        [[...T], 'EPSG:32631', ['VV', 'VH'], NaN, [[450, 350]]],
      );
      for (let i = 0; i < values.length; i++) assert.ok(Object.is(values[i], t.valid![i] === 1 ? t.values[i] : NaN));
    }));

  test('equal tensors give equal bytes, and cogBytes gives those of the file', () =>
    withFolder(async (folder) => {
      const a = await cogBytes(sample());
      const b = await cogBytes(sample());
      assert.ok(Buffer.from(a).equals(b));
      const report = await saveCog(sample(), path.join(folder, 's.tif'));
      assert.equal(report.bytes, a.length);
    }));

  test('GDAL reads the file as written', { skip: pythonSkip(['rasterio']) }, () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'a.tif');
      await saveCog(big(), file, { descriptions: ['x', 'y'], tags: { note: 'hello' } });
      const seen = python(
        `import sys, json, rasterio
with rasterio.open(sys.argv[1]) as d:
    a = d.read(masked=True)
    print(json.dumps([d.shape, list(d.transform)[:6], d.descriptions, d.tags(ns='IMAGE_STRUCTURE').get('LAYOUT'), d.tags().get('note'), str(d.nodata), int(a.mask.sum()), float(a[0, 699, 899]), d.overviews(1)]))`,
        file,
      );
      assert.deepEqual(seen, [
        [700, 900],
        [...T],
        ['x', 'y'],
        'COG',
        'hello',
        'nan',
        2000,
        big().values[700 * 900 - 1],
        [2],
      ]);
    }),
  );

  test('gdalinfo says COG', { skip: gdal }, () =>
    withFolder(async (folder) => {
      await sample().save(path.join(folder, 's.tif'));
      assert.match(execFileSync('gdalinfo', [path.join(folder, 's.tif')], { encoding: 'utf8' }), /LAYOUT=COG/);
    }),
  );

  test('valid pixels that equal the fill value are never lost in silence', () =>
    withFolder(async (folder) => {
      const zeros = { values: Uint8Array.of(0, 1, 2, 3), shape: [2, 2], transform: T, crs: 'EPSG:32631' };
      const all = await recordWarnings(() => saveCog(GeoTensor.create(zeros), path.join(folder, 'a.tif')));
      assert.deepEqual(all.warnings, []);
      const tiff = await openGeoTiff(path.join(folder, 'a.tif'));
      assert.equal(tiff.header.nodata, null);
      await tiff.close();
      const some = await recordWarnings(() =>
        saveCog(GeoTensor.create({ ...zeros, valid: Uint8Array.of(1, 0, 1, 1) }), path.join(folder, 'b.tif')),
      );
      assert.match(some.warnings.join(), /1 valid pixels equal the fill value 0/);
    }));

  test('wrong descriptions and time axes are refused before anything is written', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'n.tif');
      await assert.rejects(saveCog(sample(), file, { descriptions: ['one'] }), argument('band-count'));
      await assert.rejects(sample().expandDims('time', 0).save(file), argument('time-axis'));
      assert.deepEqual(readdirSync(folder), []);
    }));
});
