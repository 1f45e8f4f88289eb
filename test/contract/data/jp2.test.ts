// JPEG 2000 files written by GDAL and those of the shared data, against rasterio's arrays.
// Made by test/oracles/jp2/make.py.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { isNadirError, type NumericArray } from '../../../src/core/index.js';
import { openRaster } from '../../../src/formats/open-raster.js';
import { BlockCache, type RasterFile } from '../../../src/formats/raster/index.js';
import { memorySource } from '../../../src/io/index.js';
import { SHARED_DATA, needsSharedData } from '../../support/places.js';

interface Facts {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly dtype: string;
  readonly transform: number[];
  readonly epsg: number | null;
  readonly sha256: string;
  readonly overviews: readonly (readonly [width: number, height: number, sha256: string])[];
}
interface Case extends Facts {
  readonly name: string;
  readonly jp2: string;
}
const { cases, refused } = JSON.parse(gunzipSync(readFileSync('test/oracles/jp2/cases.json.gz')).toString('utf8')) as {
  cases: Case[];
  refused: Record<string, string>;
};
const shared = JSON.parse(readFileSync('test/oracles/jp2/shared-checksums.json', 'utf8')) as Record<
  string,
  Facts & { readonly error?: string }
>;
const open = (jp2: string, name: string, cache?: BlockCache) =>
  openRaster(memorySource(Buffer.from(jp2, 'base64'), name), cache ? { cache } : {});
const sha = (a: NumericArray): string =>
  createHash('sha256')
    .update(new Uint8Array(a.buffer, a.byteOffset, a.byteLength))
    .digest('hex');

async function agrees(file: RasterFile, e: Facts): Promise<void> {
  const { header } = file;
  assert.deepEqual([header.width, header.height, header.count, header.dtype], [e.width, e.height, e.count, e.dtype]);
  header.transform.forEach((v, i) =>
    assert.ok(
      Math.abs(v - e.transform[i]!) <= 1e-9 * Math.max(1, Math.abs(v)),
      `transform ${i}: ${v} is ${e.transform[i]!}`,
    ),
  );
  if (e.epsg !== null) assert.equal(header.crs?.canonical, `EPSG:${e.epsg}`);
  const whole = await file.readWindow({ col: 0, row: 0, width: e.width, height: e.height });
  assert.equal(sha(whole.values), e.sha256);
  assert.equal(whole.valid, null);
  for (const [level, [width, height, sum]] of e.overviews.entries()) {
    assert.deepEqual(header.overviews[level], [width, height]);
    const reduced = await file.readWindow({ col: 0, row: 0, width, height }, { level });
    assert.equal(sha(reduced.values), sum, `overview ${level}`);
  }
}

describe('JPEG 2000 files that GDAL writes read as rasterio reads them, bit for bit', () => {
  for (const c of cases) {
    test(c.name, async () => {
      const file = await open(c.jp2, c.name);
      await agrees(file, c);
      const { values } = await file.readWindow({ col: 0, row: 0, width: c.width, height: c.height });
      const [col, row, width, height] = [61, 40, 70, 33]; // over tiles of all sizes
      const part = await file.readWindow({ col, row, width, height }, { bands: [c.count - 1] });
      for (let r = 0; r < height; r++)
        for (let x = 0; x < width; x++)
          assert.equal(part.values[r * width + x], values[((c.count - 1) * c.height + row + r) * c.width + col + x]);
      await file.close();
    });
  }
});

describe('JPEG 2000 windows', () => {
  test('only the tiles that a window touches are decoded, once', async () => {
    const cache = new BlockCache();
    const file = await open(cases.find((c) => c.name === 'uint16-1-reversible-YES')!.jp2, 'x.jp2', cache);
    await file.readWindow({ col: 70, row: 70, width: 20, height: 20 });
    assert.equal(cache.decoded, 1);
    await file.readWindow({ col: 60, row: 60, width: 10, height: 10 });
    assert.equal(cache.decoded, 4);
    await file.close();
    assert.equal(cache.bytes, 0);
  });
  test('a window outside, an unknown band and an unknown level are argument errors', async () => {
    const file = await open(cases[0]!.jp2, 'x.jp2');
    const code = (wanted: string) => (e: unknown) => isNadirError(e, 'ArgumentError') && e.code === wanted;
    await assert.rejects(file.readWindow({ col: 130, row: 0, width: 11, height: 1 }), code('window'));
    await assert.rejects(file.readWindow({ col: 0, row: 0, width: 1, height: 1 }, { bands: [1] }), code('band'));
    await assert.rejects(file.readWindow({ col: 0, row: 0, width: 1, height: 1 }, { level: 9 }), code('level'));
  });
  test('a cut-off file gives its first tiles and an error that names a missing one', async () => {
    const bytes = Buffer.from(cases.find((c) => c.name === 'uint16-1-reversible-YES')!.jp2, 'base64');
    const file = await openRaster(memorySource(bytes.subarray(0, bytes.length - 20), 'cut.jp2'));
    await file.readWindow({ col: 0, row: 0, width: 10, height: 10 });
    await assert.rejects(
      file.readWindow({ col: 130, row: 90, width: 4, height: 8 }),
      (e) => isNadirError(e, 'FormatError') && e.code === 'truncated' && e.message.includes('tile 5'),
    );
  });
});

describe('JPEG 2000 that is not read is refused by name', () => {
  for (const name of Object.keys(refused)) {
    test(name, async () => {
      await assert.rejects(
        open(refused[name]!, name),
        (e) => isNadirError(e, 'UnsupportedDataError') && e.code === 'components' && e.message.includes(name),
      );
    });
  }
});

describe('JPEG 2000 of the shared data reads as rasterio reads it, bit for bit', needsSharedData, () => {
  for (const [file, e] of Object.entries(shared)) {
    if (e.error !== undefined) continue; // geotiff-shared.test.ts has the damaged ones
    test(file, async () => {
      const raster = await openRaster(path.join(SHARED_DATA, file));
      await agrees(raster, e);
      await raster.close();
    });
  }
  test('a folder of JP2 files is a catalog', async () => {
    const catalog = await buildRasterCatalog(path.join(SHARED_DATA, 'sentinel2/t32tls_jp2'), {
      filenameRegex: 'TL_[A-Z0-9]+_(?<date>\\d{8})T',
      dateFormat: '%Y%m%d',
    });
    const rows = await catalog.toArray();
    assert.equal(rows.length, 2);
    assert.deepEqual(
      rows.map((r) => r.native?.width),
      [1830, 1830],
    );
    await catalog.dispose();
  });
});
