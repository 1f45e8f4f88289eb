/** GeoParquet between Nadir, pyarrow, GDAL, DuckDB and geopandas, and shared files of others. Skipped by name where absent. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { appendFiles, openCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import { Crs, days, formatTime, isNadirError, parseTime } from '../../../src/core/index.js';
import { withWarnings } from '../../support/host.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA, withFolder } from '../../support/places.js';
import { makeCatalog, type RowInit } from '../../support/rows.js';

const ROWS: readonly RowInit[] = [
  {
    id: 'é',
    box: [500000, 5400000, 500100, 5400100],
    interval: { start: 1717200000000001, end: 1717286399999999 },
    columns: { cloud: 1.5, name: null, ok: true },
    native: {
      transform: [10, 0, 500000, 0, -10, 5400100],
      width: 10,
      height: 10,
      count: 1,
      dtype: 'uint16',
      nodata: 0,
      bandNames: ['B02'],
      overviews: [],
    },
  },
  { id: 'static', box: [600000, 5400000, 600100, 5400100], columns: { cloud: null, name: 'x', ok: false } },
];
const MICROS = [1717200000000001, null];

async function withOurs(fn: (file: string) => Promise<void> | void): Promise<void> {
  await withFolder(async (folder) => {
    const file = path.join(folder, "it's ours.parquet");
    await makeCatalog(ROWS, 'EPSG:32631').toGeoParquet(file, { sort: 'none' });
    await fn(file);
  });
}

const open = async (file: string): Promise<GeoCatalog> =>
  (await withWarnings(() => openCatalog(file, { engine: 'memory' }))).value;
const failure = async (file: string): Promise<Error> =>
  (
    await withWarnings(() =>
      openCatalog(file, { engine: 'memory' }).then(
        () => assert.fail('it opened'),
        (e: unknown) => e,
      ),
    )
  ).value as Error;

describe('our files in pyarrow', { skip: pythonSkip(['pyarrow']) }, () => {
  test('statistics and values are as written', async () => {
    await withOurs((file) => {
      const seen = python(
        `
import json, sys, pyarrow.parquet as pq, pyarrow.compute as pc
f = pq.ParquetFile(sys.argv[1]); t = f.read(); m = f.metadata; g = m.row_group(0)
s = {g.column(i).path_in_schema: (None if g.column(i).statistics is None else [str(g.column(i).statistics.min), str(g.column(i).statistics.max), g.column(i).statistics.null_count]) for i in range(g.num_columns)}
print(json.dumps({ "start": [None if v is None else v for v in t["start_time"].cast("int64").to_pylist()], "transform": t["native_transform"].to_pylist(), "bands": t["band_names"].to_pylist(), "width": t["width"].to_pylist(), "stats": s, "codec": g.column(0).compression, "rows": m.num_rows }))`,
        file,
      ) as Record<string, unknown>;
      assert.deepEqual(seen['start'], MICROS);
      assert.deepEqual(seen['transform'], [[10, 0, 500000, 0, -10, 5400100], null]);
      assert.deepEqual(
        [seen['bands'], seen['width']],
        [
          [['B02'], null],
          [10, null],
        ],
      );
      const stats = seen['stats'] as Record<string, [string, string, number] | null>;
      assert.deepEqual(stats['bbox.xmin'], ['500000.0', '600000.0', 0]);
      assert.deepEqual(stats['bbox.ymax'], ['5400100.0', '5400100.0', 0]);
      assert.equal(stats['start_time']![2], 1);
      assert.deepEqual(stats['_schema_version'], ['1', '1', 0]);
      assert.equal(seen['rows'], 2);
    });
  });
});

describe('our files in DuckDB', { skip: pythonSkip(['duckdb']) }, () => {
  test('counts, boxes, times and texts are as written, a folder of shards too', async () => {
    await withFolder(async (dir) => {
      await appendFiles(dir, makeCatalog(ROWS, 'EPSG:32631'));
      const seen = python(
        `
import json, sys, duckdb
q = "SELECT id, bbox.xmin, epoch_us(start_time), static, geometry IS NOT NULL, name FROM read_parquet('" + sys.argv[1] + "/**/*.parquet', hive_partitioning = false) ORDER BY bbox.xmin"
print(json.dumps(duckdb.sql(q).fetchall()))`,
        dir,
      );
      assert.deepEqual(seen, [
        ['é', 500000, MICROS[0], false, true, null],
        ['static', 600000, null, true, true, 'x'],
      ]);
    });
  });
});

const noGdalParquet =
  pythonSkip(['pyogrio']) ||
  (python('import json, pyogrio\nprint(json.dumps("Parquet" in pyogrio.list_drivers()))') === true
    ? false
    : 'the GDAL of this pyogrio has no Parquet driver');
describe('our files in GDAL', { skip: noGdalParquet }, () => {
  test('GDAL reads CRS, bounds and number of features', async () => {
    await withOurs((file) => {
      const seen = python(
        'import json, sys, pyogrio\ni = pyogrio.read_info(sys.argv[1], force_total_bounds=True)\nprint(json.dumps([i["crs"], i["features"], list(i["total_bounds"])]))',
        file,
      );
      assert.deepEqual(seen, ['EPSG:32631', 2, [500000, 5400000, 600100, 5400100]]);
    });
  });
});

describe('files of geopandas and pyarrow here', { skip: pythonSkip(['geopandas', 'pyarrow']) }, () => {
  test('times of every unit, zoned ones too; texts of every width; dictionaries; with and without covering', async () => {
    const script = `
