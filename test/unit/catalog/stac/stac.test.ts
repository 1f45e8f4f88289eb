import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  catalogFromStac,
  catalogToStac,
  type CatalogRow,
  type StacOptions,
  type StacSource,
} from '../../../../src/catalog/index.js';
import { boxPolygon, footprintBounds } from '../../../../src/catalog/geometry.js';
import { encodeWkb, writeParquetTable } from '../../../../src/formats/geoparquet/index.js';
import { parseTime, transformBounds } from '../../../../src/core/index.js';
import { makeItem, sendJson, withServer } from '../../formats/stac/server.js';
import { withWarnings } from '../../../support/host.js';
import { withFolder } from '../../../support/places.js';

type Fields = Readonly<Record<string, unknown>>;
type Loose = Record<string, unknown> & {
  properties: Record<string, unknown>;
  assets: Record<string, Record<string, unknown>>;
};

const item = (id: string, properties: Fields = {}, asset: Fields = {}, more: Fields = {}): Loose => {
  const made = makeItem(id, 10, 46, more) as Loose;
  return {
    ...made,
    properties: { ...made.properties, ...properties },
    assets: { data: { href: `${id}.tif`, ...asset } },
  };
};

async function read(
  source: StacSource,
  options: Partial<StacOptions> = {},
): Promise<{ readonly rows: readonly CatalogRow[]; readonly problems: readonly string[] }> {
  const { value: catalog } = await withWarnings(() => catalogFromStac(source, { assets: '*', ...options }));
  return { rows: await catalog.toArray(), problems: (catalog.config.skipped ?? []).map((s) => s.error.message) };
}
const one = async (source: StacSource, options: Partial<StacOptions> = {}): Promise<CatalogRow> => {
  const { rows, problems } = await read(source, options);
  assert.deepEqual(problems, []);
  assert.equal(rows.length, 1);
  return rows[0]!;
};

