/** Every raster of the shared data is in one catalog, or named with its reason. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, SHARED_DATA } from '../../support/places.js';

/** Why files have no row, by the code of the error. */
const LEFT_OUT: readonly (readonly [code: string, files: RegExp, why: string])[] = [
  ['not-tiff', /^bad_inputs\/corrupt(?:_image)?\.TIF$/, 'the content is no TIFF'],
  ['components', /^bad_inputs\/crash-.*\.j2k$/, 'fuzzed'],
  ['bad-tag', /^bad_inputs\/(?:crash|imgtiff)/, 'fuzzed'],
  ['forged-count', /^bad_inputs\/(?:crash|imgtiff)/, 'fuzzed'],
  ['truncated', /^bad_inputs\/oom/, 'fuzzed'],
  [
    'outside-domain',
    /^(?:landsat\/other\/goes|tiff_fixtures\/image_geos)\.tif$/,
    'geostationary: corners off the Earth',
  ],
  ['not-georeferenced', /^(?:tiff_fixtures\/|bad_inputs\/invalid_header_length\.jp2$)/, 'a picture without a place'],
];

const isRaster = (file: string): boolean => /\.(?:tiff?|jp2|j2k)$/i.test(file);

describe('shared rasters', needsSharedData, () => {
  test('all give a row in EPSG:4326 or an entry in the ledger whose reason is known', async () => {
    const files = readdirSync(SHARED_DATA, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter(isRaster)
      .sort();
    const { value: catalog } = await withWarnings(() =>
      buildRasterCatalog(
        files.map((file) => path.join(SHARED_DATA, file)),
        { targetCrs: 'EPSG:4326' },
      ),
    );
    const nameOf = (place: string): string => path.relative(SHARED_DATA, place).replaceAll('\\', '/');
    const rows = await catalog.toArray();
    const left = catalog.config.skipped!.map(({ item, error }) => [nameOf(item), error.code] as const);
    assert.deepEqual([...rows.map((r) => nameOf(r.filepath)), ...left.map(([file]) => file)].sort(), files);
    for (const [file, code] of left)
      assert.ok(
        LEFT_OUT.some(([known, pattern]) => known === code && pattern.test(file)),
        `${file} is left out for ${code}`,
      );
    assert.ok(rows.length >= 195, `${rows.length} rows`);
    for (const { id, bbox, native } of rows) {
      // Latitudes of format fixtures (float*.tif) run to 200: they are stored as they are.
      assert.ok(bbox[0] >= -180 && bbox[2] <= 180 && bbox[1] <= bbox[3], `${id}: ${bbox.join()}`);
      assert.ok(native !== null && native.width > 0 && native.height > 0, id);
    }
  });

  test('the ones off the Earth have a row in their own CRS', async () => {
    const catalog = await buildRasterCatalog(path.join(SHARED_DATA, 'tiff_fixtures/image_geos.tif'));
    assert.equal(await catalog.count(), 1);
  });
});
