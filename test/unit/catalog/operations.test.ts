import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import { catalogBatches, rowsNow, viewNow } from '../../../src/catalog/rows-now.js';
import { viewLength } from '../../../src/catalog/table-view.js';
import { Crs, days, isNadirError, transformBounds, type Bounds } from '../../../src/core/index.js';
import { line, scanned } from '../../support/lines.js';
import { withWarnings } from '../../support/host.js';
import { idsOf, makeCatalog, makeRow, type RowInit } from '../../support/rows.js';

const UTM = Crs.from('EPSG:32631');

describe('what a scan may leave out', () => {
  test('adjacent filters at the bottom go into one scan, the narrower box and time', async () => {
    const { catalog, scans } = scanned(line(40, (i) => ({ cloud: i })));
    const found = await idsOf(
      catalog
        .query({ bounds: [0, 0, 300, 5], time: days('2024-01-02') })
        .where('cloud > 0')
        .query({ bounds: [0, 0, 100, 5], time: days('2024-01-01', '2024-01-20') }),
    );
    assert.deepEqual(found, ['r1']);
    assert.equal(scans.length, 1);
    assert.deepEqual(scans[0]!.boxes, [[0, 0, 100, 5]]);
    assert.deepEqual(scans[0]!.interval, days('2024-01-02'));
    assert.deepEqual(scans[0]!.where, [{ expression: 'cloud > 0', params: {} }]);
  });

  test('nothing goes past a function, a new column, padding or tStep', async () => {
    const time = days('2024-01-03');
    for (const chain of [
      (c: GeoCatalog) => c.where(() => true).query({ time }),
      (c: GeoCatalog) => c.withColumn('x', () => 1).where('x == 1'),
      (c: GeoCatalog) => c.withIntervalPadding({ days: 1 }).query({ time }),
      (c: GeoCatalog) => c.query({ tStep: 2 }).query({ time }),
      (c: GeoCatalog) => c.union(c).query({ time }),
    ]) {
      const { catalog, scans } = scanned(line(9));
      assert.ok((await chain(catalog).count()) > 0);
      for (const { boxes, interval, where } of scans) assert.deepEqual([boxes, interval, where], [null, null, []]);
    }
  });

  test('the other side of an intersect is read where and when the left side is', async () => {
    const { catalog, scans } = scanned(line(40));
    const left = makeCatalog([{ id: 'left', box: [100, 0, 125, 5], interval: days('2024-01-11', '2024-01-12') }]);
    assert.deepEqual(await idsOf(left.intersect(catalog)), ['left__r10', 'left__r11']);
    assert.deepEqual(scans, [{ boxes: [[100, 0, 125, 5]], interval: days('2024-01-11', '2024-01-12'), where: [] }]);
    scans.length = 0;
    assert.equal(await left.intersect(catalog, { spatialOnly: true }).count(), 3);
    assert.equal(scans[0]!.interval, null);
    scans.length = 0;
    // A static row meets every time.
    assert.equal(
      await makeCatalog([{ box: [100, 0, 125, 5] }])
        .intersect(catalog)
        .count(),
      3,
    );
    assert.equal(scans[0]!.interval, null);
  });

  test('the other side in another CRS is read within the projected box', async () => {
    const box = transformBounds([500_000, 5_400_000, 501_000, 5_401_000], UTM, 'EPSG:4326');
    const { catalog, scans } = scanned(
      [
        { id: 'near', box },
        { id: 'far', box: [20, 10, 21, 11] },
      ],
      Crs.from('EPSG:4326'),
    );
    const left = makeCatalog([{ id: 'left', box: [500_000, 5_400_000, 501_000, 5_401_000] }]);
    assert.deepEqual(await idsOf(left.intersect(catalog)), ['left__near']);
    const [read] = scans[0]!.boxes!;
    assert.ok(read![0] <= box[0] && read![1] <= box[1] && read![2] >= box[2] && read![3] >= box[3]);
    assert.ok(read![2] - read![0] < 2 * (box[2] - box[0]));
  });

  test('an empty left side reads nothing of the other', async () => {
    const { catalog, scans } = scanned(line(9));
    const none = makeCatalog(line(2)).query({ bounds: [900, 0, 901, 1] });
    assert.equal(await none.intersect(catalog).count(), 0);
    assert.equal(await none.difference(catalog, { by: 'identity' }).count(), 0);
    assert.deepEqual(scans, []);
    assert.equal(await none.union(catalog).count(), 9);
  });

  test('root questions read no rows', async () => {
    const { catalog, scans } = scanned(line(9));
    assert.equal(await catalog.count(), 9);
    assert.deepEqual(await catalog.totalBounds(), [0, 0, 85, 5]);
    assert.deepEqual(await catalog.temporalExtent(), days('2024-01-01', '2024-01-09'));
    assert.deepEqual(scans, []);
  });

  test('a reader that stops early stops the scan', async () => {
    const { catalog } = scanned(line(100));
    const seen: string[] = [];
    for await (const row of catalog.where((r) => seen.push(r.id) > 0).rows()) if (row.id === 'r2') break;
    assert.ok(seen.length < 20);
  });
});