describe('rows of items', () => {
  test('one row per item and asset in the order asked for; several assets lengthen the ids', async () => {
    const two = [item('a'), item('b')].map((i) => ({
      ...i,
      assets: { red: { href: 'r.tif' }, nir: { href: 'n.tif' } },
    }));
    const both = await read(two, { assets: ['nir', 'red'] });
    assert.deepEqual(
      both.rows.map((r) => [
        r.id,
        r.filepath,
        r.columns['asset_key'],
        r.columns['stac_item_id'],
        r.columns['stac_collection'],
      ]),
      [
        ['a_nir', 'n.tif', 'nir', 'a', 'c'],
        ['a_red', 'r.tif', 'red', 'a', 'c'],
        ['b_nir', 'n.tif', 'nir', 'b', 'c'],
        ['b_red', 'r.tif', 'red', 'b', 'c'],
      ],
    );
    assert.deepEqual(
      (await read(two, { assets: ['red'] })).rows.map((r) => r.id),
      ['a', 'b'],
    );
    assert.deepEqual(
      (await read([item('a')], { assets: '*' })).rows.map((r) => r.id),
      ['a'],
    );
  });

  test('an asked-for asset that is missing is in the ledger, and the others are rows', async () => {
    const { rows, problems } = await read([item('a')], { assets: ['data', 'swir'] });
    assert.deepEqual(
      rows.map((r) => r.id),
      ['a_data'],
    );
    assert.match(problems[0] ?? '', /item a: it has no asset swir; it has data\./);
  });

  test('equal problems are one short line of the warning', async () => {
    const items = Array.from({ length: 40 }, (_, i) => {
      const bands = Object.fromEntries(Array.from({ length: 15 }, (_, b) => [`B${b}`, { href: `${b}.tif` }]));
      return { ...item(`item-${i}`), assets: i === 7 ? { red: { href: 'r.tif' } } : bands };
    });
    const { value, warnings } = await withWarnings(() =>
      catalogFromStac([...items, { ...item('x'), properties: null }, { ...item('y'), properties: null }], {
        assets: ['red'],
      }),
    );
    assert.deepEqual(
      (await value.toArray()).map((r) => r.id),
      ['item-7'],
    );
    assert.equal(value.config.skipped?.length, 41);
    assert.equal(warnings.length, 1);
    const lines = warnings[0]!.split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[0]!, /^41 problems in 42 STAC items:$/);
    assert.match(lines[1]!, /^ {2}39 of 42 items have no asset red; assets there: B0, B1, .* and 3 more$/);
    assert.match(lines[2]!, /^ {2}2 times: it has no properties\. The first is .*item x\.$/);
  });

  test('when no item has any asked-for asset, the error names those there are', async () => {
    await assert.rejects(
      read([item('a'), item('b')], { assets: ['red', 'nir'] }),
      (error: Error & { code?: string }) =>
        error.name === 'CatalogError' &&
        error.code === 'no-asset' &&
        error.message === 'None of 2 items has an asset red or nir; their assets are data.',
    );
    // The asset is there, and something else is wrong with it: that is a bad item.
    const bad = await read([{ ...item('a'), assets: { red: {} } }], { assets: ['red'] });
    assert.equal(bad.rows.length, 0);
    assert.match(bad.problems[0] ?? '', /it has no href/);
  });

  test('asset fields win over item fields; lists are joined, objects are JSON', async () => {
    const i = item('a', { gsd: 10, instruments: ['msi', 'x'], deep: { a: 1 }, flag: true, none: null }, { gsd: 20 });
    const plain = (await one(i)).columns;
    assert.deepEqual(plain, { asset_key: 'data', stac_item_id: 'a', stac_collection: 'c', gsd: 20, flag: true });
    const chosen = (await one(i, { properties: ['instruments', 'deep', 'missing'] })).columns;
    assert.deepEqual(chosen, {
      asset_key: 'data',
      stac_item_id: 'a',
      stac_collection: 'c',
      instruments: 'msi,x',
      deep: '{"a":1}',
      missing: null,
    });
    await assert.rejects(read(i, { properties: ['_x'] }), { code: 'reserved-column' });
    await assert.rejects(read(i, { properties: ['crs'] }), { code: 'reserved-column' });
  });

  test('a property that is text in one item and a number in another becomes text', async () => {
    const { rows } = await read([item('a', { path: 12 }), item('b', { path: '012' }), item('c')]);
    assert.deepEqual(
      rows.map((r) => r.columns['path']),
      ['12', '012', null],
    );
  });

  test('times: a range when both ends are there, else the instant, else static; "always" is static', async () => {
    const span = { start_datetime: '2024-01-01T00:00:00Z', end_datetime: '2024-01-31T23:59:59.5+01:00' };
    const times: readonly (readonly [Fields, readonly [string, string] | null])[] = [
      [{ ...span }, ['2024-01-01T00:00:00Z', '2024-01-31T22:59:59.5Z']],
      [{ datetime: null, ...span }, ['2024-01-01T00:00:00Z', '2024-01-31T22:59:59.5Z']],
      [{ start_datetime: span.start_datetime }, ['2024-06-03T10:30:00Z', '2024-06-03T10:30:00Z']],
      [{ datetime: '2024-06-03T10:30:00.123456789Z' }, ['2024-06-03T10:30:00.123456Z', '2024-06-03T10:30:00.123456Z']],
      [{ datetime: null }, null],
      [{ datetime: null, start_datetime: '1900-01-01T00:00:00Z', end_datetime: '2100-01-01T00:00:00Z' }, null],
      [
        { datetime: null, start_datetime: '1677-09-21T00:12:43.145225Z', end_datetime: '2262-04-11T23:47:16.854775Z' },
        null,
      ],
    ];
    for (const [properties, expected] of times) {
      const row = await one(item('a', properties));
      assert.deepEqual(row.interval, expected && { start: parseTime(expected[0]), end: parseTime(expected[1]) });
      assert.equal(row.static, expected === null);
    }
  });

  test('an empty list gives an empty raster catalog', async () => {
    const catalog = await catalogFromStac([], { assets: '*' });
    assert.equal(await catalog.count(), 0);
    assert.equal(catalog.backend, 'raster');
    assert.equal(catalog.crs.canonical, 'EPSG:4326');
  });

  test('a taken id gets the hash of the address without its signature', async () => {
    const signed = (sig: string): Loose[] => [
      item('a'),
      item('a', {}, { href: `https://x.blob.example/b.tif?st=1&sig=${sig}&v=2` }),
    ];
    const [first, second] = [await read(signed('AAA')), await read(signed('BBB'))];
    assert.equal(first.rows[1]?.id, second.rows[1]?.id);
    assert.match(first.rows[1]?.id ?? '', /^a-[0-9a-f]{8}$/);
    assert.equal(first.rows[1]?.filepath, 'https://x.blob.example/b.tif?st=1&sig=AAA&v=2', 'it still opens');
  });
});

