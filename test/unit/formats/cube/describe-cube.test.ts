/** Axes, grids, CRS and times of cubes (`catalog.md` §3). Oracle: xarray; expected edges follow from make.py's coordinates. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Crs } from '../../../../src/core/index.js';
import {
  describeCube,
  openCube,
  type CubeDescription,
  type DescribeCubeOptions,
} from '../../../../src/formats/cube/index.js';
import { regularAxis, spacingOf } from '../../../../src/formats/cube/regular-axis.js';
import { EXPECTED, FILES } from './oracle.js';

async function described(name: string, o: DescribeCubeOptions = {}): Promise<CubeDescription> {
  const file = await openCube(`${FILES}/${name}`);
  try {
    return await describeCube(file, o);
  } finally {
    await file.close();
  }
}

/** Edges of the footprint grid: [west or first, east or last], and the same for y, in the order of the file. */
function edges({ footprint: { transform, width, height } }: CubeDescription): number[] {
  const [a, , c, , e, f] = transform;
  return [c, c + a * width, f, f + e * height];
}

describe('describeCube', () => {
  for (const [name, expected] of [...Object.entries(EXPECTED.cubes), ...Object.entries(EXPECTED.zarr)]) {
    test(`${name} has the cells, times and variables that xarray sees`, async () => {
      const cube = await described(name, { targetCrs: Crs.from('EPSG:4326') });
      edges(cube).forEach((v, i) => assert.ok(Math.abs(v - ([...expected.x, ...expected.y][i] ?? NaN)) < 1e-9));
      assert.deepEqual([cube.cells.width, cube.cells.height], [expected.width, expected.height]);
      assert.deepEqual(new Set(cube.variables.map((v) => v.name)), new Set(expected.variables));
      assert.deepEqual(
        cube.time ? [cube.time.interval?.start, cube.time.interval?.end, cube.time.count] : undefined,
        expected.time,
      );
    });
  }

  test('unsorted times span from the earliest to the latest', async () => {
    const { time } = await described('utm-daily.nc');
    const { instants, ...summary } = time!;
    assert.ok(
      instants.some((t, i) => t < (instants[i - 1] ?? -Infinity)),
      'instants keep the order of the file',
    );
    assert.deepEqual(summary, {
      variable: 'time',
      count: 4,
      interval: { start: Date.UTC(2020, 1, 28) * 1000, end: Date.UTC(2020, 2, 2) * 1000 },
      resolution: 'P1D',
      dim: 'time',
    });
  });

  test('a scalar time is one instant', async () => {
    const { time } = await described('scalar-time.nc');
    const at = Date.UTC(2000, 0, 2, 12, 30) * 1000;
    assert.deepEqual(time, {
      variable: 'time',
      count: 1,
      interval: { start: at, end: at },
      resolution: null,
      dim: null,
      instants: [at],
    });
  });

  test('a grid mapping names the CRS', async () => {
    assert.equal((await described('utm-daily.nc')).crs.canonical, 'EPSG:32631');
    assert.equal((await described('v3-consolidated.zarr')).crs.canonical, 'EPSG:32631');
  });

  test('a global grid spans −180 to 180 exactly, from 0 to 360 and with rows on the poles', async () => {
    assert.deepEqual(edges(await described('global-360.nc')), [-180, 180, -90, 90]);
    const poles = await described('global-poles.nc');
    const [west, east, north, south] = edges(poles);
    assert.deepEqual([west, east, north], [-180, 180, 90]);
    assert.ok(Math.abs((south ?? 0) + 90) < 1e-9);
    assert.equal(poles.cells.transform[5], 91.25); // the cells themselves reach beyond the pole
  });

  test('longitudes beyond 180 are shifted as a whole, and a grid across 180 stays in one piece', async () => {
    assert.deepEqual(edges(await described('west.nc')), [-125, -110, 30, 40]);
    assert.deepEqual(edges(await described('pacific.nc')), [170, 190, -10, 10]);
  });

  test('axes run either way', async () => {
    const cube = await described('westward.nc');
    assert.deepEqual(edges(cube), [10, 0, 40, 45]);
    assert.deepEqual(cube.cells.transform, [-1, 0, 10, 0, 1, 40]);
  });

  test('kilometres become the metres of the CRS', async () => {
    const cube = await described('km.nc');
    assert.deepEqual(edges(cube), [-100_000, 100_000, 100_000, -100_000]);
    assert.equal(cube.crs.canonical, 'EPSG:3413');
  });

  test('names, then CF attributes find the axes', async () => {
    const cube = await described('axis.nc', { targetCrs: Crs.from('EPSG:32631') });
    assert.deepEqual([cube.xDim, cube.yDim], ['east', 'north']);
  });

  test('a bounds variable gives the size of a single cell', async () => {
    assert.deepEqual(edges(await described('bounds.nc')), [-0.5, 1.5, -0.5, 2.5]);
    await assert.rejects(described('one-cell.nc'), { code: 'one-cell', name: 'UnsupportedDataError' });
  });

  test('steps may differ by a thousandth of the mean and no more', async () => {
    assert.equal((await described('nearly-regular.nc')).cells.width, 4);
    await assert.rejects(described('irregular.nc'), { code: 'irregular', name: 'UnsupportedDataError' });
    await assert.rejects(described('gaussian.nc'), { code: 'irregular' });
  });

  test('rounding of float32 coordinates is no irregularity', () => {
    const centres = Float64Array.from({ length: 3000 }, (_, i) => Math.fround(100 + i * 0.002));
    assert.ok(Math.abs(regularAxis(centres, spacingOf('float32'), 'x', 'f').step - 0.002) < 1e-7);
    assert.throws(() => regularAxis(centres, spacingOf('float64'), 'x', 'f'), { code: 'irregular' });
  });

  test('what cannot be a grid is refused with the reason', async () => {
    await assert.rejects(described('curvilinear.nc'), {
      code: 'two-dimensional-coordinates',
      name: 'UnsupportedDataError',
    });
    await assert.rejects(described('user-block.h5'), { code: 'no-spatial-dims', name: 'UnsupportedDataError' });
    await assert.rejects(described('360-day.nc'), { code: 'calendar', message: /360-day\.nc.*360_day/ });
    await assert.rejects(described('months.nc'), { code: 'time-units' });
    await assert.rejects(described('filled.nc'), { code: 'missing-coordinate', message: /filled\.nc.*lon.*index 2/ });
    await assert.rejects(described('rotated.nc', { targetCrs: Crs.from('EPSG:4326') }), {
      code: 'crs',
      message: /rotated_latitude_longitude/,
    });
    await assert.rejects(described('no-crs.nc'), (e: Error & { hint?: string }) =>
      (e.hint ?? '').includes('targetCrs'),
    );
  });

  test('requested variables must be there, on the grid', async () => {
    await assert.rejects(described('utm-daily.nc', { dataVars: ['v', 'w'] }), {
      code: 'no-variable',
      message: /"w".*it has v/,
    });
    await assert.rejects(described('utm-daily.nc', { dataVars: ['time'] }), {
      code: 'no-variable',
      message: /without the spatial dimensions/,
    });
    await assert.rejects(described('utm-daily.nc', { timeVar: 'when' }), { code: 'no-time-variable' });
  });

  test('of several groups the first is taken, or the one with the requested variables', async () => {
    const first = await described('groups.nc');
    assert.equal(first.group, '/measurements/r20');
    assert.equal(first.crs.canonical, 'EPSG:32632');
    const asked = await described('groups.nc', { dataVars: ['measurements/r10/b03'] });
    assert.deepEqual(
      [asked.group, asked.cells.width, asked.variables.map((v) => v.path)],
      ['/measurements/r10', 8, ['/measurements/r10/b03']],
    );
  });
});
