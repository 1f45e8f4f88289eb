import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxPolygon, meets } from '../../../../../src/catalog/geometry.js';
import { ROOT, type CatalogRow, type GeoCatalog } from '../../../../../src/catalog/index.js';
import { rowsNow } from '../../../../../src/catalog/rows-now.js';
import {
  createRandom,
  days,
  GeoSlice,
  isNadirError,
  kindOf,
  MICROS_PER_DAY,
  parseTime,
  transformBounds,
  type Bounds,
} from '../../../../../src/core/index.js';
import { withWarnings } from '../../../../support/host.js';
import { idsOf, makeCatalog, type RowInit } from '../../../../support/rows.js';

const SEED = 7;

/** Boxes and diamonds with days, some static, on a coarse lattice so that touches are common. */
function randomRows(n: number, seed: number): RowInit[] {
  const random = createRandom(seed, 'rows');
  return Array.from({ length: n }, (_, i): RowInit => {
    const [x, y, r] = [1000 + random.int(100), 1000 + random.int(100), 1 + random.int(6)];
    const diamond = random.uniform() < 0.3;
    const day = random.int(40);
    const start = parseTime('2024-01-01') + day * MICROS_PER_DAY;
    const interval = random.uniform() < 0.15 ? null : { start, end: start + MICROS_PER_DAY - 1 };
    const ring = [
      [x + r, y],
      [x, y + r],
      [x - r, y],
      [x, y - r],
      [x + r, y],
    ];
    return {
      id: `r${i}`,
      interval,
      ...(diamond
        ? { geometry: { type: 'Polygon' as const, coordinates: [ring] } }
        : { box: [x, y, x + r, y + r] as Bounds }),
      columns: { cloud: random.int(100), name: i % 3 === 0 ? null : `n${i % 5}` },
    };
  });
}

/** The slow plain query: every row against the rule of catalog.md §4. */
function plainQuery(rows: readonly CatalogRow[], box: Bounds, time: { start: number; end: number } | null): string[] {
  return rows
    .filter(
      (r) =>
        meets(r.geometry, boxPolygon(box)) &&
        (!time || !r.interval || (r.interval.start <= time.end && r.interval.end >= time.start)),
    )
    .map((r) => r.id);
}