describe('footprints of items', () => {
  const utm = [600000, 5090220, 709800, 5200020] as const;
  const near = (a: readonly number[], b: readonly number[], tolerance: number): void =>
    a.forEach((v, i) => assert.ok(Math.abs(v - (b[i] ?? NaN)) <= tolerance, `${a.join()} is not ${b.join()}`));
  const geometry = {
    type: 'Polygon',
    coordinates: [
      [
        [10.3, 45.9],
        [11.7, 45.9],
        [11.7, 46.9],
        [10.3, 46.9],
        [10.3, 45.9],
      ],
    ],
  };
  const grid = { 'proj:transform': [10, 0, 600000, 0, -10, 5200020, 0, 0, 1], 'proj:shape': [10980, 10980] };

  test('geometry, box or grid of the projection extension, of the asset or the item, give the same place', async () => {
    const ring = [
      [600000, 5090220],
      [709800, 5090220],
      [709800, 5200020],
      [600000, 5200020],
      [600000, 5090220],
    ];
    const places: readonly Fields[] = [
      { 'proj:geometry': { type: 'Polygon', coordinates: [ring] } },
      { 'proj:bbox': [...utm] },
      grid,
    ];
    const expected = transformBounds(utm, 'EPSG:32632', 'EPSG:4326');
    for (const place of places) {
      for (const crs of [{ 'proj:code': 'EPSG:32632' }, { 'proj:epsg': 32632 }]) {
        near((await one(item('a', crs, place, { geometry }))).bbox, expected, 1e-9);
        const row = await one(item('a', { ...crs, ...place }, {}, { geometry }));
        near(row.bbox, expected, 1e-9);
        assert.equal(row.crs.canonical, 'EPSG:32632');
        assert.equal(row.geometry.type === 'Polygon' && row.geometry.coordinates[0]?.length, 89, '21 points an edge');
        assert.deepEqual(
          (await one(item('a', { ...crs, ...place }, {}, { geometry }), { targetCrs: 'EPSG:32632' })).bbox,
          utm,
        );
      }
    }
  });

  test('the CRS of the asset wins; PROJJSON and WKT are read, of a compound CRS the horizontal part', async () => {
    const own = await one(item('a', { 'proj:epsg': 32633 }, { 'proj:code': 'EPSG:32632', ...grid }, { geometry }));
    assert.equal(own.crs.canonical, 'EPSG:32632');
    const json = own.crs.toProjJson();
    const compound = { type: 'CompoundCRS', name: 'x', components: [json, { type: 'VerticalCRS', name: 'height' }] };
    for (const fields of [
      { 'proj:code': null, 'proj:projjson': json },
      { 'proj:epsg': null, 'proj:projjson': compound },
    ])
      assert.equal((await one(item('a', fields, grid, { geometry }))).crs.canonical, 'EPSG:32632');
  });

  test('proj:geometry in degrees beside a CRS in metres is passed over', async () => {
    const row = await one(item('a', { 'proj:epsg': 32632, 'proj:geometry': geometry, ...grid }, {}, { geometry }));
    near(row.bbox, transformBounds(utm, 'EPSG:32632', 'EPSG:4326'), 1e-9);
    const { rows, problems } = await read(
      item('a', { 'proj:epsg': 32632, 'proj:bbox': [0, 0, 1, 1] }, {}, { geometry }),
    );
    assert.equal(rows.length, 0);
    assert.match(problems[0] ?? '', /item a, asset data: its proj: fields in EPSG:32632 place it away/);
  });

  test('without projection fields the item geometry stands, else its bbox', async () => {
    assert.deepEqual((await one(item('a', {}, {}, { geometry }))).bbox, [10.3, 45.9, 11.7, 46.9]);
    assert.deepEqual((await one(item('a', {}, {}, { geometry: null, bbox: [1, 2, 0, 3, 4, 9] }))).bbox, [1, 2, 3, 4]);
    assert.deepEqual(
      (await one(item('a', {}, {}, { geometry: { type: 'Point', coordinates: [1, 2] }, bbox: [1, 2, 3, 4] }))).bbox,
      [1, 2, 3, 4],
    );
  });

  test('across ±180 a footprint has a part on each side, however the item writes it', async () => {
    const box = (w: number, e: number): number[][] => [
      [w, 10],
      [e, 10],
      [e, 20],
      [w, 20],
      [w, 10],
    ];
    const written: readonly Fields[] = [
      { geometry: { type: 'Polygon', coordinates: [box(179, 182)] } },
      { geometry: { type: 'Polygon', coordinates: [box(-181, -178)] } },
      { geometry: { type: 'Polygon', coordinates: [box(179, -178)] } },
      { geometry: { type: 'MultiPolygon', coordinates: [[box(179, 180)], [box(-180, -178)]] } },
      { geometry: null, bbox: [179, 10, -178, 20] },
    ];
    for (const more of written) {
      const { geometry: found } = await one(item('a', {}, {}, more));
      assert.equal(found.type, 'MultiPolygon');
      const parts = found.coordinates.map((c) => footprintBounds({ type: 'Polygon', coordinates: c }));
      assert.equal(
        parts.reduce((area, [w, s, e, n]) => area + (e - w) * (n - s), 0),
        30,
        JSON.stringify(more),
      );
      assert.ok(parts.every(([w, , e]) => w >= -180 && e <= 180));
    }
    const world = await one(item('a', {}, {}, { geometry: { type: 'Polygon', coordinates: [box(-180, 180)] } }));
    assert.deepEqual([world.geometry.type, world.bbox], ['Polygon', [-180, 10, 180, 20]]);
  });

  test('outer rings run counter-clockwise, holes the other way', async () => {
    const hole = [
      [10.5, 46],
      [11, 46],
      [11, 46.5],
      [10.5, 46.5],
      [10.5, 46],
    ];
    const { geometry: found } = await one(
      item(
        'a',
        {},
        {},
        { geometry: { type: 'Polygon', coordinates: [[...geometry.coordinates[0]!].reverse(), hole] } },
      ),
    );
    const area = (ring: readonly (readonly number[])[]): number =>
      ring.slice(1).reduce((sum, p, i) => sum + ring[i]![0]! * p[1]! - p[0]! * ring[i]![1]!, 0);
    assert.equal(found.type, 'Polygon');

    assert.deepEqual(
      found.coordinates.map((r) => Math.sign(area(r))),
      [1, -1],
    );
  });
});