describe('lazy evaluation', () => {
  test('a catalog in memory evaluates once', async () => {
    let calls = 0;
    const c = makeCatalog(line(5)).where(() => ++calls > 0);
    assert.equal(calls, 0);
    await c.count();
    await c.toArray();
    assert.equal(await c.query({ bounds: [0, 0, 20, 5] }).count(), 3);
    assert.equal(calls, 5);
  });

  test('rows in memory can be had without waiting, as objects and as columns', async () => {
    const rows = line(3).map((r, i) => makeRow(r, i, UTM));
    const c = memoryCatalog(rows, { backend: 'raster', crs: UTM, targetResolution: null, config: {} });
    assert.ok(rowsNow(c).every((r, i) => r === rows[i]));
    assert.ok(rowsNow(c.query({ bounds: [10, 0, 11, 1] }))[0] === rows[1]);
    const view = viewNow(c.query({ bounds: [10, 0, 11, 1] }))!;
    assert.deepEqual([...view.indices!], [1]);
    const { catalog } = scanned(line(20));
    assert.equal(viewNow(catalog), null);
    assert.throws(() => rowsNow(catalog), { code: 'not-in-memory' });
    const lengths: number[] = [];
    for await (const batch of catalogBatches(catalog)) lengths.push(viewLength(batch));
    assert.deepEqual(lengths, [7, 7, 6]);
  });

  test('an answer that had to wait is there afterwards', async () => {
    const { catalog } = scanned(line(20));
    const mixed = makeCatalog(line(3)).intersect(catalog);
    assert.equal(viewNow(mixed), null);
    assert.equal(await mixed.count(), 3);
    assert.deepEqual(
      rowsNow(mixed).map((r) => r.id),
      ['r0__r0', 'r1__r1', 'r2__r2'],
    );
  });

  test('answers asked for at once call functions once', async () => {
    let calls = 0;
    const c = makeCatalog(line(5)).where(() => ++calls > 0);
    assert.deepEqual(await Promise.all([c.count(), c.count(), c.query({ bounds: [0, 0, 9, 9] }).count()]), [5, 5, 1]);
    assert.equal(calls, 5);
  });

  test('nearestInTime in memory needs no waiting', () => {
    const near = makeCatalog(line(3)).nearestInTime(makeCatalog(line(3)), { maxGap: { days: 1 } });
    assert.deepEqual(
      rowsNow(near).map((r) => r.columns['_right_id']),
      ['r0', 'r1', 'r2'],
    );
  });

  test('data errors come when rows are pulled, argument errors at the call', async () => {
    const c = makeCatalog(line(2));
    const padded = c.withIntervalPadding({ days: -2 });
    await assert.rejects(padded.count(), { code: 'inverted-interval' });
    await assert.rejects(c.withIntervalPadding({ days: 104_000 }).count(), { code: 'out-of-range' });
    const odd = c.withColumn('x', () => new Date(0) as never);
    await assert.rejects(odd.count(), { code: 'bad-column-value' });
    const refuses = (fn: () => unknown, code: string): void =>
      assert.throws(fn, (e) => isNadirError(e) && e.code === code, code);
    refuses(() => c.intersect({} as never), 'not-a-catalog');
    refuses(() => c.intersect(c, { spatial: true } as never), 'unknown-option');
    refuses(() => c.intersect(c, { spatialOnly: 1 } as never), 'bad-option');
    refuses(() => c.union(c, { dedupe: 'all' } as never), 'bad-option');
    refuses(() => c.difference(c, { by: 'name' } as never), 'bad-option');
    refuses(() => c.difference(c, { by: 'identity', spatialOnly: true }), 'contradiction');
    refuses(() => c.nearestInTime(c, {} as never), 'bad-duration');
    refuses(() => c.nearestInTime(c, { maxGap: { days: -1 } }), 'bad-duration');
    refuses(() => c.nearestInTime(c, { maxGap: { days: 1 }, direction: 'up' } as never), 'bad-option');
    refuses(() => c.groupBy('week' as never), 'bad-option');
    refuses(() => c.where(5 as never), 'bad-predicate');
    refuses(() => c.withColumn('x', 5 as never), 'bad-column');
    refuses(() => c.intersect(c).where('_right_nme is null'), 'unknown-column');
    refuses(() => c.withIntervalPadding({ days: NaN }), 'bad-duration');
  });

  test('the warning about degrees and metres is given once per query, on both kinds of source', async () => {
    const inMetres: RowInit[] = [{ box: [500_000, 5_400_000, 501_000, 5_401_000] }];
    for (const catalog of [makeCatalog(inMetres), scanned(inMetres).catalog]) {
      const query = catalog.query({ bounds: [3, 48, 4, 49] });
      const { warnings } = await withWarnings(async () => [await query.count(), await query.count()]);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /EPSG:4326/);
    }
  });
});

