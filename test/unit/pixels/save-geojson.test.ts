/** GeoJSON that is written: its CRS, its form, and what GDAL reads from it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Crs } from '../../../src/core/index.js';
import { openVector } from '../../../src/formats/vector/index.js';
import { polygonsFromMask, saveGeoJson, type GeoFeature } from '../../../src/pixels/index.js';
import { withWarnings } from '../../support/host.js';
import { python, pythonSkip, withFolder } from '../../support/places.js';

const POLYGONS = polygonsFromMask({
  values: new Uint8Array([1, 1, 0, 0, 0, 1, 1, 0, 1]),
  shape: [3, 3],
  transform: [10, 0, 500000, 0, -10, 4600000],
  crs: 'EPSG:32631',
});

interface Read {
  readonly crs?: unknown;
  readonly features: readonly { readonly id?: unknown; readonly properties: unknown; readonly geometry: unknown }[];
}
// SAFETY: written by saveGeoJson just before.
const read = (file: string): Read => JSON.parse(readFileSync(file, 'utf8')) as Read;

describe('saveGeoJson', () => {
  test('coordinates stay as they are, with the CRS by its URN; reading gives the features back', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'p.geojson');
      const report = await saveGeoJson(file, POLYGONS);
      assert.deepEqual([report.features, report.crs, report.path], [POLYGONS.length, 'EPSG:32631', file]);
      assert.equal(report.bytes, readFileSync(file).byteLength);
      const { crs, features } = read(file);
      assert.deepEqual(crs, { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32631' } });
      assert.deepEqual(
        features,
        POLYGONS.map(({ type, id, properties, geometry }) => ({ type, id, properties, geometry })),
      );
      const vector = await openVector(file);
      assert.equal((await vector.describe('p')).crs?.canonical, 'EPSG:32631');
      await vector.close();
      assert.deepEqual(readdirSync(folder), ['p.geojson']);
    });
  });

  test('rfc7946 gives degrees on WGS 84 without crs member, outer rings counter-clockwise', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'p.geojson');
      const clockwise: GeoFeature = {
        type: 'Feature',
        properties: { n: 1n },
        crs: 'EPSG:32631',
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [500000, 0, 7],
              [500000, 100, 7],
              [500100, 100, 7],
              [500000, 0, 7],
            ],
          ],
        },
      };
      await saveGeoJson(file, [clockwise], { rfc7946: true });
      const { crs, features } = read(file);
      assert.equal(crs, undefined);
      assert.deepEqual(features[0]?.properties, { n: 1 });
      // SAFETY: a polygon was written.
      const [ring] = (features[0].geometry as { coordinates: number[][][] }).coordinates;
      assert.deepEqual(
        [ring?.[0], ring?.[2]],
        [
          [3, 0, 7],
          [3, ring![2]![1]!, 7],
        ],
      );
      assert.ok(ring![1]![0]! > 3, 'counter-clockwise');
    });
  });

  test('no features give a valid, empty collection, in the CRS that is named', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'none.geojson');
      await saveGeoJson(file, [], { crs: 'EPSG:32631' });
      assert.deepEqual(read(file), {
        type: 'FeatureCollection',
        crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32631' } },
        features: [],
      });
      await saveGeoJson(file, [], { rfc7946: true });
      assert.deepEqual(read(file), { type: 'FeatureCollection', features: [] });
    });
  });

  test('what crosses ±180 goes on beyond it, with a warning', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'p.geojson');
      const line: GeoFeature = {
        type: 'Feature',
        properties: null,
        crs: 'EPSG:32601',
        geometry: {
          type: 'LineString',
          coordinates: [
            [170000, 100],
            [160000, 100],
          ],
        },
      };
      const { warnings } = await withWarnings(() => saveGeoJson(file, [line], { rfc7946: true }));
      assert.match(warnings.join(), /cross ±180/);
      // SAFETY: a line was written.
      const [[a], [b]] = (read(file).features[0]!.geometry as { coordinates: [[number], [number]] }).coordinates;
      assert.ok(Math.abs(a - b) < 1, `${a} ${b}`);
    });
  });

  test('a failure or cancelling leaves the file as it was', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'p.geojson');
      writeFileSync(file, 'before');
      const bad = { ...POLYGONS[0]!, geometry: { type: 'Point', coordinates: [1, NaN] } } as unknown as GeoFeature;
      await assert.rejects(saveGeoJson(file, [...POLYGONS, bad]), { code: 'bad-geometry' });
      await assert.rejects(saveGeoJson(file, [...POLYGONS, { ...POLYGONS[0]!, crs: 'EPSG:4326' }]), {
        code: 'mixed-crs',
      });
      await assert.rejects(saveGeoJson(file, 7 as never), { code: 'not-features' });
      const reason = new Error('enough');
      await assert.rejects(saveGeoJson(file, POLYGONS, { signal: AbortSignal.abort(reason) }), reason);
      assert.equal(readFileSync(file, 'utf8'), 'before');
      assert.deepEqual(readdirSync(folder), ['p.geojson']);
      await assert.rejects(saveGeoJson(path.join(folder, 'no', 'p.geojson'), POLYGONS), { code: 'source.missing' });
      assert.ok(!existsSync(path.join(folder, 'no')));
    });
  });

  test(
    'GDAL reads the CRS, with a code or without, and the same shapes',
    {
      skip: pythonSkip(['geopandas']),
    },
    async () => {
      await withFolder(async (folder) => {
        const albers = '+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 +datum=WGS84 +units=m +no_defs';
        assert.equal(Crs.from(albers).epsg, null);
        const files = { a: POLYGONS, b: POLYGONS.map((f) => ({ ...f, crs: albers })), c: [] as GeoFeature[] };
        for (const [name, features] of Object.entries(files))
          await saveGeoJson(path.join(folder, `${name}.geojson`), features);
        await saveGeoJson(path.join(folder, 'd.geojson'), POLYGONS, { rfc7946: true });
        const script = `
import json, sys
import geopandas
out = {}
for name in "abcd":
    frame = geopandas.read_file(f"{sys.argv[1]}/{name}.geojson")
    method = None if frame.crs is None else (frame.crs.to_epsg() or frame.crs.coordinate_operation.method_name)
    area = 0 if len(frame) == 0 else float((frame.to_crs(32631) if name == "d" else frame).area.sum())
    out[name] = [len(frame), method, area]
print(json.dumps(out))`;
        const area = POLYGONS.reduce((sum, f) => sum + f.properties.area, 0);
        // SAFETY: printed by the script.
        const theirs = python(script, folder) as Record<string, [number, unknown, number]>;
        assert.deepEqual(theirs['a'], [3, 32631, area]);
        assert.deepEqual(theirs['b'], [3, 'Albers Equal Area', area]);
        assert.deepEqual(theirs['c']?.[0], 0);
        assert.deepEqual(theirs['d']?.slice(0, 2), [3, 4326]);
        assert.ok(Math.abs(theirs['d'][2] - area) < 0.01, `${theirs['d'][2]}`);
      });
    },
  );

  test('rfc7946 keeps a hole inside its outer ring where the polygon crosses ±180', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'p.geojson');
      const square = (x0: number, x1: number, y: number): number[][] => [
        [x0, -y],
        [x1, -y],
        [x1, y],
        [x0, y],
        [x0, -y],
      ];
      // The central meridian of zone 60 is 177° E: 834 km east of it is 180°.
      const coordinates = [square(400_000, 1_100_000, 1e5), square(870_000, 950_000, 5e4)];
      const feature: GeoFeature = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates } };
      const { warnings } = await withWarnings(() => saveGeoJson(file, [feature], { crs: 'EPSG:32660', rfc7946: true }));
      assert.equal(warnings.length, 1);
      const [outer = [], hole = []] = (read(file).features[0]?.geometry as { coordinates: number[][][] }).coordinates;
      const longitudes = (ring: readonly (readonly number[])[]): number[] => ring.map((p) => p[0] ?? NaN);
      const [west, east] = [Math.min(...longitudes(outer)), Math.max(...longitudes(outer))];
      assert.ok(west < 180 && east > 180);
      for (const lon of longitudes(hole)) assert.ok(lon > west && lon < east, `${lon} lies outside ${west} to ${east}`);
    });
  });

  test('rfc7946 refuses metres as degrees, and writes no file', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'p.geojson');
      const features: GeoFeature[] = [
        { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [500_000, 4_600_000] } },
      ];
      await assert.rejects(saveGeoJson(file, features, { rfc7946: true }), { code: 'outside-domain' });
      assert.equal(existsSync(file), false);
    });
  });

  test('rfc7946 turns outer rings counter-clockwise, however small and far from 0°', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'p.geojson');
      for (let k = 0; k < 200; k++) {
        const [x, y, d] = [170.1 + k * 0.0371, 80.3 - k * 0.0113, 1e-7];
        // Clockwise.
        const ring = [
          [x, y],
          [x, y + d],
          [x + d, y + d],
          [x + d, y],
          [x, y],
        ];
        await saveGeoJson(
          file,
          [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }],
          {
            rfc7946: true,
          },
        );
        const [[, second = []] = []] = (read(file).features[0]?.geometry as { coordinates: number[][][] }).coordinates;
        assert.deepEqual(second, ring[3], `ring ${k}`);
      }
    });
  });
});