import json, sys, datetime as dt, geopandas as gpd, pyarrow as pa, pyarrow.parquet as pq
from shapely.geometry import box
folder = sys.argv[1]
t = dt.datetime(2024, 6, 1, 12, 30, 0, 123000)
for covering in (False, True):
  g = gpd.GeoDataFrame({"filepath": ["/a/1.tif", "/a/2.tif"]}, geometry=[box(0, 0, 1, 1), box(2, 2, 3, 3)], crs="EPSG:3035")
  g.to_parquet(folder + "/base.parquet", write_covering_bbox=covering)
  base = pq.read_table(folder + "/base.parquet")
  for unit in ("s", "ms", "us", "ns"):
    for zone in (None, "UTC", "Europe/Paris"):
      v = t.replace(microsecond=0) if unit == "s" else t
      v = [v if zone is None else v.replace(tzinfo=dt.timezone.utc), None]
      out = base.append_column("start_time", pa.array(v, pa.timestamp(unit, zone))).append_column("end_time", pa.array(v, pa.timestamp(unit, zone)))
      out = out.append_column("large", pa.array(["a", None], pa.large_string())).append_column("dict", pa.array(["x", "y"]).dictionary_encode()).append_column("small", pa.array([1, None], pa.uint8())).append_column("big", pa.array([2**53, -1], pa.int64())).append_column("half", pa.array([1.5, None], pa.float32())).append_column("day", pa.array([dt.date(2024, 2, 29), None]))
      pq.write_table(out.replace_schema_metadata(base.schema.metadata), f"{folder}/{covering}-{unit}-{zone and zone.replace('/', '')}.parquet", compression=["zstd", "gzip", "snappy", "brotli", "lz4", "none"][hash((unit, zone)) % 6])
print("null")`;
    await withFolder(async (folder) => {
      python(script, folder);
      const files = readdirSync(folder).filter((f) => f !== 'base.parquet');
      assert.equal(files.length, 24);
      for (const file of files) {
        const rows = await (await open(path.join(folder, file))).toArray();
        const moment = parseTime(file.includes('-s-') ? '2024-06-01T12:30:00Z' : '2024-06-01T12:30:00.123Z');
        assert.deepEqual(
          rows.map((r) => r.interval),
          [{ start: moment, end: moment }, null],
          file,
        );
        assert.deepEqual(
          rows.map((r) => r.columns),
          [
            { large: 'a', dict: 'x', small: 1, big: 2 ** 53, half: 1.5, day: formatTime(days('2024-02-29').start) },
            { large: null, dict: 'y', small: null, big: -1, half: null, day: null },
          ],
          file,
        );
      }
    });
  });

  test('a CRS of PROJJSON without authority code is kept; an unknown one must be given', async () => {
    const proj = '+proj=laea +lat_0=50 +lon_0=10 +x_0=1000 +y_0=0 +ellps=GRS80 +units=m';
    const script = `
