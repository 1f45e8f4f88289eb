import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  catalogFromStac,
  catalogToStac,
  memoryCatalog,
  type CatalogRow,
  type GeoCatalog,
  type StacItem,
} from '../../../../src/catalog/index.js';
import { footprintBounds, polygonsOf } from '../../../../src/catalog/geometry.js';
import { rasterFootprint } from '../../../../src/catalog/footprint.js';
import { createRandom, Crs, parseTime, type Affine, type Random } from '../../../../src/core/index.js';
import { withWarnings } from '../../../support/host.js';
import { makeCatalog, makeRow, type RowInit } from '../../../support/rows.js';
import { pythonSkip, python, withFolder } from '../../../support/places.js';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** A catalog CRS, and a place where it is good, in its units. */
const PLACES: readonly (readonly [crs: string, x: number, y: number, spread: number, unit: number])[] = [
  ['EPSG:4326', 10, 46, 20, 1e-4],
  ['EPSG:4326', 179.99, -17, 0.2, 1e-4],
  ['EPSG:32631', 500_000, 5_200_000, 200_000, 10],
  ['EPSG:32660', 830_000, 7_000_000, 60_000, 10],
  ['EPSG:3857', 1_100_000, 5_800_000, 1e6, 30],
  ['EPSG:3035', 4_321_000, 3_210_000, 1e6, 100],
  ['EPSG:3413', 100_000, -900_000, 5e5, 250],
  ['+proj=laea +lat_0=-10 +lon_0=25 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs', 1000, 2000, 1e5, 10],
];
const NATIVE = [
  'EPSG:32631',
  'EPSG:32660',
  'EPSG:4326',
  'EPSG:3857',
  '+proj=sinu +lon_0=0 +R=6371007.181 +units=m +no_defs',
];
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)]!;

function randomRow(random: Random, index: number, crs: Crs, place: (typeof PLACES)[number]): RowInit {
  const [, x0, y0, spread, unit] = place;
  const [width, height] = [1 + random.int(300), 1 + random.int(300)];
  const [x, y] = [x0 + (random.uniform() - 0.5) * spread, y0 + (random.uniform() - 0.5) * spread];
  const turn = random.uniform() < 0.3 ? 0.3 * unit : 0;
  const transform: Affine = [unit, turn, x, turn, -unit, y];
  const start = Math.round((random.uniform() - 0.3) * 4e15);
  return {
    id: `row ${index}/ä'"`,
    filepath: pick(random, [
      `/data/ä b/${index}.tif`,
      `https://example.com/${index}.tif?versionId=${index}`,
      `s3://bucket/${index}#1.tif`,
    ]),
    geometry: rasterFootprint({ transform, width, height }, crs, crs, 3),
    interval: pick(random, [null, { start, end: start }, { start, end: start + 1 + random.int(1e9) }]),
    nativeCrs: pick(random, NATIVE),
    native: pick(random, [
      null,
      {
        transform,
        width,
        height,
        count: 2,
        dtype: pick(random, ['float32' as const, null]),
        nodata: pick(random, [null, 0, -9999, NaN, Infinity]),
        bandNames: pick(random, [
          ['B04', null],
          [null, null],
          ['rot', 'grün'],
        ]),
        overviews: pick(random, [[], [[64, 32] as const, [32, 16] as const]]),
      },
    ]),
    columns: {
      asset_key: pick(random, ['B04', 'data', null]),
      'eo:cloud_cover': pick(random, [null, 12.5, 0, NaN]),
      gsd: pick(random, [10, -1, null]),
      title: pick(random, ['x', null]),
      created: 'yesterday',
      datetime: pick(random, ['mine', null]),
      'proj:code': 7,
      instruments: 'msi,oli',
      _right_filepath: pick(random, ['/r.tif', null]),
      __proto: true,
      bands: 3,
    },
  };
}

async function exported(catalog: GeoCatalog): Promise<StacItem[]> {
  const items: StacItem[] = [];
  // What a file keeps of it.
  for await (const item of catalogToStac(catalog)) items.push(JSON.parse(JSON.stringify(item)) as StacItem);
  return items;
}
const plain = ({ crs, ...row }: CatalogRow): unknown => ({ ...row, columns: { ...row.columns }, crs: crs.canonical });