describe('native facts of items', () => {
  const grid = { 'proj:epsg': 32632, 'proj:transform': [10, 0, 600000, 0, -10, 5200020], 'proj:shape': [200, 100] };
  const geometry = {
    type: 'Polygon',
    coordinates: [
      [
        [10, 46],
        [11, 46],
        [11, 47],
        [10, 47],
        [10, 46],
      ],
    ],
  };
  test('from raster:bands, eo:bands and the bands of STAC 1.1', async () => {
    const spellings: readonly Fields[] = [
      {
        'raster:bands': [{ data_type: 'uint16', nodata: 0 }, { data_type: 'uint16' }],
        'eo:bands': [{ name: 'B04' }, { name: 'B08' }],
      },
      {
        bands: [
          { name: 'B04', data_type: 'uint16', nodata: 0 },
          { name: 'B08', data_type: 'uint16' },
        ],
      },
      { data_type: 'uint16', nodata: 0, bands: [{ name: 'B04' }, { name: 'B08' }] },
    ];
    for (const fields of spellings) {
      assert.deepEqual((await one(item('a', grid, fields, { geometry }))).native, {
        transform: [10, 0, 600000, 0, -10, 5200020],
        width: 100,
        height: 200,
        count: 2,
        dtype: 'uint16',
        nodata: 0,
        bandNames: ['B04', 'B08'],
        overviews: [],
      });
    }
    assert.ok(
      Number.isNaN((await one(item('a', grid, { data_type: 'float32', nodata: 'nan' }, { geometry }))).native?.nodata),
    );
    assert.equal((await one(item('a', grid, {}, { geometry }))).native, null, 'no data type: the file has to be asked');
    assert.equal((await one(item('a', grid, { data_type: 'cint16' }, { geometry }))).native, null);
    // Planetary Computer lists bands without their type: size and place are known all the same.
    const typeless = await one(item('a', grid, { 'eo:bands': [{ name: 'B04' }] }, { geometry }));
    assert.deepEqual(
      [typeless.native?.width, typeless.native?.height, typeless.native?.count, typeless.native?.dtype],
      [100, 200, 1, null],
    );
    assert.deepEqual(typeless.native?.bandNames, ['B04']);
  });
});

