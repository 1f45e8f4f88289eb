/** Catalogs of real files: footprints and times as other readers see them, bad files named. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { days, formatTime } from '../../../src/core/index.js';
import { gridSampler, randomSampler } from '../../../src/sampling/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA, withFolder } from '../../support/places.js';
import { idsOf } from '../../support/rows.js';

const at = (...parts: string[]): string => path.join(SHARED_DATA, ...parts);
const DASHED = { filenameRegex: /(?<date>\d{4}-\d{2}-\d{2})/, dateFormat: '%Y-%m-%d' };

describe('real files', needsSharedData, () => {
  test('three dated scenes and two of another CRS make one catalog', async () => {
    const catalog = await buildRasterCatalog([at('sentinel2/openeo_be'), at('sentinel2/boadella_es')], DASHED);
    assert.equal(catalog.crs.canonical, 'EPSG:32631');
    assert.deepEqual(
      (await catalog.toArray()).map((r) => [
        r.id,
        formatTime(r.interval!.start).slice(0, 10),
        r.crs.canonical,
        r.native!.count,
      ]),
      [
        ['openEO_2023-06-01Z', '2023-06-01', 'EPSG:32631', 3],
        ['openEO_2023-06-04Z', '2023-06-04', 'EPSG:32631', 3],
        ['openEO_2023-06-06Z', '2023-06-06', 'EPSG:32631', 3],
        ['Boadella_2020-01-13', '2020-01-13', 'EPSG:4326', 12],
        ['Boadella_2020-01-28', '2020-01-28', 'EPSG:4326', 12],
      ],
    );
    assert.deepEqual(
      await idsOf(catalog.query({ bounds: [2.7, 42.2, 3, 42.5], crs: 'EPSG:4326', time: days('2020-01-28') })),
      ['Boadella_2020-01-28'],
    );
    assert.deepEqual(await idsOf(catalog.query({ bounds: [5.0, 51.2, 5.1, 51.25], crs: 'EPSG:4326', tStep: 2 })), [
      'openEO_2023-06-01Z',
      'openEO_2023-06-06Z',
    ]);
  });

  test('corrupt files among good ones are named in ledger and warning, and skipped', async () => {
    const good = ['rgb1.tif', 'rgb2.tif', 'rgb3.tif', 'rgb4.tif'].map((f) => at('landsat/rgb_mosaic', f));
    const { value, warnings } = await withWarnings(() =>
      buildRasterCatalog([...good.slice(0, 2), at('bad_inputs'), ...good.slice(2)]),
    );
    // The header of corrupt.tif is sound; its pixels are not, which a header reader cannot know.
    assert.deepEqual(await idsOf(value), ['rgb1', 'rgb2', 'corrupt', 'rgb3', 'rgb4']);
    const named = value.config.skipped!.map((s) => path.basename(s.item));
    for (const file of ['corrupt.TIF', 'corrupt_image.TIF', 'oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif'])
      assert.ok(named.includes(file), file);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /corrupt\.TIF[^]*… and \d+ more/);
  });

  test('grid chips of the mosaic tiles stay on the pixels of each file', async () => {
    const catalog = await buildRasterCatalog(at('landsat/rgb_mosaic/rgb?.tif'));
    const chips = await gridSampler(catalog, { chipSize: 64 });
    assert.ok(chips.length > 50);
    const origins = (await catalog.toArray()).map((r) => r.native!.transform);
    for (const chip of chips) {
      const aligned = origins.some(([a, , c, , e, f]) =>
        [(chip.bounds[0] - c) / a, (chip.bounds[3] - f) / e].every((q) => Math.abs(q - Math.round(q)) < 1e-6),
      );
      assert.ok(aligned, chip.key);
    }
    assert.equal((await randomSampler(catalog, { chipSize: 64, seed: 1 })).length, chips.length);
  });

  test(
    'header facts and lon–lat bounds of every readable raster agree with rasterio',
    { skip: pythonSkip(['rasterio']) },
    async () => {
      const { value: catalog } = await withWarnings(() =>
        buildRasterCatalog([at('sentinel2'), at('landsat'), at('elevation'), at('landcover')], {
          targetCrs: 'EPSG:4326',
        }),
      );
      const rows = await catalog.toArray();
      assert.ok(rows.length > 50, `${rows.length}`);
      const script = `
import json, sys, rasterio
from rasterio.warp import transform_bounds
out = []
for f in json.load(open(sys.argv[1])):
    with rasterio.open(f) as d:
        out.append([d.width, d.height, d.count, list(d.transform)[:6], d.crs and d.crs.to_epsg(), d.crs and list(transform_bounds(d.crs, 4326, *d.bounds, densify_pts=21)), len(d.overviews(1))])
print(json.dumps(out))`;
      const theirs = await withFolder((folder) => {
        const list = path.join(folder, 'files.json');
        writeFileSync(list, JSON.stringify(rows.map((r) => r.filepath)));
        return Promise.resolve(
          python(script, list) as [number, number, number, number[], number | null, number[] | null, number][],
        );
      });
      rows.forEach((row, i) => {
        const [width, height, count, transform, epsg, bounds, overviews] = theirs[i]!;
        assert.deepEqual(
          [row.native!.width, row.native!.height, row.native!.count, row.native!.overviews.length],
          [width, height, count, overviews],
          row.filepath,
        );
        row.native!.transform.forEach((v, k) =>
          assert.ok(
            Math.abs(v - transform[k]!) <= 1e-9 * Math.max(1, Math.abs(v)),
            `${row.filepath} transform ${k}: ${v} against ${transform[k]!}`,
          ),
        );
        if (epsg !== null && row.crs.epsg !== null) assert.equal(row.crs.epsg, epsg, row.filepath);
        if (bounds === null) return; // without CRS in the file we took targetCrs
        row.bbox.forEach((v, k) =>
          assert.ok(Math.abs(v - bounds[k]!) <= 2e-6, `${row.filepath} bounds ${k}: ${v} against ${bounds[k]!}`),
        );
      });
    },
  );
});
