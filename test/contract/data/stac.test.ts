/** Real STAC documents: counts, places and times as pyarrow, pyproj and shapely see them (test/oracles/stac/make.py). */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { catalogFromStac, catalogToStac, type GeoCatalog, type StacOptions } from '../../../src/catalog/index.js';
import { parseTime, sha256, type Bounds } from '../../../src/core/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, SHARED_DATA, withFolder } from '../../support/places.js';

interface Table {
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly ids: string;
  readonly zones: Readonly<Record<string, number>>;
  readonly zoneBounds: Readonly<Record<string, Bounds>>;
  readonly bounds: Bounds;
  readonly times: readonly [number, number];
  readonly cloud: number;
  readonly queries: readonly {
    readonly box: Bounds;
    readonly time: readonly [string, string];
    readonly count: number;
    readonly ids: string;
  }[];
}
interface Collection {
  readonly items: number;
  readonly assets: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly ids: string;
  readonly geometryBounds: Bounds;
}
const EXPECTED = JSON.parse(readFileSync('test/oracles/stac/expected.json', 'utf8')) as Readonly<
  Record<string, Table | Collection>
>;

const at = (...parts: string[]): string => path.join(SHARED_DATA, ...parts);
const digest = (ids: readonly string[]): string => sha256([...ids].sort().join('\n'));
async function open(name: string, options: Partial<StacOptions> = {}): Promise<GeoCatalog> {
  return (await withWarnings(() => catalogFromStac(at(name), { assets: '*', ...options }))).value;
}
function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  actual.forEach((v, i) => {
    assert.ok(Math.abs(v - (expected[i] ?? NaN)) <= tolerance, `[${actual.join()}] is not [${expected.join()}]`);
  });
}
const countBy = (keys: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const key of [...keys].sort()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

describe('stac-geoparquet of Sentinel-2 over Colorado', needsSharedData, () => {
  for (const name of ['1000-sentinel-2-items.parquet', '100-sentinel-2-items.parquet']) {
    test(`${name}: rows, zones, places, times and queries are those of pyarrow, pyproj and shapely`, async () => {
      const expected = EXPECTED[name] as Table;
      const catalog = await open(`stac/${name}`, { assets: ['B04'] });
      const rows = await catalog.toArray();
      assert.deepEqual(catalog.config.skipped, []);
      assert.deepEqual([rows.length, rows[0]?.id, rows.at(-1)?.id], [expected.rows, expected.first, expected.last]);
      assert.equal(digest(rows.map((r) => r.id)), expected.ids);
      assert.deepEqual(countBy(rows.map((r) => r.crs.canonical.slice(5))), expected.zones);
      near(await catalog.totalBounds(), expected.bounds, 1e-9);
      for (const [zone, bounds] of Object.entries(expected.zoneBounds))
        near(await catalog.where('crs == @crs', { crs: `EPSG:${zone}` }).totalBounds(), bounds, 1e-9);
      const extent = await catalog.temporalExtent();
      assert.deepEqual([extent!.start / 1e6, extent!.end / 1e6], expected.times);
      const cloud = rows.reduce((sum, r) => sum + Number(r.columns['eo:cloud_cover']), 0) / rows.length;
      near([cloud], [expected.cloud], 1e-9);
      for (const { box, time, count, ids } of expected.queries) {
        const found = await catalog.query({ bounds: box, time: [parseTime(time[0]), parseTime(time[1])] }).toArray();
        assert.equal(found.length, count);
        assert.equal(digest(found.map((r) => r.id)), ids);
      }
    });
  }

  test('a query in degrees finds over all three zones what queries of each zone find', async () => {
    const name = '1000-sentinel-2-items.parquet';
    const all = await open(`stac/${name}`, { assets: ['B04'] });
    const zones: GeoCatalog[] = [];
    for (const zone of ['EPSG:32612', 'EPSG:32613', 'EPSG:32614'])
      zones.push((await open(`stac/${name}`, { assets: ['B04'], targetCrs: zone })).where('crs == @zone', { zone }));
    for (const { box } of (EXPECTED[name] as Table).queries) {
      const expected: string[] = [];
      for (const own of zones) {
        const area = { type: 'Polygon' as const, coordinates: [ring(box)] };
        // Far from the zone the box has no image there; nothing of the zone lies there either.
        const found = box[0] < -150 ? [] : await own.query({ geometry: area, crs: 'EPSG:4326' }).toArray();
        expected.push(...found.map((r) => r.id));
      }
      assert.deepEqual((await all.query({ bounds: box }).toArray()).map((r) => r.id).sort(), expected.sort());
    }
  });

  test('Sentinel-1 mosaics bring size, transform, type and nodata, and the month they cover', async () => {
    const catalog = await open('stac/sentinel-1-global-mosaics.parquet', { assets: ['VH', 'VV'] });
    const [row] = await catalog.toArray();
    assert.equal(await catalog.count(), 8);
    assert.equal(row?.id, 'Sentinel-1_IW_mosaic_2026_M04_10TEQ_0_0_VH');
    assert.deepEqual(row.interval, { start: parseTime('2026-04-01'), end: parseTime('2026-04-30T23:59:59Z') });
    assert.deepEqual(
      [row.native?.width, row.native?.height, row.native?.dtype, row.native?.nodata, row.crs.canonical],
      [5004, 5004, 'float32', -32768, 'EPSG:32610'],
    );
    assert.match(row.filepath, /^s3:\/\/eodata\/.*\/VH\.tif$/);
  });
});

function ring([w, s, e, n]: Bounds): [number, number][] {
  const steps = 50;
  const edge = (a: readonly [number, number], b: readonly [number, number]): [number, number][] =>
    Array.from({ length: steps }, (_, k) => [a[0] + ((b[0] - a[0]) * k) / steps, a[1] + ((b[1] - a[1]) * k) / steps]);
  return [...edge([w, s], [e, s]), ...edge([e, s], [e, n]), ...edge([e, n], [w, n]), ...edge([w, n], [w, s]), [w, s]];
}

describe('collections of items', needsSharedData, () => {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    if (!('items' in expected)) continue;
    test(`${name}: every item and asset, in its CRS, where its geometry is`, async () => {
      const catalog = await open(`stac/${name}`);
      const rows = await catalog.toArray();
      assert.deepEqual(catalog.config.skipped, []);
      assert.equal(rows.length, expected.assets);
      const items = [...new Set(rows.map((r) => String(r.columns['stac_item_id'])))];
      assert.equal(items.length, expected.items);
      assert.equal(digest(items), expected.ids);
      const codes = new Map(rows.map((r) => [r.columns['stac_item_id'], r.crs.canonical.slice(5)]));
      // Items without a code are in the horizontal part of their PROJJSON, or in degrees.
      const without = name.startsWith('3dep') ? '26911' : '4326';
      const { None: none = 0, ...named } = expected.codes;
      assert.deepEqual(countBy([...codes.values()]), none > 0 ? { ...named, [without]: none } : named);
      // Geometries are outlines of data within the images: near, and never beyond.
      const [w, s, e, n] = await catalog.totalBounds();
      const [gw, gs, ge, gn] = expected.geometryBounds;
      const slack = 0.02;
      assert.ok(w <= gw + slack && s <= gs + slack && e >= ge - slack && n >= gn - slack);
      assert.ok(e - w <= ge - gw + 8 && n - s <= gn - gs + 1.2, 'by an image at most');
    });
  }

  test('a static catalog is walked: its eight items, in link order', async () => {
    const rows = await (await open('stac/catalogs/test-case-1/catalog.json')).toArray();
    assert.deepEqual(
      [...new Set(rows.map((r) => r.columns['stac_item_id']))],
      ['area-1-1', 'area-1-2', 'area-2-1', 'area-2-2'].flatMap((a) => [`${a}-imagery`, `${a}-labels`]),
    );
    assert.deepEqual(
      rows.slice(0, 3).map((r) => [r.id, path.basename(r.filepath)]),
      [
        ['area-1-1-imagery_ortho', 'area-1-1_ortho.tif'],
        ['area-1-1-imagery_dsm', 'area-1-1_dsm.tif'],
        ['area-1-1-labels_labels', 'area-1-1-labels.geojson'],
      ],
    );
  });

  test('collections without items, and an item with a broken geometry, give no rows and say why', async () => {
    const collections = await open('stac/collections.ndjson');
    assert.equal(await collections.count(), 0);
    assert.deepEqual(
      collections.config.skipped!.map((s) => s.error.message.replace(/.*collections/, 'collections')),
      ['landsat-c2-l2', 'sentinel-2-l2a', 'naip'].map(
        (id) => `collections.ndjson, item ${id}: an item is a Feature; its type is "Collection".`,
      ),
    );
    const bad = await open('bad_inputs/badGeometryItem.json');
    assert.equal(await bad.count(), 0);
    assert.match(
      bad.config.skipped![0]!.error.message,
      /badGeometryItem\.json, item badGeometryItem, assets ANG, .*the geometry has a ring of fewer than four positions/,
    );
    for (const name of ['badGeoUnclosed', 'badGeoFourPoints'])
      await assert.rejects(open(`bad_inputs/${name}.json`), { code: 'not-stac', message: new RegExp(name) });
  });

  test('what is read can be written and read again, row for row', async () => {
    const catalog = await open('stac/landsat-c2-l2-pc.json', { targetCrs: 'EPSG:3857' });
    const items: object[] = [];
    for await (const item of catalogToStac(catalog)) items.push(item);
    const back = await catalogFromStac(items, { assets: '*', targetCrs: 'EPSG:3857' });
    assert.deepEqual(await back.toArray(), await catalog.toArray());
  });

  test('mutilated documents end in typed errors or ledger entries, quickly', async () => {
    await withFolder(async (folder) => {
      for (const name of ['stac/sentinel-2-l2a-pc.json', 'stac/sentinel-1-global-mosaics.parquet']) {
        const bytes = readFileSync(at(name));
        const begun = performance.now();
        for (let k = 0; k < 40; k++) {
          const mutant = Buffer.from(k % 4 === 0 ? bytes.subarray(0, Math.floor((bytes.length * k) / 40)) : bytes);
          for (let m = 0; m < 30 && k % 4 !== 0; m++)
            mutant[(m * 7919 + k * 104729) % bytes.length] = (m * 31 + k) % 256;
          const file = path.join(folder, `${k}${path.extname(name)}`);
          writeFileSync(file, mutant);
          try {
            const { value } = await withWarnings(() => catalogFromStac(file, { assets: '*' }));
            for (const { error } of value.config.skipped ?? []) assert.match(error.message, new RegExp(`${k}\\.`));
          } catch (error) {
            assert.ok(error instanceof Error && 'code' in error && error.message.includes(file), String(error));
          }
        }
        assert.ok(performance.now() - begun < 40 * 5000);
      }
    });
  });
});
