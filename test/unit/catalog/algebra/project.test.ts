import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  findPairsSync,
  identityKey,
  duplicateKey,
  projectFootprint,
  projectTable,
  projectTableSync,
} from '../../../../src/catalog/algebra/index.js';
import { rasterFootprint } from '../../../../src/catalog/footprint.js';
import {
  boxPolygon,
  footprintBounds,
  isBox,
  polygonsOf,
  sideOfArea,
  signedArea,
  type Area,
} from '../../../../src/catalog/geometry.js';
import { decodeWkb } from '../../../../src/formats/geoparquet/index.js';
import { Crs, createRandom, startTask, transformBounds, type Bounds } from '../../../../src/core/index.js';
import { withWarnings } from '../../../support/host.js';
import { quiet, randomRows, tableOf } from './tables.js';

// Made with pyproj and shapely by test/oracles/algebra/make.py.
const cases = JSON.parse(readFileSync('test/oracles/algebra/projected.json', 'utf8')) as readonly {
  readonly from: string;
  readonly to: string;
  readonly geometry: Area;
  readonly points: readonly (readonly [x: number, y: number, inside: 0 | 1])[];
}[];
const [utm31, utm32, wgs84, mercator] = ['EPSG:32631', 'EPSG:32632', 'EPSG:4326', 'EPSG:3857'].map((c) =>
  Crs.from(c),
) as [Crs, Crs, Crs, Crs];

describe('projected footprints cover the same ground', () => {
  for (const { from, to, geometry, points } of cases) {
    test(`${from} to ${to}: points projected back by PROJ lie inside or outside alike`, () => {
      const image = projectFootprint(geometry, Crs.from(from), Crs.from(to));
      const wrong = points.filter(([x, y, inside]) => sideOfArea(image, x, y) > 0 !== (inside === 1));
      assert.deepEqual(wrong, []);
      assert.ok(points.filter((p) => p[2]).length > 50 && points.filter((p) => !p[2]).length > 50, 'both occur');
      for (const [outer = [], ...holes] of polygonsOf(image)) {
        assert.ok(signedArea(outer) > 0 && holes.every((hole) => signedArea(hole) < 0));
      }
    });
  }

  test('a box is projected as the footprint of a raster of its size', () => {
    for (const [from, origin] of [
      ['EPSG:32631', [400000, 5000000]],
      ['EPSG:32601', [180000, 7000000]],
      ['EPSG:3413', [-50000, -60000]],
    ] as const) {
      const [x, y] = origin;
      const grid = { transform: [1000, 0, x, 0, -1000, y + 109000], width: 109, height: 109 } as const;
      const box = boxPolygon([x, y, x + 109000, y + 109000]);
      const [got, want] = [projectFootprint(box, Crs.from(from), wgs84), rasterFootprint(grid, Crs.from(from), wgs84)];
      assert.equal(polygonsOf(got).length, polygonsOf(want).length);
      footprintBounds(got).forEach((v, i) => assert.ok(Math.abs(v - footprintBounds(want)[i]!) < 1e-9));
      const area = (g: Area): number => polygonsOf(g).reduce((sum, [r = []]) => sum + signedArea(r), 0);
      assert.ok(Math.abs(area(got) - area(want)) < 1e-9 * area(want));
    }
  });

  test('a rectangle that stays one has five positions; the same CRS gives the same object', () => {
    const box = boxPolygon([5, 40, 7, 42]);
    const image = projectFootprint(box, wgs84, mercator);
    assert.ok(isBox(image));
    assert.ok(isBox(projectFootprint(image, mercator, wgs84)));
    assert.ok(!isBox(projectFootprint(box, wgs84, utm31)));
    assert.equal(projectFootprint(box, wgs84, wgs84), box);
  });

  test('outlines that were densified before gain next to no vertices', () => {
    const once = projectFootprint(boxPolygon([400000, 5000000, 500000, 5100000]), utm31, wgs84);
    const twice = projectFootprint(once, wgs84, utm32);
    const count = (g: Area): number => polygonsOf(g).flat().flat().length;
    assert.equal(count(once), 89);
    assert.ok(count(twice) < 100, `${count(twice)}`);
  });
});

