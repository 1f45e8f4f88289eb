import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  appendFiles,
  catalogFromStac,
  catalogToStac,
  encodeCatalog,
  openCatalog,
  type CatalogRow,
  type GeoCatalog,
  type NativeGrid,
} from '../../../../src/catalog/index.js';
import { boxPolygon } from '../../../../src/catalog/geometry.js';
import { hasDuckdb } from '../../../../src/catalog/engines/duckdb/driver.js';
import { hilbertIndex } from '../../../../src/catalog/stored/hilbert.js';
import { Crs, createRandom, days, isNadirError, parseTime } from '../../../../src/core/index.js';
import { readGeoParquet, writeGeoParquet, writeParquetTable } from '../../../../src/formats/geoparquet/index.js';
import { withWarnings } from '../../../support/host.js';
import { withFolder } from '../../../support/places.js';
import { idsOf, makeCatalog, type RowInit } from '../../../support/rows.js';

const NATIVE: NativeGrid = {
  transform: [10, 0, 500000.1, 0, -10, 5400000.7],
  width: 8,
  height: 6,
  count: 2,
  dtype: 'uint16',
  nodata: NaN,
  bandNames: ['B02', null],
  overviews: [
    [4, 3],
    [2, 2],
  ],
};

const ROWS: readonly RowInit[] = [
  {
    id: "it's",
    filepath: "/data/Zürich – it's/été 日本.tif",
    box: [0.1, 0.2, 0.3, 0.7],
    interval: { start: 1717200000000001, end: 1717286399999999 },
    native: NATIVE,
    columns: { cloud: 0.1, name: 'ä', ok: true },
  },
  {
    id: 'static',
    box: [5, 5, 6, 6],
    native: { ...NATIVE, nodata: -9999, overviews: [] },
    nativeCrs: 'EPSG:32632',
    columns: { cloud: null, name: null, ok: false },
  },
  {
    id: 'typeless',
    box: [7, 7, 8, 8],
    native: { ...NATIVE, dtype: null },
    columns: { cloud: null, name: 'y', ok: null },
  },
  { id: 'old', box: [-3, 1, -2, 2], interval: days('1962-01-01'), columns: { cloud: 1e300, name: '', ok: null } },
  {
    id: 'multi',
    interval: days('2024-06-01'),
    geometry: {
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [0, 0],
            [4, 0],
            [4, 4],
            [0, 4],
            [0, 0],
          ],
          [
            [1, 1],
            [1, 2],
            [2, 2],
            [2, 1],
            [1, 1],
          ],
        ],
        [
          [
            [9, 9],
            [10, 9],
            [10, 10],
            [9, 9],
          ],
        ],
      ],
    },
    columns: { cloud: -0.5, name: 'x', ok: true },
  },
];

const plain = (rows: readonly CatalogRow[]): unknown[] => rows.map((r) => ({ ...r, crs: r.crs.canonical }));
const refuses = (code: string, text: RegExp) => (e: unknown) =>
  isNadirError(e) && e.code === code && text.test(e.message);

async function roundTrip(
  catalog: GeoCatalog,
  sort: 'none' | 'space-time' = 'none',
): Promise<{ back: GeoCatalog; bytes: Buffer }> {
  return withFolder(async (folder) => {
    const file = path.join(folder, 'catalog.parquet');
    const report = await catalog.toGeoParquet(file, { sort });
    const bytes = readFileSync(file);
    assert.deepEqual(report, { path: file, rows: await catalog.count(), bytes: bytes.length });
    assert.deepEqual(readdirSync(folder), ['catalog.parquet'], 'no temporary file is left');
    return { back: await openCatalog(file), bytes };
  });
}

