import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildVectorCatalog } from '../../../../src/catalog/index.js';
import { formatTime, isNadirError, sha256, transformBounds, type Progress } from '../../../../src/core/index.js';
import { withWarnings } from '../../../support/host.js';
import { withFolder } from '../../../support/places.js';
import { idsOf } from '../../../support/rows.js';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}
// SAFETY: written by make-cases.py.
const CASES = JSON.parse(gunzipSync(readFileSync('test/oracles/vector/cases.json.gz')).toString('utf8')) as Case[];

/** Writes the files of a case under another stem. */
function put(folder: string, name: string, stem: string): void {
  const { files } = CASES.find((c) => c.name === name)!;
  for (const [file, hex] of Object.entries(files))
    writeFileSync(path.join(folder, file.replace(/^a\./, `${stem}.`)), Buffer.from(hex, 'hex'));
}
const geojson = (...geometries: unknown[]): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: geometries.map((geometry) => ({ type: 'Feature', properties: { a: 1 }, geometry })),
  });
const point = (x: number, y: number): object => ({ type: 'Point', coordinates: [x, y] });

describe('buildVectorCatalog', () => {
  test('indexes all five formats of a folder in path order, in the CRS of the first', async () => {
    await withFolder(async (folder) => {
      put(folder, 'geojson polygon', 'a_20240601');
      put(folder, 'fgb of UTM', 'b_20240602');
      put(folder, 'gpkg point', 'c_20240603');
      put(folder, 'parquet of UTM', 'd_20240604');
      put(folder, 'shp of UTM', 'e_20240605');
      writeFileSync(path.join(folder, 'f.json'), '{}');
      const catalog = await buildVectorCatalog(folder, { filenameRegex: /_(?<date>\d{8})/ });
      const rows = await catalog.toArray();
      assert.equal(catalog.backend, 'vector');
      assert.equal(catalog.crs.canonical, 'EPSG:4326');
      assert.deepEqual(
        rows.map((r) => [
          r.id,
          r.crs.canonical,
          r.columns['layer'],
          r.columns['n_features'],
          r.columns['geometry_type'],
        ]),
        [
          ['a_20240601', 'EPSG:4326', 'a_20240601', 2, 'Polygon'],
          ['b_20240602', 'EPSG:32632', 'a', 1, 'Polygon'],
          ['c_20240603', 'EPSG:4326', 'a', 3, 'Point'],
          ['d_20240604', 'EPSG:32632', 'd_20240604', 1, 'Polygon'],
          ['e_20240605', 'EPSG:32632', 'e_20240605', 1, 'Polygon'],
        ],
      );
      assert.ok(rows.every((r) => r.columns['fields'] === 'name,number,value' && r.native === null));
      assert.equal(formatTime(rows[0]!.interval!.start), '2024-06-01T00:00:00.000000Z');
      // Three formats, one geometry: one footprint, that of the projected box.
      const expected = transformBounds([497000, 4997000, 503000, 5003000], 'EPSG:32632', 'EPSG:4326');
      for (const row of [rows[1]!, rows[3]!, rows[4]!]) {
        row.bbox.forEach((v, i) =>
          assert.ok(Math.abs(v - expected[i]!) < 1e-6, `${row.id} ${i}: ${v}, ${expected[i]!}`),
        );
      }
    });
  });

  test('every layer of a GeoPackage is a row with an id of its own; layer takes one, by name or number', async () => {
    await withFolder(async (folder) => {
      put(folder, 'gpkg of two layers in two CRSs', 'park');
      const file = path.join(folder, 'park.gpkg');
      const rows = await (await buildVectorCatalog(file)).toArray();
      assert.deepEqual(
        rows.map((r) => [r.id, r.columns['layer'], r.crs.canonical]),
        [
          ['park', 'places', 'EPSG:4326'],
          [`park-${sha256(`${file}\nfields 2024\n`).slice(0, 8)}`, 'fields 2024', 'EPSG:32632'],
        ],
      );
      for (const layer of ['fields 2024', 1]) {
        const [row, more] = await (await buildVectorCatalog(file, { layer })).toArray();
        assert.deepEqual([row!.id, row!.columns['layer'], more], ['park', 'fields 2024', undefined]);
      }
      await assert.rejects(buildVectorCatalog(file, { layer: 'nope', onError: 'raise' }), (e) => {
        assert.ok(isNadirError(e, 'CatalogError') && e.code === 'no-layer');
        return /places.*fields 2024/.test(e.hint!);
      });
      await assert.rejects(buildVectorCatalog(file, { layer: -1 }), (e) => isNadirError(e, 'ArgumentError'));
    });
  });

  test('files without features or geometry are left out with a warning, also with raise; null geometries count', async () => {
    await withFolder(async (folder) => {
      writeFileSync(path.join(folder, 'a.geojson'), geojson());
      writeFileSync(path.join(folder, 'b.geojson'), geojson(null, null));
      writeFileSync(path.join(folder, 'c.geojson'), geojson(null, point(3, 4), null));
      const { value, warnings } = await withWarnings(() => buildVectorCatalog(folder, { onError: 'raise' }));
      assert.deepEqual(
        (await value.toArray()).map((r) => [r.id, r.columns['n_features'], r.bbox]),
        [['c', 3, [3, 4, 3, 4]]],
      );
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /2 of 3 files[^]*a\.geojson[^]*no features[^]*b\.geojson[^]*none with geometry/);
    });
  });

  test('a single point is found by a box that holds it and by one that touches it, not by one beside it', async () => {
    await withFolder(async (folder) => {
      writeFileSync(path.join(folder, 'p.geojson'), JSON.stringify(point(3, 4)));
      const catalog = await buildVectorCatalog(folder);
      const found = (bounds: readonly [number, number, number, number]): Promise<string[]> =>
        idsOf(catalog.query({ bounds }));
      assert.deepEqual(await found([2, 3, 5, 5]), ['p']);
      assert.deepEqual(await found([3, 4, 5, 5]), ['p']);
      assert.deepEqual(await found([3.1, 4, 5, 5]), []);
    });
  });

  test('the crs member of old GeoJSON counts; an explicit null and a missing .prj need targetCrs; unknown ones fail', async () => {
    await withFolder(async (folder) => {
      const write = (name: string, crs: unknown): string => {
        const file = path.join(folder, name);
        writeFileSync(file, JSON.stringify({ crs, ...(JSON.parse(geojson(point(500000, 5e6))) as object) }));
        return file;
      };
      const named = write('named.json', { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32631' } });
      assert.equal((await buildVectorCatalog(named)).crs.canonical, 'EPSG:32631');
      const none = write('none.json', null);
      const isNoCrs = (e: unknown): boolean => isNadirError(e, 'CatalogError') && e.code === 'no-crs';
      await assert.rejects(buildVectorCatalog(none, { onError: 'raise' }), isNoCrs);
      assert.equal((await buildVectorCatalog(none, { targetCrs: 'EPSG:32633' })).crs.canonical, 'EPSG:32633');
      const unknown = write('unknown.json', { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::99999' } });
      await assert.rejects(
        buildVectorCatalog(unknown, { targetCrs: 'EPSG:4326', onError: 'raise' }),
        (e) => isNoCrs(e) && e instanceof Error && /99999/.test(e.message),
      );
      put(folder, 'shp point', 's');
      writeFileSync(path.join(folder, 's.prj'), '');
      await assert.rejects(buildVectorCatalog(path.join(folder, 's.shp'), { onError: 'raise' }), isNoCrs);
    });
  });

  test('KML, archives, other files and half a file are typed errors that name the file', async () => {
    await withFolder(async (folder) => {
      const cases: readonly (readonly [name: string, content: string, error: string, code: string])[] = [
        ['a.kml', '<?xml version="1.0"?><kml/>', 'UnsupportedDataError', 'vector-format'],
        ['b.zip', 'PK\x03\x04', 'UnsupportedDataError', 'vector-format'],
        ['c.bin', '\x01\x02\x03', 'FormatError', 'not-vector'],
        ['d.geojson', '', 'FormatError', 'not-vector'],
        ['e.geojson', '  \n ', 'FormatError', 'not-geojson'],
        ['f.geojson', geojson(point(1, 2)).slice(0, -4), 'FormatError', 'bad-json'],
        ['g.geojson', '{"type":"Catalog"}', 'FormatError', 'not-geojson'],
        ['h.geojson', geojson({ type: 'Point', coordinates: ['1', 2] }), 'FormatError', 'bad-geometry'],
        ['i.geojson', '{"type":"FeatureCollection","features":[{"type":"Feature"},7]}', 'FormatError', 'bad-feature'],
        ['j.geojson', '{"type":"FeatureCollection","features":[,]}', 'FormatError', 'bad-json'],
      ];
      for (const [name, content, error, code] of cases) {
        const file = path.join(folder, name);
        writeFileSync(file, content, 'latin1');
        await assert.rejects(buildVectorCatalog(file, { onError: 'raise' }), (e) => {
          assert.ok(isNadirError(e), String(e));
          assert.deepEqual([e.name, e.code], [error, code], name);
          return e.message.includes(name);
        });
      }
    });
  });

  test('the result does not depend on concurrency; progress counts files; cancelling rejects with the reason', async () => {
    await withFolder(async (folder) => {
      mkdirSync(path.join(folder, 'deep'));
      for (let i = 0; i < 40; i++) writeFileSync(path.join(folder, `${i}.geojson`), geojson(point(i, i)));
      writeFileSync(path.join(folder, 'deep', 'bad.geojson'), '{');
      const build = async (concurrency: number): Promise<unknown> => {
        const { value } = await withWarnings(() => buildVectorCatalog(folder, { concurrency }));
        return [await value.toArray(), value.config.skipped!.map((s) => [s.item, s.error.message])];
      };
      const serial = await build(1);
      for (const c of [3, 8, 100]) assert.deepEqual(await build(c), serial);
      const seen: Progress[] = [];
      await withWarnings(() => buildVectorCatalog(folder, { onProgress: (p) => seen.push(p) }));
      assert.deepEqual(seen.at(-1), { done: 41, total: 41, unit: 'files', failed: 1 });
      const reason = new Error('enough');
      const controller = new AbortController();
      const onProgress = (): void => controller.abort(reason);
      await assert.rejects(buildVectorCatalog(folder, { signal: controller.signal, onProgress }), reason);
    });
  });

  test('a GeoPackage whose last changes are not in the file yet is refused, and nothing is written beside it', async () => {
    await withFolder(async (folder) => {
      put(folder, 'gpkg point', 'x');
      const file = path.join(folder, 'x.gpkg');
      await buildVectorCatalog(file);
      writeFileSync(`${file}-wal`, 'changes');
      await assert.rejects(
        buildVectorCatalog(file, { onError: 'raise' }),
        (e) => isNadirError(e, 'UnsupportedDataError') && e.code === 'unfinished-write',
      );
    });
  });
});
