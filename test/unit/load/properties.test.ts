/** Chips of a grid put together equal one load of the whole, for every method and CRS (loading.md §8, property 2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { createRandom, GeoSlice } from '../../../src/core/index.js';
import { closeLoadContext, loadRaster } from '../../../src/load/index.js';
import { loadChipsQuietly } from '../../../src/load/load-chips.js';
import { RESAMPLINGS } from '../../../src/pixels/index.js';
import { gridSampler } from '../../../src/sampling/index.js';
import { withFolder } from '../../support/places.js';
import { writeRaster } from '../../support/raster-files.js';

const SEED = 20261120;
const [W, H] = [230, 190];

for (const crs of ['EPSG:32631', 'EPSG:32632']) {
  test(`the chips of a grid sampler hold the bytes of one load of their union, by every method (catalog in ${crs})`, () =>
    withFolder(async (folder) => {
      const random = createRandom(SEED, 'properties');
      await writeRaster(folder, {
        name: 'a.tif',
        values: Int16Array.from({ length: W * H }, () => (random.uniform() < 0.1 ? -1 : random.int(3000))),
        shape: [1, H, W],
        transform: [10, 0, 500000, 0, -10, 5300000],
        crs: 'EPSG:32631',
        nodata: -1,
      });
      const catalog = await buildRasterCatalog(folder, { targetCrs: crs });
      try {
        for (const resolution of [10, 23]) {
          const slices = [...(await gridSampler(catalog, { chipSize: 29, resolution, edge: 'pad' }))];
          assert.ok(slices.length > 6, `${slices.length} chips`);
          const side = (k: 0 | 1 | 2 | 3): number[] => slices.map((s) => s.bounds[k]);
          const whole = GeoSlice.create({
            bounds: [Math.min(...side(0)), Math.min(...side(1)), Math.max(...side(2)), Math.max(...side(3))],
            resolution,
            crs,
          });
          for (const resampling of RESAMPLINGS) {
            const one = await loadRaster(catalog, whole, { resampling });
            // Corners of a turned footprint's box meet no file: those chips are left out.
            const chips = loadChipsQuietly(catalog, slices, { resampling });
            let seen = 0;
            for await (const { slice, tensor } of chips) {
              seen++;
              const col = Math.round((slice.bounds[0] - whole.bounds[0]) / resolution);
              const row = Math.round((whole.bounds[3] - slice.bounds[3]) / resolution);
              const [height, width] = slice.shape;
              for (let r = 0; r < height; r++) {
                const from = (row + r) * one.width + col;
                const message = `${resampling} at ${resolution} m, row ${r} of the chip at ${col}, ${row}`;
                assert.deepEqual(
                  tensor.values.subarray(r * width, (r + 1) * width),
                  one.values.subarray(from, from + width),
                  message,
                );
                for (let c = 0; c < width; c++)
                  assert.equal(tensor.valid?.[r * width + c] ?? 1, one.valid?.[from + c] ?? 1, message);
              }
            }
            assert.ok(seen > 6, `${seen} chips`);
            assert.ok(chips.errors.every((e) => e.error.code === 'no-rows'));
          }
        }
      } finally {
        await closeLoadContext(catalog);
        await catalog.dispose();
      }
    }));
}
