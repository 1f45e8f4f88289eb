import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { buildRasterCatalog, openCatalog } from '../../../src/catalog/index.js';
import { Crs, GeoSlice, pointTransform, type Affine, type Bounds } from '../../../src/core/index.js';
import { loadRaster } from '../../../src/load/index.js';
import { MERGE_METHODS } from '../../../src/pixels/index.js';
import { withFolder } from '../../support/places.js';
import { recordWarnings, writeRaster } from '../../support/raster-files.js';

const WGS84 = Crs.from('EPSG:4326');

/** Writes a grid in degrees from a western edge, 1 + its pixel number in every pixel. */
async function writeGrid(folder: string, west: number, columns: number, step: number): Promise<void> {
  const rows = 180 / step;
  await writeRaster(folder, {
    name: 'grid.tif',
    values: Uint16Array.from({ length: columns * rows }, (_, i) => 1 + (i % 60_000)),
    shape: [1, rows, columns],
    transform: [step, 0, west, 0, -step, 90] satisfies Affine,
    crs: 'EPSG:4326',
    nodata: 0,
  });
}

/** What the pixel of a slice must hold: its longitude modulo whole turns, looked up in the grid. */
function expected(slice: GeoSlice, west: number, columns: number, step: number): number[] {
  const [height, width] = slice.shape;
  const [a, , c, , e, f] = slice.transform;
  const toDegrees = pointTransform(slice.crs, WGS84);
  return Array.from({ length: height * width }, (_, i) => {
    const [lon, lat] = toDegrees(c + a * ((i % width) + 0.5), f + e * (Math.floor(i / width) + 0.5));
    const col = Math.floor(((((lon - west) % 360) + 360) % 360) / step);
    return col < columns ? 1 + ((Math.floor((90 - lat) / step) * columns + col) % 60_000) : 0;
  });
}

const slices: readonly (readonly [crs: string, bounds: Bounds, resolution: number])[] = [
  ['EPSG:4326', [-20, -10, 20, 10], 1],
  ['EPSG:4326', [-20, -10, 20, 10], 0.7],
  ['EPSG:4326', [170, -10, 190, 10], 1],
  ['EPSG:4326', [350, -10, 370, 10], 1],
  ['EPSG:4326', [-180, -80, 180, 80], 4],
  ['EPSG:32630', [500_000, 5_000_000, 1_100_000, 5_600_000], 20_111],
  ['EPSG:32760', [700_000, 8_000_000, 1_000_000, 8_300_000], 10_111],
  ['EPSG:3413', [-2_000_000, -2_000_000, 2_000_000, 2_000_000], 100_111],
];

for (const [name, west, columns] of [
  ['0 to 360', 0, 360],
  ['−180 to 180', -180, 360],
  ['175 to 185', 175, 10],
] as const) {
  test(`a grid in degrees of ${name} gives its pixels wherever a slice names their longitude`, () =>
    withFolder(async (folder) => {
      await writeGrid(folder, west, columns, 1);
      const catalog = await buildRasterCatalog(folder);
      for (const [crs, bounds, resolution] of slices) {
        const slice = GeoSlice.create({ crs, bounds, resolution });
        const { result } = await recordWarnings(() =>
          loadRaster(catalog, slice, { resampling: 'nearest', transform: 'exact', onEmpty: 'nodata' }),
        );
        assert.deepEqual(
          [...result.values].map((v) => (Number.isNaN(v) ? 0 : v)),
          expected(slice, west, columns, 1),
          crs + bounds.join(),
        );
      }
      await catalog.dispose();
    }));
}

test('every pixel of a global grid counts once, whatever the merge method', () =>
  withFolder(async (folder) => {
    await writeGrid(folder, 0, 360, 1);
    const catalog = await buildRasterCatalog(folder);
    const slice = GeoSlice.create({ crs: 'EPSG:4326', bounds: [-180, -90, 180, 90], resolution: 1 });
    const want = expected(slice, 0, 360, 1);
    for (const mergeMethod of MERGE_METHODS) {
      const { result: t } = await recordWarnings(() =>
        loadRaster(catalog, slice, { mergeMethod, resampling: 'nearest' }),
      );
      assert.deepEqual([...t.values], mergeMethod === 'count' ? want.map(() => 1) : want, mergeMethod);
      assert.equal((t.attrs['sources'] as unknown[]).length, 1);
    }
    await catalog.dispose();
  }));

test('in a web Mercator catalog a file across ±180 is found on both sides, and not between', () =>
  withFolder(async (folder) => {
    await writeRaster(folder, {
      name: 'fiji.tif',
      values: new Uint8Array(200 * 160).fill(7),
      shape: [1, 160, 200],
      transform: [500, 0, 780_000, 0, -500, 8_100_000],
      crs: 'EPSG:32760',
    });
    const catalog = await buildRasterCatalog(folder, { targetCrs: 'EPSG:3857' });
    const find = async (bounds: Bounds): Promise<number> => catalog.query({ bounds, crs: 'EPSG:4326' }).count();
    assert.equal(await find([179.8, -17.5, 179.9, -17.4]), 1);
    assert.equal(await find([-179.95, -17.5, -179.9, -17.4]), 1);
    assert.equal(await find([-10, -17.5, 10, -17.4]), 0);
    const east = GeoSlice.create({ crs: 'EPSG:4326', bounds: [-180, -17.5, -179.95, -17.45], resolution: 0.01 });
    assert.deepEqual(new Set((await loadRaster(catalog, east)).values), new Set([7]));
    await catalog.dispose();
  }));

test('a catalog in the sinusoidal CRS of MODIS is saved and opened again with the CRS of its rows', () =>
  withFolder(async (folder) => {
    const crs = '+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +a=6371007.181 +b=6371007.181 +units=m +no_defs';
    await writeRaster(folder, {
      name: 'modis.tif',
      values: new Uint8Array(16).fill(5),
      shape: [1, 4, 4],
      transform: [231.65635826395, 0, -6_150_000, 0, -231.65635826395, -1_200_000],
      crs,
    });
    const built = await buildRasterCatalog(folder);
    const file = path.join(folder, 'modis.parquet');
    await built.toGeoParquet(file);
    const opened = await openCatalog(file);
    const [row] = await opened.toArray();
    assert.ok(row?.crs.equals(built.crs));
    assert.ok(opened.crs.equals(built.crs));
    await built.dispose();
  }));