describe('catalogToStac, then catalogFromStac', () => {
  for (const [k, place] of PLACES.entries()) {
    test(`gives back every row exactly, in ${place[0]} at ${place[1]}, ${place[2]}`, async () => {
      const random = createRandom(k, 'stac');
      const crs = Crs.from(place[0]);
      const catalog = makeCatalog(
        Array.from({ length: 40 }, (_, i) => randomRow(random, i, crs, place)),
        crs,
      );
      const items = await exported(catalog);
      const back = await catalogFromStac(items, { assets: '*', targetCrs: crs });
      assert.deepEqual(back.config.skipped, []);
      assert.deepEqual((await back.toArray()).map(plain), (await catalog.toArray()).map(plain));

      // In degrees, as by default: the geometry of the items, which is the footprint's image.
      const rows = await (await catalogFromStac(items, { assets: '*' })).toArray();
      rows.forEach((row, i) => assert.deepEqual(row.geometry, items[i]?.geometry));
      for (const { geometry, bbox = [] } of items) {
        const [w, s, e, n] = footprintBounds(geometry);
        assert.ok(w >= -180 && e <= 180 && s >= -90 && n <= 90);
        assert.equal(bbox[0]! > bbox[2]!, geometry.type === 'MultiPolygon', 'west > east across ±180');
        for (const rings of polygonsOf(geometry)) for (const ring of rings) assert.deepEqual(ring[0], ring.at(-1));
      }
    });
  }

  test('rows of an intersection, whose footprints are no whole images, come back too', async () => {
    const crs = Crs.from('EPSG:32631');
    const triangle = {
      type: 'Polygon' as const,
      coordinates: [
        [
          [4e5, 5e6],
          [5e5, 5e6],
          [4e5, 5.1e6],
          [4e5, 5e6],
        ],
      ],
    };
    const native = {
      transform: [10, 0, 4e5, 0, -10, 5.2e6] as Affine,
      width: 9000,
      height: 9000,
      count: 1,
      dtype: 'uint8' as const,
      nodata: null,
      bandNames: [null],
      overviews: [],
    };
    const catalog = makeCatalog([{ geometry: triangle, native, columns: {} }], crs);
    const back = await catalogFromStac(await exported(catalog), { assets: '*', targetCrs: crs });
    assert.deepEqual((await back.toArray()).map(plain), (await catalog.toArray()).map(plain));
  });

  test('an image round a pole comes back, whose parts run along the pole', async () => {
    const polar = Crs.from('EPSG:3031');
    const wgs84 = Crs.from('EPSG:4326');
    // Corners at 135° west and so on: one part reaches from there to 180°, the other is the rest.
    const transform: Affine = [25_000, 0, -3_950_000, 0, -25_000, 4_350_000];
    const geometry = rasterFootprint({ transform, width: 316, height: 332 }, polar, wgs84);
    const catalog = makeCatalog([{ id: 'south', geometry, nativeCrs: 'EPSG:3031' }], 'EPSG:4326');
    for await (const item of catalogToStac(catalog))
      for (const rings of polygonsOf(item.geometry))
        for (const ring of rings) {
          assert.deepEqual(ring.at(-1), ring[0]);
          for (const [x = NaN] of ring) assert.ok(Math.abs(x) <= 180);
        }
    const { value: back, warnings } = await withWarnings(() =>
      catalogFromStac(catalogToStac(catalog), { assets: '*' }),
    );
    assert.deepEqual(warnings, []);
    assert.deepEqual((await back.toArray())[0]?.geometry, geometry);
  });

  test('backends and rows without a file come back; only items of one backend have one', async () => {
    const rows = [{ id: 'a', filepath: '' }, { id: 'b' }].map((r, i) => makeRow(r, i, Crs.from('EPSG:4326')));
    const facts = { crs: Crs.from('EPSG:4326'), targetResolution: null, config: {} };
    const cube = await exported(memoryCatalog(rows, { ...facts, backend: 'cube' }));
    const back = await catalogFromStac(cube, { assets: '*' });
    assert.equal(back.backend, 'cube');
    assert.deepEqual((await back.toArray()).map(plain), rows.map(plain));
    const vector = await exported(memoryCatalog(rows, { ...facts, backend: 'vector' }));
    assert.equal((await catalogFromStac([...cube, ...vector], { assets: '*' })).backend, 'raster');
  });

  test('an exported item that someone has mangled is named, not imported', async () => {
    const items = await exported(makeCatalog([{ box: [4e5, 5e6, 5e5, 5.1e6] }], 'EPSG:32631'));
    for (const [name, value] of [
      [
        'nadir:geometry',
        {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [[], 1],
              [1, 1],
              [0, 0],
            ],
          ],
        },
      ],
      ['nadir:crs', 'EPSG:99999'],
      ['nadir:native_crs', '+proj=nonsense'],
    ] as const) {
      const mangled = { ...items[0]!, properties: { ...items[0]!.properties, [name]: value } };
      const { value: catalog } = await withWarnings(() => catalogFromStac([mangled], { assets: '*' }));
      assert.equal(await catalog.count(), 0, name);
      assert.match(catalog.config.skipped![0]!.error.message, /item row0, asset data: /);
    }
    const bent = {
      ...items[0]!,
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [null, 1],
            [1, 1],
            [0, 0],
          ],
        ],
      },
    };
    const { value: catalog } = await withWarnings(() => catalogFromStac([bent], { assets: '*' }));
    assert.match(catalog.config.skipped![0]!.error.message, /two finite numbers/);
  });

  test('times have six digits; instants are datetime, ranges have null, static rows say so', async () => {
    const start = parseTime('2024-06-03T10:30:00.000001Z');
    const catalog = makeCatalog(
      [{ interval: { start, end: start } }, { interval: { start, end: start + 1 } }, {}],
      'EPSG:4326',
    );
    const times = (await exported(catalog)).map(({ properties: p }) => [
      p['datetime'],
      p['start_datetime'],
      p['end_datetime'],
      p['nadir:static'],
    ]);
    assert.deepEqual(times, [
      ['2024-06-03T10:30:00.000001Z', undefined, undefined, undefined],
      [null, '2024-06-03T10:30:00.000001Z', '2024-06-03T10:30:00.000002Z', undefined],
      [null, '1900-01-01T00:00:00.000000Z', '2100-01-01T00:00:00.000000Z', true],
    ]);
  });

  test('a row that really lasts from 1900 to 2100 stays dated', async () => {
    const interval = { start: parseTime('1900-01-01'), end: parseTime('2100-01-01') };
    const items = await exported(makeCatalog([{ interval }], 'EPSG:4326'));
    const [row] = await (await catalogFromStac(items, { assets: '*' })).toArray();
    assert.deepEqual(row?.interval, interval);
  });

  test('signatures and passwords are not exported, other parts of an address are', async () => {
    const filepaths = [
      'https://a.blob.core.windows.net/c/x.tif?st=2024&se=2025&sp=rl&sv=2021&sr=c&skoid=1&sig=GEHEIM%3D',
      'https://b.s3.amazonaws.com/x.tif?X-Amz-Algorithm=A&X-Amz-Credential=GEHEIM&X-Amz-Signature=GEHEIM&versionId=3',
      'https://me:GEHEIM@example.com/x.tif?band=1&token=GEHEIM#part',
    ];
    const items = await exported(
      makeCatalog(
        filepaths.map((filepath) => ({ filepath })),
        'EPSG:4326',
      ),
    );
    assert.doesNotMatch(JSON.stringify(items), /GEHEIM/);
    assert.deepEqual(
      items.map((i) => i.assets['data']?.href),
      [
        'https://a.blob.core.windows.net/c/x.tif',
        'https://b.s3.amazonaws.com/x.tif?versionId=3',
        'https://example.com/x.tif?band=1#part',
      ],
    );
  });
});

