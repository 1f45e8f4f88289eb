import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { Crs, GeoSlice } from '../../../src/core/index.js';
import { line, scanned } from '../../support/lines.js';
import { makeCatalog } from '../../support/rows.js';

describe('a catalog in a terminal', () => {
  test('shows its size, backend and CRS where these cost nothing', () => {
    const c = makeCatalog(line(3));
    assert.equal(inspect(c), '3 raster rows, EPSG:32631');
    assert.equal(inspect({ c: c.query({ bounds: [10, 0, 11, 1] }) }), '{ c: 1 raster row, EPSG:32631 }');
    assert.equal(inspect(scanned(line(3)).catalog), 'raster catalog, EPSG:32631');
  });

  test('a chain that fails, calls back or is long to go through is shown without a count', async () => {
    const c = makeCatalog(line(3));
    assert.equal(inspect(c.withIntervalPadding({ days: -2 })), 'raster catalog, EPSG:32631');
    let calls = 0;
    const counted = c.where(() => ++calls > 1);
    assert.equal(inspect(counted), 'raster catalog, EPSG:32631');
    assert.equal(calls, 0);
    await counted.count();
    assert.equal(inspect(counted), '2 raster rows, EPSG:32631');
    const long = makeCatalog(line(20_001));
    assert.equal(inspect(long), '20001 raster rows, EPSG:32631');
    assert.equal(inspect(long.query({ bounds: [0, 0, 1, 1] })), 'raster catalog, EPSG:32631');
  });
});

describe('an explanation', () => {
  test('in a terminal has a line for each step, with rows in, rows out and what each test removed', async () => {
    const e = await makeCatalog(line(9))
      .query({ bounds: [0, 0, 30, 5] })
      .where('xmin > 0')
      .explain();
    assert.deepEqual(inspect(e).split('\n'), [
      '1. build  raster catalog: 9 → 9 rows',
      '2. query  meets [0, 0, 30, 5]: 9 → 4 rows (removed 5 by space)',
      '3. where  xmin > 0: 4 → 3 rows (removed 1 by predicate)',
    ]);
  });

  test('repeats an area as it was given, with its CRS', async () => {
    const c = makeCatalog(line(2));
    const degrees = { bounds: [-1.4885, 0, -1.48, 0.001], crs: 'EPSG:4326' } as const;
    const outline = { type: 'Polygon' as const, coordinates: [[[1, 2], [3, 2], [3, 4], [1, 2]]] }; // prettier-ignore
    const slice = GeoSlice.create({
      ...degrees,
      bounds: [-1.4885, 0, -1.48, 0.001],
      crs: Crs.from('EPSG:4326'),
      resolution: 0.0001,
      interval: null,
    });
    for (const [query, text] of [
      [
        c.query({ bounds: [-1.4885, 0, -1.48, 0.001], crs: 'EPSG:4326' }),
        'meets [-1.4885, 0, -1.48, 0.001] in EPSG:4326',
      ],
      [c.query(slice), 'meets [-1.4885, 0, -1.48, 0.001] in EPSG:4326'],
      [c.query({ geometry: outline, crs: 'EPSG:4326' }), 'meets a polygon within [1, 2, 3, 4] in EPSG:4326'],
      [c.query({ geometry: outline }), 'meets a polygon within [1, 2, 3, 4]'],
    ] as const)
      assert.equal((await query.explain()).steps[1]?.detail, text);
  });
});
