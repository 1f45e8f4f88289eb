/** Every vector file of the shared data, against GDAL and geopandas (test/oracles/vector/make.py), or named with its reason. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildVectorCatalog } from '../../../src/catalog/index.js';
import { Crs, isNadirError, type Bounds } from '../../../src/core/index.js';
import { openVector } from '../../../src/formats/vector/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, SHARED_DATA, withFolder } from '../../support/places.js';

interface Layer {
  readonly name: string;
  readonly lonlat: Bounds | null;
  readonly crs: number | null;
  readonly count: number;
  readonly bounds: Bounds | null;
  readonly types: readonly string[];
  readonly fields: readonly string[];
}
// SAFETY: written by make.py; a text says why they refuse the file.
const ORACLE = JSON.parse(readFileSync('test/oracles/vector/shared.json', 'utf8')) as Record<
  string,
  readonly Layer[] | string
>;

/** PROJ 9.5 without grids: the bounds of the Dutch fields in EPSG:4326, densified. */
const DUTCH_BOUNDS = [4.0008542, 51.0979827, 6.8444593, 53.2539033];

/** Files that no catalog of vectors takes, and the code that says why. */
const REFUSED: Readonly<Record<string, string>> = {
  'bad_inputs/badGeoUnclosed.json': 'bad-geometry',
  'bad_inputs/badGeometryItem.json': 'bad-geometry',
  'hyperspectral/enmap_potsdam/enmap_potsdam_srf.geojson': 'no-features',
  'multisensor/worldcereal_be/test_public_extractions.parquet': 'not-geoparquet',
  'vector/geospatial.parquet': 'not-geoparquet',
  'stac/collections.ndjson': 'not-geojson',
};
/** STAC metadata that is no GeoJSON: catalogs, collections, and lists of items. */
const STAC_METADATA = /(?:catalog|collection)\.json$|-pc\.json$/;

/** Largest deviation of footprints from GDAL's in degrees (0.1 mm), and where more is known. */
const TOLERANCE = 1e-9;
const COARSER: Readonly<Record<string, readonly [degrees: number, reason: string]>> = {
  'vector/convert/ch/lwb_nutzungsflaechen_v2_0_lv95.gpkg': [
    1e-6,
    'PROJ and proj4 differ in the Swiss projection by 7 cm',
  ],
  'vector/improve/be_vlg_2024_fiboa_0_2.parquet': [
    1e-8,
    'PROJ and proj4 differ in the datum shift of Belgium by 0.4 mm',
  ],
  'vector/convert/nl/brpgewaspercelen_definitief_2023.gpkg': [
    2e-3,
    'its WKT names no shift from the Dutch datum to WGS 84, which is about 100 m',
  ],
};

