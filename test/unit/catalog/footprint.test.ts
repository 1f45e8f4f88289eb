import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { rasterFootprint } from '../../../src/catalog/footprint.js';
import { footprintBounds, polygonsOf, signedArea } from '../../../src/catalog/geometry.js';
import { projectOutline } from '../../../src/catalog/project-outline.js';
import { applyAffine, Crs, pointTransform, type Affine, type Bounds } from '../../../src/core/index.js';

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

  test('of rasters too large for the CRS are refused rather than wrong', () => {
    const world = { transform: [1, 0, -180, 0, -1, 90] as const, width: 360, height: 180 };
    for (const crs of ['EPSG:32618', 'EPSG:3035', 'EPSG:3857'])
      assert.throws(() => rasterFootprint(world, WGS84, Crs.from(crs)), { code: 'outside-domain' }, crs);
    const mercator = rasterFootprint(
      { ...world, transform: [1, 0, -180, 0, -1, 85], height: 170 },
      WGS84,
      Crs.from('EPSG:3857'),
    );
    assert.ok(Math.abs(footprintBounds(mercator)[2] - 20037508.342789244) < 1e-6);
  });

  test('points that follow from a few exact ones are those that projecting each gives, to 0.1 µm', () => {
    const grids: readonly (readonly [crs: string, transform: Affine])[] = [
      ['EPSG:32631', [10, 0, 500000, 0, -10, 5400000]],
      ['EPSG:32632', [10, 0, 300000, 0, -10, 9000000]],
      ['EPSG:32760', [10, 0.5, 700000, -0.5, -10, 2000000]],
      ['EPSG:4326', [1e-4, 0, 10, 0, -1e-4, 50]],
      ['EPSG:3857', [10, 0, 1e6, 0, -10, 6e6]],
      ['EPSG:3035', [20, 0, 4e6, 0, -20, 3e6]],
      ['EPSG:5070', [30, 0, -5e5, 0, -30, 2e6]],
      ['EPSG:3031', [100, 0, -3e5, 0, -100, 1e6]],
    ];
    let compared = 0;
    for (const [from, transform] of grids) {
      for (const to of ['EPSG:4326', 'EPSG:3857', 'EPSG:32631', 'EPSG:32632', 'EPSG:3035', 'EPSG:6933']) {
        for (const side of [1, 64, 1000, 11000]) {
          if (from === to) continue;
          const [source, target] = [Crs.from(from), Crs.from(to)];
          const project = pointTransform(source, target);
          const expected: [number, number][] = [];
          const corners = [
            [0, side],
            [side, side],
            [side, 0],
            [0, 0],
            [0, side],
          ] as const;
          for (let edge = 0; edge < 4; edge++) {
            const [[c0, r0], [c1, r1]] = [corners[edge]!, corners[edge + 1]!];
            for (let k = 0; k < 22; k++)
              expected.push(project(...applyAffine(transform, c0 + ((c1 - c0) * k) / 22, r0 + ((r1 - r0) * k) / 22)));
          }
          if (expected.some((p) => p.some(Number.isNaN))) continue;
          const found = projectOutline({ transform, width: side, height: side }, source, target, 21);
          assert.equal(found.length, 88);
          // The check allows 16 roundings at one place; elsewhere a little more is possible.
          found.forEach((p, i) =>
            p.forEach((v, axis) => {
              const off = Math.abs(v - expected[i]![axis]!);
              assert.ok(off <= 2 ** -47 * Math.abs(v) + 2 ** -50, `${from} → ${to}, ${side}: ${off} of ${v}`);
            }),
          );
          compared++;
        }
      }
    }
    assert.ok(compared > 100, `${compared}`);
  });

  test('an edge across ±180 is not smooth, so every point of it is projected', () => {
    const utm = Crs.from('EPSG:32601');
    const grid = { transform: [10, 0, 300000, 0, -10, 7000000] as const, width: 11000, height: 11000 };
    const points = projectOutline(grid, utm, WGS84, 21);
    const project = pointTransform(utm, WGS84);
    assert.deepEqual(points[1], project(...applyAffine(grid.transform, 500, 11000)));
    assert.ok(points.some(([lon]) => lon > 170) && points.some(([lon]) => lon < -170));
  });

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
