import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogOf } from '../../../src/catalog/index.js';
import { Crs, days, kindOf } from '../../../src/core/index.js';
import { scannedSource } from '../../contract/data/catalog-conformance/engines.js';
import { line, scanned } from '../../support/lines.js';
import { makeCatalog } from '../../support/rows.js';

describe('explain', () => {
  test('it names the source, shows as a report, and leaves no function called twice', async () => {
    let calls = 0;
    const c = makeCatalog(line(6)).where(() => ++calls % 2 === 0);
    const explanation = await c.union(makeCatalog(line(2)), { dedupe: 'exact' }).explain();
    assert.equal(kindOf(explanation), 'report');
    assert.deepEqual(
      explanation.steps.map((s) => [s.operation, s.rowsIn, s.rowsOut, s.removed.predicate]),
      [
        ['build', 6, 6, 0],
        ['where', 6, 3, 3],
        ['union', 5, 4, 1],
      ],
    );
    await c.count();
    assert.equal(calls, 6);
  });

  test('a scan tells its statement, and counts stay exact although rows were left out', async () => {
    const { catalog } = scanned(line(40));
    const { steps } = await catalog
      .query({ bounds: [0, 0, 100, 5] })
      .query({ time: days('2024-01-02') })
      .explain();
    assert.match(steps[0]!.sql!, /^SELECT/);
    assert.deepEqual(
      steps.map((s) => [s.rowsIn, s.rowsOut, s.removed.space, s.removed.time]),
      [
        [40, 40, 0, 0],
        [40, 11, 29, 0],
        [11, 1, 0, 10],
      ],
    );
  });
});

test('the statement that read the other side of a set operation is told', async () => {
  const box = { bounds: [0, 0, 30, 5] as const };
  for (const left of [makeCatalog(line(9)), scanned(line(9)).catalog]) {
    const right = scanned(line(9)).catalog;
    const { steps } = await left.query(box).intersect(right).union(right).explain();
    // The boxes of the left rows, not all there is.
    assert.match(steps[2]!.sql!, /^SELECT .*"boxes":\[\[0,0,35,5\]\]/);
    assert.match(steps[3]!.sql!, /^SELECT .*"boxes":null/);
    assert.equal(steps[1]!.sql, null);
  }
});

describe('dispose', () => {
  test('only the root closes the source', async () => {
    let closed = 0;
    const source = {
      ...scannedSource([], Crs.from('EPSG:32631')),
      close: (): Promise<void> => {
        closed++;
        return Promise.resolve();
      },
    };
    const root = catalogOf(source);
    await root.query({ time: days('2024-01-01') }).dispose();
    assert.equal(closed, 0);
    await root.dispose();
    assert.equal(closed, 1);
  });
});