describe('bad items', () => {
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['no item', 7, /item number 0: an item is a JSON object; got 7/],
    ['no feature', { type: 'Collection', id: 'x' }, /item x: an item is a Feature; its type is "Collection"/],
    ['no id', { ...item('a'), id: undefined }, /item number 0: the item has no id/],
    ['no properties', { ...item('a'), properties: null }, /item a: it has no properties/],
    ['no assets', { ...item('a'), assets: null }, /item a: it has no assets/],
    ['empty assets', { ...item('a'), assets: {} }, /item a: it has no assets/],
    ['no href', item('a', {}, { href: 3 }), /item a, asset data: it has no href/],
    ['no geometry', { ...item('a'), geometry: null, bbox: undefined }, /item a, asset data: the item has no geometry/],
    [
      'open ring',
      {
        ...item('a'),
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 1],
            ],
          ],
        },
      },
      /item a, asset data: the geometry has a ring that is not closed/,
    ],
    [
      'text in a ring',
      {
        ...item('a'),
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              ['x', 0],
              [1, 1],
              [0, 0],
            ],
          ],
        },
      },
      /two finite numbers/,
    ],
    [
      'metres',
      {
        ...item('a'),
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [5e5, 5e6],
              [6e5, 5e6],
              [6e5, 6e6],
              [5e5, 5e6],
            ],
          ],
        },
      },
      /not in degrees/,
    ],
    ['time', item('a', { datetime: 'yesterday' }), /item a, asset data: datetime "yesterday" is no time/],
    ['number as time', item('a', { datetime: 1717408200 }), /item a, asset data: datetime is text/],
    [
      'reversed',
      item('a', { start_datetime: '2024-02-01', end_datetime: '2024-01-01' }),
      /item a, asset data: Interval ends/,
    ],
    [
      'unknown CRS',
      item('a', { 'proj:epsg': 999999, 'proj:bbox': [0, 0, 1, 1] }),
      /item a, asset data: CRS EPSG:999999 is not built in/,
    ],
  ];
  for (const [name, value, message] of bad) {
    test(`${name}: named, counted, and the good item beside it is a row`, async () => {
      const { rows, problems } = await read([value as object, item('good')]);
      assert.deepEqual(
        rows.map((r) => r.id),
        ['good'],
      );
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', message);
    });
  }

  test('deep nesting and odd members do not end the import', async () => {
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = [deep];
    const { rows } = await read([{ ...item('a'), id: deep }, item('b', { deep }), { ...item('c'), links: 'none' }]);
    assert.deepEqual(
      rows.map((r) => r.id),
      ['b', 'c'],
    );
  });

  test('argument errors come at once', async () => {
    await assert.rejects(catalogFromStac([], {} as never), { code: 'bad-assets' });
    await assert.rejects(catalogFromStac([], { assets: [] }), { code: 'bad-assets' });
    await assert.rejects(catalogFromStac([], { assets: '*', properties: 'gsd' as never }), { code: 'bad-properties' });
    await assert.rejects(catalogFromStac(7 as never, { assets: '*' }), { code: 'bad-source' });
    await assert.rejects(catalogFromStac([], { assets: '*', asets: 1 } as never), { code: 'unknown-option' });
    await assert.rejects(catalogFromStac({ type: 'Polygon' }, { assets: '*' }), { code: 'not-stac' });
    const reason = new Error('stop');
    await assert.rejects(catalogFromStac([], { assets: '*', signal: AbortSignal.abort(reason) }), reason);
  });
});

