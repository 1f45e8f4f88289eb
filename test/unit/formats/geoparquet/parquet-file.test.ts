import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRandom, isNadirError } from '../../../../src/core/index.js';
import {
  ParquetFile,
  readParquetTable,
  writeGeoParquet,
  writeParquetTable,
} from '../../../../src/formats/geoparquet/index.js';
import { countingSource, memorySource } from '../../../../src/io/index.js';
import { arrowRows } from '../../../../src/catalog/stored/stored-arrow.js';

const N = 3500;
const numbers = Array.from({ length: N }, (_, i) => i);
const names = numbers.map((i) => (i % 5 === 0 ? null : `name ${i}`));
const bytes = writeParquetTable({
  columns: [
    { name: 'n', type: 'int64' },
    { name: 'name', type: 'string' },
    { name: 'list', type: 'list<int32>' },
    { name: 'bbox', type: 'bbox' },
    { name: 'time', type: 'timestamp' },
  ],
  rows: {
    n: numbers,
    name: names,
    list: numbers.map((i) => (i % 3 === 0 ? null : [i, null])),
    bbox: numbers.map((i) => [i, i + 1, i + 2, i + 3]),
    time: numbers.map((i) => (i % 2 === 0 ? null : -1 - i)),
  },
  metadata: { key: 'geo', value: '{}' },
  rowGroupRows: 1000,
});

describe('ParquetFile', () => {
  test('reads any row groups and columns as the whole file has them, and only their bytes', async () => {
    const source = countingSource(memorySource(bytes));
    const file = await ParquetFile.open(source, 'x.parquet');
    assert.deepEqual(file.names, ['n', 'name', 'list', 'bbox', 'time']);
    assert.deepEqual(
      file.footer.groups.map((g) => g.rows),
      [1000, 1000, 1000, 500],
    );
    assert.equal(file.footer.metadata[0]?.[0], 'geo');
    const before = source.count.bytes;
    const rows = arrowRows(await file.readAll({ groups: [1, 3], columns: ['list', 'time', 'bbox'] }));
    const wanted = [1, 3].flatMap((g) =>
      (file.footer.groups[g]?.columns ?? []).filter((c) => c.parts[0] !== 'n' && c.parts[0] !== 'name'),
    );
    const needed = wanted.reduce((sum, c) => sum + c.compressed, 0);
    // Gaps below 64 KiB are read over.
    assert.ok(source.count.bytes - before >= needed && source.count.bytes - before < bytes.length);
    assert.deepEqual([rows.length, rows.names], [1500, ['list', 'bbox', 'time']]);
    for (const [k, i] of [
      [0, 1000],
      [999, 1999],
      [1000, 3000],
      [1499, 3499],
    ] as const) {
      assert.deepEqual(rows.column('list')!.get(k), i % 3 === 0 ? null : [i, null]);
      assert.deepEqual(rows.column('bbox')!.get(k), { xmin: i, ymin: i + 1, xmax: i + 2, ymax: i + 3 });
      assert.equal(rows.column('time')!.get(k), i % 2 === 0 ? null : -1 - i);
    }
    const times = rows.column('time')!.numbers!();
    assert.ok(Number.isNaN(times[0]) && times[1] === -1002);
  });

  test('statistics of numbers and boxes are those of the rows', async () => {
    const file = await ParquetFile.open(memorySource(bytes), 'x.parquet');
    const chunk = file.chunk(2, 'bbox.ymax')!;
    assert.equal(Buffer.from(chunk.min!).readDoubleLE(), 2003);
    assert.equal(Buffer.from(chunk.max!).readDoubleLE(), 3002);
    assert.deepEqual([chunk.nulls, file.chunk(0, 'time')!.nulls], [0, 500]);
    assert.equal(file.chunk(0, 'name')!.min, undefined, 'texts are not measured');
  });

  test('a table of some columns is that of all without the others', () => {
    const some = readParquetTable(bytes, 'x', ['name', 'n']);
    assert.deepEqual(some.names, ['n', 'name']);
    assert.deepEqual(some.columns['name'], names);
    assert.deepEqual(some.columns['n'], numbers);
  });

  test('forged lengths in footers and pages are refused before anything is unpacked', async () => {
    const rss = process.memoryUsage().rss;
    let refused = 0;
    const random = createRandom(5, 'forged');
    const footerAt = bytes.length - 8 - Buffer.from(bytes).readUInt32LE(bytes.length - 8);
    for (let k = 0; k < 600; k++) {
      const copy = Buffer.from(bytes);
      // Runs of 0xff are the largest integers of the footer's encoding.
      const at = k % 2 === 0 ? footerAt + random.int(bytes.length - 8 - footerAt) : random.int(footerAt);
      copy.fill(0xff, at, at + 1 + random.int(4));
      copy[at + 4] = 0x0f;
      const result = await ParquetFile.open(memorySource(copy), 'x')
        .then((file) => file.readAll())
        .then(arrowRows)
        .catch((e: unknown) => e);
      if (!(result instanceof Error)) continue;
      refused++;
      assert.ok(isNadirError(result), `${k}: ${result.stack ?? ''}`);
      assert.match(result.message, /x/);
    }
    assert.ok(refused > 200, `${refused}`);
    assert.ok(process.memoryUsage().rss - rss < 512e6, `${(process.memoryUsage().rss - rss) / 1e6} MB`);
  });

  test('2000 mutants of a small GeoParquet file decode or fail with a typed error, in bounded time and memory', () => {
    const good = writeGeoParquet({
      rows: {
        geometry: numbers.slice(0, 40).map((i) => ({
          type: 'Polygon',
          coordinates: [
            [
              [i, 0],
              [i + 1, 0],
              [i + 1, 1],
              [i, 0],
            ],
          ],
        })),
        name: names.slice(0, 40),
        tags: numbers.slice(0, 40).map((i) => [`t${i}`]),
      },
      crs: 'EPSG:4326',
      columns: [
        { name: 'name', type: 'string' },
        { name: 'tags', type: 'list<string>' },
      ],
    });
    const rss = process.memoryUsage().rss;
    const random = createRandom(11, 'mutants');
    let [failed, slowest] = [0, 0];
    for (let k = 0; k < 2000; k++) {
      let mutant = Buffer.from(good);
      if (k % 4 === 0) mutant = mutant.subarray(0, random.int(mutant.length));
      else if (k % 4 === 1) {
        const [a, b] = [random.int(mutant.length), random.int(mutant.length)];
        mutant = Buffer.concat([mutant.subarray(0, a), mutant.subarray(b)]);
      } else for (let n = 1 + random.int(6); n > 0; n--) mutant[random.int(mutant.length)] = random.int(256);
      const startedAt = performance.now();
      try {
        const table = readParquetTable(mutant, 'mutant.parquet');
        for (const name of table.names) assert.equal(table.columns[name]!.length, table.rowCount);
      } catch (error) {
        failed++;
        assert.ok(isNadirError(error), `mutant ${k} of seed 11: ${error instanceof Error ? (error.stack ?? '') : ''}`);
      }
      slowest = Math.max(slowest, performance.now() - startedAt);
    }
    assert.ok(failed > 800, `${failed}`);
    assert.ok(slowest < 5000, `${slowest} ms`);
    assert.ok(process.memoryUsage().rss - rss < 512e6, `${(process.memoryUsage().rss - rss) / 1e6} MB`);
    assert.equal(readParquetTable(good, 'good').rowCount, 40, 'the codec still works after bad files');
  });
});
