/** One behaviour of all engines, II: set algebra, explain, chains (`catalog.md` §5, §6, §10; `testing.md`). */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { boxPolygon } from '../../../src/catalog/geometry.js';
import { openCatalog, type CatalogRow, type GeoCatalog } from '../../../src/catalog/index.js';
import { createRandom, MICROS_PER_DAY, type Bounds } from '../../../src/core/index.js';
import { plainRow, plainRows } from './catalog-conformance/engines.js';
import {
  geometryArea,
  plainIntersect,
  plainMeets,
  plainNearest,
  sharedArea,
  sharesArea,
  sharesTime,
} from './catalog-conformance/plain.js';
import { dayBox, ids, N, onEveryEngine, SEED } from './catalog-conformance/subject.js';
import { randomBox } from './catalog-conformance/worlds.js';

onEveryEngine((world, of) => {
  for (const spatialOnly of [false, true]) {
    test(`intersect gives every pair that shares area${spatialOnly ? '' : ' and time'}, left-major`, async () => {
      const s = of();
      const expected = plainIntersect(s.aRows, s.bRows, world.step, spatialOnly);
      const pairs = await s.a.intersect(s.b, { spatialOnly }).toArray();
      assert.ok(expected.length > 20);
      assert.deepEqual(
        pairs.map((r) => [r.id, r.filepath, r.interval, r.columns['_right_filepath'], r.columns['_right_place']]),
        expected.map(({ left, right, interval }) => [
          `${left.id}__${right.id}`,
          left.filepath,
          interval,
          right.filepath,
          right.columns['place'],
        ]),
      );
      pairs.forEach((r, k) => {
        const { left, right } = expected[k]!;
        const area = sharedArea(left.geometry, right.geometry);
        assert.ok(Math.abs(geometryArea(r.geometry) - area) <= 1e-9 * area, r.id);
      });
      assert.equal(await s.b.intersect(s.a, { spatialOnly }).count(), expected.length);
    });
  }

  test('pairs come back from a file with their columns', async () => {
    const s = of();
    for (const [name, pairs] of [
      ['intersect', s.a.intersect(s.b)],
      ['nearest', s.a.nearestInTime(s.b, { maxGap: { days: 3 } })],
    ] as const) {
      const file = path.join(s.folder, `${name}.parquet`);
      await pairs.toGeoParquet(file, { sort: 'none' });
      const expected = await plainRows(pairs);
      assert.ok(expected.length > 0);
      for (const engine of ['memory', s.a.engine] as const) {
        const back = await openCatalog(file, { engine });
        assert.deepEqual(await plainRows(back), expected, name);
        await back.dispose();
      }
    }
  });

  test('intersect is associative in footprints and intervals', async () => {
    const s = of();
    const key = (r: CatalogRow): string =>
      JSON.stringify([r.interval, geometryArea(r.geometry).toPrecision(9), r.bbox]);
    const keys = async (c: GeoCatalog): Promise<string[]> => (await c.toArray()).map(key).sort();
    assert.deepEqual(await keys(s.a.intersect(s.b).intersect(s.c)), await keys(s.a.intersect(s.b.intersect(s.c))));
    const [row] = await s.a.intersect(s.b).intersect(s.c).toArray();
    assert.ok(row && '_right_filepath' in row.columns && '_right2_filepath' in row.columns);
  });

  test('difference and the left rows of intersect partition the left', async () => {
    const s = of();
    for (const spatialOnly of [false, true]) {
      const paired = new Set(plainIntersect(s.aRows, s.bRows, world.step, spatialOnly).map((p) => p.left.id));
      const alone = s.aRows.filter((r) => !paired.has(r.id));
      assert.ok(alone.length > 0 && alone.length < N);
      assert.deepEqual(await plainRows(s.a.difference(s.b, { spatialOnly })), alone.map(plainRow));
    }
    const some = s.a.where((r) => r.columns['good'] === true);
    assert.deepEqual(
      await ids(s.a.difference(some, { by: 'identity' })),
      s.aRows.filter((r) => r.columns['good'] !== true).map((r) => r.id),
    );
  });

  test('union is left then right; a union of a partition is the whole', async () => {
    const s = of();
    const both = await plainRows(s.a.union(s.b));
    assert.deepEqual(both, [...s.aRows, ...s.bRows].map(plainRow));
    const [one, two] = [s.a.where('good == true'), s.a.where('good == false')];
    const sorted = async (c: GeoCatalog): Promise<string[]> => (await ids(c)).sort();
    assert.deepEqual(await sorted(one.union(two)), await sorted(s.a));
    assert.deepEqual(
      await ids(s.a.union(one, { dedupe: 'exact' })),
      s.aRows.map((r) => r.id),
    );
    const doubled = await ids(one.union(one));
    assert.equal(new Set(doubled).size, doubled.length);
  });

  for (const direction of ['both', 'before', 'after'] as const) {
    test(`nearestInTime finds the partner nearest in time (${direction})`, async () => {
      const s = of();
      const expected = plainNearest(s.aRows, s.bRows, world.step, {
        maxGap: 3 * MICROS_PER_DAY,
        direction,
        oneToOne: false,
      });
      const found = await s.a.nearestInTime(s.b, { maxGap: { days: 3 }, direction }).toArray();
      assert.ok(expected.length > 2);
      assert.deepEqual(
        found.map((r) => ({ left: r.id, right: r.columns['_right_id'], gap: r.columns['_gap'] })),
        expected,
      );
    });
  }

  test('nearestInTime one to one gives each right row once, smallest gaps first', async () => {
    const s = of();
    const expected = plainNearest(s.aRows, s.bRows, world.step, {
      maxGap: 3 * MICROS_PER_DAY,
      direction: 'both',
      oneToOne: true,
    });
    const found = await s.a.nearestInTime(s.b, { maxGap: { days: 3 }, oneToOne: true }).toArray();
    assert.deepEqual(
      found.map((r) => ({ left: r.id, right: r.columns['_right_id'], gap: r.columns['_gap'] })),
      expected,
    );
  });

  test('explain counts what space, time and predicate removed', async () => {
    const s = of();
    const [box, time] = [randomBox(world, createRandom(SEED, 'explain')), dayBox(2, 6)];
    const { steps } = await s.a.query({ bounds: box, time }).where('good == true').explain();
    const inSpace = s.aRows.filter((r) => plainMeets(r.geometry, boxPolygon(box)));
    const inTime = inSpace.filter((r) => sharesTime(r.interval, time));
    const good = inTime.filter((r) => r.columns['good'] === true);
    assert.ok(inSpace.length > inTime.length && inTime.length > good.length);
    assert.deepEqual(
      steps.map(({ operation, rowsIn, rowsOut, removed }) => [operation, rowsIn, rowsOut, removed]),
      [
        [steps[0]!.operation, N, N, { space: 0, time: 0, predicate: 0 }],
        ['query', N, inTime.length, { space: N - inSpace.length, time: inSpace.length - inTime.length, predicate: 0 }],
        ['where', inTime.length, good.length, { space: 0, time: 0, predicate: inTime.length - good.length }],
      ],
    );
    assert.equal(steps[0]!.sql !== null, s.a.engine === 'duckdb');
    const near = s.aRows.filter((r) => s.bRows.some((q) => sharesArea(r, q, world.step)));
    const pairs = plainIntersect(s.aRows, s.bRows, world.step, false);
    const left = new Set(pairs.map((p) => p.left.id)).size;
    const [, step] = (await s.a.intersect(s.b).explain()).steps;
    assert.deepEqual(
      [step!.rowsIn, step!.rowsOut, step!.removed],
      [N, pairs.length, { space: N - near.length, time: near.length - left, predicate: 0 }],
    );
  });

  test('functions see each row once per evaluation', async () => {
    const s = of();
    const seen: string[] = [];
    const see = (r: CatalogRow): boolean => seen.push(r.id) > 0;
    const chain = s.a.where(see).withColumn('n', (r) => r.id.length);
    assert.deepEqual(seen, []);
    await chain
      .query({ tStep: 2 })
      .nearestInTime(s.b, { maxGap: { days: 1 }, oneToOne: true })
      .count();
    assert.deepEqual(
      seen,
      s.aRows.map((r) => r.id),
    );
  });

  test('every operation gives the rows that memory gives', async () => {
    const s = of();
    const [x, y] = world.origin;
    const box: Bounds = [x + 5 * world.step, y + 5 * world.step, x + 14 * world.step, y + 14 * world.step];
    const chains: readonly (readonly [string, (a: GeoCatalog, b: GeoCatalog) => GeoCatalog])[] = [
      ['padding', (a) => a.withIntervalPadding({ days: 2 }).query({ time: dayBox(5, 0) })],
      [
        'column',
        (a) =>
          a
            .withColumn('twice', (r) => `${r.id}${r.id}`)
            .where("twice != 'a1a1'")
            .query({ bounds: box }),
      ],
      ['replaced column', (a) => a.withColumn('place', (r) => r.filepath).where("place is not null and place != ''")],
      ['intersect', (a, b) => a.intersect(b).query({ bounds: box }).where('`_right_eo:cloud_cover` < 50')],
      ['padded intersect', (a, b) => a.intersect(b.withIntervalPadding({ hours: 30 }))],
      ['derived right', (a, b) => a.query({ bounds: box }).intersect(b.where('good == true').withColumn('x', () => 1))],
      ['union', (a, b) => a.union(b.withColumn('extra', (r) => r.static)).query({ time: dayBox(3, 9) })],
      ['nearest', (a, b) => a.nearestInTime(b, { maxGap: { days: 5 } }).where('_gap > 0')],
      ['difference', (a, b) => a.difference(b.query({ bounds: box })).query({ time: dayBox(3, 9), tStep: 2 })],
    ];
    for (const [name, chain] of chains) {
      const [found, expected] = [chain(s.a, s.b), chain(s.aMemory, s.bMemory)];
      assert.deepEqual(await plainRows(found), await plainRows(expected), name);
      assert.deepEqual(await plainRows(chain(s.aMemory, s.b)), await plainRows(expected), `${name}, left in memory`);
      assert.ok((await expected.count()) > 0, name);
    }
  });

  test('an aborted signal rejects with its reason', async () => {
    const s = of();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(s.a.intersect(s.b).count({ signal }), reason);
    await assert.rejects(s.a.query({ time: dayBox(0, 9) }).toArray({ signal }), reason);
    await assert.rejects(s.a.explain({ signal }), reason);
    await assert.rejects(async () => {
      for await (const row of s.a.rows({ signal })) assert.ok(row);
    }, reason);
    await assert.rejects(async () => {
      for await (const group of s.a.groupBy('day', { signal })) assert.ok(group);
    }, reason);
  });
});
