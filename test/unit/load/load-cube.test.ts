/** loadCube against cells chosen by a plain loop and values decoded by netCDF4 (test/oracles/load-cube/make.py). */
import assert from 'node:assert/strict';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildCubeCatalog, buildRasterCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import {
  createRandom,
  Crs,
  GeoSlice,
  isNadirError,
  parseTime,
  pointTransform,
  type Bounds,
} from '../../../src/core/index.js';
import { loadCube } from '../../../src/load/index.js';
import { GeoTensor, type DataCube } from '../../../src/pixels/index.js';
import { withFolder } from '../../support/places.js';

const FILES = 'test/oracles/load-cube/files';
interface Case {
  readonly box: Bounds;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly values: readonly (number | null)[];
}
// SAFETY: written by make.py.
const ORACLE = JSON.parse(readFileSync('test/oracles/load-cube/expected.json', 'utf8')) as {
  readonly worlds: readonly Case[];
  readonly packed: Readonly<Record<string, readonly [dtype: string, values: readonly (number | null)[]]>>;
  readonly noleap: { readonly times: readonly string[]; readonly values: readonly number[] };
  readonly levels: Readonly<Record<string, readonly number[]>>;
  readonly tiles: readonly (number | null)[];
};

const open = (...names: string[]): Promise<GeoCatalog> => buildCubeCatalog(names.map((n) => path.join(FILES, n)));
const degrees = (bounds: Bounds, interval?: readonly [string, string]): GeoSlice =>
  GeoSlice.create({ bounds, resolution: 1, crs: 'EPSG:4326', interval: interval ?? null });
const utm = (bounds: Bounds): GeoSlice => GeoSlice.create({ bounds, resolution: 10, crs: 'EPSG:32631' });
/** Values with null for NaN. */
const plain = (values: ArrayLike<number> | undefined): (number | null)[] =>
  Array.from(values ?? [], (v) => (Number.isNaN(v) ? null : v));
const valuesOf = (cube: DataCube, name: string): (number | null)[] => plain(cube.vars[name]?.values);
const near = (a: ArrayLike<number> | undefined, b: readonly number[], tolerance: number): void => {
  const own = Array.from(a ?? []);
  assert.equal(own.length, b.length);
  b.forEach((v, i) => assert.ok(Math.abs((own[i] ?? NaN) - v) <= tolerance, `${own[i] ?? ''} and ${v} at ${i}`));
};
const LEVELS = utm([500000, 5000000, 500040, 5000030]);

describe('loadCube: cells', () => {
  for (const name of ['north', 'south', 'seam', 'west', 'south-seam-west', 'turned']) {
    test(`takes exactly the cells that overlap the box (${name}.nc)`, async () => {
      const catalog = await open(`${name}.nc`);
      for (const { box, x, y, values } of ORACLE.worlds) {
        const cube = await loadCube(catalog, degrees(box));
        const said = `box ${box.join()}`;
        near(cube.coords['y'] as Float64Array, y, 1e-9);
        const [first = 0] = x;
        const turns = Math.round((Number(cube.coords['x']?.[0]) - first) / 360) * 360;
        assert.equal(turns, 0, `${said}: longitudes are those of the box`);
        near(cube.coords['x'] as Float64Array, x, 1e-9);
        assert.deepEqual(valuesOf(cube, 't'), values, said);
      }
    });
  }

  test('all copies of a grid give the same coordinates, transform and CSV to the last bit', async () => {
    const r = createRandom(3, 'boxes');
    const north = await open('north.nc');
    const others = await Promise.all(
      ['south.nc', 'seam.nc', 'west.nc', 'south-seam-west.nc', 'turned.nc'].map((n) => open(n)),
    );
    for (let i = 0; i < 12; i++) {
      const [x, y] = [r.uniform() * 340 - 180, r.uniform() * 150 - 85];
      const slice = degrees([x, y, x + 0.01 + r.uniform() * 80, Math.min(89, y + 0.01 + r.uniform() * 60)]);
      const want = await loadCube(north, slice);
      for (const catalog of others) {
        const cube = await loadCube(catalog, slice);
        assert.deepEqual(cube.coords, want.coords);
        assert.deepEqual(cube.transform, want.transform);
        assert.equal(cube.toCsv(), want.toCsv());
      }
    }
  });

  test('rows run from north to south and columns from west to east', async () => {
    const { transform } = await loadCube(await open('south-seam-west.nc'), degrees([-20, -20, 20, 20]));
    assert.deepEqual(transform, [10, 0, -20, 0, -10, 20]);
  });

  test('a slice in a projected CRS across the antimeridian is one continuous piece', async () => {
    const catalog = await open('north.nc');
    // UTM 60 and 1 meet at 180°: 700 km around it in zone 60.
    const slice = GeoSlice.create({ bounds: [500000, 0, 1500000, 100000], resolution: 1000, crs: 'EPSG:32660' });
    const cube = await loadCube(catalog, slice);
    assert.deepEqual(Array.from(cube.coords['x'] as Float64Array), [175, 185]);
  });

  test('a cube of the Pacific is one piece for a box around the globe', async () => {
    const catalog = await buildCubeCatalog('test/oracles/cube/files/pacific.nc');
    const xs = async (bounds: Bounds): Promise<(number | undefined)[]> => {
      const x = (await loadCube(catalog, degrees(bounds))).coords['x'] as Float64Array;
      return [x[0], x.at(-1), x.length];
    };
    assert.deepEqual(await xs([-180, -10, 180, 10]), [170.5, 189.5, 20]);
    assert.deepEqual(await xs([175, -5, 185, 5]), [175.5, 184.5, 10]);
    assert.deepEqual(await xs([-185, -5, -175, 5]), [-184.5, -175.5, 10]);
    assert.deepEqual(await xs([-180, -5, -175, 5]), [-179.5, -175.5, 5]);
  });

  test('a slice around the pole takes all longitudes', async () => {
    const slice = GeoSlice.create({ bounds: [-1e6, -1e6, 1e6, 1e6], resolution: 1000, crs: 'EPSG:3413' });
    const cube = await loadCube(await open('north.nc'), slice);
    assert.deepEqual([cube.dims['x'], cube.coords['y']?.[0]], [36, 85]);
  });
});