import sys, geopandas as gpd
from shapely.geometry import box
gpd.GeoDataFrame({"filepath": ["/a/1.tif"]}, geometry=[box(0, 0, 1000, 1000)], crs=sys.argv[2] or None).to_parquet(sys.argv[1])
print("null")`;
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      python(script, file, proj);
      const { crs } = await open(file);
      const to = crs.toProjJson();
      assert.ok(JSON.stringify(to).includes('Lambert Azimuthal Equal Area'));
      assert.ok(!crs.equals(Crs.from('EPSG:3035')));
      python(script, file, '');
      const error = await failure(file);
      assert.ok(isNadirError(error) && error.code === 'no-crs' && error.message.includes(file), String(error));
    });
  });

  test('a null geometry, a point, a reversed interval and an empty polygon name file and row', async () => {
    const script = `
import sys, geopandas as gpd, pandas as pd
from shapely import wkt
t = pd.to_datetime(["2024-01-01", "2024-01-01"])
e = pd.to_datetime(["2024-01-02", sys.argv[3]])
g = gpd.GeoDataFrame({"filepath": ["/1", "/2"], "start_time": t, "end_time": e}, geometry=[wkt.loads("POLYGON((0 0,1 0,1 1,0 0))"), wkt.loads(sys.argv[2]) if sys.argv[2] else None], crs=4326)
g.to_parquet(sys.argv[1])
print("null")`;
    await withFolder(async (folder) => {
      const file = path.join(folder, 'x.parquet');
      const square = 'POLYGON((0 0,1 0,1 1,0 0))';
      for (const [code, geometry, end] of [
        ['null-geometry', '', '2024-01-02'],
        ['geometry-type', 'POINT(1 2)', '2024-01-02'],
        ['reversed-interval', square, '2023-01-01'],
        ['bad-wkb', 'POLYGON EMPTY', '2024-01-02'],
      ] as const) {
        python(script, file, geometry, end);
        const error = await failure(file);
        assert.ok(isNadirError(error) && error.code === code, `${code}: ${String(error)}`);
        assert.ok(error.message.includes(file) && /row:? 1/.test(error.message), error.message);
      }
      python(script, file, square, '2024-01-02');
      assert.deepEqual((await (await open(file)).toArray())[1]!.interval, {
        start: days('2024-01-01').start,
        end: days('2024-01-02').start,
      });
    });
  });
});

describe('shared GeoParquet files', needsSharedData, () => {
  const places = ['footprints', 'vector', 'vector/improve', 'vector/convert/jp', 'stac'];
  const files = places.flatMap((place) => {
    try {
      return readdirSync(path.join(SHARED_DATA, place))
        .filter((f) => f.endsWith('.parquet'))
        .map((f) => path.join(SHARED_DATA, place, f));
    } catch {
      return [];
    }
  });

  for (const file of files)
    test(`${path.relative(SHARED_DATA, file)} opens, or fails with a typed error that names it`, async () => {
      const { value } = await withWarnings(() =>
        openCatalog(file, { engine: 'memory' }).catch((e: unknown) => e as Error),
      );
      if (value instanceof Error) {
        assert.ok(isNadirError(value), value.stack);
        assert.ok(value.message.includes(path.basename(file)), value.message);
        if (file.includes(`${path.sep}stac${path.sep}`)) assert.match(value.hint ?? '', /catalogFromStac/);
        return;
      }
      const rows = await value.toArray();
      assert.ok(rows.length > 0);
      assert.equal(new Set(rows.map((r) => r.id)).size, rows.length);
    });
});
