import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { openCatalog } from '../../../../../src/catalog/index.js';
import { loadDuckdb } from '../../../../../src/catalog/engines/duckdb/driver.js';
import { isNadirError, type Bounds } from '../../../../../src/core/index.js';
import { writeGeoParquet, type ColumnSpec } from '../../../../../src/formats/geoparquet/index.js';
import { boxPolygon } from '../../../../../src/catalog/geometry.js';
import { withWarnings } from '../../../../support/host.js';
import { withFolder } from '../../../../support/places.js';
import { outcome, randomRows, UTM, withBoth, write } from './support.js';

const refuses =
  (code: string, text: RegExp) =>
  (error: unknown): boolean =>
    isNadirError(error) && error.code === code && text.test(error.message);

/** A file with columns as they are given; footprints are unit boxes in a row unless `geometry` says otherwise. */
function raw(
  columns: Readonly<Record<string, readonly [ColumnSpec['type'], readonly unknown[]]>>,
  n: number,
): Uint8Array {
  const boxes = Array.from({ length: n }, (_, i): Bounds => [i, 0, i + 1, 1]);
  const rows = Object.fromEntries(Object.entries(columns).map(([name, [, values]]) => [name, values]));
  return writeGeoParquet({
    rows: { geometry: boxes.map((b) => boxPolygon(b)), bbox: boxes, ...rows },
    crs: UTM,
    columns: [
      { name: 'geometry', type: 'geometry' },
      { name: 'bbox', type: 'bbox' },
      ...Object.entries(columns).map(([name, [type]]) => ({ name, type })),
    ],
  });
}

const V1 = (n: number, start: readonly (number | null)[], end: readonly (number | null)[]) =>
  ({
    id: ['string', start.map((_, i) => `r${i}`)],
    filepath: ['string', start.map((_, i) => `r${i}.tif`)],
    start_time: ['timestamp', start],
    end_time: ['timestamp', end],
    _backend: ['string', Array(n).fill('raster')],
    _schema_version: ['int32', Array(n).fill(1)],
  }) as const;

