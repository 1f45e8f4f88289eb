import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MAP_EXTENSIONS, mapCells, mapKind } from '../../../src/extension/open-in-map-code.js';

test('a file is told by its extension, whatever its case', () => {
  const kinds = Object.fromEntries(MAP_EXTENSIONS.map((e) => [e, mapKind(`/data/x.${e.toUpperCase()}`, '')]));
  assert.deepEqual(kinds, {
    tif: 'raster',
    tiff: 'raster',
    parquet: 'catalog',
    geojson: 'vector',
    json: undefined,
    fgb: 'vector',
    gpkg: 'vector',
    shp: 'vector',
    nc: 'cube',
    zarr: 'cube',
  });
  assert.equal(mapKind('/data/store.zarr/', ''), 'cube');
  assert.equal(mapKind('/data/readme.md', ''), undefined);
  assert.equal(mapKind('/data/tif', ''), undefined);
});

test('STAC is told from other JSON and Parquet by what is in it', () => {
  assert.equal(mapKind('item.json', '{"type": "Feature", "stac_version": "1.1.0"'), 'stac');
  assert.equal(mapKind('items.geojson', '{"type":"FeatureCollection","features":[{"stac_version":"1.0.0"'), 'stac');
  assert.equal(mapKind('places.json', '{"type": "FeatureCollection", "features": []}'), 'vector');
  assert.equal(mapKind('tsconfig.json', '{"compilerOptions": {}}'), undefined);
  assert.equal(mapKind('items.parquet', '… stac_version … assets …'), 'stac');
  assert.equal(mapKind('ours.parquet', '… stac_version … _backend …'), 'catalog', 'our catalogs of STAC are catalogs');
});

test('each kind has its builder, and the path is a literal even with quotes and backslashes', () => {
  const path = 'C:\\data\\it\'s "here".x';
  const builders = {
    raster: 'buildRasterCatalog',
    catalog: 'openCatalog',
    stac: 'catalogFromStac',
    vector: 'buildVectorCatalog',
    cube: 'buildCubeCatalog',
  } as const;
  for (const [kind, builder] of Object.entries(builders)) {
    const [first = ''] = mapCells(path, kind as keyof typeof builders);
    assert.match(first, new RegExp(`^import \\{ .*\\b${builder}\\b.*\\} from 'nadir';`));
    assert.ok(first.includes(JSON.stringify(path)), first);
  }
});

test('the explorer offers what the command opens, and JSON only with the names of STAC', () => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { menus: { 'explorer/context': readonly { command: string; when: string }[] } };
  };
  const { when } = contributes.menus['explorer/context'].find((e) => e.command === 'nadir.openInMap')!;
  const [extensions, names] = [...when.matchAll(/=~ \/(.+?)\/i/g)].map((m) => new RegExp(m[1]!, 'i'));
  for (const e of MAP_EXTENSIONS) assert.equal(extensions!.test(`.${e}`), e !== 'json', e);
  for (const name of ['catalog.json', 'collection.json', 'item.json', 'items-3.json']) assert.match(name, names!);
  for (const name of ['package.json', 'tsconfig.json', 'my-catalog.json']) assert.doesNotMatch(name, names!);
});