describe('catalogs in GeoParquet', () => {
  test('a round trip returns the same rows, facts and CRS', async () => {
    const catalog = makeCatalog(ROWS, 'EPSG:32631', [10, 20]);
    const { back } = await roundTrip(catalog);
    assert.deepEqual(plain(await back.toArray()), plain(await catalog.toArray()));
    assert.equal(back.crs.canonical, 'EPSG:32631');
    assert.deepEqual(back.targetResolution, [10, 20]);
    assert.equal(back.backend, 'raster');
  });

  test('signatures and passwords of addresses stay out of files; the rest of an address is kept', () =>
    withFolder(async (folder) => {
      const box = [0, 0, 1, 1] as const;
      const signed = 'https://acc.blob.core.windows.net/c/a.tif?v=2&sv=2021-06-08&se=2030&sig=S3CRET';
      const rows = [
        signed,
        'https://user:S3CRET@host/b.tif',
        'https://host/c.tif?versionId=7',
        's3://bucket/d.tif',
      ].map((filepath, i) => ({ id: `r${i}`, filepath, box, columns: { note: 'S?@' } }));
      const catalog = makeCatalog(rows);
      const file = path.join(folder, 'signed.parquet');
      const { warnings } = await withWarnings(() => catalog.toGeoParquet(file, { sort: 'none' }));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /without signatures.*build the catalog anew/);
      assert.doesNotMatch(warnings[0]!, /S3CRET/);
      const unsigned = [
        'https://acc.blob.core.windows.net/c/a.tif?v=2',
        'https://host/b.tif',
        'https://host/c.tif?versionId=7',
        's3://bucket/d.tif',
      ];
      const pathsOf = async (place: string): Promise<readonly string[]> =>
        (await (await openCatalog(place)).toArray()).map((r) => r.filepath);
      assert.deepEqual(await pathsOf(file), unsigned);
      // In memory the address still opens.
      assert.equal((await catalog.toArray())[0]?.filepath, signed);

      const shards = path.join(folder, 'shards');
      await appendFiles(shards, catalog);
      assert.deepEqual(await pathsOf(shards), unsigned);
      const encoded = path.join(folder, 'encoded.parquet');
      writeFileSync(
        encoded,
        encodeCatalog(await catalog.toArray(), { backend: 'raster', crs: catalog.crs, targetResolution: null }),
      );
      assert.deepEqual(await pathsOf(encoded), unsigned);
      const pairs = path.join(folder, 'pairs.parquet');
      await catalog.intersect(catalog).toGeoParquet(pairs);
      for (const place of [file, encoded, pairs]) assert.ok(!readFileSync(place).includes('S3CRET'), place);

      // A file that another program wrote with its signatures loses them when it is written again.
      const foreign = path.join(folder, 'foreign.parquet');
      writeFileSync(
        foreign,
        writeGeoParquet({
          rows: { filepath: [signed], geometry: [boxPolygon(box)] },
          crs: 'EPSG:32631',
          columns: [{ name: 'filepath', type: 'string' }],
        }),
      );
      const { value: again } = await withWarnings(() => openCatalog(foreign));
      assert.equal((await again.toArray())[0]?.filepath, signed);
      await again.toGeoParquet(foreign);
      assert.deepEqual(await pathsOf(foreign), [unsigned[0]]);
    }));

  test('a native CRS whose code is not built in survives, in files and in STAC', async () => {
    const wkt =
      'PROJCS["CH1903+ / LV95",GEOGCS["CH1903+",DATUM["CH1903+",SPHEROID["Bessel 1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",7],PARAMETER["scale_factor",1],PARAMETER["false_easting",2600000],PARAMETER["false_northing",1200000],UNIT["metre",1],AUTHORITY["EPSG","29998"]]';
    const catalog = makeCatalog([{ id: 'swiss', box: [7, 46, 8, 47], nativeCrs: wkt }], 'EPSG:4326');
    const { back } = await roundTrip(catalog);
    assert.deepEqual(plain(await back.toArray()), plain(await catalog.toArray()));
    assert.equal((await back.toArray())[0]?.crs.canonical, 'EPSG:29998');
    const items: unknown[] = [];
    for await (const item of catalogToStac(catalog)) items.push(JSON.parse(JSON.stringify(item)));
    const imported = await catalogFromStac(items as never, { assets: '*' });
    assert.deepEqual(plain(await imported.toArray()), plain(await catalog.toArray()));
    const own = makeCatalog([{ id: 'swiss', box: [0, 0, 10, 10] }], wkt);
    assert.deepEqual(plain(await (await roundTrip(own)).back.toArray()), plain(await own.toArray()));
  });

  test('long footprints come back; equal neighbours take little room', async () => {
    const ring = (points: number, r: number): [number, number][] => {
      const open = Array.from({ length: points }, (_, k): [number, number] => {
        const angle = (2 * Math.PI * k) / points;
        return [10 + r * Math.cos(angle), 40 + r * Math.sin(angle)];
      });
      return [...open, open[0]!];
    };
    // 4 100 points are more bytes than a copy of Snappy reaches back.
    for (const points of [4093, 4094, 4095, 4096, 4100]) {
      const rows = [1, 1, 2, 2, 3].map((r, i) => ({
        id: `r${i}`,
        geometry: { type: 'Polygon' as const, coordinates: [ring(points, r)] },
      }));
      const catalog = makeCatalog(rows, 'EPSG:4326');
      const { back } = await roundTrip(catalog);
      assert.deepEqual(
        (await back.toArray()).map((r) => r.geometry),
        (await catalog.toArray()).map((r) => r.geometry),
      );
    }
    const many = (radii: (i: number) => number): GeoCatalog =>
      makeCatalog(
        Array.from({ length: 400 }, (_, i) => ({
          id: `r${i}`,
          geometry: { type: 'Polygon' as const, coordinates: [ring(90, radii(i))] },
        })),
        'EPSG:4326',
      );
    const [same, different] = [await roundTrip(many(() => 1)), await roundTrip(many((i) => 1 + i / 1000))];
    assert.ok(same.bytes.length * 5 < different.bytes.length, `${same.bytes.length} of ${different.bytes.length}`);
  });

  test('the same catalog gives the same bytes, each time', async () => {
    const catalog = makeCatalog(ROWS);
    const first = (await roundTrip(catalog)).bytes;
    for (let k = 0; k < 5; k++) assert.ok(first.equals((await roundTrip(catalog)).bytes));
  });

  for (const crs of ['EPSG:4326', 'EPSG:3857', 'EPSG:3035', 'EPSG:6933', 'EPSG:3413', 'EPSG:32733']) {
    test(`${crs} survives as PROJJSON`, async () => {
      assert.equal((await roundTrip(makeCatalog([{}], crs))).back.crs.canonical, crs);
    });
  }

  test('an empty catalog is written and read', async () => {
    const { back } = await roundTrip(makeCatalog([]));
    assert.equal(await back.count(), 0);
    assert.ok((await back.totalBounds()).every(Number.isNaN));
  });

  test('rows are sorted static first, by start, then along the curve; sort none keeps catalog order', async () => {
    const random = createRandom(2, 'sort');
    const rows = Array.from({ length: 500 }, (_, i): RowInit => {
      const [x, y] = [random.uniform() * 100, random.uniform() * 100];
      return {
        id: `r${i}`,
        box: [x, y, x + 1, y + 1],
        interval: i % 7 === 0 ? null : days(`2024-01-0${1 + random.int(5)}`),
      };
    });
    const catalog = makeCatalog(rows);
    const total = await catalog.totalBounds();
    const key = (r: CatalogRow): [number, number] => {
      const cell = (v: number, axis: 0 | 1): number =>
        Math.floor(((v - total[axis]) / (total[axis + 2]! - total[axis])) * 65535);
      return [
        r.interval?.start ?? -Infinity,
        hilbertIndex(cell((r.bbox[0] + r.bbox[2]) / 2, 0), cell((r.bbox[1] + r.bbox[3]) / 2, 1)),
      ];
    };
    const keys = (await (await roundTrip(catalog, 'space-time')).back.toArray()).map(key);
    for (let i = 1; i < keys.length; i++) {
      const [a, b] = [keys[i - 1]!, keys[i]!];
      assert.ok(a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]), `row ${i}`);
    }
    assert.deepEqual(await idsOf((await roundTrip(catalog, 'none')).back), await idsOf(catalog));
  });

  test('the Hilbert index visits every cell once and moves one step at a time', () => {
    const at = new Map<number, [number, number]>();
    for (let x = 0; x < 32; x++) for (let y = 0; y < 32; y++) at.set(hilbertIndex(x, y), [x, y]);
    const order = [...at.keys()].sort((a, b) => a - b);
    assert.equal(order.length, 1024);
    assert.equal(order.at(-1)! - order[0]!, 1023, 'the corner of 32 × 32 cells is one stretch of the curve');
    for (let i = 1; i < order.length; i++) {
      const [a, b] = [at.get(order[i - 1]!)!, at.get(order[i]!)!];
      assert.equal(Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]), 1);
    }
  });

  test('a column of two types is refused and leaves the previous file untouched', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'c.parquet');
      await makeCatalog([{}]).toGeoParquet(file);
      const before = readFileSync(file);
      const mixed = makeCatalog([{ columns: { v: 1 } }, { columns: { v: 'x' } }]);
      await assert.rejects(mixed.toGeoParquet(file), refuses('mixed-column', /Column v mixes/));
      const reason = new Error('stop');
      await assert.rejects(makeCatalog([{}, {}]).toGeoParquet(file, { signal: AbortSignal.abort(reason) }), reason);
      assert.ok(before.equals(readFileSync(file)));
      assert.deepEqual(readdirSync(folder), ['c.parquet']);
      await assert.rejects(makeCatalog([{}]).toGeoParquet(path.join(folder, 'no', 'c.parquet')), (e) =>
        isNadirError(e, 'SourceError'),
      );
    });
  });

  test('mutants of a file open or fail with a typed error', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'c.parquet');
      await makeCatalog(ROWS).toGeoParquet(file);
      const good = readFileSync(file);
      const random = createRandom(99, 'mutants');
      let failed = 0;
      for (let k = 0; k < 150; k++) {
        const bytes = Buffer.from(good);
        if (k % 3 === 0) {
          writeFileSync(file, bytes.subarray(0, random.int(bytes.length)));
        } else {
          for (let n = 1 + random.int(8); n > 0; n--) bytes[random.int(bytes.length)] = random.int(256);
          writeFileSync(file, bytes);
        }
        const { value } = await withWarnings(() => openCatalog(file).catch((e: unknown) => e));
        if (!(value instanceof Error)) continue;
        failed++;
        assert.ok(isNadirError(value), `mutant ${k} of seed 99: ${value.stack ?? ''}`);
      }
      assert.ok(failed >= 50);
      writeFileSync(file, good);
      assert.equal(await (await openCatalog(file)).count(), ROWS.length, 'the codec still works after bad files');
    });
  });
});

