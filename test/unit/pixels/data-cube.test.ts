/** DataCube: selection, means, tables, and the way to tensors and back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createRandom, days, DISPLAY_METHOD, GeoSlice, isNadirError, parseTime } from '../../../src/core/index.js';
import { DataCube, GeoTensor, isDataCube, RESAMPLINGS } from '../../../src/pixels/index.js';
import '../../../src/display/register.js';
import { withFolder } from '../../support/places.js';

const TIMES = ['2020-01-01', '2020-02-01', '2020-03-01T06:00:00Z'].map((t) => parseTime(t));
const at = (time: number, level: number, y: number, x: number): number => 1000 * time + 100 * level + 10 * y + x;

/** (time 3, level 2, y 4, x 5) with one missing value, and a height on (y, x). */
function sample(): DataCube {
  const values: number[] = [];
  for (let t = 0; t < 3; t++)
    for (let l = 0; l < 2; l++) for (let y = 0; y < 4; y++) for (let x = 0; x < 5; x++) values.push(at(t, l, y, x));
  values[0] = NaN;
  return DataCube.create({
    vars: {
      temp: {
        dims: ['time', 'level', 'y', 'x'],
        shape: [3, 2, 4, 5],
        values: new Float32Array(values),
        attrs: { units: 'K' },
      },
      height: { dims: ['y', 'x'], shape: [4, 5], values: Float64Array.from({ length: 20 }, (_, i) => i) },
    },
    coords: { time: TIMES, level: [850, 500], y: [45, 35, 25, 15], x: [5, 15, 25, 35, 45] },
    crs: 'EPSG:4326',
    aliases: { lat: 'y', lon: 'x' },
  });
}
const values = (cube: DataCube, name: string): number[] => Array.from(cube.vars[name]!.values);

describe('DataCube', () => {
  test('derives its transform from even coordinates', () => {
    const cube = sample();
    assert.deepEqual(cube.transform, [10, 0, 0, 0, -10, 50]);
    assert.deepEqual(cube.dims, { time: 3, level: 2, y: 4, x: 5 });
    assert.ok(isDataCube(cube));
    assert.equal(cube.toString(), 'temp, height on time 3 × level 2 × y 4 × x 5, EPSG:4326');
  });

  test('parts that do not go together are refused', () => {
    const init = {
      vars: { v: { dims: ['y', 'x'], shape: [2, 2], values: new Float32Array(4) } },
      coords: {},
      crs: 'EPSG:4326',
    };
    assert.throws(() => DataCube.create({ ...init, vars: { v: { ...init.vars.v, shape: [2, 3] } } }), {
      code: 'bad-shape',
    });
    assert.throws(() => DataCube.create({ ...init, coords: { y: [1, 2, 3] } }), { code: 'bad-coords' });
    assert.throws(
      () =>
        DataCube.create({
          ...init,
          vars: { ...init.vars, w: { dims: ['x'], shape: [3], values: new Float32Array(3) } },
        }),
      { code: 'bad-shape' },
    );
  });
});

