/** Set algebra of real catalogs, on both engines, against shapely: 1 000 Sentinel-2 items and 20 430 tiles of their grid. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { catalogFromStac, openCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA } from '../../support/places.js';
import { plainRows } from './catalog-conformance/engines.js';

const TILES = path.join(SHARED_DATA, 'footprints/sentinel-2-grid_LAND.parquet');
const ITEMS = path.join(SHARED_DATA, 'stac/1000-sentinel-2-items.parquet');

/** Pairs whose common part has an area, by shapely; of the items with themselves also by time; left rows without partner. */
const ORACLE = `
import sys, json, warnings, geopandas, shapely
import numpy as np
warnings.filterwarnings('ignore')
items, tiles = geopandas.read_parquet(sys.argv[1]), geopandas.read_parquet(sys.argv[2])
def pairs(a, b):
    left, right = shapely.STRtree(b.geometry.values).query(a.geometry.values)
    shares = shapely.area(shapely.intersection(a.geometry.values[left], b.geometry.values[right])) > 0
    return left[shares], right[shares]
l, r = pairs(items, tiles)
i, j = pairs(items, items)
s, e = items.start_time.values, items.end_time.values
both = (s[i] <= e[j]) & (s[j] <= e[i])
across = shapely.intersects(tiles.geometry.values, shapely.box(179.5, -90, 180, 90)) | shapely.intersects(tiles.geometry.values, shapely.box(-180, -90, -179.5, 90))
print(json.dumps(dict(pairs=len(l), alone=len(tiles) - len(set(r)), all=len(i), dated=int(both.sum()), across=int(across.sum()))))
`;

interface Counts {
  readonly pairs: number;
  readonly alone: number;
  readonly all: number;
  readonly dated: number;
  readonly across: number;
}

const skip = needsSharedData.skip || pythonSkip(['geopandas', 'shapely', 'pyarrow']);

describe('real catalogs agree with shapely on both engines', { skip }, () => {
  let folder: string;
  let file: string;
  let expected: Counts;
  const made: GeoCatalog[] = [];
  const open = async (place: string, engine: 'memory' | 'duckdb'): Promise<GeoCatalog> => {
    // The grid does not say what its files are, and has none.
    const { value } = await withWarnings(() => openCatalog(place, { engine }));
    made.push(value);
    return value;
  };
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nadir-real-'));
    file = path.join(folder, 'items.parquet');
    const items = await catalogFromStac(ITEMS, { assets: ['visual'], properties: ['eo:cloud_cover'] });
    await items.toGeoParquet(file);
    // SAFETY: what ORACLE prints.
    expected = python(ORACLE, file, TILES) as Counts;
  });
  after(async () => {
    for (const c of made) await c.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const engine of ['memory', 'duckdb'] as const) {
    test(`intersect, difference and query (${engine})`, async () => {
      const [items, tiles] = [await open(file, engine), await open(TILES, engine)];
      assert.equal(await items.intersect(tiles).count(), expected.pairs);
      assert.equal(await tiles.intersect(items).count(), expected.pairs);
      assert.equal(await tiles.difference(items).count(), expected.alone);
      assert.equal(await items.intersect(items).count(), expected.dated);
      assert.equal(await items.intersect(items, { spatialOnly: true }).count(), expected.all);
      assert.equal(await tiles.query({ bounds: [179.5, -90, -179.5, 90] }).count(), expected.across);
      assert.ok(expected.pairs > 0 && expected.across > 0 && expected.dated < expected.all);
    });
  }

  test('a chain gives the same rows on both engines', async () => {
    const rows = async (engine: 'memory' | 'duckdb'): Promise<Record<string, unknown>[]> => {
      const [items, tiles] = [await open(file, engine), await open(TILES, engine)];
      const chain = items
        .query({ bounds: [-106, 39, -105, 41], time: ['2024-07-15', '2024-08-01'] })
        .where('`eo:cloud_cover` < 60')
        .intersect(tiles, { spatialOnly: true })
        .nearestInTime(items, { maxGap: { days: 10 }, direction: 'after' });
      return plainRows(chain);
    };
    const [memory, duckdb] = [await rows('memory'), await rows('duckdb')];
    assert.ok(memory.length > 5);
    assert.deepEqual(duckdb, memory);
  });
});
