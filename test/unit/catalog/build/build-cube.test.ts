/** Catalogs of cubes (`catalog.md` §3). Expected values follow from the coordinates in test/oracles/cube/make.py. */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildCubeCatalog, isNadirError, openCatalog } from '../../../../src/index.js';
import { withWarnings } from '../../../support/host.js';
import { withFolder } from '../../../support/places.js';

const FILES = 'test/oracles/cube/files';

describe('buildCubeCatalog', () => {
  test('a row has the footprint, times, native grid and facts of the cube', async () => {
    const catalog = await buildCubeCatalog(`${FILES}/utm-daily.nc`);
    assert.equal(catalog.backend, 'cube');
    assert.equal(catalog.crs.canonical, 'EPSG:32631');
    const [row] = await catalog.toArray();
    assert.deepEqual(row!.bbox, [600000, 5000000, 600060, 5000100]);
    assert.deepEqual(row!.interval, { start: Date.UTC(2020, 1, 28) * 1000, end: Date.UTC(2020, 2, 2) * 1000 });
    assert.deepEqual(
      { ...row!.columns },
      { data_vars: 'v', time_var: 'time', n_timesteps: 4, time_resolution: 'P1D', x_dim: 'x', y_dim: 'y' },
    );
    const native = row!.native!;
    assert.deepEqual(native.transform, [10, 0, 600000, 0, -10, 5000100]);
    assert.deepEqual([native.width, native.height, native.count, native.dtype], [6, 10, 1, 'int8']);
    assert.deepEqual(native.bandNames, ['v']);
    assert.equal(row!.id, 'utm-daily');
  });

  test('a folder gives its cubes in path order; a Zarr folder is one item', async () => {
    await withFolder(async (folder) => {
      mkdirSync(path.join(folder, 'b'));
      copyFileSync(`${FILES}/west.nc`, path.join(folder, 'b/west.nc'));
      cpSync(`${FILES}/v3-listed.zarr`, path.join(folder, 'a.zarr'), { recursive: true });
      copyFileSync(`${FILES}/stored.zarr.zip`, path.join(folder, 'c.zarr.zip'));
      copyFileSync(`${FILES}/west.nc`, path.join(folder, 'notes.txt'));
      const catalog = await buildCubeCatalog(folder, { targetCrs: 'EPSG:4326' });
      const rows = await catalog.toArray();
      assert.deepEqual(
        rows.map((r) => r.id),
        ['a', 'west', 'c'],
      );
      assert.deepEqual(
        rows.map((r) => r.crs.canonical),
        ['EPSG:32631', 'EPSG:4326', 'EPSG:32631'],
      );
      assert.deepEqual(rows[1]!.bbox, [-125, 30, -110, 40]);
      for (const input of [path.join(folder, '*.zarr'), path.join(folder, 'a.zarr'), `${path.join(folder, 'a.zarr')}/`])
        assert.deepEqual(
          (await (await buildCubeCatalog(input)).toArray()).map((r) => r.id),
          ['a'],
          input,
        );
    });
  });

  test('grids across 180 become two parts and global ones the whole world, also in a projected catalog', async () => {
    const [row] = await (await buildCubeCatalog(`${FILES}/pacific.nc`)).toArray();
    assert.equal(row!.geometry.type, 'MultiPolygon');
    for (const name of ['global-360.nc', 'global-poles.nc']) {
      const [world] = await (await buildCubeCatalog(`${FILES}/${name}`)).toArray();
      assert.deepEqual(
        world!.bbox.map((v) => Math.round(v * 1e9) / 1e9),
        [-180, -90, 180, 90],
      );
    }
    const [equal] = await (await buildCubeCatalog(`${FILES}/global-360.nc`, { targetCrs: 'EPSG:6933' })).toArray();
    // Half the equator of EASE-Grid 2.0 is 17 367 530.445 m.
    assert.ok(
      Math.abs(equal!.bbox[0] + 17367530.445) < 1 && Math.abs(equal!.bbox[2] - 17367530.445) < 1,
      equal!.bbox.join(),
    );
  });

  test('a cube without times is static, or takes its time from its name', async () => {
    const [row] = await (await buildCubeCatalog(`${FILES}/west.nc`)).toArray();
    assert.deepEqual(
      [row!.static, row!.interval, row!.columns['n_timesteps'], row!.columns['time_var']],
      [true, null, null, null],
    );
    await withFolder(async (folder) => {
      copyFileSync(`${FILES}/west.nc`, path.join(folder, 'w_20240603.nc'));
      copyFileSync(`${FILES}/utm-daily.nc`, path.join(folder, 'u_20240603.nc'));
      const rows = await (
        await buildCubeCatalog(folder, { filenameRegex: '_(?<date>\\d{8})', targetCrs: 'EPSG:4326' })
      ).toArray();
      assert.equal(rows[0]!.interval!.start, Date.UTC(2020, 1, 28) * 1000, 'times of the file come before its name');
      assert.equal(rows[1]!.interval!.start, Date.UTC(2024, 5, 3) * 1000);
    });
  });

  test('bad files are skipped with their reason, in input order, whatever the concurrency is', async () => {
    const files = [
      'west.nc',
      'irregular.nc',
      'curvilinear.nc',
      'lzf-coordinate.h5',
      'axis.nc',
      'packed.nc',
      'no-such.nc',
      'groups.nc',
    ];
    const run = async (concurrency: number): Promise<readonly [readonly string[], readonly string[] | undefined]> => {
      const paths = files.map((f) => `${FILES}/${f}`);
      const { value: catalog } = await withWarnings(() => buildCubeCatalog(paths, { concurrency }));
      return [(await catalog.toArray()).map((r) => r.id), catalog.config.skipped?.map((s) => s.error.code)];
    };
    const serial = await run(1);
    assert.deepEqual(serial, [
      ['west', 'packed', 'groups'],
      ['irregular', 'two-dimensional-coordinates', 'no-crs', 'no-crs', 'source.missing'],
    ]);
    assert.deepEqual(await run(8), serial);
    await assert.rejects(
      buildCubeCatalog(
        files.map((f) => `${FILES}/${f}`),
        { onError: 'raise' },
      ),
      (e) => isNadirError(e, 'UnsupportedDataError') && e.code === 'irregular',
    );
  });

  test('coordinates behind a filter that is not read fail that file', async () => {
    await assert.rejects(
      buildCubeCatalog(`${FILES}/lzf-coordinate.h5`, { targetCrs: 'EPSG:4326', onError: 'raise' }),
      (e) => isNadirError(e, 'UnsupportedDataError') && e.code === 'hdf5-filter',
    );
    // Data behind such a filter is not looked at.
    const [row] = await (await buildCubeCatalog(`${FILES}/lzf.h5`, { targetCrs: 'EPSG:4326' })).toArray();
    assert.deepEqual(row!.bbox, [-0.5, -0.5, 3.5, 2.5]);
  });

  test('a requested variable that a file does not have fails that file', async () => {
    const files = [`${FILES}/groups.nc`, `${FILES}/west.nc`];
    const { value: catalog, warnings } = await withWarnings(() => buildCubeCatalog(files, { dataVars: ['b03'] }));
    assert.deepEqual(
      (await catalog.toArray()).map((r) => r.columns['data_vars']),
      ['measurements/r20/b03'],
    );
    assert.match(warnings[0] ?? '', /1 of 2 .*\n.*west\.nc.*"b03"/s);
    assert.deepEqual(catalog.config['dataVars'], ['b03']);
  });

  test('without a CRS the message names targetCrs, which then is taken', async () => {
    await assert.rejects(
      buildCubeCatalog(`${FILES}/no-crs.nc`),
      (e) => isNadirError(e) && String((e.cause as { hint?: string }).hint).includes('targetCrs'),
    );
    const [row] = await (await buildCubeCatalog(`${FILES}/no-crs.nc`, { targetCrs: 'EPSG:32631' })).toArray();
    assert.deepEqual(row!.bbox, [-5, -5, 25, 15]);
  });

  test('misspelt options and wrong lists are argument errors', async () => {
    await assert.rejects(buildCubeCatalog(FILES, { dataVar: ['v'] } as never), { name: 'ArgumentError' });
    await assert.rejects(buildCubeCatalog(FILES, { dataVars: [] }), { code: 'bad-data-vars' });
    await assert.rejects(buildCubeCatalog(FILES, { dataVars: 'v' as never }), { code: 'bad-data-vars' });
    await assert.rejects(buildCubeCatalog(FILES, { timeVar: '' }), { code: 'bad-time-var' });
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await assert.rejects(buildCubeCatalog(FILES, { signal: stop.signal }), /enough/);
  });

  test('a cube catalog survives GeoParquet with its backend and facts', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'c.parquet');
      const catalog = await buildCubeCatalog([`${FILES}/utm-daily.nc`, `${FILES}/groups.nc`]);
      await catalog.toGeoParquet(file, { sort: 'none' });
      const opened = await openCatalog(file);
      assert.equal(opened.backend, 'cube');
      const [before, after] = [await catalog.toArray(), await opened.toArray()];
      assert.deepEqual(
        after.map((r) => ({ ...r.columns })),
        before.map((r) => ({ ...r.columns })),
      );
      assert.deepEqual(
        after.map((r) => r.interval),
        before.map((r) => r.interval),
      );
      assert.ok(readFileSync(file).includes('xarray'));
    });
  });
});