describe('projectTable', () => {
  const toDegrees = { from: utm31, to: wgs84, within: null };

  const rows = randomRows(createRandom(1, 'project'), 200).map((r) => ({
    ...r,
    geometry: boxPolygon(footprintBounds(r.geometry).map((v) => 500000 + v * 1000) as [number, number, number, number]),
  }));
  const table = tableOf(rows);

  test('the same CRS is the same table, or the selected rows of it', async () => {
    assert.equal(await projectTable({ table, indices: null }, { from: utm31, to: utm31, within: null }, quiet), table);
    const some = projectTableSync({ table, indices: Uint32Array.of(3, 7) }, { from: utm31, to: utm31, within: null });
    assert.deepEqual([some.length, some.id(0), some.id(1)], [2, 'row-3', 'row-7']);
  });

  test('boxes, geometry, WKB and rows agree with each other; all else is the row it was', async () => {
    const image = await projectTable({ table, indices: Uint32Array.of(5, 9, 11) }, toDegrees, quiet);
    [5, 9, 11].forEach((i, k) => {
      const geometry = projectFootprint(rows[i]!.geometry, utm31, wgs84);
      assert.deepEqual(image.geometry(k), geometry);
      assert.deepEqual(decodeWkb(image.wkb(k), ''), geometry);
      assert.deepEqual([...image.boxes.subarray(k * 4, k * 4 + 4)], [...footprintBounds(geometry)]);
      assert.deepEqual(image.row(k).geometry, geometry);
      assert.deepEqual(
        [image.row(k).id, image.filepath(k), image.interval(k)],
        [`row-${i}`, table.filepath(i), table.interval(i)],
      );
    });
    assert.deepEqual([...image.boxed], [0, 0, 0]);
  });

  test('as many pairs in either CRS', () => {
    const other = {
      table: tableOf(rows.slice(0, 50).map((r) => ({ ...r, geometry: moved(r.geometry, 130) }))),
      indices: null,
    };
    const here = findPairsSync({ table, indices: null }, other, { spatialOnly: false });
    const [a, b] = [{ table, indices: null }, other].map((v) => ({
      table: projectTableSync(v, toDegrees),
      indices: null,
    }));
    const there = findPairsSync(a!, b!, { spatialOnly: false });
    assert.deepEqual([there.left, there.right], [here.left, here.right]);
    assert.ok(here.length > 50);
  });

  test('rows without image are left out, and one warning names them', async () => {
    const some = tableOf([
      { geometry: boxPolygon([0, 0, 1, 1]) },
      { geometry: boxPolygon([-180, -90, 180, 90]), filepath: 'world.tif' },
      { geometry: boxPolygon([2, 2, 3, 3]) },
    ]);
    const projection = { from: wgs84, to: mercator, within: null };
    const { value, warnings } = await withWarnings(() => projectTableSync({ table: some, indices: null }, projection));
    assert.deepEqual([value.id(0), value.id(1), value.length], ['row-0', 'row-2', 2]);
    assert.deepEqual([...value.boxes.subarray(4)], transformBounds([2, 2, 3, 3], wgs84, mercator));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /1 of 3 footprints have no image in EPSG:3857 .*\n {2}row-1 \(world\.tif\)/);
  });

  test('of rows without image the part that matters is projected; those without such a part are passed over', async () => {
    const some = tableOf([
      { geometry: boxPolygon([-180, -90, 180, 90]) },
      { geometry: boxPolygon([-180, -90, 180, 0]) },
    ]);
    const within: Bounds = [10, 40, 11, 41];
    const projection = { from: wgs84, to: mercator, within: [within] };
    const { value, warnings } = await withWarnings(() => projectTableSync({ table: some, indices: null }, projection));
    assert.deepEqual([warnings, value.length, value.id(0)], [[], 1, 'row-0']);
    const box = transformBounds(within, wgs84, mercator);
    assert.ok(value.boxes.every((v, k) => Math.abs(v - box[k]!) < 1e-6));
    assert.equal(value.row(0).bbox[0], value.boxes[0]);
  });

  test('cancelling rejects with the reason', async () => {
    const reason = new Error('enough');
    const task = startTask('project', { signal: AbortSignal.abort(reason), onProgress: () => undefined });
    await assert.rejects(projectTable({ table, indices: null }, toDegrees, task), reason);
  });
});

function moved(area: Area, by: number): Area {
  const [xmin, ymin, xmax, ymax] = footprintBounds(area);
  return boxPolygon([xmin + by, ymin + by, xmax + by, ymax + by]);
}

describe('identity', () => {
  test('is file, layer, asset and times; a duplicate has the same footprint too', () => {
    const geometry = boxPolygon([0, 0, 1, 1]);
    const interval = { start: 1, end: 2 };
    const table = tableOf([
      { geometry, interval, filepath: 'a' },
      { geometry: boxPolygon([0, 0, 2, 2]), interval, filepath: 'a' },
      { geometry, interval: null, filepath: 'a' },
      { geometry, interval, filepath: 'a', columns: { layer: 'x' } },
      { geometry, interval, filepath: 'a', columns: { asset_key: 'x' } },
      { geometry, interval, filepath: 'a' },
    ]);
    const keys = Array.from({ length: 6 }, (_, i) => identityKey(table, i));
    assert.equal(new Set(keys).size, 4);
    assert.deepEqual([keys[1], keys[5]], [keys[0], keys[0]]);
    assert.notEqual(duplicateKey(table, 0), duplicateKey(table, 1));
    assert.equal(duplicateKey(table, 0), duplicateKey(table, 5));
  });
});