describe('isel', () => {
  test('numbers drop dimensions, lists and ranges keep them, and the transform follows', () => {
    const cube = sample().isel({ time: -1, level: [1, 0], lat: { start: 1, stop: 4, step: 2 }, x: { start: 2 } });
    assert.deepEqual(cube.vars['temp']!.dims, ['level', 'y', 'x']);
    const want: number[] = [];
    for (const l of [1, 0]) for (const y of [1, 3]) for (const x of [2, 3, 4]) want.push(at(2, l, y, x));
    assert.deepEqual(values(cube, 'temp'), want);
    assert.deepEqual(values(cube, 'height'), [7, 8, 9, 17, 18, 19]);
    // Labels are centres: rows of 20 around 35 and 15.
    assert.deepEqual(cube.transform, [10, 0, 20, 0, -20, 45]);
    assert.deepEqual(Array.from(cube.coords['y'] as Float64Array), [35, 15]);
    assert.equal('time' in cube.coords, false);
  });

  test('labels stay the centres of the cells of the transform, also in Zarr', async () => {
    await withFolder(async (folder) => {
      const cube = sample().isel({ time: 0, level: 0, y: { step: 2 }, x: { start: 1, step: 2 } });
      const [a, , c, , e, f] = cube.transform!;
      assert.deepEqual(
        Array.from(cube.coords['x'] as Float64Array),
        Array.from({ length: cube.dims['x']! }, (_, i) => c + a * (i + 0.5)),
      );
      assert.deepEqual(
        Array.from(cube.coords['y'] as Float64Array),
        Array.from({ length: cube.dims['y']! }, (_, i) => f + e * (i + 0.5)),
      );
      const file = path.join(folder, 'every-second.zarr');
      await cube.saveZarr(file);
      const stored = JSON.parse(readFileSync(path.join(file, 'spatial_ref', 'zarr.json'), 'utf8')) as {
        readonly attributes: { readonly GeoTransform: string };
      };
      assert.deepEqual(stored.attributes.GeoTransform.split(' ').map(Number), [c, a, 0, f, 0, e]);
    });
  });

  test('a single cell keeps its place; uneven ones have no transform', async () => {
    assert.deepEqual(sample().isel({ y: [2], x: [1] }).transform, [10, 0, 10, 0, -10, 30]);
    const uneven = sample().isel({ y: [0, 1, 3] });
    assert.equal(uneven.transform, null);
    assert.throws(() => uneven.toTensor('height'), { name: 'UnsupportedDataError', code: 'irregular' });
    await assert.rejects(uneven.regrid(GRID), { name: 'UnsupportedDataError', code: 'irregular' });
    assert.equal(sample().isel({ x: 0 }).transform, null);
  });

  test('names that are no dimension and positions beyond it are refused', () => {
    assert.throws(() => sample().isel({ depth: 0 }), { code: 'no-dim' });
    assert.throws(() => sample().isel({ level: 2 }), { code: 'bad-index' });
  });
});

const GRID = GeoSlice.create({ bounds: [0, 10, 50, 50], resolution: 5, crs: 'EPSG:4326' });

describe('sel', () => {
  test('labels, lists and closed ranges', () => {
    const cube = sample();
    assert.deepEqual(values(cube.sel({ level: 500, time: '2020-02-01', y: 25, x: 35 }), 'temp'), [at(1, 1, 2, 3)]);
    assert.deepEqual(Array.from(cube.sel({ lat: [15, 45] }).coords['y'] as Float64Array), [15, 45]);
    for (const range of [
      { start: 15, end: 35 },
      { start: 35, end: 15 },
    ])
      assert.deepEqual(Array.from(cube.sel({ y: range }).coords['y'] as Float64Array), [35, 25, 15]);
    assert.deepEqual(cube.sel({ x: { start: 16 } }).dims['x'], 3);
    assert.equal(cube.sel({ time: days('2020-02-01', '2020-03-01') }).dims['time'], 2);
    assert.equal(cube.sel({ time: { start: '2020-01-01', end: '2020-02-01' } }).dims['time'], 2);
    assert.deepEqual(values(cube.sel({ time: new Date('2020-02-01'), level: 850, y: 45, x: 5 }), 'temp'), [1000]);
  });

  test('the nearest label, within a tolerance, and the larger one of two as near', () => {
    const cube = sample();
    const x = (label: number): number =>
      values(cube.sel({ x: label, y: 15 }, { method: 'nearest' }), 'height')[0]! - 15;
    assert.deepEqual([x(-100), x(9.9), x(10), x(44)], [0, 0, 1, 4]);
    assert.equal(x(360 + 24), 2, 'longitudes repeat');
    assert.throws(() => cube.sel({ y: 11 }, { method: 'nearest', tolerance: 3 }), { code: 'no-label' });
    const near = cube.sel({ time: '2020-02-01T05:00:00Z' }, { method: 'nearest', tolerance: { hours: 5 } });
    assert.deepEqual(near.dims, { level: 2, y: 4, x: 5 });
    assert.throws(() => cube.sel({ time: '2020-02-01T05:00:01Z' }, { method: 'nearest', tolerance: { hours: 5 } }), {
      code: 'no-label',
    });
  });

  test('what is not there is said', () => {
    const cube = sample();
    assert.throws(
      () => cube.sel({ y: 26 }),
      (e) => isNadirError(e) && e.code === 'no-label' && /from 45 to 15/.test(e.message),
    );
    assert.throws(() => cube.sel({ y: { start: 46 } }), { code: 'empty-range' });
    assert.throws(() => cube.sel({ y: 'north' }), { code: 'bad-label' });
    assert.throws(() => cube.sel({ time: 'soon' }), { code: 'bad-label' });
    assert.throws(() => cube.sel({ y: 25 }, { tolerance: 3 }), { code: 'bad-option' });
    assert.throws(() => cube.sel({ y: 25 }, { methode: 'nearest' } as never), { code: 'unknown-option' });
  });
});