describe('files of items', () => {
  test('items, collections of items, lists and lines; relative hrefs start at the file, or at self', () =>
    withFolder(async (folder) => {
      const write = (name: string, text: string): string => {
        const file = path.join(folder, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
        return file;
      };
      const json = JSON.stringify(item('a', {}, { href: './data/a b.tif' }));
      const expected = path.join(folder, 'x', 'data', 'a b.tif');
      const collection = `{"type":"FeatureCollection","features":[${json}]}`;
      for (const [name, text] of [
        ['x/item.json', json],
        ['x/pretty.json', JSON.stringify(JSON.parse(json), null, 2)],
        ['x/items.json', collection],
        ['x/list.json', `\uFEFF[${json}]`],
        ['x/lines.ndjson', `${json}\n\n`],
      ] as const)
        assert.equal((await one(write(name, text))).filepath, expected, name);
      assert.deepEqual(
        (await read(write('x/unnamed.json', `${json}\n${json}\n`))).rows.map((r) => r.filepath),
        [expected, expected],
      );
      const self = JSON.stringify({ ...item('a'), links: [{ rel: 'self', href: 'https://example.com/s/items/a' }] });
      assert.equal((await one(write('x/s.json', `[${self}]`))).filepath, 'https://example.com/s/items/a.tif');

      const { rows, problems } = await read(
        write('mixed.ndjson', `${json}\n{"type":"Feat\n${JSON.stringify(item('b'))}`),
      );
      assert.deepEqual(
        rows.map((r) => r.id),
        ['a', 'b'],
      );
      assert.match(problems[0] ?? '', /mixed\.ndjson, line 2: it is not JSON/);
      await assert.rejects(read(write('cut.json', collection.slice(0, 60))), {
        name: 'FormatError',
        code: 'not-json',
        message: /cut\.json/,
      });
      await assert.rejects(read(write('empty.json', '')), { code: 'not-json' });
      await assert.rejects(read(write('cut.parquet', 'PAR1xxxxxxxxxxxxPAR')), { code: 'not-parquet' });
      await assert.rejects(read(path.join(folder, 'none.json')), { code: 'source.missing' });
    }));

  test('stac-geoparquet with text assets, times in microseconds, proj:geometry as WKB; bad rows are named', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'items.parquet');
      const inner = boxPolygon([500000, 5099000, 501000, 5100000]);
      const instant = parseTime('2024-06-03T10:30:00.123456Z');
      const point = Uint8Array.from([1, 1, 0, 0, 0, ...new Array<number>(16).fill(0)]);
      writeFileSync(
        file,
        writeParquetTable({
          columns: [
            { name: 'id', type: 'string' },
            { name: 'geometry', type: 'binary' },
            { name: 'bbox', type: 'list<double>' },
            { name: 'datetime', type: 'timestamp' },
            { name: 'proj:code', type: 'string' },
            { name: 'proj:geometry', type: 'binary' },
            { name: 'assets', type: 'string' },
            { name: 'gsd', type: 'int64' },
          ],
          rows: {
            id: ['whole', 'point', 'cut', null],
            geometry: [encodeWkb(boxPolygon([3, 46, 3.02, 46.06])), point, encodeWkb(inner).subarray(0, 30), null],
            bbox: [null, [1, 2, 3, 4], null, null],
            datetime: [instant, null, null, null],
            'proj:code': ['EPSG:32631', null, null, null],
            'proj:geometry': [encodeWkb(inner), null, null, null],
            assets: new Array<string>(4).fill('{"data":{"href":"./a.tif"}}'),
            gsd: [10, null, 20, null],
          },
        }),
      );
      const { rows, problems } = await read(file, { targetCrs: 'EPSG:32631' });
      assert.deepEqual(
        rows.map((r) => [r.id, r.filepath, r.interval, r.columns['gsd']]),
        [
          ['whole', path.join(folder, 'a.tif'), { start: instant, end: instant }, 10],
          ['point', path.join(folder, 'a.tif'), null, null],
        ],
      );
      assert.deepEqual(rows[0]?.bbox, [500000, 5099000, 501000, 5100000]);
      assert.equal(problems.length, 2);
      assert.match(problems[0] ?? '', /items\.parquet, row 2, item cut: .*ends after 30 bytes/);
      assert.match(problems[1] ?? '', /items\.parquet, row 3: the item has no id/);
    }));

  test('async iterables are read one by one', async () => {
    async function* items(): AsyncGenerator<object> {
      for (const id of ['a', 'b']) yield await Promise.resolve(item(id));
    }
    assert.deepEqual(
      (await read(items())).rows.map((r) => r.id),
      ['a', 'b'],
    );
  });
});

