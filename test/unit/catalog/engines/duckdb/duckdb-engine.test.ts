import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { openDuckdbSource } from '../../../../../src/catalog/engines/duckdb/duckdb-source.js';
import { createRandom, MICROS_PER_DAY, parseTime, type Bounds } from '../../../../../src/core/index.js';
import { withFolder } from '../../../../support/places.js';
import { outcome, randomRows, withBoth, write } from './support.js';

const ATOMS: readonly string[] = [
  'cloud < 2.5',
  'cloud >= 2',
  'cloud == 1.5',
  'cloud != 1.5',
  '3 > cloud',
  'cloud in [0.5, 1, 2]',
  'cloud not in [0.5, 1]',
  'cloud is null',
  'cloud is not null',
  'level == 2',
  'level != 2',
  'level in [1, null, "2"]',
  'level not in [1, 3]',
  'level is null',
  "site == 'é'",
  "site != ''",
  "site < 'Z'",
  "site in ['😀', @name]",
  "site not in ['x', 'y']",
  'site is not null',
  'site == @name',
  'good == true',
  'good != true',
  'good in [true]',
  'good is null',
  "start_time >= '2024-01-20'",
  "start_time == '2024-01-10'",
  "end_time < '2024-02-10T12:00:00Z'",
  'start_time is null',
  'static == true',
  'id == "r7"',
  "id in ['r1', 'r2', 'r999999']",
  'xmin > 500',
  'n_bands is null',
  "dtype == 'uint8'",
  "filepath != '/data/row3.tif'",
  'level in @levels',
  'cloud == null',
  // Refused, wherever a row gets so far.
  "cloud < 'a'",
  'site > 3',
  "level == ['a', 1]",
];

function randomExpression(random: ReturnType<typeof createRandom>, depth: number): string {
  const kind = depth === 0 ? 0 : random.int(5);
  const part = (): string => randomExpression(random, depth - 1);
  if (kind === 1) return `(${part()} and ${part()})`;
  if (kind === 2) return `(${part()} or ${part()})`;
  if (kind === 3) return `not ${part()}`;
  return ATOMS[random.int(ATOMS.length)] ?? '';
}

describe('the DuckDB engine gives what the memory engine gives', () => {
  test('for random expressions, with nulls, NaN, odd texts, parameters and type errors', () =>
    withFolder(async (folder) => {
      const file = await write(randomRows(400, 1), path.join(folder, 'rows.parquet'));
      await withBoth(file, async ({ memory, duckdb }) => {
        const random = createRandom(7, 'expressions');
        const params = { name: "it's", levels: [0, 3] };
        const texts = [...ATOMS, ...Array.from({ length: 150 }, () => randomExpression(random, 3))];
        let [some, refused] = [0, 0];
        for (const text of texts) {
          const expected = await outcome(() => memory.where(text, params));
          assert.deepEqual(await outcome(() => duckdb.where(text, params)), expected, text);
          if (Array.isArray(expected)) some += expected.length > 0 && expected.length < 400 ? 1 : 0;
          else refused++;
        }
        assert.ok(some > 50 && refused > 5, `${some} ${refused}`);
      });
    }));

  test('for boxes and times over many row groups, static rows first, and in batches of bounded size', () =>
    withFolder(async (folder) => {
      const rows = randomRows(45_000, 2);
      const file = await write(rows, path.join(folder, 'rows.parquet'), 'space-time');
      await withBoth(file, async ({ memory, duckdb }) => {
        assert.deepEqual(await outcome(() => duckdb), await outcome(() => memory));
        const random = createRandom(3, 'queries');
        let found = 0;
        for (let k = 0; k < 25; k++) {
          const [x, y] = [random.int(1000), random.int(1000)];
          const bounds: Bounds = [x, y, x + random.int(60), y + random.int(60)];
          const start = parseTime('2024-01-01') + random.int(62) * MICROS_PER_DAY;
          const query = {
            ...(k % 3 > 0 && { bounds }),
            ...(k % 4 > 0 && { time: { start, end: start + random.int(5) } }),
          };
          const expected = await outcome(() => memory.query(query).where('level == 1'));
          assert.deepEqual(await outcome(() => duckdb.query(query).where('level == 1')), expected);
          found += (expected as unknown[]).length;
        }
        assert.ok(found > 1000);
        assert.equal(await duckdb.count(), rows.length);
        assert.deepEqual(await duckdb.totalBounds(), await memory.totalBounds());
        assert.deepEqual(await duckdb.temporalExtent(), await memory.temporalExtent());
      });
      const source = await openDuckdbSource(file);
      const sizes: number[] = [];
      for await (const table of source.scan({ boxes: null, interval: null, where: [] }, {})) sizes.push(table.length);
      assert.equal(
        sizes.reduce((a, b) => a + b),
        rows.length,
      );
      assert.ok(sizes.length > 2 && Math.max(...sizes) <= 16_384);
      await source.close();
    }));

  test('for times at their limits, to the microsecond', () =>
    withFolder(async (folder) => {
      const t = parseTime('2024-03-01T00:00:00.000001Z');
      const rows = randomRows(3, 4).map((row, i) => ({
        ...row,
        static: false,
        interval: { start: t + i, end: t + i },
      }));
      const file = await write(rows, path.join(folder, 'rows.parquet'));
      await withBoth(file, async ({ duckdb }) => {
        for (const [from, to, ids] of [
          [t, t, ['r0']],
          [t + 1, t + 2, ['r1', 'r2']],
          [t + 3, t + 9, []],
          [parseTime('1700-01-01'), parseTime('2250-12-31'), ['r0', 'r1', 'r2']],
          [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, ['r0', 'r1', 'r2']],
        ] as const) {
          const got = await duckdb.query({ time: { start: from, end: to } }).toArray();
          assert.deepEqual(
            got.map((r) => r.id),
            ids,
          );
        }
        assert.deepEqual(
          (await duckdb.toArray()).map((r) => r.interval),
          rows.map((r) => r.interval),
        );
      });
    }));

  test('for parts with different columns, in the order of file names', () =>
    withFolder(async (folder) => {
      const cat = path.join(folder, 'cat');
      await write(randomRows(20, 5, ['cloud', 'site']), path.join(cat, 'b', 'part.parquet'));
      await write(randomRows(20, 6, ['good']), path.join(cat, 'a.parquet'));
      await write(randomRows(20, 7, ['site', 'level']), path.join(cat, 'c.parquet'));
      await withBoth(cat, async ({ memory, duckdb }) => {
        for (const text of [
          null,
          "site == 'x'",
          'good is null',
          'cloud < 3 or level == 1',
          "site not in ['x']",
          'not (level == 1)',
        ])
          assert.deepEqual(
            await outcome(() => (text === null ? duckdb : duckdb.where(text))),
            await outcome(() => (text === null ? memory : memory.where(text))),
            String(text),
          );
        assert.equal((await duckdb.toArray()).length, 60);
      });
    }));

  test('for an empty catalog', () =>
    withFolder(async (folder) => {
      const file = await write([], path.join(folder, 'none.parquet'));
      await withBoth(file, async ({ duckdb }) => {
        assert.deepEqual(await duckdb.toArray(), []);
        assert.equal(await duckdb.count(), 0);
        assert.ok((await duckdb.totalBounds()).every(Number.isNaN));
        assert.equal(await duckdb.temporalExtent(), null);
      });
    }));
});

