/** One behaviour of all engines, I: rows, queries, expressions, groups (`catalog.md` §4, §6, §10; `testing.md`). */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { boxPolygon } from '../../../src/catalog/geometry.js';
import { openCatalog, type CatalogRow } from '../../../src/catalog/index.js';
import { createRandom, GeoSlice, transformBounds, type Bounds } from '../../../src/core/index.js';
import { plainRow, plainRows } from './catalog-conformance/engines.js';
import { plainMeets, sharesTime } from './catalog-conformance/plain.js';
import { dayBox, ids, N, onEveryEngine, SEED } from './catalog-conformance/subject.js';
import { randomBox, randomRows } from './catalog-conformance/worlds.js';

onEveryEngine((world, of) => {
  test('the rows are those that went in', async () => {
    const s = of();
    const given = randomRows(world, N, SEED, 'a').map(plainRow);
    const byId = (rows: Record<string, unknown>[]): Record<string, unknown>[] =>
      rows.sort((p, q) => (String(p['id']) < String(q['id']) ? -1 : 1));
    assert.deepEqual(byId(await plainRows(s.a)), byId(given));
  });

  test('a GeoParquet round trip returns the same rows', async () => {
    const s = of();
    const file = path.join(s.folder, 'round.parquet');
    const report = await s.a.toGeoParquet(file, { sort: 'none' });
    assert.equal(report.rows, N);
    assert.deepEqual(await plainRows(await openCatalog(file, { engine: 'memory' })), await plainRows(s.a));
  });

  test('query finds what a plain filter finds, in order, again and by slice', async () => {
    const s = of();
    const random = createRandom(SEED, 'queries');
    let found = 0;
    for (let k = 0; k < 25; k++) {
      const box = randomBox(world, random);
      const time = random.uniform() < 0.6 ? dayBox(random.int(30), random.int(6)) : null;
      const expected = s.aRows
        .filter((r) => plainMeets(r.geometry, boxPolygon(box)) && (!time || sharesTime(r.interval, time)))
        .map((r) => r.id);
      const once = s.a.query({ bounds: box, ...(time && { time }) });
      assert.deepEqual(await ids(once), expected);
      assert.equal(await once.count(), expected.length);
      assert.deepEqual(await ids(once.query({ bounds: box, ...(time && { time }) })), expected);
      if (box[0] < box[2] && box[1] < box[3] && time) {
        const slice = GeoSlice.create({ bounds: box, resolution: world.step, crs: world.crs, interval: time });
        assert.deepEqual(
          await ids(s.a.query(slice)),
          await ids(s.a.query({ bounds: slice.bounds, crs: slice.crs, time })),
        );
      }
      found += expected.length;
    }
    assert.ok(found > 50);
  });

  test('two queries find what both find', async () => {
    const s = of();
    const random = createRandom(SEED, 'two');
    for (let k = 0; k < 10; k++) {
      const [p, q] = [randomBox(world, random), randomBox(world, random)];
      const [t, u] = [dayBox(random.int(20), 6), dayBox(random.int(20), 6)];
      const expected = s.aRows
        .filter(
          (r) =>
            [p, q].every((box) => plainMeets(r.geometry, boxPolygon(box))) &&
            [t, u].every((time) => sharesTime(r.interval, time)),
        )
        .map((r) => r.id);
      assert.deepEqual(await ids(s.a.query({ bounds: p, time: t }).query({ bounds: q, time: u })), expected);
    }
  });

  test('a query does not depend on its CRS where axes are parallel', async () => {
    const s = of();
    if (world.name === 'UTM') return;
    const [own, foreign] = world.crs.isGeographic ? ['EPSG:4326', 'EPSG:3857'] : ['EPSG:3857', 'EPSG:4326'];
    const random = createRandom(SEED, 'crs');
    for (let k = 0; k < 10; k++) {
      const [xmin, ymin, xmax, ymax] = randomBox(world, random);
      // Half a step beside the lattice: no exact touches.
      const box: Bounds = [
        xmin + 0.4 * world.step,
        ymin + 0.4 * world.step,
        xmax + 0.6 * world.step,
        ymax + 0.6 * world.step,
      ];
      assert.deepEqual(
        await ids(s.a.query({ bounds: transformBounds(box, own, foreign), crs: foreign })),
        await ids(s.a.query({ bounds: box, crs: own })),
      );
    }
  });

  test('a query across ±180 finds both sides', async () => {
    const s = of();
    if (!world.crs.isGeographic) return;
    const expected = s.aRows.filter((r) => r.geometry.type === 'MultiPolygon').map((r) => r.id);
    const polar = new Set(s.aRows.filter((r) => Math.abs(r.bbox[1]) > 80).map((r) => r.id));
    assert.ok(expected.length > 0 && polar.size > 0);
    assert.deepEqual(await ids(s.a.query({ bounds: [179.25, 10, -179.75, 13] })), expected);
    assert.deepEqual(
      (await ids(s.a.query({ bounds: [179.25, -89, -179.75, 89] }))).filter((id) => !polar.has(id)),
      expected,
    );
  });

  test('tStep keeps every n-th date of what passed, and static rows', async () => {
    const s = of();
    const time = dayBox(3, 15);
    const passed = s.aRows.filter((r) => sharesTime(r.interval, time));
    const starts = [...new Set(passed.flatMap((r) => (r.interval ? [r.interval.start] : [])))].sort((p, q) => p - q);
    const expected = passed.filter((r) => !r.interval || starts.indexOf(r.interval.start) % 3 === 0).map((r) => r.id);
    assert.deepEqual(await ids(s.a.query({ time, tStep: 3 })), expected);
    assert.ok(expected.length < passed.length);
  });

  test('an expression selects what its callback selects', async () => {
    const s = of();
    const cover = (r: CatalogRow): number | null => r.columns['eo:cloud_cover'] as number | null;
    const cases: readonly (readonly [string, (r: CatalogRow) => boolean])[] = [
      ['`eo:cloud_cover` < 40', (r) => cover(r) !== null && cover(r)! < 40],
      ['`eo:cloud_cover` != 40 and not good', () => true],
      [
        "place == @who or place in ['東京', 'Zürich']",
        (r) => ["O'Hare", '東京', 'Zürich'].includes(String(r.columns['place'])),
      ],
      ['place is null', (r) => r.columns['place'] === null],
      ["not (place == 'plain')", (r) => r.columns['place'] !== 'plain'],
      [
        "start_time >= '2024-01-01' and good == true",
        (r) => (r.interval?.start ?? -1) >= 1_704_067_200e6 && r.columns['good'] === true,
      ],
      ['static == true or end_time < @t', (r) => r.static || (r.interval !== null && r.interval.end < 1_703_721_600e6)],
      [
        "id in @list and crs != 'EPSG:32632'",
        (r) => ['a1', 'a2', 'a3', 'a5', 'a7', 'a8'].includes(r.id) && r.crs.epsg !== 32632,
      ],
      ['width > 50 and nodata is null', (r) => (r.native?.width ?? 0) > 50 && r.native?.nodata == null],
    ];
    for (const [text, fn] of cases) {
      if (text.includes('not good')) {
        await assert.rejects(async () => s.a.where(text).count(), { code: 'unexpected' });
        continue;
      }
      const derived = s.a.where(text, { who: "O'Hare", t: '2023-12-28', list: ['a1', 'a2', 'a3', 'a5', 'a7', 'a8'] });
      const expected = s.aRows.filter(fn).map((r) => r.id);
      assert.deepEqual(await ids(derived), expected, text);
      assert.ok(expected.length > 0 && expected.length < N, text);
    }
  });

  test('groupBy puts every row once, by its start, in time order, static rows last', async () => {
    const s = of();
    for (const by of ['day', 'month', 'year'] as const) {
      const expected = new Map<string, string[]>();
      const length = { day: 10, month: 7, year: 4 }[by];
      const keyOf = (r: CatalogRow): string =>
        r.interval ? new Date(Math.floor(r.interval.start / 1000)).toISOString().slice(0, length) : 'static';
      for (const r of s.aRows) expected.set(keyOf(r), [...(expected.get(keyOf(r)) ?? []), r.id]);
      const found: [string, string[]][] = [];
      for await (const { key, interval, catalog } of s.a.groupBy(by)) {
        found.push([key, await ids(catalog)]);
        assert.equal(interval === null, key === 'static');
        if (interval) assert.ok(new Date(interval.end / 1000 + 1).toISOString().slice(0, length) > key);
      }
      const order = [...expected].sort(([p], [q]) => (p < q ? -1 : 1));
      assert.deepEqual(found, order);
    }
  });

  test('count, bounds and extent are those of the rows', async () => {
    const s = of();
    for (const c of [s.a, s.a.query({ time: dayBox(3, 4) }), s.a.where(() => false)]) {
      const rows = await c.toArray();
      const [xs, ys] = [rows.flatMap((r) => [r.bbox[0], r.bbox[2]]), rows.flatMap((r) => [r.bbox[1], r.bbox[3]])];
      const dated = rows.flatMap((r) => r.interval ?? []);
      assert.equal(await c.count(), rows.length);
      assert.deepEqual(
        await c.totalBounds(),
        rows.length === 0 ? [NaN, NaN, NaN, NaN] : [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
      );
      assert.deepEqual(
        await c.temporalExtent(),
        dated.length === 0
          ? null
          : { start: Math.min(...dated.map((i) => i.start)), end: Math.max(...dated.map((i) => i.end)) },
      );
    }
  });
});
