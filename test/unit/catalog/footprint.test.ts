import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { rasterFootprint } from '../../../src/catalog/footprint.js';
import { footprintBounds, polygonsOf, signedArea } from '../../../src/catalog/geometry.js';
import { Crs, type Affine, type Bounds } from '../../../src/core/index.js';

interface Footprint {
  readonly from: string;
  readonly to: string;
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
  readonly bounds: Bounds;
  readonly area: number;
  readonly vertices: number;
}
// Made with pyproj and shapely by test/oracles/catalog/make.py.
const { footprints } = JSON.parse(readFileSync('test/oracles/catalog/footprints.json', 'utf8')) as {
  footprints: readonly Footprint[];
};

const WGS84 = Crs.from('EPSG:4326');
const areaOf = (g: Parameters<typeof polygonsOf>[0]): number =>
  polygonsOf(g).reduce((sum, [outer]) => sum + signedArea(outer!) / 2, 0);

describe('footprints', () => {
  for (const f of footprints) {
    test(`${f.from} → ${f.to} agrees with PROJ in envelope and area`, () => {
      const g = rasterFootprint(f, Crs.from(f.from), Crs.from(f.to));
      const tolerance = Crs.from(f.to).isGeographic ? 1e-9 : 1e-6;
      footprintBounds(g).forEach((v, i) =>
        assert.ok(Math.abs(v - f.bounds[i]!) <= tolerance, `${v} against ${f.bounds[i]!}`),
      );
      assert.ok(Math.abs(areaOf(g) / f.area - 1) < 1e-7, 'counter-clockwise, so the signed area is the area');
      assert.equal(polygonsOf(g)[0]![0]!.length, f.vertices + 1);
    });
  }

  test('an axis-aligned outline in the same CRS is a box of five points', () => {
    const utm = Crs.from('EPSG:32631');
    const g = rasterFootprint({ transform: [10, 0, 500000, 0, -10, 5400000], width: 100, height: 50 }, utm, utm);
    assert.deepEqual(g.coordinates, [
      [
        [500000, 5399500],
        [501000, 5399500],
        [501000, 5400000],
        [500000, 5400000],
        [500000, 5399500],
      ],
    ]);
  });

  test('a south-up raster has the same footprint as its north-up twin', () => {
    const utm = Crs.from('EPSG:32631');
    const up = rasterFootprint({ transform: [10, 0, 500000, 0, -10, 5400000], width: 100, height: 50 }, utm, utm);
    assert.deepEqual(
      rasterFootprint({ transform: [10, 0, 500000, 0, 10, 5399500], width: 100, height: 50 }, utm, utm),
      up,
    );
  });

  test('a UTM tile across ±180 becomes two parts whose widths add up', () => {
    // Zone 1 begins at −180; easting 160 000 near the equator lies about 1.1° west of it.
    const g = rasterFootprint(
      { transform: [100, 0, 100000, 0, -100, 200000], width: 2000, height: 1000 },
      Crs.from('EPSG:32601'),
      WGS84,
    );
    assert.equal(g.type, 'MultiPolygon');
    const boxes = polygonsOf(g).map(([outer]) => footprintBounds({ type: 'Polygon', coordinates: [[...outer!]] }));
    assert.equal(boxes.length, 2);
    assert.equal(boxes[0]![2], 180);
    assert.equal(boxes[1]![0], -180);
    const width = 180 - boxes[0]![0] + (boxes[1]![2] + 180);
    assert.ok(width > 1.7 && width < 1.9, `${width}`);
    for (const [outer] of polygonsOf(g)) assert.ok(signedArea(outer!) > 0);
  });

  test('a geographic raster beyond 180 is wrapped, a global one spans exactly ±180', () => {
    const wrapped = rasterFootprint({ transform: [1, 0, 170, 0, -1, 10], width: 20, height: 20 }, WGS84, WGS84);
    assert.deepEqual(
      polygonsOf(wrapped).map(([outer]) => footprintBounds({ type: 'Polygon', coordinates: [[...outer!]] })),
      [
        [170, -10, 180, 10],
        [-180, -10, -170, 10],
      ],
    );
    const global = rasterFootprint({ transform: [1, 0, 0, 0, -1, 90], width: 360, height: 180 }, WGS84, WGS84);
    assert.deepEqual(footprintBounds(global), [-180, -90, 180, 90]);
    assert.equal(global.type, 'Polygon');
    assert.deepEqual(
      footprintBounds(rasterFootprint({ transform: [1, 0, 200, 0, -1, 10], width: 20, height: 20 }, WGS84, WGS84)),
      [-160, -10, -140, 10],
    );
  });

  test('a polar raster reaches the pole and all longitudes', () => {
    const g = rasterFootprint(
      { transform: [1000, 0, -1e6, 0, -1000, 1e6], width: 2000, height: 2000 },
      Crs.from('EPSG:3413'),
      WGS84,
    );
    const [xmin, ymin, xmax, ymax] = footprintBounds(g);
    assert.deepEqual([xmin, xmax, ymax], [-180, 180, 90]);
    assert.ok(ymin > 76 && ymin < 79);
  });
});