describe('query', () => {
  for (const n of [20, 2000]) {
    test(`finds what a plain filter finds, in order (${n} rows, seed ${SEED})`, async () => {
      const catalog = makeCatalog(randomRows(n, SEED));
      const rows = await catalog.toArray();
      const random = createRandom(SEED, 'queries');
      let found = 0;
      for (let k = 0; k < 200; k++) {
        const [x, y] = [1000 + random.int(100), 1000 + random.int(100)];
        const box: Bounds = [x, y, x + random.int(20), y + random.int(20)];
        const first = parseTime('2024-01-01') + random.int(40) * MICROS_PER_DAY;
        const time = random.uniform() < 0.5 ? null : { start: first, end: first + random.int(5) * MICROS_PER_DAY };
        const got = await idsOf(catalog.query({ bounds: box, ...(time && { time }) }));
        assert.deepEqual(got, plainQuery(rows, box, time));
        found += got.length;
        const narrowed = catalog
          .query({ bounds: [1010, 1010, 1080, 1080] })
          .query({ bounds: box, ...(time && { time }) });
        const both = new Set(plainQuery(rows, [1010, 1010, 1080, 1080], null));
        assert.deepEqual(
          await idsOf(narrowed),
          got.filter((id) => both.has(id)),
        );
      }
      assert.ok(found > 0);
    });
  }

  test('is idempotent, and a query by slice equals one by its bounds, CRS and interval', async () => {
    const catalog = makeCatalog(randomRows(500, 3));
    const slice = GeoSlice.create({
      bounds: [1020, 1020, 1060, 1060],
      resolution: 1,
      crs: 'EPSG:32631',
      interval: days('2024-01-05', '2024-01-20'),
    });
    const once = catalog.query(slice);
    assert.ok((await once.count()) > 0);
    assert.deepEqual(await idsOf(once.query(slice)), await idsOf(once));
    assert.deepEqual(
      await idsOf(catalog.query({ bounds: slice.bounds, crs: slice.crs, time: slice.interval! })),
      await idsOf(once),
    );
    assert.deepEqual(await idsOf(catalog.query({})), await idsOf(catalog));
  });

  test('touching an edge, a corner or an instant counts', async () => {
    const catalog = makeCatalog([{ box: [0, 0, 10, 10], interval: days('2024-01-01') }]);
    assert.equal(await catalog.query({ bounds: [10, 10, 20, 20] }).count(), 1);
    assert.equal(await catalog.query({ bounds: [10.0001, 0, 20, 20] }).count(), 0);
    const end = days('2024-01-01').end;
    assert.equal(await catalog.query({ time: { start: end, end: end + 5 } }).count(), 1);
    assert.equal(await catalog.query({ time: { start: end + 1, end: end + 5 } }).count(), 0);
  });

  test('static rows match every time, and are left by tStep', async () => {
    const catalog = makeCatalog([
      { id: 'static' },
      { id: 'b', interval: days('2024-01-02') },
      { id: 'a', interval: days('2024-01-01') },
      { id: 'b2', interval: days('2024-01-02') },
      { id: 'c', interval: days('2024-01-03') },
      { id: 'd', interval: days('2024-01-04') },
    ]);
    assert.deepEqual(await idsOf(catalog.query({ time: ['1950-01-01', '1951-01-01'] })), ['static']);
    assert.deepEqual(await idsOf(catalog.query({ tStep: 2 })), ['static', 'a', 'c']);
    assert.deepEqual(await idsOf(catalog.query({ tStep: 3 })), ['static', 'a', 'd']);
    assert.deepEqual(await idsOf(catalog.query({ time: ['2024-01-02', '2024-01-05'], tStep: 2 })), [
      'static',
      'b',
      'b2',
      'd',
    ]);
  });

  test('a slice in another CRS finds the rows that its projected box meets', async () => {
    const catalog = makeCatalog(
      Array.from({ length: 400 }, (_, i): RowInit => ({
        id: `t${i}`,
        box: [
          500000 + (i % 20) * 1000,
          5400000 + Math.floor(i / 20) * 1000,
          501000 + (i % 20) * 1000,
          5401000 + Math.floor(i / 20) * 1000,
        ],
      })),
    );
    const lonLat: Bounds = [3.05, 48.8, 3.12, 48.85];
    const got = await idsOf(catalog.query({ bounds: lonLat, crs: 'EPSG:4326' }));
    const box = transformBounds(lonLat, 'EPSG:4326', 'EPSG:32631');
    assert.deepEqual(got, plainQuery(await catalog.toArray(), box, null));
    assert.ok(got.length > 10 && got.length < 100);
  });

  test('CRS invariance between EPSG:4326 and EPSG:3857', async () => {
    const random = createRandom(11, 'crs');
    const boxes = Array.from({ length: 300 }, (): Bounds => {
      const [x, y] = [random.uniform() * 20, 40 + random.uniform() * 15];
      return [x, y, x + random.uniform(), y + random.uniform()];
    });
    const catalog = makeCatalog(
      boxes.map((box) => ({ box })),
      'EPSG:4326',
    );
    for (let k = 0; k < 50; k++) {
      const [x, y] = [random.uniform() * 20, 40 + random.uniform() * 15];
      const b: Bounds = [x, y, x + 2, y + 1];
      assert.deepEqual(
        await idsOf(catalog.query({ bounds: transformBounds(b, 'EPSG:4326', 'EPSG:3857'), crs: 'EPSG:3857' })),
        await idsOf(catalog.query({ bounds: b })),
      );
    }
  });

  test('bounds across ±180 find both sides and nothing else', async () => {
    const catalog = makeCatalog(
      [
        { id: 'west', box: [-179, 0, -178, 1] },
        { id: 'east', box: [178, 0, 179, 1] },
        { id: 'middle', box: [0, 0, 1, 1] },
      ],
      'EPSG:4326',
    );
    assert.deepEqual(await idsOf(catalog.query({ bounds: [177, -1, -177, 2] })), ['west', 'east']);
    assert.deepEqual(await idsOf(catalog.query({ bounds: [177, -1, 183, 2] })), ['west', 'east']);
    // The same area from a UTM zone that straddles the meridian.
    const utm = transformBounds([-179.9, 0, -178.5, 1], 'EPSG:4326', 'EPSG:32601');
    assert.deepEqual(
      await idsOf(catalog.query({ bounds: [utm[0] - 400000, utm[1], utm[2], utm[3]], crs: 'EPSG:32601' })),
      ['west', 'east'],
    );
  });

  test('a polygon is tested exactly, and projected', async () => {
    const catalog = makeCatalog([
      { id: 'in', box: [0, 0, 1, 1] },
      { id: 'corner', box: [9, 9, 10, 10] },
      { id: 'touch', box: [5, 5, 6, 6] },
    ]);
    const triangle = {
      type: 'Polygon' as const,
      coordinates: [
        [
          [0, 0],
          [10, 0],
          [0, 10],
          [0, 0],
        ],
      ],
    };
    assert.deepEqual(await idsOf(catalog.query({ geometry: triangle })), ['in', 'touch']);
  });

  test('degrees against metres give one warning that proposes the CRS', async () => {
    const catalog = makeCatalog([{ box: [500000, 5400000, 501000, 5401000] }]);
    const { value, warnings } = await withWarnings(() => catalog.query({ bounds: [3, 48, 4, 49] }).count());
    assert.equal(value, 0);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /EPSG:4326/);
    const quiet = await withWarnings(() => catalog.query({ bounds: [600000, 5400000, 601000, 5401000] }).count());
    assert.deepEqual(quiet.warnings, []);
  });

  test('contradictions and nonsense are argument errors', () => {
    const catalog = makeCatalog([{}]);
    const refuses = (fn: () => unknown, code: string): void =>
      assert.throws(fn, (e) => isNadirError(e) && e.code === code);
    refuses(() => catalog.query({ bounds: [0, 0, 1, 1], geometry: boxPolygon([0, 0, 1, 1]) }), 'contradiction');
    refuses(() => catalog.query({ bounds: [0, NaN, 1, 1] }), 'bad-bounds');
    refuses(() => catalog.query({ bounds: [2, 0, 1, 1] }), 'bad-bounds');
    refuses(() => catalog.query({ bounds: [0, 2, 1, 1] }), 'bad-bounds');
    refuses(() => catalog.query({ tStep: 0 }), 'bad-step');
    refuses(() => catalog.query({ time: ['2024-02-01', '2024-01-01'] }), 'reversed');
    refuses(() => catalog.query({ geometry: { type: 'Point', coordinates: [0, 0] } as never }), 'bad-geometry');
    refuses(
      () =>
        catalog.query({
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [1, 0],
                [1, 1],
              ],
            ],
          },
        }),
      'bad-geometry',
    );
    refuses(() => catalog.query({ bbox: [0, 0, 1, 1] } as never), 'unknown-option');
  });
});

