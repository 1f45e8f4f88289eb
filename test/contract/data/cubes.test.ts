/** Every NetCDF, HDF5 and Zarr of the shared data, against xarray (test/oracles/cube/make.py), or named with its reason. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildCubeCatalog } from '../../../src/catalog/index.js';
import { openCube } from '../../../src/formats/cube/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, SHARED_DATA } from '../../support/places.js';

interface Cube {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly width: number;
  readonly height: number;
  readonly time?: readonly [first: number, last: number, count: number];
  readonly variables: readonly string[];
  readonly xDim: string;
  readonly yDim: string;
  readonly timeVar: string | null;
  readonly epsg?: number;
}
// SAFETY: written by make.py; files that are no cubes have values only.
const ORACLE = JSON.parse(readFileSync('test/oracles/cube/shared.json', 'utf8')) as Record<
  string,
  Cube & { readonly values: Readonly<Record<string, string>> }
>;

/** Files that are no regular grid, and the code that says why. */
const REFUSED: Readonly<Record<string, readonly [code: string, reason: string]>> = {
  'climate/daily_surface_cancities_1990-1993.nc': ['points', 'five cities'],
  'climate/test_stageiv_xyt_borked.nc': ['two-dimensional-coordinates', 'lat and lon on (x, y), no projection'],
  'hyperspectral/emit_afghanistan/EMIT_L1B_OBS_001_20220827T060753_9999999_999.nc': [
    'two-dimensional-coordinates',
    'a swath with a lookup table',
  ],
  'hyperspectral/emit_afghanistan/EMIT_L2A_MASK_001_20220827T060753_9999999_999.nc': [
    'two-dimensional-coordinates',
    'a swath with a lookup table',
  ],
  'multisensor/treesat/Abies_alba_1_1005_WEFL_NLF.h5': [
    'no-spatial-dims',
    'time series of a tree, without coordinates',
  ],
  'zarr/data.zarr': ['no-spatial-dims', 'arrays that test formats, without coordinates'],
};
/** CRS of files that state none, known from their documentation. */
const TARGET: Readonly<Record<string, string>> = {
  'multisensor/worldcereal_be/worldcereal_cropland_classification.nc': 'EPSG:32631',
  'multisensor/worldcereal_be/worldcereal_croptype_classification.nc': 'EPSG:32631',
  'landsat/other/two-subs.h5': 'EPSG:3857',
};
const CUBES = Object.entries(ORACLE).filter(([name]) => !(name in REFUSED));

describe('shared cubes', needsSharedData, () => {
  test('every NetCDF, HDF5 and Zarr is either compared or refused by name', () => {
    const found = readdirSync(SHARED_DATA, { recursive: true, encoding: 'utf8' })
      .map((f) => f.replaceAll('\\', '/'))
      .filter((f) => /\.(?:nc|nc4|cdf|h5|hdf5?|he5|zarr|zarr\.zip)$/i.test(f));
    assert.deepEqual(found.sort(), [...CUBES.map(([name]) => name), ...Object.keys(REFUSED)].sort());
  });

  for (const [name, want] of CUBES) {
    test(`${name} becomes the row that xarray's coordinates give`, async () => {
      const targetCrs = TARGET[name];
      const catalog = await buildCubeCatalog(
        path.join(SHARED_DATA, name),
        targetCrs === undefined ? {} : { targetCrs },
      );
      const [row] = await catalog.toArray();
      const { native, bbox, interval, columns } = row!;
      assert.deepEqual([native!.width, native!.height], [want.width, want.height]);
      const [a, , c, , e, f] = native!.transform;
      const edges = [c, c + a * want.width, f, f + e * want.height];
      const tolerance = Math.abs(a) * 1e-6;
      [...want.x, ...want.y].forEach((v, i) =>
        assert.ok(Math.abs((edges[i] ?? NaN) - v) <= tolerance, `${edges[i] ?? ''} and ${v}`),
      );
      const [west, east] = [Math.min(...want.x), Math.max(...want.x)];
      const isGlobal = row!.crs.isGeographic && east - west > 359.99;
      const clamp = (v: number): number => (row!.crs.isGeographic ? Math.max(-90, Math.min(90, v)) : v);
      const box = isGlobal
        ? [-180, clamp(Math.min(...want.y)), 180, clamp(Math.max(...want.y))]
        : [west, Math.min(...want.y), east, Math.max(...want.y)];
      box.forEach((v, i) =>
        assert.ok(Math.abs((bbox[i] ?? NaN) - v) <= tolerance, `bbox ${bbox.join()} and ${box.join()}`),
      );
      assert.deepEqual(interval ? [interval.start, interval.end, columns['n_timesteps']] : undefined, want.time);
      assert.deepEqual([columns['x_dim'], columns['y_dim'], columns['time_var']], [want.xDim, want.yDim, want.timeVar]);
      assert.deepEqual(String(columns['data_vars']).split(',').sort(), [...want.variables].sort());
      if (want.epsg !== undefined) assert.equal(row!.crs.canonical, `EPSG:${want.epsg}`);
    });
  }

  test('MODIS keeps the sinusoidal CRS of its attribute', async () => {
    const catalog = await buildCubeCatalog(path.join(SHARED_DATA, 'climate/MODIS_ARRAY.nc'));
    assert.equal(catalog.crs.projection, 'sinu');
  });

  for (const [name, [code, reason]] of Object.entries(REFUSED)) {
    test(`${name} is refused as ${code}: ${reason}`, async () => {
      await assert.rejects(
        buildCubeCatalog(path.join(SHARED_DATA, name), { onError: 'raise', targetCrs: 'EPSG:4326' }),
        {
          name: 'UnsupportedDataError',
          code,
        },
      );
    });
  }

  test('one build of the whole folder takes all cubes and skips the others', async () => {
    const { value: catalog } = await withWarnings(() => buildCubeCatalog(SHARED_DATA, { targetCrs: 'EPSG:4326' }));
    const skipped = (catalog.config.skipped ?? []).map((s) => path.relative(SHARED_DATA, s.item).replaceAll('\\', '/'));
    // In degrees, the two without a CRS are metres beyond the poles.
    const inMetres = Object.keys(TARGET).filter((name) => name.includes('worldcereal'));
    assert.deepEqual(skipped.sort(), [...Object.keys(REFUSED), ...inMetres].sort());
    assert.equal(await catalog.count(), CUBES.length - inMetres.length);
  });

  for (const [name, { values }] of Object.entries(ORACLE)) {
    test(`all numbers of ${name} are those that netCDF4 and zarr read`, async () => {
      const file = await openCube(path.join(SHARED_DATA, name));
      const own: Record<string, string> = {};
      for (const key of Object.keys(values)) {
        const read = await file.root.variables.get(key)!.read();
        // SAFETY: make.py lists numeric variables only.
        const { buffer, byteOffset, byteLength } = read as Float64Array;
        own[key] = createHash('sha256')
          .update(new Uint8Array(buffer, byteOffset, byteLength))
          .digest('hex')
          .slice(0, 16);
      }
      await file.close();
      assert.deepEqual(own, values);
    });
  }
});
