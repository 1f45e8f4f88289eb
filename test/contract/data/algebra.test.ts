import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { findPairsSync } from '../../../src/catalog/algebra/index.js';
import { polygonsOf, signedArea, type Area } from '../../../src/catalog/geometry.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA } from '../../support/places.js';
import { viewOf } from '../../unit/catalog/algebra/tables.js';

/** Footprints of two files and, by shapely, the pairs whose interiors meet with the area of their common part. */
const ORACLE = `
import json, sys
import geopandas, numpy as np, shapely
from shapely.geometry import mapping

def read(name, step):
    file = sys.argv[1] + '/' + name
    rows = geopandas.read_parquet(file) if file.endswith('.parquet') else geopandas.read_file(file)
    return rows.geometry.values[::int(step)]

left, right = read(sys.argv[2], sys.argv[3]), read(sys.argv[4], sys.argv[5])
i, j = shapely.STRtree(right).query(left)
meets = shapely.relate_pattern(left[i], right[j], 'T********')
i, j = i[meets], j[meets]
order = np.lexsort((j, i))
areas = shapely.area(shapely.intersection(left[i], right[j]))
print(json.dumps({
    'left': [mapping(g) for g in left], 'right': [mapping(g) for g in right],
    'pairs': [[int(i[k]), int(j[k]), float(areas[k])] for k in order],
}))
`;
const needs = needsSharedData.skip ? needsSharedData : { skip: pythonSkip(['geopandas', 'shapely', 'pyarrow']) };

const areaOf = (g: Area): number =>
  polygonsOf(g)
    .flat()
    .reduce((sum, ring) => sum + signedArea(ring) / 2, 0);

describe('pairs of real footprints are those of shapely', () => {
  const [countries, tiles, grid] = [
    'footprints/natural-earth_countries_geo.parquet',
    'footprints/sentinel-2-grid_LAND.parquet',
    'footprints/10d_tiles.geojson',
  ];
  const [items, oneTile, quads] = [
    'stac/1000-sentinel-2-items.parquet',
    'stac/100-sentinel-2-items.parquet',
    'footprints/quadrangles_100k_geo.parquet',
  ];
  for (const [left, leftStep, right, rightStep] of [
    [countries, 1, countries, 1],
    [countries, 1, grid, 1],
    [countries, 1, tiles, 40],
    [items, 2, oneTile, 2],
    [items, 2, quads, 2],
    [items, 6, items, 4],
    [tiles, 20, tiles, 8],
  ] as const) {
    test(`${path.basename(left)} and ${path.basename(right)}`, needs, () => {
      const oracle = python(ORACLE, SHARED_DATA, left, `${leftStep}`, right, `${rightStep}`) as {
        readonly left: readonly Area[];
        readonly right: readonly Area[];
        readonly pairs: readonly (readonly [i: number, j: number, area: number])[];
      };
      const [a, b] = [oracle.left, oracle.right].map((areas) => viewOf(areas.map((geometry) => ({ geometry }))));
      const pairs = findPairsSync(a!, b!, { spatialOnly: false });
      assert.deepEqual(
        Array.from(pairs.left, (i, k) => `${i} ${pairs.right[k]}`),
        oracle.pairs.map(([i, j]) => `${i} ${j}`),
      );
      oracle.pairs.forEach(([i, j, area], k) => {
        const got = areaOf(pairs.geometry(k));
        assert.ok(Math.abs(got - area) <= 1e-9 * Math.max(area, 1e-6), `${i} ${j}: ${got} against ${area}`);
      });
      assert.ok(pairs.length > 50, `${pairs.length} pairs`);
      const back = findPairsSync(b!, a!, { spatialOnly: false });
      assert.equal(back.length, pairs.length, 'as many with the sides exchanged');
    });
  }
});