describe('loadCube: values', () => {
  test('fill values, missing values and valid ranges become NaN before scale and offset are applied', async () => {
    const cube = await loadCube(await open('packed.nc'), utm([0, 0, 4, 2]));
    for (const [name, [dtype, values]] of Object.entries(ORACLE.packed)) {
      const own = cube.vars[name]!.values;
      assert.equal(own.constructor.name.replace('Array', '').toLowerCase(), dtype, name);
      assert.deepEqual(plain(own), values, name);
    }
  });

  test('attributes that say how values are stored are gone', async () => {
    const cube = await loadCube(await open('packed.nc'), utm([0, 0, 4, 2]));
    assert.deepEqual(cube.vars['i2']!.attrs, {});
  });
});

describe('loadCube: time', () => {
  test('a noleap calendar is read, and its dimension is called time', async () => {
    const catalog = await open('noleap.nc');
    const cube = await loadCube(catalog, degrees([4, 50, 4.4, 51.2], ['2004-02-28', '2004-09-01T23:59:59Z']));
    assert.deepEqual(
      Array.from(cube.coords['time'] as Float64Array),
      ORACLE.noleap.times.map((t) => parseTime(`${t}Z`)),
    );
    assert.deepEqual(valuesOf(cube, 'pr'), ORACLE.noleap.values);
    assert.deepEqual(
      cube.mean('lat').dims,
      { time: ORACLE.noleap.times.length, x: 1 },
      'names of the file are known too',
    );
  });

  test('instants equal to an end of the interval are kept', async () => {
    const catalog = await open('levels.nc');
    const at = async (a: string, b: string): Promise<number[]> => {
      const cube = await loadCube(catalog, LEVELS.with({ interval: [a, b] }));
      return Array.from(cube.coords['time'] as Float64Array, (t) => (t - parseTime('2021-05-01')) / 3.6e9);
    };
    assert.deepEqual(await at('2021-05-01T00:00:00Z', '2021-05-01T06:00:00Z'), [0, 6]);
    assert.deepEqual(await at('2021-05-01T00:00:01Z', '2021-05-01T12:00:00Z'), [6, 12]);
    await assert.rejects(at('2021-05-01T01:00:00Z', '2021-05-01T02:00:00Z'), {
      name: 'EmptySelectionError',
      code: 'no-cells',
    });
  });
});