describe('mean, toSeries, toCsv', () => {
  test('means leave out missing values', () => {
    const cube = sample();
    const mean = cube.mean(['lat', 'x']);
    assert.deepEqual(mean.dims, { time: 3, level: 2 });
    let [sum, n] = [0, 0];
    for (let y = 0; y < 4; y++) for (let x = 0; x < 5; x++) if (y + x > 0) [sum, n] = [sum + at(0, 0, y, x), n + 1];
    assert.equal(values(mean, 'temp')[0], Math.fround(sum / n));
    assert.deepEqual(values(mean, 'height'), [9.5]);
    assert.equal(mean.transform, null);
    assert.deepEqual(cube.mean('level').transform, cube.transform);
    const empty = DataCube.create({
      vars: { v: { dims: ['x'], shape: [2], values: Float32Array.of(NaN, NaN) } },
      coords: {},
      crs: 'EPSG:4326',
    });
    assert.deepEqual(values(empty.mean(), 'v'), [NaN]);
    assert.throws(() => cube.mean('z'), { code: 'no-dim' });
  });

  test('means over any dimensions equal a plain loop', () => {
    const random = createRandom(5, 'mean');
    const shape = [3, 2, 4, 5];
    const dims = ['a', 'b', 'y', 'x'];
    const data = Float64Array.from({ length: 120 }, () => (random.uniform() < 0.3 ? NaN : random.int(1000)));
    const cube = DataCube.create({ vars: { v: { dims, shape, values: data } }, coords: {}, crs: 'EPSG:4326' });
    for (let mask = 1; mask < 16; mask++) {
      const over = dims.filter((_, d) => mask & (1 << d));
      const groups = new Map<string, number[]>();
      data.forEach((value, i) => {
        let rest = i;
        const at = shape.map((_, d) => {
          const below = shape.slice(d + 1).reduce((a, b) => a * b, 1);
          const k = Math.floor(rest / below);
          rest -= k * below;
          return k;
        });
        const key = at.filter((_, d) => !(mask & (1 << d))).join();
        const list = groups.get(key) ?? [];
        if (!Number.isNaN(value)) list.push(value);
        groups.set(key, list);
      });
      const want = [...groups.values()].map((g) => g.reduce((a, b) => a + b, 0) / g.length);
      assert.deepEqual(values(cube.mean(over), 'v'), want, over.join());
    }
  });

  test('a series is the mean of all cells at each time', () => {
    const series = sample().isel({ level: 1 }).toSeries('temp');
    assert.deepEqual(
      series,
      TIMES.map((time, t) => ({ time, value: at(t, 1, 1, 2) + 5 })),
    );
    assert.throws(() => sample().toSeries('height'), { code: 'no-time' });
    assert.throws(
      () => sample().toSeries('tmp'),
      (e) => isNadirError(e) && e.code === 'no-variable' && /temp, height/.test(e.message),
    );
  });

  test('CSV is tidy, with ISO times, empty missing values and quoted texts', () => {
    const cube = DataCube.create({
      vars: {
        'a,b': { dims: ['time', 'name'], shape: [2, 2], values: Float32Array.of(0.1, NaN, -2, 3e10) },
        once: { dims: ['name'], shape: [2], values: Int16Array.of(7, 8) },
      },
      coords: { time: [parseTime('2020-01-01'), parseTime('2020-01-01T12:00:00.5Z')], name: ['say "x"', 'y'] },
      crs: 'EPSG:4326',
    });
    const want = [
      'time,name,"a,b",once',
      '2020-01-01T00:00:00Z,"say ""x""",0.1,7',
      '2020-01-01T00:00:00Z,y,,8',
      '2020-01-01T12:00:00.500000Z,"say ""x""",-2,7',
      '2020-01-01T12:00:00.500000Z,y,30000000000,8',
      '',
    ];
    assert.equal(cube.toCsv(), want.join('\r\n'));
    assert.match(sample().isel({ level: 0, y: 0, x: 1 }).toCsv(), /^time,temp,height\r\n2020-01-01T00:00:00Z,1,1\r\n/);
  });
});

