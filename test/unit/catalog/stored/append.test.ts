import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { appendFiles, boxPolygon, openCatalog, type CatalogRow } from '../../../../src/catalog/index.js';
import { days, isNadirError, parseTime } from '../../../../src/core/index.js';
import { writeGeoParquet } from '../../../../src/formats/geoparquet/index.js';
import { withFolder } from '../../../support/places.js';
import { idsOf, makeCatalog, type RowInit } from '../../../support/rows.js';

const refuses = (code: string, text: RegExp) => (e: unknown) =>
  isNadirError(e) && e.code === code && text.test(e.message + (e.hint ?? ''));
const plain = (rows: readonly CatalogRow[]): unknown[] => rows.map((r) => ({ ...r, crs: r.crs.canonical }));

const dated = (id: string, day: string, more: Partial<RowInit> = {}): RowInit => ({ id, interval: days(day), ...more });

/** Bytes and times of all files below a folder, lock and temporary ones included. */
function snapshot(dir: string): Map<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return new Map(
    files.map((e) => {
      const file = path.join(e.parentPath, e.name);
      return [path.relative(dir, file), `${statSync(file).mtimeMs} ${readFileSync(file).toString('base64')}`];
    }),
  );
}

describe('appendFiles', () => {
  test('rows go to the folders of their months, static ones to the default partition; all open again', async () => {
    await withFolder(async (dir) => {
      const rows = [
        dated('a', '2022-03-31'),
        dated('b', '2022-04-01', { interval: { start: parseTime('2022-04-01'), end: parseTime('2022-06-01') } }),
        { id: 's' },
        dated('c', '2022-03-01', { columns: { cloud: 3, name: 'x' } }),
      ];
      const catalog = makeCatalog(rows, 'EPSG:32631', [10, 10]);
      const report = await appendFiles(dir, catalog, { partitionBy: ['year', 'month'] });
      assert.deepEqual(report.files.map((f) => path.relative(dir, path.dirname(f))).sort(), [
        'year=2022/month=3',
        'year=2022/month=4',
        'year=__HIVE_DEFAULT_PARTITION__/month=__HIVE_DEFAULT_PARTITION__',
      ]);
      assert.equal(report.rows, 4);
      assert.ok(report.files.every((f) => /^part-00000-[0-9a-f]{8}\.parquet$/.test(path.basename(f))));
      const back = await openCatalog(dir, { engine: 'memory' });
      assert.deepEqual([back.crs.canonical, back.targetResolution, back.backend], ['EPSG:32631', [10, 10], 'raster']);
      assert.deepEqual(await idsOf(back), ['c', 'a', 'b', 's']);
      const byId = new Map(plain(await back.toArray()).map((r) => [(r as CatalogRow).id, r]));
      for (const row of plain(await catalog.toArray()) as CatalogRow[])
        assert.deepEqual({ ...byId.get(row.id)!, columns: null }, { ...row, columns: null });
      assert.deepEqual((byId.get('c') as CatalogRow).columns, { cloud: 3, name: 'x' });
      assert.deepEqual((byId.get('s') as CatalogRow).columns, { cloud: null, name: null });
    });
  });

  test('existing files keep bytes and times; the same rows again become further shards; names repeat elsewhere', async () => {
    await withFolder(async (dir) => {
      const catalog = makeCatalog([dated('a', '2022-03-31'), dated('b', '2023-01-01')]);
      const first = await appendFiles(dir, catalog);
      const before = snapshot(dir);
      const again = await appendFiles(dir, catalog);
      const after = snapshot(dir);
      for (const [file, content] of before) assert.equal(after.get(file), content, file);
      assert.equal(after.size, before.size * 2);
      assert.ok(again.files.every((f) => path.basename(f).startsWith('part-00001-')));
      assert.deepEqual(await idsOf(await openCatalog(dir, { engine: 'memory' })), ['a', 'a', 'b', 'b']);
      await withFolder(async (other) => {
        const names = (files: readonly string[], root: string): string[] => files.map((f) => path.relative(root, f));
        assert.deepEqual(names((await appendFiles(other, catalog)).files, other), names(first.files, dir));
      });
    });
  });

  test('rows of no catalog need a CRS once; columns may come and go, types may not change', async () => {
    await withFolder(async (dir) => {
      const rows = await makeCatalog([dated('a', '2022-03-31', { columns: { v: null } })]).toArray();
      await assert.rejects(appendFiles(dir, rows), refuses('no-crs', /EPSG:4326/));
      await appendFiles(dir, rows, { crs: 'EPSG:32631' });
      await appendFiles(dir, await makeCatalog([dated('b', '2022-03-31', { columns: { v: 1.5 } })]).toArray());
      await appendFiles(
        dir,
        await makeCatalog([dated('c', '2022-03-31', { columns: { v: null, w: true } })]).toArray(),
      );
      await assert.rejects(
        appendFiles(dir, makeCatalog([dated('d', '2022-03-31', { columns: { v: 'text' } })])),
        refuses('mixed-column', /Column v holds double/),
      );
      const back = await (await openCatalog(dir, { engine: 'memory' })).toArray();
      assert.deepEqual(
        back.map((r) => [r.id, r.columns['v'], r.columns['w']]),
        [
          ['a', null, null],
          ['b', 1.5, null],
          ['c', null, true],
        ],
      );
    });
  });

  test('another layout, CRS or backend is refused and changes nothing', async () => {
    await withFolder(async (dir) => {
      const catalog = makeCatalog([dated('a', '2022-03-31')]);
      await appendFiles(dir, catalog);
      const before = snapshot(dir);
      await assert.rejects(
        appendFiles(dir, catalog, { partitionBy: ['year'] }),
        refuses('mixed-layout', /year, month/),
      );
      await assert.rejects(
        appendFiles(dir, makeCatalog([dated('b', '2022-03-31')], 'EPSG:4326')),
        refuses('mixed-crs', /EPSG:32631.*EPSG:4326/),
      );
      await assert.rejects(
        appendFiles(dir, await catalog.toArray(), { backend: 'vector' }),
        refuses('mixed-backend', /raster files.*vector/),
      );
      await assert.rejects(
        appendFiles(dir, catalog, { partitionBy: ['month'] as never }),
        refuses('bad-partition', /month/),
      );
      await assert.rejects(
        appendFiles(dir, catalog, { partitionby: ['year'] } as never),
        (e) => isNadirError(e) && /partitionBy/.test(e.message + (e.hint ?? '')),
      );
      assert.deepEqual(snapshot(dir), before);
    });
  });

  test('a single file under a k=v folder gains no column', async () => {
    await withFolder(async (dir) => {
      mkdirSync(path.join(dir, 'year=2022'));
      const file = path.join(dir, 'year=2022', 'c.parquet');
      await makeCatalog([dated('a', '2022-03-31', { columns: { v: 1 } })]).toGeoParquet(file);
      for (const place of [file, dir])
        assert.deepEqual((await (await openCatalog(place, { engine: 'memory' })).toArray())[0]!.columns, { v: 1 });
    });
  });

  test('a lock is honoured; that of a dead process is reported with what to delete', async () => {
    await withFolder(async (dir) => {
      const catalog = makeCatalog([dated('a', '2022-03-31')]);
      const lock = path.join(dir, '.nadir-append.lock');
      const write = (host: string, pid: number): void =>
        writeFileSync(lock, JSON.stringify({ host, pid, started: '2024-01-01T00:00:00Z' }));
      write(hostname(), process.pid);
      await assert.rejects(appendFiles(dir, catalog), refuses('locked', new RegExp(`process ${process.pid}`)));
      write('elsewhere', 1);
      await assert.rejects(appendFiles(dir, catalog), refuses('locked', /elsewhere since 2024/));
      // Process numbers are far below this on every system that Node runs on.
      write(hostname(), 2 ** 30);
      await assert.rejects(
        appendFiles(dir, catalog),
        refuses('stale-lock', /has ended.*Delete .*\.nadir-append\.lock/s),
      );
      assert.deepEqual(readdirSync(dir), ['.nadir-append.lock'], 'the lock of another is not removed');
    });
  });

  test('two appends at once: one wins, the other says who holds the lock', async () => {
    await withFolder(async (dir) => {
      const catalog = makeCatalog([dated('a', '2022-03-31')]);
      const results = await Promise.allSettled([appendFiles(dir, catalog), appendFiles(dir, catalog)]);
      const failed = results.filter((r) => r.status === 'rejected');
      assert.equal(failed.length, 1);
      assert.ok(isNadirError(failed[0]!.reason) && failed[0]!.reason.code === 'locked');
      assert.equal(await (await openCatalog(dir, { engine: 'memory' })).count(), 1);
    });
  });

  test('a failing or cancelled append adds nothing, and what a killed one left is cleared', async () => {
    await withFolder(async (dir) => {
      await appendFiles(dir, makeCatalog([dated('a', '2022-03-31')]));
      const before = snapshot(dir);
      const left = path.join(dir, '.append-0123');
      mkdirSync(path.join(left, 'year=2022'), { recursive: true });
      writeFileSync(path.join(left, 'year=2022', 'part-00000-x.parquet'), 'half');
      assert.equal(await (await openCatalog(dir, { engine: 'memory' })).count(), 1, 'readers pass it over');
      const rows = await makeCatalog([dated('b', '2022-03-31')]).toArray();
      const stop = new Error('stop');
      const failing = function* (): Generator<CatalogRow> {
        yield* rows;
        throw stop;
      };
      await assert.rejects(appendFiles(dir, failing()), stop);
      await assert.rejects(appendFiles(dir, rows, { signal: AbortSignal.abort(stop) }), stop);
      assert.deepEqual(snapshot(dir), before);
    });
  });

  test('more rows than are held at a time go on in new shards, in order, over many partitions', async () => {
    await withFolder(async (dir) => {
      const rows = await makeCatalog(
        Array.from({ length: 300 }, (_, i) => dated(`r${i}`, `20${String(10 + (i % 20))}-0${1 + (i % 7)}-15`)),
      ).toArray();
      const report = await appendFiles(dir, rows, { crs: 'EPSG:32631', partitionBy: ['year', 'month', 'day'] });
      assert.equal(new Set(report.files.map((f) => path.dirname(f))).size, report.files.length);
      assert.ok(report.files.length > 64);
      const back = await openCatalog(dir, { engine: 'memory' });
      assert.deepEqual((await idsOf(back)).sort(), rows.map((r) => r.id).sort());
    });
  });

  test('a truncated shard and shards of several versions are errors that name the files', async () => {
    await withFolder(async (dir) => {
      const { files } = await appendFiles(dir, makeCatalog([dated('a', '2022-03-31'), dated('b', '2023-03-31')]));
      const bytes = readFileSync(files[1]!);
      writeFileSync(files[1]!, bytes.subarray(0, bytes.length - 100));
      await assert.rejects(openCatalog(dir, { engine: 'memory' }), refuses('not-parquet', /year=2023.*part-00000/));
      writeFileSync(
        files[1]!,
        writeGeoParquet({
          rows: { geometry: [boxPolygon([0, 0, 1, 1])], _schema_version: [0], _backend: ['raster'] },
          crs: 'EPSG:32631',
          columns: [
            { name: '_backend', type: 'string' },
            { name: '_schema_version', type: 'int32' },
          ],
        }),
      );
      await assert.rejects(
        openCatalog(dir, { engine: 'memory' }),
        refuses('mixed-values', /_schema_version.*1 \(.*year=2022.*0 \(.*year=2023/),
      );
    });
  });
});