describe('loadCube: further dimensions', () => {
  test('five dimensions come in the order time, others, y, x', async () => {
    const cube = await loadCube(await open('levels.nc'), LEVELS);
    assert.deepEqual(cube.vars['t']!.dims, ['time', 'member', 'level', 'y', 'x']);
    assert.deepEqual(valuesOf(cube, 't'), ORACLE.levels['all']);
    assert.deepEqual(valuesOf(cube, 'h'), ORACLE.levels['h']);
    assert.deepEqual(cube.coords['member'], ['control', 'a,b']);
    assert.deepEqual(Array.from(cube.coords['level'] as Float64Array), [1000, 850, 500, 200]);
  });

  test('isel at loading equals isel afterwards', async () => {
    const catalog = await open('levels.nc');
    const all = await loadCube(catalog, LEVELS);
    for (const isel of [
      { level: 2 },
      { level: [3, 1] },
      { level: [2, 0, 1, 3] },
      { level: [1, 1] },
      { level: -1, member: 1, time: 0 },
      { level: { start: 1 }, y: { stop: 2 }, x: 0 },
    ]) {
      const early = await loadCube(catalog, LEVELS, { isel });
      const late = all.isel(isel);
      assert.deepEqual(early.dims, late.dims);
      assert.deepEqual(early.coords, late.coords);
      assert.deepEqual(valuesOf(early, 't'), valuesOf(late, 't'), JSON.stringify(isel));
    }
    const chosen = await loadCube(catalog, LEVELS, { isel: { level: [3, 1] } });
    assert.deepEqual(valuesOf(chosen, 't'), ORACLE.levels['levels31']);
    assert.deepEqual(valuesOf(await loadCube(catalog, LEVELS, { isel: { level: 2 } }), 't'), ORACLE.levels['level2']);
    assert.deepEqual(valuesOf(all.sel({ member: 'a,b' }), 't'), ORACLE.levels['member1']);
    await assert.rejects(loadCube(catalog, LEVELS, { isel: { level: 4 } }), { code: 'bad-index' });
    await assert.rejects(loadCube(catalog, LEVELS, { isel: { depth: 0 } }), { code: 'no-dim' });
  });

  test('means and series are those of numpy', async () => {
    const cube = await loadCube(await open('levels.nc'), LEVELS, { dataVars: ['t'] });
    near(cube.mean(['y', 'x']).vars['t']!.values, ORACLE.levels['mean_yx']!, 1e-5);
    near(cube.mean().vars['t']!.values, ORACLE.levels['mean_all']!, 1e-5);
    near(
      cube.toSeries('t').map((p) => p.value),
      ORACLE.levels['series']!,
      1e-5,
    );
  });
});

describe('loadCube: several files', () => {
  const TILES = ['tile-a.nc', 'tile-b.nc', 'tile-c.nc'];
  test('tiles are mosaicked per time, then times follow; of equal ones the later file wins where it has a value', async () => {
    for (const names of [TILES, [...TILES].reverse()]) {
      const cube = await loadCube(await open(...names), degrees([10, 40, 16, 42]));
      assert.deepEqual(cube.dims, { time: 3, y: 2, x: 6 });
      assert.deepEqual(valuesOf(cube, 'v'), ORACLE.tiles);
    }
  });

  test('grids that disagree are refused', async () => {
    for (const other of ['tile-off.nc', 'tile-fine.nc']) {
      const catalog = await open('tile-a.nc', other);
      await assert.rejects(loadCube(catalog, degrees([10, 40, 16, 42])), (e) => {
        assert.ok(isNadirError(e, 'GridAlignmentError') && e.code === 'grids-differ', String(e));
        return e.message.includes('tile-a.nc') && e.message.includes(other);
      });
    }
  });

  test('files without the wanted variable are left out, one that nobody has is an error', async () => {
    const catalog = await open('tile-a.nc', 'noleap.nc');
    const slice = degrees([2, 40, 14, 52]);
    const cube = await loadCube(catalog, slice, { dataVars: ['v'] });
    assert.deepEqual(Object.keys(cube.vars), ['v']);
    await assert.rejects(loadCube(catalog, slice, { dataVars: ['v', 'prr'] }), (e) => {
      assert.ok(isNadirError(e, 'BandNotFoundError') && e.code === 'unknown-variable');
      return /there are pr, v/.test(e.message) && e.hint === 'Did you mean pr?';
    });
  });

  test('where several files lie apart, the cells between them are missing', async () => {
    const cube = await loadCube(await open('tile-a.nc', 'tile-c.nc', 'tile-b.nc'), degrees([12.5, 40, 13.5, 41]));
    assert.deepEqual(cube.dims, { time: 3, y: 1, x: 2 });
    // Day 2 has the western tile alone.
    assert.equal(valuesOf(cube, 'v').at(-1), null);
  });
});