describe('what a scan asks of DuckDB', () => {
  const bounds = { boxes: [[10, 20, 30, 40]] as const, interval: null, where: [] };

  test('parameters are bound, never pasted', () =>
    withFolder(async (folder) => {
      const source = await openDuckdbSource(await write(randomRows(9, 8), path.join(folder, 'a.parquet')));
      const evil = "x' OR 1=1; DROP TABLE rows; --";
      const where = [{ expression: 'site == @s', params: { s: evil } }];
      const sql = source.describe({ boxes: null, interval: null, where });
      assert.ok(sql?.includes('$p0') && !sql.includes('DROP'));
      const tables = [];
      for await (const table of source.scan({ boxes: null, interval: null, where }, {})) tables.push(table);
      assert.deepEqual(tables, []);
      await source.close();
    }));

  test('static rows are asked for only where there are some, and parts that the footers rule out not at all', () =>
    withFolder(async (folder) => {
      const rows = randomRows(50, 9);
      const cat = path.join(folder, 'cat');
      await write(
        rows.filter((r) => r.interval !== null),
        path.join(cat, 'dated.parquet'),
      );
      await write(
        rows.filter((r) => r.interval === null),
        path.join(cat, 'static.parquet'),
      );
      const source = await openDuckdbSource(cat);
      const during = (start: number, end: number): string[] =>
        (source.describe({ ...bounds, boxes: null, interval: { start, end } }) ?? '').split(';\n');
      const [dated, timeless, ...none] = during(parseTime('2024-01-05'), parseTime('2024-01-06'));
      assert.ok(dated?.includes('dated.parquet') && !dated.includes('NULL)') && !dated.includes(' OR '));
      assert.ok(timeless?.includes('static.parquet') && timeless.includes('"start_time" IS NULL OR'));
      assert.deepEqual(none, []);
      const later = during(parseTime('2025-01-05'), parseTime('2025-01-06'));
      assert.deepEqual([later.length, later[0]?.includes('static.parquet')], [1, true]);
      assert.match(source.describe({ ...bounds, boxes: [[5000, 5000, 5001, 5001]] }) ?? '', /^no statement/);
      await source.close();
    }));
});