describe('union', () => {
  const ids = (tag: string): RowInit[] => [
    { id: 'same', filepath: `/${tag}/same.tif`, columns: { layer: 'l', [tag]: 1 } },
    { id: tag, filepath: `/${tag}/own.tif` },
  ];

  test('a taken id gets the hash of file, layer and asset key; columns are united with null', async () => {
    const rows = await makeCatalog(ids('a'))
      .union(makeCatalog(ids('b')))
      .toArray();
    // printf '/b/same.tif\nl\n' | sha256sum
    assert.deepEqual(
      rows.map((r) => r.id),
      ['same', 'a', 'same-1d678e78', 'b'],
    );
    assert.deepEqual(rows[0]!.columns, { layer: 'l', a: 1, b: null });
    assert.deepEqual(rows[3]!.columns, { layer: null, a: null, b: null });
  });

  test('right rows come in the CRS of the left', async () => {
    const box: Bounds = [500_000, 5_400_000, 501_000, 5_401_000];
    const right = makeCatalog([{ id: 'x', box: transformBounds(box, UTM, 'EPSG:4326') }], 'EPSG:4326');
    const united = makeCatalog([{ box }]).union(right);
    const [, row] = await united.toArray();
    assert.equal(united.crs.epsg, 32631);
    row!.bbox.forEach((v, k) => assert.ok(Math.abs(v - box[k]!) < 30, `${v}`));
    assert.equal(row!.crs.epsg, 4326);
    assert.equal(await united.query({ bounds: box }).count(), 2);
  });

  test('hundreds of catalogs are united one by one, ids unique, columns as wide as all of them', async () => {
    let c = makeCatalog([{ id: 'x', columns: { c0: 0 } }]);
    for (let k = 1; k <= 400; k++)
      c = c.union(makeCatalog([{ id: k % 2 ? 'x' : `y${k}`, filepath: `/${k}.tif`, columns: { [`c${k % 5}`]: k } }]));
    const rows = await c.query({ bounds: [0, 0, 1, 1] }).toArray();
    assert.equal(new Set(rows.map((r) => r.id)).size, 401);
    assert.deepEqual(rows[400]!.columns, { c0: 400, c1: null, c2: null, c3: null, c4: null });
    assert.deepEqual(
      rows.map((r) => r.filepath).slice(1),
      Array.from({ length: 400 }, (_, k) => `/${k + 1}.tif`),
    );
  });

  test('backends differ only by force, which keeps the left', () => {
    const cubes = memoryCatalog([], { backend: 'cube', crs: UTM, targetResolution: null, config: {} });
    const rasters = makeCatalog([{}]);
    assert.throws(() => rasters.union(cubes), { code: 'different-backends' });
    assert.equal(rasters.union(cubes, { force: true }).backend, 'raster');
  });

  test('exact duplicates are dropped, later ones; other times, layers or footprints are none', async () => {
    const base: RowInit = { id: 'a', filepath: '/f.tif', interval: days('2024-01-01') };
    const c = makeCatalog([base, { ...base, id: 'b' }, { ...base, id: 'c', box: [0, 0, 1, 2] }]);
    const d = makeCatalog([
      { ...base, id: 'd' },
      { ...base, id: 'e', interval: days('2024-01-02') },
      { ...base, id: 'f', columns: { layer: 'x' } },
    ]);
    assert.deepEqual(await idsOf(c.union(d, { dedupe: 'exact' })), ['a', 'c', 'e', 'f']);
    assert.equal(await c.union(d).count(), 6);
  });
});