describe('servers', () => {
  const page = (ids: readonly string[], next?: string): unknown => ({
    type: 'FeatureCollection',
    features: ids.map((id) => item(id, {}, { href: `./${id}.tif?sig=GEHEIM&v=1` })),
    links: next === undefined ? [] : [{ rel: 'next', href: next }],
  });

  test('the pages of a search are one catalog; signed addresses stay usable and are nowhere else', () =>
    withServer(
      ({ url }, response) => {
        sendJson(response, url.includes('page=2') ? page(['b', 'c']) : page(['a', 'b'], '?page=2&token=GEHEIM'));
      },
      async ({ root }) => {
        const catalog = await catalogFromStac(`${root}/search?limit=2&token=GEHEIM`, { assets: ['data'] });
        const rows = await catalog.toArray();
        assert.deepEqual(
          rows.map((r) => [r.id, r.filepath]),
          ['a', 'b', 'c'].map((id) => [id, `${root}/${id}.tif?sig=GEHEIM&v=1`]),
        );
        assert.equal(catalog.config['stac'], `${root}/search`);
        const items: object[] = [];
        for await (const one of catalogToStac(catalog)) items.push(one);
        assert.doesNotMatch(JSON.stringify([items, catalog.config]), /GEHEIM/);
      },
    ));

  test('cancelling between pages and during one rejects with the reason', () =>
    withServer(
      ({ url }, response) => {
        if (url === '/search') sendJson(response, page(['a'], '/search?page=2'));
      },
      async ({ root }) => {
        const reason = new Error('enough');
        const controller = new AbortController();
        const counts: number[] = [];
        const building = catalogFromStac(`${root}/search`, {
          assets: '*',
          signal: controller.signal,
          onProgress: ({ done }) => {
            counts.push(done);
            setTimeout(() => controller.abort(reason), 20);
          },
        });
        await assert.rejects(building, reason);
        assert.deepEqual(counts, [1]);
      },
    ));
});