describe('exported items', () => {
  test(
    'are valid STAC 1.1.0 for pystac and its schema, and geometries valid for shapely',
    { skip: pythonSkip(['pystac', 'jsonschema', 'shapely']) },
    () =>
      withFolder(async (folder) => {
        const items: StacItem[] = [];
        for (const [k, place] of PLACES.entries()) {
          const random = createRandom(k, 'schema');
          const crs = Crs.from(place[0]);
          items.push(
            ...(await exported(
              makeCatalog(
                Array.from({ length: 10 }, (_, i) => randomRow(random, i, crs, place)),
                crs,
              ),
            )),
          );
        }
        const file = path.join(folder, 'items.json');
        writeFileSync(file, JSON.stringify(items));
        const problems = python(
          `
import json, sys, pystac, shapely.geometry as g
from pystac.validation.stac_validator import JsonSchemaSTACValidator
from pystac.stac_object import STACObjectType
v = JsonSchemaSTACValidator()
out = []
for i, d in enumerate(json.load(open(sys.argv[1]))):
    try:
        v.validate_core(d, STACObjectType.ITEM, '1.1.0')
        item = pystac.Item.from_dict(d)
        s = g.shape(d['geometry'])
        if not s.is_valid: out.append([i, 'invalid geometry'])
        if item.datetime is None and item.common_metadata.start_datetime is None: out.append([i, 'no time'])
    except Exception as e:
        out.append([i, str(e)[:300]])
print(json.dumps(out))`,
          file,
        );
        assert.deepEqual(problems, []);
      }),
  );
});