describe('pairs', () => {
  test('columns of the right side come with their prefix, `_right2_` at the second intersect', async () => {
    const a = makeCatalog([{ id: 'a', columns: { v: 1 } }]);
    const b = makeCatalog([{ id: 'b', interval: days('2024-01-02'), columns: { v: 2 } }]);
    const c = makeCatalog([{ id: 'c', columns: { w: null } }]);
    const [row] = await a.intersect(b).intersect(c).toArray();
    assert.equal(row!.id, 'a__b__c');
    assert.deepEqual(row!.interval, days('2024-01-02'));
    assert.deepEqual(row!.columns, {
      v: 1,
      _right_id: 'b',
      _right_filepath: '/data/row0.tif',
      _right_start_time: '2024-01-02T00:00:00.000000Z',
      _right_end_time: '2024-01-02T23:59:59.999999Z',
      _right_v: 2,
      _right2_id: 'c',
      _right2_filepath: '/data/row0.tif',
      _right2_start_time: null,
      _right2_end_time: null,
      _right2_w: null,
    });
  });

  test('no pairs give an empty catalog with its columns known', async () => {
    const none = makeCatalog([{ box: [0, 0, 1, 1] }]).intersect(makeCatalog([{ box: [1, 0, 2, 1] }]));
    assert.equal(await none.count(), 0);
    assert.ok((await none.totalBounds()).every(Number.isNaN));
    assert.equal(await none.where('_right_filepath is null').count(), 0);
  });
});

test('misspelt units, names that are no text and bad resolutions are argument errors at the call', () => {
  const c = makeCatalog(line(2));
  const calls: Readonly<Record<string, () => unknown>> = {
    'unknown-option': () => c.withIntervalPadding({ hour: 1 } as never),
    'bad-options': () => c.withIntervalPadding(undefined as never),
    'bad-column': () => c.withColumn(3 as never, () => 1),
    'bad-resolution': () => c.slices({ resolution: -1 }),
  };
  for (const [code, call] of Object.entries(calls)) assert.throws(call, { name: 'ArgumentError', code });
  assert.throws(() => c.nearestInTime(c, { maxGap: { day: 1 } as never }), { code: 'unknown-option' });
});

describe('catalogs in other CRSs', () => {
  const world = [
    { id: 'world', box: [-180, -90, 180, 90] as Bounds },
    { id: 'half', box: [-180, -90, 180, 0] as Bounds },
    { id: 'near', box: [3, 40, 4, 41] as Bounds },
  ];
  const tiles: RowInit[] = [{ id: 't', box: [500_000, 4_450_000, 600_000, 4_550_000] }];

  test('a footprint of the whole world meets tiles of one zone; far ones need no image', async () => {
    for (const right of [makeCatalog(world, 'EPSG:4326'), scanned(world, Crs.from('EPSG:4326')).catalog]) {
      const { value, warnings } = await withWarnings(async () => [
        await idsOf(makeCatalog(tiles).intersect(right)),
        await idsOf(makeCatalog(tiles).difference(right)),
      ]);
      assert.deepEqual([value, warnings], [[['t__world', 't__near'], []], []]);
      const [first] = await makeCatalog(tiles).intersect(right).toArray();
      // All of the tile, to the rounding of a projection and back.
      assert.ok(first!.bbox.every((v, k) => Math.abs(v - tiles[0]!.box![k]!) < 1e-3));
    }
  });

  test('a row of a union without image is left out and named, and costs no other row', async () => {
    const { value, warnings } = await withWarnings(() =>
      idsOf(makeCatalog(tiles, 'EPSG:3857').union(makeCatalog(world, 'EPSG:4326'))),
    );
    assert.deepEqual(value, ['t', 'near']);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /2 of 3 footprints have no image in EPSG:3857[^]*world[^]*half/);
  });
});