describe('loadCube: regrid', () => {
  test('gives the slice grid, and equals regridding a larger cube', async () => {
    const catalog = await open('north.nc');
    const slice = GeoSlice.create({ bounds: [0, 0, 3e6, 2e6], resolution: 1e5, crs: 'EPSG:32631' });
    const all = await loadCube(catalog, degrees([-180, -90, 180, 90]));
    for (const resampling of ['nearest', 'bilinear', 'cubic', 'average'] as const) {
      const cube = await loadCube(catalog, slice, { regrid: true, resampling });
      assert.deepEqual([cube.dims['y'], cube.dims['x'], cube.crs.canonical], [20, 30, 'EPSG:32631']);
      assert.deepEqual(cube.transform, slice.transform);
      assert.deepEqual(valuesOf(cube, 't'), valuesOf(await all.regrid(slice, { resampling }), 't'), resampling);
    }
  });

  test('across the antimeridian no pixel is lost', async () => {
    const slice = GeoSlice.create({ bounds: [500000, 1e6, 2e6, 2e6], resolution: 5e4, crs: 'EPSG:32660' });
    const [whole] = ORACLE.worlds;
    const toDegrees = pointTransform(slice.crs, Crs.from('EPSG:4326'));
    const want: (number | null)[] = [];
    for (let time = 0; time < 2; time++)
      for (let y = 2e6 - 25e3; y > 1e6; y -= 5e4)
        for (let x = 525e3; x < 2e6; x += 5e4) {
          const [lon, lat] = toDegrees(x, y);
          const [col, row] = [Math.floor((lon + 180) / 10), Math.floor((90 - lat) / 10)];
          want.push(whole!.values[(time * 18 + row) * 36 + col] ?? null);
        }
    for (const name of ['seam.nc', 'north.nc']) {
      const cube = await loadCube(await open(name), slice, { regrid: true, resampling: 'nearest' });
      assert.deepEqual(valuesOf(cube, 't'), want, name);
    }
  });
});

describe('loadCube: refusals', () => {
  test('a slice away from all cells says both extents', async () => {
    await assert.rejects(loadCube(await open('noleap.nc'), degrees([20, 20, 21, 21])), (e) => {
      assert.ok(isNadirError(e, 'EmptySelectionError') && e.code === 'no-rows');
      return /\[20, 20, 21, 21\].*\[2\.5, 49\.5, 5\.5, 51\.5\]/.test(e.message);
    });
  });

  test('a box that only touches a cell takes none', async () => {
    await assert.rejects(loadCube(await open('noleap.nc'), degrees([5.5, 50, 6, 51])), {
      name: 'EmptySelectionError',
      code: 'no-cells',
    });
  });

  test('a catalog of rasters names the loader to use', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'a.tif');
      const tensor = {
        values: new Uint8Array(4),
        shape: [2, 2],
        transform: [1, 0, 0, 0, -1, 2],
        crs: 'EPSG:4326',
      } as const;
      await GeoTensor.create(tensor).save(file);
      const catalog = await buildRasterCatalog(file);
      await assert.rejects(loadCube(catalog, degrees([0, 0, 2, 2])), (e) => {
        assert.ok(isNadirError(e, 'CatalogError') && e.code === 'wrong-backend');
        return e.hint === 'Use loadRaster for a raster catalog.';
      });
    });
  });

  test('misspelt and contradictory options are refused', async () => {
    const catalog = await open('north.nc');
    const slice = degrees([0, 0, 20, 20]);
    const load = (o: Record<string, unknown>): Promise<unknown> => loadCube(catalog, slice, o);
    await assert.rejects(load({ datavars: ['t'] }), { code: 'unknown-option' });
    await assert.rejects(load({ dataVars: [] }), { code: 'bad-option' });
    await assert.rejects(load({ resampling: 'nearest' }), { code: 'bad-option' });
    await assert.rejects(load({ regrid: true, resampling: 'lanczos' }), { code: 'bad-option' });
    await assert.rejects(load({ isel: 3 }), { code: 'bad-option' });
    await assert.rejects(loadCube(catalog, [0, 0, 1, 1] as never), { code: 'not-a-slice' });
  });

  test('a cancelled load rejects with the reason of its signal', async () => {
    const reason = new Error('stop');
    await assert.rejects(
      loadCube(await open('north.nc'), degrees([0, 0, 20, 20]), { signal: AbortSignal.abort(reason) }),
      (e) => e === reason,
    );
  });

  test('a damaged file is an error that names it', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'north.nc');
      await mkdir(folder, { recursive: true });
      await cp(path.join(FILES, 'north.nc'), file);
      const catalog = await buildCubeCatalog(file);
      const bytes = await readFile(file);
      const { writeFile } = await import('node:fs/promises');
      await writeFile(file, bytes.subarray(0, bytes.length / 2));
      await assert.rejects(
        loadCube(catalog, degrees([0, 0, 20, 20])),
        (e) => isNadirError(e) && e.message.includes(file),
      );
    });
  });
});
