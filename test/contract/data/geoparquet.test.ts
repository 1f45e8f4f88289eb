/** Our GeoParquet in geopandas and pyarrow, and theirs here. Skipped by name without Python. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { openCatalog } from '../../../src/catalog/index.js';
import { days, formatTime } from '../../../src/core/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA, withFolder } from '../../support/places.js';
import { idsOf, makeCatalog } from '../../support/rows.js';

describe('exchange with geopandas', { skip: pythonSkip(['geopandas', 'pyarrow']) }, () => {
  const catalog = makeCatalog(
    [
      {
        id: 'é',
        box: [500000, 5400000, 500100, 5400100],
        interval: { start: 1717200000000001, end: 1717286399999999 },
        columns: { cloud: 1.5, name: null },
      },
      {
        id: 'static',
        box: [600000, 5400000, 600100, 5400100],
        nativeCrs: 'EPSG:32632',
        columns: { cloud: null, name: 'x' },
      },
    ],
    'EPSG:32631',
  );

  test('geopandas opens our file with CRS, geometry, times to the microsecond, and columns', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'c.parquet');
      await catalog.toGeoParquet(file, { sort: 'none' });
      const script = `
import json, sys, geopandas as gpd, pyarrow.parquet as pq
g = gpd.read_parquet(sys.argv[1])
f = pq.ParquetFile(sys.argv[1])
geo = json.loads(f.metadata.metadata[b'geo'])
print(json.dumps({
  "crs": g.crs.to_epsg(), "name": g.crs.name, "bounds": g.geometry.bounds.values.tolist(), "types": g.geom_type.tolist(), "ids": g["id"].tolist(),
  "start": [None if v != v else int(v.asm8.astype('M8[us]').astype('int64')) for v in g["start_time"]], "tz": str(g["start_time"].dtype),
  "static": g["static"].tolist(), "cloud": [None if v != v else v for v in g["cloud"]], "backend": g["_backend"].tolist(), "version": g["_schema_version"].tolist(),
  "arrow": {n: str(f.schema_arrow.field(n).type) for n in f.schema_arrow.names}, "geo": geo, "codec": f.metadata.row_group(0).column(0).compression,
  "stats": f.metadata.row_group(0).column(3).statistics.min, "box": len(gpd.read_parquet(sys.argv[1], bbox=(599000, 5399000, 601000, 5401000))) }))`;
      const seen = python(script, file) as Record<string, unknown>;
      assert.equal(seen['crs'], 32631);
      assert.equal(seen['name'], 'WGS 84 / UTM zone 31N');
      assert.deepEqual(seen['bounds'], [
        [500000, 5400000, 500100, 5400100],
        [600000, 5400000, 600100, 5400100],
      ]);
      assert.deepEqual(seen['ids'], ['é', 'static']);
      assert.deepEqual(seen['start'], [1717200000000001, null]);
      assert.equal(seen['tz'], 'datetime64[us]');
      assert.deepEqual(
        [seen['static'], seen['cloud'], seen['backend'], seen['version']],
        [
          [false, true],
          [1.5, null],
          ['raster', 'raster'],
          [1, 1],
        ],
      );
      const arrow = seen['arrow'] as Record<string, string>;
      assert.equal(arrow['start_time'], 'timestamp[us]');
      assert.equal(arrow['_schema_version'], 'int32');
      assert.match(arrow['bbox']!, /struct<xmin: double.*ymax: double/);
      assert.equal(seen['codec'], 'SNAPPY');
      assert.equal(seen['stats'], 500000);
      assert.equal(seen['box'], 1, 'geopandas uses the covering to read a box');
      const geo = seen['geo'] as {
        version: string;
        primary_column: string;
        columns: { geometry: Record<string, unknown> };
      };
      assert.deepEqual(
        [geo.version, geo.primary_column, geo.columns.geometry['encoding'], geo.columns.geometry['geometry_types']],
        ['1.1.0', 'geometry', 'WKB', ['Polygon']],
      );
      assert.deepEqual(geo.columns.geometry['bbox'], [500000, 5400000, 600100, 5400100]);
    });
  });

  test('row groups hold 10 000 rows', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'big.parquet');
      const many = makeCatalog(Array.from({ length: 25_000 }, (_, i) => ({ box: [i, 0, i + 1, 1] as const })));
      await many.toGeoParquet(file);
      const sizes = python(
        'import json,sys,pyarrow.parquet as pq\nm=pq.ParquetFile(sys.argv[1]).metadata\nprint(json.dumps([m.row_group(i).num_rows for i in range(m.num_row_groups)]))',
        file,
      );
      assert.deepEqual(sizes, [10_000, 10_000, 5000]);
    });
  });

  test('a file of geopandas opens here: CRS, ids, times of any unit, extra columns', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'theirs.parquet');
      const script = `
import sys, geopandas as gpd, pandas as pd
from shapely.geometry import box, MultiPolygon
g = gpd.GeoDataFrame({"filepath": ["/a/one.tif", "/a/two.tif", "/a/two.tif"], "n": [1, 2, 3], "when": pd.to_datetime(["2024-01-01", "2024-01-02", None]),
  "start_time": pd.to_datetime(["2024-06-01T00:00:00.000001", "1900-01-01", None], format="ISO8601").as_unit(sys.argv[2]), "end_time": pd.to_datetime(["2024-06-01T23:59:59.999999", "2100-01-01", None], format="ISO8601").as_unit(sys.argv[2])},
  geometry=[box(0, 0, 1, 1), MultiPolygon([box(2, 2, 3, 3), box(5, 5, 6, 6)]), box(9, 9, 10, 10)], crs=sys.argv[3])
g.to_parquet(sys.argv[1], write_covering_bbox=True)
print("null")`;
      for (const [unit, crs] of [
        ['us', 'EPSG:32632'],
        ['ns', 'EPSG:4326'],
        ['us', 'OGC:CRS84'],
        ['us', 'EPSG:3035'],
      ] as const) {
        python(script, file, unit, crs);
        const { value } = await withWarnings(() => openCatalog(file));
        assert.equal(value.crs.canonical, crs === 'OGC:CRS84' ? 'EPSG:4326' : crs);
        const rows = await value.toArray();
        assert.deepEqual(
          rows.map((r) => r.interval),
          [{ start: days('2024-06-01').start + 1, end: days('2024-06-01').end }, null, null],
          unit,
        );
        assert.equal(new Set(rows.map((r) => r.id)).size, 3);
        assert.deepEqual(
          rows.map((r) => r.bbox),
          [
            [0, 0, 1, 1],
            [2, 2, 6, 6],
            [9, 9, 10, 10],
          ],
        );
        assert.deepEqual(
          rows.map((r) => r.columns['n']),
          [1, 2, 3],
        );
        assert.deepEqual(
          rows.map((r) => r.columns['when']),
          [formatTime(days('2024-01-01').start), formatTime(days('2024-01-02').start), null],
        );
        assert.deepEqual(await idsOf(value.query({ bounds: [3, 3, 5, 5] })), [rows[1]!.id]);
      }
    });
  });
});

describe('real footprints', needsSharedData, () => {
  test('the Sentinel-2 grid of 20 430 tiles opens and answers a query', async () => {
    const { value } = await withWarnings(() =>
      openCatalog(path.join(SHARED_DATA, 'footprints/sentinel-2-grid_LAND.parquet')),
    );
    assert.equal(await value.count(), 20430);
    const found = await value.query({ bounds: [3.0, 45.0, 3.01, 45.01], crs: 'EPSG:4326' }).toArray();
    assert.ok(found.length >= 1 && found.length <= 4, `${found.length}`);
  });
});
