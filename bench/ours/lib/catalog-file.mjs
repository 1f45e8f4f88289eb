// GeoParquet files of random tiles with intervals, made straight from flat arrays: both sides read the same file.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import {
  Binary,
  Bool,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import * as parquet from 'parquet-wasm/esm';
import { createRandom } from '../../../dist/index.js';

/** Side of a tile, and side of a square that holds one tile on average, in degrees: six others overlap each. */
export const TILE = 0.1;
const SPACING = 0.08;
const SOUTH = -40;
export const DAY = 86_400_000_000;
const START = Date.UTC(2020, 0, 1) * 1000;
const DAYS = 365;
/** Length of the intervals: one pair in six meets in time. */
const SPAN = 30 * DAY;
const WKB_BYTES = 93;

/** Side of the square that `n` tiles fill, in degrees. */
export const extent = (n) => Math.sqrt(n) * SPACING;

/** A random box of some size and a random span of days within the tiles. */
export function randomPlace(random, n, side, days) {
  const [x, y] = [random.uniform() * extent(n), SOUTH + random.uniform() * extent(n)];
  const start = START + random.int(DAYS) * DAY;
  return { bounds: [x, y, x + side, y + side], time: { start, end: start + days * DAY - 1 } };
}

function texts(count, text) {
  const encoder = new TextEncoder();
  const parts = Array.from({ length: count }, (_, i) => encoder.encode(text(i)));
  const offsets = new Int32Array(count + 1);
  parts.forEach((p, i) => (offsets[i + 1] = offsets[i] + p.length));
  const data = new Uint8Array(offsets[count]);
  parts.forEach((p, i) => data.set(p, offsets[i]));
  return makeData({ type: new Utf8(), length: count, valueOffsets: offsets, data });
}

/** Writes a catalog of `n` random tiles. */
export function writeTiles(file, n, seed) {
  const random = createRandom(seed, 'tiles');
  const axes = ['xmin', 'ymin', 'xmax', 'ymax'].map(() => new Float64Array(n));
  const [starts, ends] = [new BigInt64Array(n), new BigInt64Array(n)];
  const wkb = new DataView(new ArrayBuffer(n * WKB_BYTES));
  for (let i = 0; i < n; i++) {
    const { bounds, time } = randomPlace(random, n, TILE, SPAN / DAY);
    bounds.forEach((v, k) => (axes[k][i] = v));
    [starts[i], ends[i]] = [BigInt(time.start), BigInt(time.end)];
    let at = i * WKB_BYTES;
    wkb.setUint8(at, 1);
    wkb.setUint32(at + 1, 3, true);
    wkb.setUint32(at + 5, 1, true);
    wkb.setUint32(at + 9, 5, true);
    at += 13;
    const [x0, y0, x1, y1] = bounds;
    for (const v of [x0, y0, x1, y0, x1, y1, x0, y1, x0, y0]) {
      wkb.setFloat64(at, v, true);
      at += 8;
    }
  }
  const numbers = (type, data) => makeData({ type, length: n, data });
  const fields = ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => new Field(name, new Float64(), false));
  const box = new Struct(fields);
  const columns = {
    id: texts(n, (i) => `tile-${i}`),
    filepath: texts(n, (i) => `s3://tiles/${i}.tif`),
    geometry: makeData({
      type: new Binary(),
      length: n,
      valueOffsets: Int32Array.from({ length: n + 1 }, (_, i) => i * WKB_BYTES),
      data: new Uint8Array(wkb.buffer),
    }),
    bbox: makeData({ type: box, length: n, children: axes.map((data) => numbers(new Float64(), data)) }),
    start_time: numbers(new TimestampMicrosecond(), starts),
    end_time: numbers(new TimestampMicrosecond(), ends),
    static: makeData({ type: new Bool(), length: n, data: new Uint8Array(Math.ceil(n / 8)) }),
    crs: texts(n, () => 'EPSG:4326'),
    _backend: texts(n, () => 'raster'),
    _schema_version: numbers(new Int32(), new Int32Array(n).fill(1)),
  };
  const schema = new Schema(Object.entries(columns).map(([name, data]) => new Field(name, data.type, true)));
  const rows = makeData({ type: new Struct(schema.fields), length: n, children: Object.values(columns) });
  const module = createRequire(import.meta.url).resolve('parquet-wasm/esm/parquet_wasm_bg.wasm');
  parquet.initSync({ module: readFileSync(module) });
  const covering = Object.fromEntries(['xmin', 'ymin', 'xmax', 'ymax'].map((axis) => [axis, ['bbox', axis]]));
  const geo = {
    version: '1.1.0',
    primary_column: 'geometry',
    columns: { geometry: { encoding: 'WKB', geometry_types: ['Polygon'], covering: { bbox: covering } } },
  };
  const properties = new parquet.WriterPropertiesBuilder()
    .setKeyValueMetadata(new Map([['geo', JSON.stringify(geo)]]))
    .setMaxRowGroupSize(10_000)
    .build();
  const ipc = tableToIPC(new Table([new RecordBatch(schema, rows)]), 'stream');
  writeFileSync(file, parquet.writeParquet(parquet.Table.fromIPCStream(ipc), properties));
}