describe('tensors and cubes', () => {
  test('one further dimension becomes the bands, NaN becomes invalid', () => {
    const t = sample().toTensor('temp');
    assert.deepEqual(
      [t.dims, t.shape],
      [
        ['time', 'band', 'y', 'x'],
        [3, 2, 4, 5],
      ],
    );
    assert.deepEqual([t.bandNames, t.times], [['850', '500'], TIMES]);
    assert.deepEqual([t.valid![0], t.valid![1], t.attrs['units']], [0, 1, 'K']);
    assert.deepEqual(sample().toTensor('height').bandNames, ['height']);
    const five = DataCube.create({
      vars: { v: { dims: ['a', 'b', 'y', 'x'], shape: [2, 2, 2, 2], values: new Float32Array(16) } },
      coords: { y: [2, 1], x: [1, 2] },
      crs: 'EPSG:4326',
    });
    assert.throws(() => five.toTensor('v'), { code: 'too-many-dims' });
    assert.throws(() => sample().mean('x').toTensor('temp'), { code: 'no-grid' });
  });

  test('named bands become variables and come back', () => {
    const t = GeoTensor.create({
      values: Uint16Array.from({ length: 24 }, (_, i) => i),
      shape: [2, 2, 2, 3],
      dims: ['time', 'band', 'y', 'x'],
      transform: [10, 0, 500000, 0, -20, 4e6],
      crs: 'EPSG:32631',
      bandNames: ['B04', 'B08'],
      times: TIMES.slice(0, 2),
      valid: Uint8Array.from({ length: 24 }, (_, i) => (i === 6 ? 0 : 1)),
    });
    const cube = t.toCube();
    assert.deepEqual(Object.keys(cube.vars), ['B04', 'B08']);
    assert.deepEqual(values(cube, 'B04'), [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17]);
    assert.deepEqual(values(cube, 'B08'), [NaN, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23]);
    assert.ok(cube.vars['B04']!.values instanceof Uint16Array, 'a band without missing values keeps its type');
    const back = cube.toTensor('B04');
    assert.deepEqual([back.transform, back.times, back.valid], [t.transform, t.times, null]);
  });

  test('bands without names stay a dimension; rotated tensors are refused', () => {
    const init = {
      values: new Float32Array(8),
      shape: [2, 2, 2],
      transform: [1, 0, 0, 0, -1, 2] as const,
      crs: 'EPSG:4326',
    };
    const cube = GeoTensor.create(init).toCube();
    assert.deepEqual(
      [cube.vars['values']!.dims, Array.from(cube.coords['band'] as Float64Array)],
      [
        ['band', 'y', 'x'],
        [1, 2],
      ],
    );
    assert.throws(() => GeoTensor.create({ ...init, transform: [1, 0, 0, 0, 1, 0] }).toCube(), {
      code: 'not-north-up',
    });
  });
});

