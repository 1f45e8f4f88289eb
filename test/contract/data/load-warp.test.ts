/** Loading real files: equal to GDAL's warp of them, and never empty without a word. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { GeoSlice } from '../../../src/core/index.js';
import { closeLoadContext, loadRaster } from '../../../src/load/index.js';
import { needsSharedData, SHARED_DATA } from '../../support/places.js';

interface SharedCase {
  readonly file: string;
  readonly crs: string;
  readonly resolution: number;
  readonly origin: readonly [number, number];
  readonly shape: readonly [number, number, number];
  readonly valid: number;
  readonly sha256: string;
}
const { cases } = JSON.parse(readFileSync(path.resolve('test/oracles/warp/shared.json'), 'utf8')) as {
  readonly cases: readonly SharedCase[];
};

describe('a real file warped by nearest equals GDAL, pixel for pixel', needsSharedData, () => {
  for (const c of cases) {
    test(`${c.file} in ${c.crs}`, async () => {
      const catalog = await buildRasterCatalog(path.join(SHARED_DATA, c.file));
      const [x, y] = c.origin;
      const [, height, width] = c.shape;
      const slice = GeoSlice.create({
        bounds: [x, y - height * c.resolution, x + width * c.resolution, y],
        resolution: c.resolution,
        crs: c.crs,
      });
      const t = await loadRaster(catalog, slice, { resampling: 'nearest', transform: 'exact' });
      assert.deepEqual([...t.shape], [...c.shape]);
      assert.equal(
        t.valid?.reduce((n, v) => n + v, 0),
        c.valid,
      );
      const bytes = Buffer.from(t.values.buffer, t.values.byteOffset, t.values.byteLength);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), c.sha256);
      // The knot grid may differ at cell edges only.
      const knots = await loadRaster(catalog, slice, { resampling: 'nearest' });
      let differ = 0;
      for (let i = 0; i < t.values.length; i++) if (t.values[i] !== knots.values[i]) differ++;
      assert.ok(differ < 2e-3 * t.values.length, `${differ} pixels differ`);
      await closeLoadContext(catalog);
    });
  }
});