describe('derived catalogs', () => {
  const base = makeCatalog(randomRows(300, 5));
  const root = (c: GeoCatalog): unknown => (c as unknown as Record<symbol, unknown>)[ROOT];

  test('every derived catalog names the one it came from', () => {
    const chain = base
      .query({ bounds: [1000, 1000, 1050, 1050] })
      .where((r) => !r.static)
      .withIntervalPadding({ days: 1 });
    assert.equal(root(chain), base);
    assert.equal(root(base), base);
    assert.equal(kindOf(chain), 'catalog');
  });

  test('an expression selects what its callback selects', async () => {
    const cases: readonly (readonly [string, (r: CatalogRow) => boolean])[] = [
      ['cloud < 20', (r) => Number(r.columns['cloud']) < 20],
      [
        "start_time >= '2024-01-20' and not (cloud > 50)",
        (r) => r.interval !== null && r.interval.start >= parseTime('2024-01-20') && !(Number(r.columns['cloud']) > 50),
      ],
      ["name in ['n1', @other] or static == true", (r) => ['n1', 'n2'].includes(String(r.columns['name'])) || r.static],
      ['name is null', (r) => r.columns['name'] === null],
      ["name != 'n1'", (r) => r.columns['name'] !== null && r.columns['name'] !== 'n1'],
    ];
    for (const [text, fn] of cases) {
      const got = await idsOf(base.where(text, { other: 'n2' }));
      assert.ok(got.length > 0 && got.length < 300, text);
      assert.deepEqual(got, await idsOf(base.where(fn)), text);
    }
  });

  test('an unknown column is named with its position and the nearest name', () => {
    assert.throws(
      () => base.where('static == true and clod < 20'),
      (e) => isNadirError(e, 'ExpressionError') && e.details?.['position'] === 20 && /cloud/.test(e.hint ?? ''),
    );
  });

  test('padding makes day rows two days apart meet, three days apart not, and leaves the original', async () => {
    const c = makeCatalog([{ interval: days('2022-05-10') }, { id: 's' }]);
    const padded = c.withIntervalPadding({ days: 2 });
    assert.equal(
      await padded
        .query({ time: days('2022-05-12') })
        .where((r) => !r.static)
        .count(),
      1,
    );
    assert.equal(
      await padded
        .query({ time: days('2022-05-13') })
        .where((r) => !r.static)
        .count(),
      0,
    );
    assert.deepEqual((await c.toArray())[0]!.interval, days('2022-05-10'));
    assert.equal((await padded.toArray())[1]!.interval, null);
    await assert.rejects(
      c.withIntervalPadding({ days: -1 }).count(),
      (e) => isNadirError(e, 'ArgumentError') && e.code === 'inverted-interval',
    );
  });

  test('columns are added to a copy; reserved names are refused', async () => {
    const c = makeCatalog([{ id: 'a' }]);
    assert.deepEqual((await c.withColumn('split', (r) => `${r.id}!`).toArray())[0]!.columns, { split: 'a!' });
    assert.deepEqual((await c.toArray())[0]!.columns, {});
    for (const name of ['_x', 'geometry', 'id', ''])
      assert.throws(
        () => c.withColumn(name, () => 1),
        (e) => isNadirError(e, 'CatalogError'),
      );
  });

  test('extent, bounds and rows; an empty catalog has none', async () => {
    const c = makeCatalog([
      { box: [0, 1, 2, 3], interval: days('2024-01-05') },
      { box: [-1, 0, 1, 1] },
      { box: [5, 5, 6, 9], interval: days('2024-01-02') },
    ]);
    assert.deepEqual(await c.totalBounds(), [-1, 0, 6, 9]);
    assert.deepEqual(await c.temporalExtent(), { start: days('2024-01-02').start, end: days('2024-01-05').end });
    const none = c.where(() => false);
    assert.ok((await none.totalBounds()).every(Number.isNaN));
    assert.equal(await none.temporalExtent(), null);
    assert.deepEqual(
      rowsNow(c).map((r) => r.id),
      await idsOf(c),
    );
  });

  test('slices carry envelope and interval; without any resolution the three sources are named', async () => {
    const c = makeCatalog([{ box: [0, 0, 20, 10], interval: days('2024-01-05') }]);
    const slices: GeoSlice[] = [];
    for await (const s of c.slices({ resolution: 10 })) slices.push(s);
    assert.deepEqual(
      slices.map((s) => [s.bounds, s.shape, s.interval]),
      [[[0, 0, 20, 10], [1, 2], days('2024-01-05')]],
    );
    await assert.rejects(
      async () => {
        for await (const s of c.slices()) slices.push(s);
      },
      (e) => isNadirError(e, 'ArgumentError') && e.code === 'no-resolution',
    );
  });

  test('an aborted signal rejects with its reason', async () => {
    const reason = new Error('enough');
    await assert.rejects(base.toArray({ signal: AbortSignal.abort(reason) }), reason);
    await assert.rejects(base.count({ signal: AbortSignal.abort(reason) }), reason);
  });
});
