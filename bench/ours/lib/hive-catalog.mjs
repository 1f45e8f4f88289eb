// A catalog of n rows over five years in a Hive folder, made by DuckDB in seconds: one file a month, as `appendFiles` lays
// them out, of schema version 1 with the `geo` entry of GeoParquet.
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

export const YEARS = [2019, 2020, 2021, 2022, 2023];

const GEO = JSON.stringify({
  version: '1.1.0',
  primary_column: 'geometry',
  columns: {
    geometry: {
      encoding: 'WKB',
      geometry_types: ['Polygon'],
      covering: { bbox: Object.fromEntries(['xmin', 'ymin', 'xmax', 'ymax'].map((side) => [side, ['bbox', side]])) },
    },
  },
});

/** Boxes of 0.2 to 1 degree anywhere, one day each; numbers follow from the row's number. */
const monthSql = (year, month, first, rows, file) => `COPY (
  WITH k AS (SELECT i + ${first} AS k FROM range(${rows}) r(i)),
  v AS (SELECT k, (hash(k * 7 + 1) % 35900) / 100.0 - 180 AS x, (hash(k * 7 + 2) % 16300) / 100.0 - 80 AS y,
      0.2 + (hash(k * 7 + 3) % 80) / 100.0 AS w,
      make_timestamp(${year}, ${month}, 1 + (hash(k * 7 + 4) % 28)::INTEGER, 0, 0, 0) AS t,
      round((hash(k * 7 + 5) % 1000) / 10.0, 1) AS cloud FROM k)
  SELECT printf('S2_%08d', k) AS id, printf('s3://archive/%04d/%02d/S2_%08d.tif', ${year}, ${month}, k) AS filepath,
    ST_AsWKB(printf('POLYGON((%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g))',
      x, y, x + w, y, x + w, y + w, x, y + w, x, y)::GEOMETRY) AS geometry,
    {'xmin': x::DOUBLE, 'ymin': y::DOUBLE, 'xmax': (x + w)::DOUBLE, 'ymax': (y + w)::DOUBLE} AS bbox,
    t AS start_time, t + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND AS end_time, false AS static, 'EPSG:32631' AS crs,
    [10.0, 0, 500000 + floor(x), 0, -10.0, 5000000 + floor(y)]::DOUBLE[] AS native_transform,
    10980::INTEGER AS width, 10980::INTEGER AS height, 4::INTEGER AS n_bands, 'uint16' AS dtype, 0::DOUBLE AS nodata,
    ['B02', 'B03', 'B04', 'B08'] AS band_names, [5490, 5490, 2745, 2745]::INTEGER[] AS overviews,
    cloud::DOUBLE AS "eo:cloud_cover", 'raster' AS _backend, 1::INTEGER AS _schema_version
  FROM v ORDER BY t, floor(x / 10), y
) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 10240, KV_METADATA {geo: '${GEO}'})`;

/** Writes `year=…/month=…/part-0.parquet` below a folder. */
export async function writeHiveCatalog(folder, n) {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB' });
  const connection = await instance.connect();
  await connection.run('SET enable_geoparquet_conversion = false');
  const months = YEARS.length * 12;
  for (let m = 0; m < months; m++) {
    const [year, month] = [YEARS[Math.floor(m / 12)], (m % 12) + 1];
    const dir = path.join(folder, `year=${year}`, `month=${month}`);
    mkdirSync(dir, { recursive: true });
    const first = Math.floor((m * n) / months);
    const rows = Math.floor(((m + 1) * n) / months) - first;
    await connection.run(monthSql(year, month, first, rows, path.join(dir, 'part-0.parquet')));
  }
  connection.closeSync();
  instance.closeSync();
}
