import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDuckdbSource, type DuckdbSource } from '../../../../../src/catalog/engines/duckdb/duckdb-source.js';
import { openCatalog } from '../../../../../src/catalog/index.js';
import { ArgumentError, createRandom, isNadirError } from '../../../../../src/core/index.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { randomRows, write } from './support.js';

const EVERYTHING = { boxes: null, interval: null, where: [] } as const;
const N = 40_000;

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    isNadirError(error) && error.code === code;

describe('one DuckDB for a catalog and all derived from it', () => {
  let folder = '';
  let file = '';
  let source: DuckdbSource;
  const rows = randomRows(N, 11);

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nadir-duckdb-'));
    file = await write(rows, path.join(folder, 'rows.parquet'));
    source = await openDuckdbSource(file);
  });
  after(async () => {
    await source.close();
    rmSync(folder, { recursive: true });
  });

  test('scans that are read in turns do not disturb each other', async () => {
    const [a, b] = [source.scan(EVERYTHING, {}), source.scan(EVERYTHING, {})];
    const [ofA, ofB]: [string[], string[]] = [[], []];
    for (let k = 0; ; k++) {
      const [one, two] = [await a.next(), k > 0 ? await b.next() : null];
      if (one.value) for (let i = 0; i < one.value.length; i++) ofA.push(one.value.id(i));
      if (two?.value) for (let i = 0; i < two.value.length; i++) ofB.push(two.value.id(i));
      if (one.done && two?.done) break;
    }
    const expected = rows.map((r) => r.id);
    assert.deepEqual(ofA, expected);
    assert.deepEqual(ofB, expected);
  });

  test('many at once, some left early', async () => {
    const random = createRandom(5, 'many');
    const counts = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const limit = random.int(2) === 0 ? Infinity : 1;
        let n = 0;
        for await (const table of source.scan(EVERYTHING, {})) {
          n += table.length;
          if (n >= limit) break;
        }
        return limit === 1 ? n <= 16_384 : n === N;
      }),
    );
    assert.ok(counts.every(Boolean));
    assert.equal((await source.summary({})).count, N);
  });

  test('aborting interrupts the statement that runs, rejects with the reason, and leaves the catalog usable', async () => {
    const slow = 'SELECT sum(hash(a.id || b.id)) AS s FROM rows a, rows b';
    const controller = new AbortController();
    const reason = new Error('enough');
    const startedAt = performance.now();
    setTimeout(() => controller.abort(reason), 100);
    const waiting = new AbortController();
    const [running, queued] = await Promise.allSettled([
      source.sql(slow, {}, { signal: controller.signal }),
      (async () => {
        setTimeout(() => waiting.abort(reason), 50);
        return source.sql('SELECT 1', {}, { signal: waiting.signal });
      })(),
    ]);
    assert.equal(running.status === 'rejected' && running.reason, reason);
    assert.ok(queued.status === 'fulfilled' || queued.reason === reason);
    assert.ok(performance.now() - startedAt < 5000);
    assert.equal((await source.sql('SELECT count(*)::INTEGER AS n FROM rows'))[0]?.['n'], N);
  });

  test('a scan that is aborted between batches rejects with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const scan = source.scan(EVERYTHING, { signal: controller.signal });
    await scan.next();
    controller.abort(reason);
    await assert.rejects(scan.next(), (e) => e === reason);
    await assert.rejects(
      source
        .summary({ signal: AbortSignal.abort(reason) })
        .then(() => source.scan(EVERYTHING, { signal: AbortSignal.abort(reason) }).next()),
      (e) => e === reason,
    );
  });

  test('disposing of a derived catalog changes nothing, of the root ends all', async () => {
    const root = await openCatalog(file, { engine: 'duckdb' });
    const derived = root.query({ bounds: [0, 0, 500, 500] });
    await derived.dispose();
    assert.ok((await derived.count()) > 0);
    const reading = root.rows()[Symbol.asyncIterator]();
    await reading.next();
    await root.dispose();
    await root.dispose();
    await assert.rejects(derived.toArray(), isCode('closed'));
    await assert.rejects(async () => {
      while (!(await reading.next()).done);
    }, isCode('closed'));
  });

  describe('sql and aggregate', () => {
    test('sql selects from rows with bound parameters', async () => {
      const got = await source.sql('SELECT id, start_time, level FROM rows WHERE id = $id', { id: 'r7' });
      const row = rows[7]!;
      assert.equal(got.length, 1);
      assert.ok(got[0]);
      assert.equal(got[0]['id'], 'r7');
      assert.equal(got[0]['level'], row.columns['level']);
      assert.deepEqual(await source.sql('SELECT id FROM rows WHERE site = $s', { s: "' OR 1=1 --" }), []);
    });

    test('sql refuses what is no single SELECT, other files, settings and extensions', async () => {
      for (const body of [
        'DROP VIEW rows',
        'SELECT 1; SELECT 2',
        `COPY rows TO '${path.join(folder, 'out.csv')}'`,
        'CREATE TABLE t (i INT)',
        'SET threads = 1',
        'INSTALL httpfs',
        'LOAD spatial',
        `ATTACH '${path.join(folder, 'x.db')}'`,
        'EXPLAIN SELECT 1',
        '',
        ';',
      ])
        await assert.rejects(
          source.sql(body),
          (e) => isNadirError(e) && ['not-select', 'bad-sql', 'duckdb-statement'].includes(e.code),
          body,
        );
      for (const from of [
        "read_text('/etc/hostname')",
        "read_csv('/etc/hostname')",
        "glob('/etc/*')",
        "read_parquet('https://example.invalid/x')",
      ])
        await assert.rejects(source.sql(`SELECT * FROM ${from}`), isCode('duckdb-statement'), from);
      assert.ok(!existsSync(path.join(folder, 'out.csv')));
      await assert.rejects(source.sql('SELECT nothing FROM rows'), isCode('duckdb-statement'));
      await assert.rejects(source.sql(7 as never), (e) => e instanceof ArgumentError);
    });

    test('catalogs as they were opened have sql; derived ones and those in memory say that they have none', async () => {
      const catalog = await openCatalog(file, { engine: 'duckdb' });
      assert.deepEqual(await catalog.sql('SELECT count(*) AS n FROM rows'), [{ n: N }]);
      assert.deepEqual(await catalog.aggregate({ measures: { n: { fn: 'count' } } }), [{ n: N }]);
      assert.throws(() => catalog.where('level == 1').sql('SELECT 1'), isCode('no-sql'));
      await catalog.dispose();
      const memory = await openCatalog(file, { engine: 'memory' });
      assert.throws(() => memory.aggregate({ measures: { n: { fn: 'count' } } }), isCode('no-sql'));
    });

    test('aggregate gives what a loop over the rows gives', async () => {
      const got = await source.aggregate({
        by: ['level', { period: 'month' }],
        measures: {
          n: { fn: 'count' },
          sites: { fn: 'distinct', column: 'site' },
          most: { fn: 'max', column: 'level' },
        },
        where: "site != 'x' and level >= @least",
        params: { least: 1 },
      });
      const groups = new Map<string, { n: number; sites: Set<unknown> }>();
      for (const row of rows) {
        const { level, site } = row.columns;
        if (typeof level !== 'number' || level < 1 || typeof site !== 'string' || site === 'x') continue;
        const month = row.interval ? new Date(row.interval.start / 1000).toISOString().slice(0, 7) : null;
        const key = JSON.stringify([level, month]);
        const group = groups.get(key) ?? { n: 0, sites: new Set() };
        groups.set(key, { n: group.n + 1, sites: group.sites.add(site) });
      }
      assert.equal(got.length, groups.size);
      for (const { level, period, n, sites, most } of got) {
        const group = groups.get(JSON.stringify([level, period]));
        assert.deepEqual([n, sites, most], [group?.n, group?.sites.size, level]);
      }
      assert.deepEqual(
        got.map((g) => g['level']),
        got.map((g) => g['level']).sort(),
      );
      await assert.rejects(source.aggregate({ measures: {} }), isCode('bad-aggregate'));
      await assert.rejects(
        source.aggregate({ measures: { a: { fn: 'sum', column: 'nope' } } }),
        isCode('bad-aggregate'),
      );
      await assert.rejects(
        source.aggregate({ measures: { a: { fn: 'count' } }, where: "site < 'x'" }),
        isCode('not-in-sql'),
      );
    });
  });

  test('chunks that were read are let go', async () => {
    const peak = (): number =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;
    if (process.platform !== 'linux') return;
    const before = peak();
    for (let k = 0; k < 20; k++) for await (const table of source.scan(EVERYTHING, {})) assert.ok(table.length > 0);
    assert.ok(peak() - before < 250, `${peak() - before} MB`);
  });
});
