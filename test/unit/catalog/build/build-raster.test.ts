import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../../src/catalog/index.js';
import { formatTime, isNadirError, sha256, type Progress } from '../../../../src/core/index.js';
import { withWarnings } from '../../../support/host.js';
import { withFolder } from '../../../support/places.js';
import { idsOf } from '../../../support/rows.js';
import { writeTinyTiff } from '../../../support/tiny-tiff.js';

const DATED = { filenameRegex: /(?<date>\d{8})/ };
const utm = (
  zone: number,
  x = 500000,
  y = 5400000,
): {
  transform: readonly [number, number, number, number, number, number];
  epsg: number;
  width: number;
  height: number;
} => ({
  transform: [10, 0, x, 0, -10, y],
  epsg: 32600 + zone,
  width: 8,
  height: 6,
});

/** Six good files in two zones, one undated, and three bad ones among them. */
function mixedFolder(folder: string): void {
  writeTinyTiff(path.join(folder, 'a_20240601.tif'), utm(31));
  writeFileSync(path.join(folder, 'b_20240602.tif'), 'II*\0garbage that is no directory');
  writeTinyTiff(path.join(folder, 'c_20240603.tif'), utm(32, 300000));
  writeTinyTiff(path.join(folder, 'd_20240604.tif'), { ...utm(31), nodata: 7 });
  const { transform, width, height } = utm(31);
  writeTinyTiff(path.join(folder, 'e_20240605.tif'), { transform, width, height });
  writeTinyTiff(path.join(folder, 'f_20241399.tif'), utm(31));
  mkdirSync(path.join(folder, 'deep'));
  writeTinyTiff(path.join(folder, 'deep', 'g_20240607.TIFF'), utm(31, 600000));
  writeTinyTiff(path.join(folder, 'dem.tif'), utm(31));
  writeFileSync(path.join(folder, 'notes.txt'), 'no raster');
}

