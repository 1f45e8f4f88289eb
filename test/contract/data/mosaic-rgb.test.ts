/** Four overlapping parts of a Landsat scene give the scene back. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { GeoSlice } from '../../../src/core/index.js';
import { closeLoadContext, loadRaster } from '../../../src/load/index.js';
import { needsSharedData, SHARED_DATA } from '../../support/places.js';

const FOLDER = path.join(SHARED_DATA, 'landsat/rgb_mosaic');

describe('the mosaic of the parts of RGB.byte.tif', needsSharedData, () => {
  for (const mergeMethod of ['last', 'first', 'min', 'max'] as const) {
    test(`equals the whole pixel for pixel (${mergeMethod})`, async () => {
      const whole = await buildRasterCatalog(path.join(FOLDER, 'RGB.byte.tif'));
      const parts = await buildRasterCatalog([4, 2, 1, 3].map((i) => path.join(FOLDER, `rgb${i}.tif`)));
      const [row] = await whole.toArray();
      const { transform, width, height } = row!.native!;
      const scene = GeoSlice.fromWindow({ col: 0, row: 0, width, height }, transform, { crs: row!.crs });
      const mosaic = await loadRaster(parts, scene, { mergeMethod });
      const original = await loadRaster(whole, scene);
      assert.deepEqual([...mosaic.shape], [3, 718, 791]);
      assert.ok(Buffer.from(mosaic.values.buffer).equals(Buffer.from(original.values.buffer)));
      assert.deepEqual(mosaic.valid, original.valid);
      assert.ok((original.valid?.reduce((n, v) => n + v, 0) ?? 0) > 1_000_000);
      assert.equal((mosaic.attrs['sources'] as string[]).length, 4);
      await closeLoadContext(whole);
      await closeLoadContext(parts);
    });
  }
});