describe('regrid', () => {
  const ramp = DataCube.create({
    vars: {
      v: {
        dims: ['time', 'y', 'x'],
        shape: [2, 4, 5],
        values: Float32Array.from({ length: 40 }, (_, i) => (i % 5) * 10 + Math.floor(i / 20)),
      },
    },
    coords: { time: TIMES.slice(0, 2), y: [45, 35, 25, 15], x: [5, 15, 25, 35, 45] },
    crs: 'EPSG:4326',
  });

  test('a ramp stays a ramp between centres', async () => {
    const out = await ramp.regrid(GRID, { resampling: 'bilinear' });
    assert.deepEqual(out.dims, { time: 2, y: 8, x: 10 });
    for (let t = 0; t < 2; t++)
      for (let y = 0; y < 8; y++)
        for (let x = 1; x < 9; x++) {
          const own = values(out, 'v')[(t * 8 + y) * 10 + x]!;
          assert.ok(Math.abs(own - (x * 5 + 2.5 - 5 + t)) < 1e-5, `${own} at ${x}`);
        }
    assert.deepEqual(Array.from(out.coords['x'] as Float64Array).slice(0, 2), [2.5, 7.5]);
  });

  test('the own grid is copied whatever the method, beyond the cube all is missing', async () => {
    const own = GeoSlice.create({ bounds: [0, 10, 60, 50], resolution: 10, crs: 'EPSG:4326' });
    for (const resampling of RESAMPLINGS) {
      const out = await ramp.regrid(own, { resampling });
      assert.deepEqual(values(out, 'v').slice(0, 6), [0, 10, 20, 30, 40, NaN], resampling);
    }
    await assert.rejects(ramp.regrid(own, { resampling: 'lanczos' as never }), { code: 'bad-option' });
    const reason = new Error('stop');
    await assert.rejects(ramp.regrid(own, { signal: AbortSignal.abort(reason) }), (e) => e === reason);
  });

  test('a slice a turn away finds the cells', async () => {
    const away = GeoSlice.create({ bounds: [360, 10, 410, 50], resolution: 10, crs: 'EPSG:4326' });
    assert.deepEqual(values(await ramp.regrid(away), 'v'), values(ramp, 'v'));
  });

  test('variables of flags keep their values', async () => {
    const flags = DataCube.create({
      vars: {
        land: { dims: ['y', 'x'], shape: [2, 2], values: Float32Array.of(1, 5, 5, 1), attrs: { flag_values: [1, 5] } },
      },
      coords: { y: [15, 5], x: [5, 15] },
      crs: 'EPSG:4326',
    });
    const out = await flags.regrid(GeoSlice.create({ bounds: [0, 0, 20, 20], resolution: 2.5, crs: 'EPSG:4326' }));
    assert.deepEqual([...new Set(values(out, 'land'))].sort(), [1, 5]);
  });
});

describe('display', () => {
  test('a cube shows its first variable as a tensor, and all of them in the text', async () => {
    const bundle = await sample()[DISPLAY_METHOD]();
    assert.ok('application/vnd.nadir.tensor.v1+json' in bundle);
    assert.match(
      String(bundle['text/plain']),
      /^DataCube temp, height on time 3[^]*temp +time, level, y, x +float32 +K/,
    );
    const series = await sample().mean(['y', 'x'])[DISPLAY_METHOD]();
    assert.deepEqual(Object.keys(series), ['text/plain']);
  });
});