describe('files of the DuckDB engine', () => {
  test('names with apostrophes, spaces, other letters and pattern characters are names', () =>
    withFolder(async (folder) => {
      const dir = path.join(folder, "it's [a-z] *", 'été 日本 {a,b}');
      const [one, two] = [randomRows(5, 1), randomRows(6, 2)];
      const file = await write(one, path.join(dir, "p[1]?*'s.parquet"));
      // What the name would match, were it a pattern.
      await write(two, path.join(dir, "p1x's.parquet"));
      await withBoth(file, async ({ memory, duckdb }) => {
        assert.deepEqual(await outcome(() => duckdb), await outcome(() => memory));
        assert.equal(await duckdb.count(), 5);
      });
      await withBoth(folder, async ({ memory, duckdb }) => {
        assert.deepEqual(await outcome(() => duckdb), await outcome(() => memory));
        assert.equal(await duckdb.count(), 11);
      });
    }));

  test('a folder called k=v adds no column', () =>
    withFolder(async (folder) => {
      const file = await write(randomRows(5, 1), path.join(folder, 'year=2024', 'cloud=7', 'a.parquet'));
      await withBoth(file, async ({ duckdb, memory }) => {
        assert.deepEqual(await outcome(() => duckdb), await outcome(() => memory));
      });
    }));

  test('files without schema version give the same rows: ids, sentinels, static', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'foreign.parquet');
      const day = 86_400e6;
      writeFileSync(
        file,
        raw(
          {
            filepath: ['string', ['a/x.tif', 'b/x.tif', 'y.tif', 'z.tif']],
            start_time: ['timestamp', [0, -25_567 * day, null, 5]],
            end_time: ['timestamp', [day, 47_482 * day, null, 9]],
            cloud: ['double', [1, null, NaN, 3]],
          },
          4,
        ),
      );
      const { warnings } = await withWarnings(() =>
        withBoth(file, async ({ memory, duckdb }) => {
          assert.equal(duckdb.engine, 'duckdb');
          const rows = await duckdb.toArray();
          assert.deepEqual(
            rows.map((r) => r.static),
            [false, true, true, false],
          );
          assert.deepEqual(
            rows.map((r) => r.id.slice(0, 2)),
            ['x', 'x-', 'y', 'z'],
          );
          assert.deepEqual(await outcome(() => duckdb), await outcome(() => memory));
          const filtered = await outcome(() => duckdb.query({ bounds: [1.5, 0, 2.5, 1] }).where('cloud is null'));
          assert.deepEqual(
            filtered,
            await outcome(() => memory.query({ bounds: [1.5, 0, 2.5, 1] }).where('cloud is null')),
          );
          assert.equal(await duckdb.count(), 4);
          assert.deepEqual(await duckdb.temporalExtent(), await memory.temporalExtent());
        }),
      );
      assert.ok(warnings.some((w) => w.includes('_backend')));
    }));

  test('a file that is cut off, another format or gone is refused by name', () =>
    withFolder(async (folder) => {
      const cat = path.join(folder, 'cat');
      const good = await write(randomRows(5, 1), path.join(cat, 'a.parquet'));
      const bad = path.join(cat, 'b.parquet');
      const bytes = readFileSync(good);
      for (const content of [bytes.subarray(0, 900), bytes.subarray(0, 3), Buffer.from('no parquet file at all')]) {
        writeFileSync(bad, content);
        await assert.rejects(openCatalog(cat, { engine: 'duckdb' }), refuses('not-parquet', /b\.parquet/));
      }
      rmSync(bad);
      const catalog = await openCatalog(cat, { engine: 'duckdb' });
      rmSync(good);
      await assert.rejects(
        catalog.toArray(),
        (e: unknown) => isNadirError(e, 'SourceError') && /a\.parquet/.test(e.message),
      );
      await catalog.dispose();
    }));

  test('damage inside a page is a format error that names the file', () =>
    withFolder(async (folder) => {
      const file = await write(randomRows(3000, 1), path.join(folder, 'damaged.parquet'));
      const bytes = readFileSync(file);
      bytes.fill(0xff, 200, 4000);
      writeFileSync(file, bytes);
      const catalog = await openCatalog(file, { engine: 'duckdb' });
      await assert.rejects(catalog.toArray(), (e: unknown) => isNadirError(e, 'FormatError'));
      await catalog.dispose();
    }));

  test('parts that differ in version, backend or CRS are refused, naming files', () =>
    withFolder(async (folder) => {
      const mixed = async (name: string, other: Uint8Array, code: string, text: RegExp): Promise<void> => {
        const cat = path.join(folder, name);
        mkdirSync(cat);
        writeFileSync(path.join(cat, 'a.parquet'), raw(V1(1, [0], [1]), 1));
        writeFileSync(path.join(cat, 'b.parquet'), other);
        await assert.rejects(openCatalog(cat, { engine: 'duckdb' }), refuses(code, text));
      };
      await mixed(
        'version',
        raw({ ...V1(1, [0], [1]), _schema_version: ['int32', [2]] }, 1),
        'mixed-values',
        /b\.parquet/,
      );
      await mixed(
        'null',
        raw({ ...V1(1, [0], [1]), _schema_version: ['int32', [null]] }, 1),
        'mixed-values',
        /b\.parquet/,
      );
      await mixed(
        'backend',
        raw({ ...V1(1, [0], [1]), _backend: ['string', ['vector']] }, 1),
        'mixed-values',
        /b\.parquet/,
      );
    }));

  test('bad rows are found when they are pulled, by file and row, with the codes of the memory engine', () =>
    withFolder(async (folder) => {
      for (const [name, start, end, code] of [
        ['reversed', [0, 9, 5], [1, 8, 6], 'reversed-interval'],
        ['half', [0, null, 5], [1, 8, 6], 'half-interval'],
      ] as const) {
        const file = path.join(folder, `${name}.parquet`);
        writeFileSync(file, raw(V1(3, start, end), 3));
        await assert.rejects(openCatalog(file, { engine: 'memory' }), refuses(code, /row 1/));
        const catalog = await openCatalog(file, { engine: 'duckdb' });
        await assert.rejects(catalog.toArray(), refuses(code, new RegExp(`${name}\\.parquet.*row 1`)));
        // A scan that leaves rows out still numbers them as the file does.
        await assert.rejects(catalog.query({ bounds: [1.2, 0.2, 1.8, 0.8] }).toArray(), refuses(code, /row 1/));
        await catalog.dispose();
      }
    }));

  test('footers without coverings or bounds rule out nothing', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'bare.parquet');
      const n = 4;
      const boxes = Array.from({ length: n }, (_, i): Bounds => [i, 0, i + 1, 1]);
      const v1 = V1(n, [0, 10, 20, 30], [5, 15, 25, 35]);
      writeFileSync(
        file,
        writeGeoParquet({
          rows: {
            ...Object.fromEntries(Object.entries(v1).map(([k, [, v]]) => [k, v])),
            geometry: boxes.map((b) => boxPolygon(b)),
          },
          crs: UTM,
          columns: [
            { name: 'geometry', type: 'geometry' },
            ...Object.entries(v1).map(([name, [type]]) => ({ name, type })),
          ],
        }),
      );
      await withBoth(file, async ({ memory, duckdb }) => {
        for (const query of [{ bounds: [1.5, 0, 1.6, 1] as const }, { time: { start: 12, end: 22 } }])
          assert.deepEqual(await outcome(() => duckdb.query(query)), await outcome(() => memory.query(query)));
        assert.deepEqual(await duckdb.totalBounds(), await memory.totalBounds());
      });
    }));

  test('addresses are refused; auto keeps them, and small files, in memory', () =>
    withFolder(async (folder) => {
      const file = await write(randomRows(5, 1), path.join(folder, 'a.parquet'));
      assert.equal((await openCatalog(file)).engine, 'memory');
      copyFileSync(file, path.join(folder, 'b.parquet'));
      assert.equal((await openCatalog(folder)).engine, 'memory');
    }));

  test('without the package the error says how to install it', () => {
    assert.throws(
      () => loadDuckdb(['/nowhere/package.json']),
      (e: unknown) =>
        refuses('no-duckdb', /@duckdb\/node-api/)(e) &&
        isNadirError(e) &&
        /npm install @duckdb\/node-api/.test(e.hint ?? ''),
    );
  });

  test('a package without its binary is told from one that is missing', () =>
    withFolder((folder) => {
      const place = path.join(folder, 'node_modules', '@duckdb', 'node-api');
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, 'index.js'), "require('@duckdb/node-bindings-of-no-platform/duckdb.node');");
      assert.throws(() => loadDuckdb([path.join(folder, 'package.json')]), refuses('duckdb-unusable', /node-bindings/));
      return Promise.resolve();
    }));
});