describe('files of others', () => {
  const geometry = [
    {
      type: 'Polygon' as const,
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
          [0, 0],
        ],
      ],
    },
  ];
  const column = { encoding: 'WKB', geometry_types: ['Polygon'] };
  const write = (
    file: string,
    geo: unknown,
    rows: Record<string, readonly unknown[]> = {},
    specs: readonly { name: string; type: 'string' | 'int32' | 'timestamp' | 'list<string>' }[] = [],
  ): void =>
    writeFileSync(
      file,
      writeParquetTable({
        columns: [{ name: 'geometry', type: 'geometry' }, ...specs],
        rows: { geometry, ...rows },
        ...(geo !== undefined && {
          metadata: { key: 'geo', value: typeof geo === 'string' ? geo : JSON.stringify(geo) },
        }),
      }),
    );
  const geoOf = (more: object): object => ({
    version: '1.1.0',
    primary_column: 'geometry',
    columns: { geometry: { ...column, ...more } },
  });

  test('an absent CRS is lon–lat, an unknown one must be given', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      write(file, geoOf({}));
      const { value } = await withWarnings(() => openCatalog(file));
      assert.equal(value.crs.canonical, 'EPSG:4326');
      write(file, geoOf({ crs: null }));
      await assert.rejects(openCatalog(file), refuses('no-crs', /x\.parquet/));
      assert.equal(
        (await withWarnings(() => openCatalog(file, { crs: 'EPSG:3035' }))).value.crs.canonical,
        'EPSG:3035',
      );
      write(file, geoOf({ crs: Crs.from('EPSG:32633').toProjJson() }));
      assert.equal((await withWarnings(() => openCatalog(file))).value.crs.canonical, 'EPSG:32633');
      write(file, geoOf({ crs: { type: 'ProjectedCRS', id: { authority: 'EPSG', code: 99999 } } }));
      await assert.rejects(openCatalog(file), refuses('bad-geo-metadata', /x\.parquet, "geo" metadata: /));
    });
  });

  test('no _backend warns and assumes rasters, or fails when strict; version 0 derives id and static', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      write(
        file,
        geoOf({}),
        { filepath: ['/a/b_1.tif'], start_time: [parseTime('1900-01-01')], end_time: [parseTime('2100-01-01')] },
        [
          { name: 'filepath', type: 'string' },
          { name: 'start_time', type: 'timestamp' },
          { name: 'end_time', type: 'timestamp' },
        ],
      );
      const { value, warnings } = await withWarnings(() => openCatalog(file));
      const [row] = await value.toArray();
      assert.deepEqual([row!.id, row!.static, row!.interval, row!.native], ['b_1', true, null, null]);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /_backend/);
      await assert.rejects(openCatalog(file, { strict: true }), refuses('no-backend', /x\.parquet/));
    });
  });

  test('a row without id, or with one that is no text, is an error that names it', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      for (const [type, id] of [
        ['string', null],
        ['int32', 7],
      ] as const) {
        write(file, geoOf({}), { _schema_version: [1], id: [id] }, [
          { name: '_schema_version', type: 'int32' },
          { name: 'id', type },
        ]);
        for (const engine of hasDuckdb() ? (['memory', 'duckdb'] as const) : (['memory'] as const)) {
          const { value } = await withWarnings(() => openCatalog(file, { engine }));
          await assert.rejects(value.toArray(), refuses('no-id', /x\.parquet, row 0: its id is/));
          await value.dispose();
        }
      }
    });
  });

  test('a newer, mixed or null schema version fails by name', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      const specs = [{ name: '_schema_version', type: 'int32' as const }];
      write(file, geoOf({}), { _schema_version: [9] }, specs);
      await assert.rejects(openCatalog(file), refuses('newer-schema', /version 9/));
      write(file, geoOf({}), { _schema_version: [null] }, specs);
      await assert.rejects(openCatalog(file), refuses('bad-schema-version', /null/));
      writeFileSync(
        file,
        writeGeoParquet({
          rows: { geometry: [...geometry, ...geometry], _schema_version: [0, 1] },
          crs: 'EPSG:4326',
          columns: specs,
        }),
      );
      await assert.rejects(openCatalog(file), refuses('mixed-values', /_schema_version.*0, 1/));
    });
  });

  test('nested columns are left out with a warning, scalars are kept', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      write(file, geoOf({}), { tags: [['a']], place: ['here'] }, [
        { name: 'tags', type: 'list<string>' },
        { name: 'place', type: 'string' },
      ]);
      const { value, warnings } = await withWarnings(() => openCatalog(file));
      assert.deepEqual((await value.toArray())[0]!.columns, { place: 'here' });
      assert.ok(warnings.some((w) => w.includes('tags')));
    });
  });

  test('what is no GeoParquet says so, naming the file', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      writeFileSync(file, 'hello, this is text');
      await assert.rejects(openCatalog(file), refuses('not-parquet', /x\.parquet/));
      write(file, undefined);
      await assert.rejects(openCatalog(file), refuses('not-geoparquet', /x\.parquet/));
      write(file, '{broken');
      await assert.rejects(openCatalog(file), refuses('bad-geo-metadata', /x\.parquet/));
      write(file, { primary_column: 'shape', columns: { shape: column } });
      await assert.rejects(openCatalog(file), refuses('no-geometry', /shape/));
      write(file, geoOf({ encoding: 'polygon' }));
      await assert.rejects(openCatalog(file), refuses('geometry-encoding', /polygon/));
      await assert.rejects(openCatalog(path.join(folder, 'gone.parquet')), (e) => isNadirError(e, 'SourceError'));
      const empty = path.join(folder, 'empty');
      mkdirSync(empty);
      await assert.rejects(openCatalog(empty), refuses('no-files', /empty/));
    });
  });

  test('the writer takes any further columns and remembers metadata', () => {
    const bytes = writeGeoParquet({
      rows: { geometry, n: [3], tags: [['a', null]], doc: [{ k: 1 }] },
      crs: 'EPSG:4326',
      columns: [
        { name: 'n', type: 'int64' },
        { name: 'tags', type: 'list<string>' },
        { name: 'doc', type: 'json' },
      ],
      metadata: { made: 'here' },
    });
    const back = readGeoParquet(bytes, 'memory');
    assert.deepEqual(back.table.names, ['geometry', 'bbox', 'n', 'tags', 'doc']);
    assert.deepEqual(
      [back.table.columns['n'], back.table.columns['tags'], back.table.columns['doc']],
      [[3], [['a', null]], ['{"k":1}']],
    );
    assert.deepEqual(back.table.columns['bbox'], [{ xmin: 0, ymin: 0, xmax: 1, ymax: 1 }]);
    assert.deepEqual(back.extra, { made: 'here' });
    assert.deepEqual(back.geometries, geometry);
  });
});
