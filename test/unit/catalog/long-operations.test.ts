import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tableSource } from '../../../src/catalog/engines/memory/memory-source.js';
import { RowsTable } from '../../../src/catalog/engines/memory/rows-table.js';
import { catalogOf, type CatalogRow, type GeoCatalog } from '../../../src/catalog/index.js';
import { DerivedTable } from '../../../src/catalog/operations/derived-table.js';
import type { CatalogTable } from '../../../src/catalog/table.js';
import { Crs, type LongTask } from '../../../src/core/index.js';
import { line } from '../../support/lines.js';
import { makeCatalog, makeRow } from '../../support/rows.js';

const UTM = Crs.from('EPSG:32631');
const ROWS = 3000;

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

/** Rows of which every look takes a third of a millisecond: all of them, a second. */
class SlowTable extends DerivedTable {
  looks = 0;
  #look(): void {
    this.looks++;
    spin(0.33);
  }
  override row(i: number): CatalogRow {
    this.#look();
    return super.row(i);
  }
  override geometry(i: number): ReturnType<CatalogTable['geometry']> {
    this.#look();
    return super.geometry(i);
  }
  override filepath(i: number): string {
    this.#look();
    return super.filepath(i);
  }
}

const triangle = (x: number): CatalogRow['geometry'] => ({
  type: 'Polygon',
  coordinates: [[[x, 0], [x + 5, 0], [x, 5], [x, 0]]], // prettier-ignore
});
const rows = line(ROWS).map((r, i) => makeRow({ ...r, geometry: triangle(i * 10) }, i, UTM));

function slow(): { catalog: GeoCatalog; table: SlowTable } {
  const table = new SlowTable(new RowsTable(rows));
  return {
    catalog: catalogOf(tableSource(table, { backend: 'raster', crs: UTM, targetResolution: null, config: {} })),
    table,
  };
}

const everywhere: CatalogRow['geometry'] = {
  type: 'Polygon',
  coordinates: [[[-1e6, -1e6], [1e6, -1e6], [0, 1e6], [-1e6, -1e6]]], // prettier-ignore
};
const TASKS: Readonly<Record<string, (c: GeoCatalog, o: LongTask) => Promise<unknown>>> = {
  toArray: (c, o) => c.toArray(o),
  rows: async (c, o) => {
    for await (const { id } of c.rows(o)) if (id === '') break;
  },
  'where with a function': (c, o) => c.where((r) => r.id !== '').count(o),
  'where with an expression': (c, o) => c.where("filepath != ''").count(o),
  withColumn: (c, o) => c.withColumn('n', (r) => r.id.length).count(o),
  'query with a polygon': (c, o) => c.query({ geometry: everywhere }).count(o),
  'explain of a query': (c, o) => c.query({ geometry: everywhere }).explain(o),
  'difference by identity': (c, o) => makeCatalog(line(2)).difference(c, { by: 'identity' }).count(o),
  'union without duplicates': (c, o) => makeCatalog(line(2)).union(c, { dedupe: 'exact' }).count(o),
  'ids of a union': (c, o) => makeCatalog(line(2)).union(c).totalBounds(o),
  'union in another CRS': (c, o) =>
    makeCatalog([{ box: [0, 0, 1, 1] }], 'EPSG:4326')
      .union(c)
      .count(o),
};

describe('long operations in memory', () => {
  for (const [name, run] of Object.entries(TASKS))
    test(`${name}: the event loop turns, and aborting rejects with the reason at once`, async () => {
      const { catalog, table } = slow();
      const reason = new Error('enough');
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 50);
      await assert.rejects(run(catalog, { signal: controller.signal }), reason);
      assert.ok(table.looks < ROWS / 2, `${table.looks} looks`);
    });

  test('callers at one time share an evaluation, and one that is cancelled leaves the others theirs', async () => {
    let calls = 0;
    const c = makeCatalog(line(200)).where(() => {
      calls++;
      spin(0.5);
      return calls % 2 === 0;
    });
    const reason = new Error('enough');
    const controller = new AbortController();
    const cancelled = c.count({ signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await nextTurn();
    const [first, second] = [c.count(), c.toArray()];
    await assert.rejects(cancelled, reason);
    assert.equal(await first, (await second).length);
    assert.ok(calls > 200 && calls < 400, `${calls} calls`);
  });

  test('a caller that only waits for another one can be cancelled', async () => {
    const c = makeCatalog(line(400)).where(() => (spin(0.5), true));
    const whole = c.count();
    const controller = new AbortController();
    const waiting = c.count({ signal: controller.signal });
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 30);
    const began = performance.now();
    await assert.rejects(waiting, reason);
    assert.ok(performance.now() - began < 150);
    assert.equal(await whole, 400);
  });
});