describe('shared vector files', needsSharedData, () => {
  test('one build takes all, and names the others with the reason', async () => {
    const files = Object.keys(ORACLE).map((file) => path.join(SHARED_DATA, file));
    const { value: catalog } = await withWarnings(() => buildVectorCatalog(files, { targetCrs: 'EPSG:4326' }));
    const skipped = Object.fromEntries(
      catalog.config.skipped!.map(({ item, error }) => [
        path.relative(SHARED_DATA, item).replaceAll('\\', '/'),
        error.code,
      ]),
    );
    for (const [file, code] of Object.entries(skipped)) {
      if (STAC_METADATA.test(file)) assert.ok(['not-geojson', 'not-vector'].includes(code), `${file}: ${code}`);
      else assert.equal(code, REFUSED[file], file);
    }
    assert.deepEqual(
      Object.keys(REFUSED).filter((file) => !(file in skipped)),
      [],
    );
    const rows = await catalog.toArray();
    assert.ok(rows.length > 60, `${rows.length}`);
    for (const row of rows) {
      const file = path.relative(SHARED_DATA, row.filepath).replaceAll('\\', '/');
      const theirs = ORACLE[file];
      if (typeof theirs === 'string' || theirs === undefined) continue;
      const lonlat = theirs.find((l) => l.name === row.columns['layer'])?.lonlat ?? theirs[0]!.lonlat!;
      const [tolerance] = COARSER[file] ?? [TOLERANCE];
      row.bbox.forEach((v, i) =>
        assert.ok(Math.abs(v - lonlat[i]!) <= tolerance, `${file} ${i}: ${v} against ${lonlat[i]!}`),
      );
    }
  });

  for (const [file, theirs] of Object.entries(ORACLE)) {
    if (typeof theirs === 'string' || file in REFUSED) continue;
    const layers: readonly Layer[] = theirs;
    const skip = existsSync(path.join(SHARED_DATA, file)) ? false : 'this file is not here';
    test(`${file}: layers, CRS, count, bounds, types and fields`, { skip }, async () => {
      const vector = await openVector(path.join(SHARED_DATA, file));
      try {
        assert.equal(vector.layers.length, layers.length);
        for (const [i, layer] of vector.layers.entries()) {
          const expected: Layer = layers[i]!;
          const facts = await vector.describe(layer);
          // GDAL names the layer of a GeoJSON file by a member that the standard does not have.
          if (vector.format !== 'geojson') assert.equal(layer, expected.name);
          assert.deepEqual([facts.count, facts.bounds], [expected.count, expected.bounds]);
          // OGC:CRS84 has no EPSG code there; here axes are always x, y.
          assert.equal(facts.crs?.epsg, expected.crs ?? 4326);
          // A shapefile of polygons may hold parts; its header does not tell.
          if (vector.format === 'shapefile')
            assert.ok(
              expected.types.every((t) => t.endsWith(facts.geometryType)),
              facts.geometryType,
            );
          else assert.equal(facts.geometryType, expected.types.join(','));
          // GDAL makes attributes of members beside `properties` (id, and STAC's links and assets).
          if (vector.format === 'geojson')
            assert.deepEqual(
              facts.fields.filter(
                (f) => !expected.fields.includes(f) && !expected.fields.some((e) => e.startsWith(`${f}.`)),
              ),
              [],
            );
          else assert.deepEqual(facts.fields, expected.fields);
        }
      } finally {
        await vector.close();
      }
    });
  }

  test('a national grid brings its shift to WGS 84; a CRS without one is a warning, not a silent error of 100 m', async () => {
    const file = path.join(SHARED_DATA, 'vector/convert/nl/brpgewaspercelen_definitief_2023.gpkg');
    const { value, warnings } = await withWarnings(() => buildVectorCatalog(file, { targetCrs: 'EPSG:4326' }));
    assert.deepEqual(warnings, []);
    const [row] = await value.toArray();
    DUTCH_BOUNDS.forEach((v, i) => assert.ok(Math.abs(row!.bbox[i]! - v) < 1e-5, row!.bbox.join()));
    await withFolder(async (folder) => {
      const bessel = path.join(folder, 'bessel.geojson');
      const point = {
        type: 'Feature',
        properties: {},
        geometry: { type: 'Point', coordinates: [3_500_000, 5_500_000] },
      };
      Crs.register('EPSG:99031', '+proj=tmerc +lon_0=9 +x_0=3500000 +ellps=bessel');
      const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::99031' } };
      writeFileSync(bessel, JSON.stringify({ type: 'FeatureCollection', crs, features: [point] }));
      const shifted = await withWarnings(() => buildVectorCatalog(bessel, { targetCrs: 'EPSG:4326' }));
      assert.match(shifted.warnings.join(), /1 file may be off by some 100 m/);
      assert.deepEqual((await withWarnings(() => buildVectorCatalog(bessel))).warnings, []);
    });
  });

  test('STAC items in Parquet with geo metadata are read as the vectors that they are', async () => {
    const vector = await openVector(path.join(SHARED_DATA, 'stac/1000-sentinel-2-items.parquet'));
    try {
      assert.equal((await vector.describe(vector.layers[0]!)).count, 1000);
    } finally {
      await vector.close();
    }
  });

  test('files of other kinds are typed errors', async () => {
    for (const file of [
      'landsat/rgb_mosaic/RGB.byte.tif',
      'climate/sic_daily_sample.zarr.zip',
      'bad_inputs/corrupt.TIF',
    ]) {
      await assert.rejects(openVector(path.join(SHARED_DATA, file)), (e) => isNadirError(e));
    }
  });
});