describe('buildRasterCatalog', () => {
  test('indexes a folder in path order, names the bad files, and leaves out names without a date', async () => {
    await withFolder(async (folder) => {
      mixedFolder(folder);
      const { value: catalog, warnings } = await withWarnings(() => buildRasterCatalog(folder, DATED));
      assert.deepEqual(await idsOf(catalog), ['a_20240601', 'c_20240603', 'd_20240604', 'g_20240607']);
      assert.deepEqual(
        catalog.config.skipped!.map((s) => [path.basename(s.item), s.error.name]),
        [
          ['b_20240602.tif', 'FormatError'],
          ['e_20240605.tif', 'CatalogError'],
          ['f_20241399.tif', 'CatalogError'],
        ],
      );
      assert.deepEqual(
        catalog.config.unmatched?.map((f) => path.basename(f)),
        ['dem.tif'],
      );
      assert.equal(warnings.length, 2);
      assert.match(warnings[0]!, /1 of 8 files do not match.*dem\.tif/);
      assert.match(
        warnings[1]!,
        /3 of 7 files could not be indexed[^]*b_20240602\.tif[^]*e_20240605\.tif[^]*f_20241399\.tif/,
      );
    });
  });

  test('rows hold header facts, native CRS, and footprints in the first file’s CRS', async () => {
    await withFolder(async (folder) => {
      mixedFolder(folder);
      const { value: catalog } = await withWarnings(() => buildRasterCatalog(`${folder}/*.tif`, DATED));
      assert.equal(catalog.crs.canonical, 'EPSG:32631');
      const [a, c, d] = await catalog.toArray();
      assert.deepEqual(a!.bbox, [500000, 5399940, 500080, 5400000]);
      assert.equal(formatTime(a!.interval!.start), '2024-06-01T00:00:00.000000Z');
      assert.equal(c!.crs.canonical, 'EPSG:32632');
      assert.ok(c!.bbox[0] > 730000 && c!.bbox[0] < 760000, 'zone 32 west edge lies far east in zone 31');
      assert.deepEqual(c!.native!.transform, [10, 0, 300000, 0, -10, 5400000]);
      assert.deepEqual(
        [d!.native!.nodata, d!.native!.width, d!.native!.height, d!.native!.count, d!.native!.dtype],
        [7, 8, 6, 1, 'uint8'],
      );
      assert.deepEqual(a!.columns, {});
    });
  });

  test('the result does not depend on concurrency', async () => {
    await withFolder(async (folder) => {
      mixedFolder(folder);
      const build = async (concurrency: number): Promise<unknown> => {
        const { value } = await withWarnings(() => buildRasterCatalog(folder, { ...DATED, concurrency }));
        return [await value.toArray(), value.config.skipped!.map((s) => [s.item, s.error.message])];
      };
      const serial = await build(1);
      for (const c of [2, 8, 100]) assert.deepEqual(await build(c), serial);
    });
  });

  test('the catalog CRS is that of the first file that produced a row, or the target', async () => {
    await withFolder(async (folder) => {
      writeFileSync(path.join(folder, 'a.tif'), 'broken');
      writeTinyTiff(path.join(folder, 'b.tif'), utm(32));
      writeTinyTiff(path.join(folder, 'c.tif'), utm(31));
      const { value } = await withWarnings(() => buildRasterCatalog(folder));
      assert.equal(value.crs.canonical, 'EPSG:32632');
      assert.ok((await value.toArray()).every((r) => r.static && r.interval === null));
      const { value: geographic } = await withWarnings(() => buildRasterCatalog(folder, { targetCrs: 'EPSG:4326' }));
      assert.equal(geographic.crs.canonical, 'EPSG:4326');
      const [b, c] = await geographic.toArray();
      assert.ok(
        Math.abs(b!.bbox[0] - 9) < 0.01 && Math.abs(c!.bbox[0] - 3) < 0.01,
        'easting 500 000 is the central meridian of each zone',
      );
    });
  });

  test('a file without CRS takes the target CRS', async () => {
    await withFolder(async (folder) => {
      const { transform, width, height } = utm(31);
      const file = writeTinyTiff(path.join(folder, 'a.tif'), { transform, width, height });
      await assert.rejects(
        buildRasterCatalog(file),
        (e) => isNadirError(e, 'CatalogError') && e.code === 'no-rows' && /targetCrs|CRS/.test(e.message),
      );
      const catalog = await buildRasterCatalog(file, { targetCrs: 'EPSG:32631' });
      assert.equal((await catalog.toArray())[0]!.crs.canonical, 'EPSG:32631');
    });
  });

  test('a file whose CRS is named but unknown never takes the target CRS', async () => {
    await withFolder(async (folder) => {
      writeTinyTiff(path.join(folder, 'a.tif'), utm(31));
      writeTinyTiff(path.join(folder, 'b.tif'), { ...utm(31), epsg: 31299 });
      const { value } = await withWarnings(() => buildRasterCatalog(folder, { targetCrs: 'EPSG:4326' }));
      assert.deepEqual(await idsOf(value), ['a']);
      assert.match(value.config.skipped![0]!.error.message, /EPSG:31299/);
    });
  });

  test('equal names get ids from their paths', async () => {
    await withFolder(async (folder) => {
      for (const sub of ['x', 'y']) {
        mkdirSync(path.join(folder, sub));
        writeTinyTiff(path.join(folder, sub, 'same.tif'), utm(31));
      }
      const second = path.join(folder, 'y', 'same.tif');
      assert.deepEqual(await idsOf(await buildRasterCatalog(folder)), [
        'same',
        `same-${sha256(`${second}\n\n`).slice(0, 8)}`,
      ]);
    });
  });

  test('a missing member of a list is one bad file; a missing path alone is an error', async () => {
    await withFolder(async (folder) => {
      const good = writeTinyTiff(path.join(folder, 'a.tif'), utm(31));
      const { value } = await withWarnings(() => buildRasterCatalog([path.join(folder, 'gone.tif'), good]));
      assert.deepEqual(await idsOf(value), ['a']);
      assert.equal(value.config.skipped![0]!.error.name, 'SourceError');
      await assert.rejects(buildRasterCatalog(path.join(folder, 'gone.tif')), (e) => isNadirError(e, 'SourceError'));
    });
  });

  test('an empty pattern, folder or list, and a regex that fits nothing, are errors that say so', async () => {
    await withFolder(async (folder) => {
      const matches = (text: RegExp) => (e: unknown) =>
        isNadirError(e, 'CatalogError') && e.code === 'no-files-matched' && text.test(e.message);
      await assert.rejects(buildRasterCatalog(`${folder}/*.tif`), matches(/No files matched.*\*\.tif/));
      await assert.rejects(buildRasterCatalog(folder), matches(/No files matched/));
      await assert.rejects(buildRasterCatalog([]), matches(/No files matched.*empty list/));
      writeTinyTiff(path.join(folder, 'dem.tif'), utm(31));
      await assert.rejects(buildRasterCatalog(folder, DATED), matches(/No files matched.*\\d\{8\}.*dem\.tif/));
      await assert.rejects(
        buildRasterCatalog(folder, { filenameRegex: '(?<tile>x)' }),
        (e) => isNadirError(e, 'CatalogError') && /tile/.test(e.message),
      );
    });
  });

  test('raise throws the first bad file in input order, whatever finishes first', async () => {
    await withFolder(async (folder) => {
      mixedFolder(folder);
      for (const concurrency of [1, 4, 16]) {
        const raised = withWarnings(() => buildRasterCatalog(folder, { ...DATED, onError: 'raise', concurrency }));
        await assert.rejects(raised, (e) => isNadirError(e, 'FormatError') && e.message.includes('b_20240602.tif'));
      }
    });
  });

  test('progress counts files and failures; an aborted build rejects with the reason', async () => {
    await withFolder(async (folder) => {
      mixedFolder(folder);
      const seen: Progress[] = [];
      await withWarnings(() => buildRasterCatalog(folder, { ...DATED, onProgress: (p) => seen.push(p) }));
      assert.deepEqual(seen.at(-1), { done: 7, total: 7, unit: 'files', failed: 3 });
      assert.deepEqual(
        seen.map((p) => p.done),
        [1, 2, 3, 4, 5, 6, 7],
      );
      const reason = new Error('stop');
      await assert.rejects(buildRasterCatalog(folder, { signal: AbortSignal.abort(reason) }), reason);
      const controller = new AbortController();
      const running = withWarnings(() =>
        buildRasterCatalog(folder, {
          ...DATED,
          concurrency: 1,
          signal: controller.signal,
          onProgress: (p) => p.done === 2 && controller.abort(reason),
        }),
      );
      await assert.rejects(running, reason);
    });
  });
});
