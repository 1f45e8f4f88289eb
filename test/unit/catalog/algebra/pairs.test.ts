import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clipFootprints, findPairs, findPairsSync, type RowPairs } from '../../../../src/catalog/algebra/index.js';
import { boxPolygon, footprintBounds } from '../../../../src/catalog/geometry.js';
import { createRandom, startTask, type Interval } from '../../../../src/core/index.js';
import { leaning, quiet, randomRows, tableOf, viewOf, type Given } from './tables.js';

/** The rules of catalog.md §5, one pair at a time. */
function plain(left: readonly Given[], right: readonly Given[], spatialOnly: boolean): unknown[] {
  const found: unknown[] = [];
  for (const [i, a] of left.entries()) {
    for (const [j, b] of right.entries()) {
      const geometry = clipFootprints(a.geometry, b.geometry);
      if (!geometry) continue;
      const [s, t] = [a.interval ?? null, b.interval ?? null];
      const common: Interval | null =
        s && t ? { start: Math.max(s.start, t.start), end: Math.min(s.end, t.end) } : (s ?? t);
      if (spatialOnly) found.push({ i, j, interval: s, geometry });
      else if (!common || common.start <= common.end) found.push({ i, j, interval: common, geometry });
    }
  }
  return found;
}

const listed = (pairs: RowPairs): unknown[] =>
  Array.from({ length: pairs.length }, (_, k) => ({
    i: pairs.left[k],
    j: pairs.right[k],
    interval: pairs.interval(k),
    geometry: pairs.geometry(k),
  }));

describe('pairs are those of a plain loop over all', () => {
  for (const [name, shape] of [
    ['boxes', boxPolygon],
    ['quadrilaterals', leaning],
  ] as const) {
    for (const spatialOnly of [false, true]) {
      test(`${name}${spatialOnly ? ', space only' : ''}`, () => {
        for (let seed = 0; seed < 6; seed++) {
          const random = createRandom(seed, name);
          const [left, right] = [randomRows(random, 150, shape), randomRows(random, 120 * (seed % 3), boxPolygon)];
          const want = plain(left, right, spatialOnly);
          assert.deepEqual(listed(findPairsSync(viewOf(left), viewOf(right), { spatialOnly })), want);
        }
      });
    }
  }

  test('in a stack of dates over a few places', () => {
    const random = createRandom(1, 'stack');
    const stack = (n: number): Given[] =>
      Array.from({ length: n }, () => {
        const [x, start] = [random.int(3) * 9, random.int(300) * 10];
        return { geometry: boxPolygon([x, 0, x + 10, 10]), interval: { start, end: start + 9 } };
      });
    const [left, right] = [stack(500), stack(400)];
    const pairs = findPairsSync(viewOf(left), viewOf(right), { spatialOnly: false });
    assert.deepEqual(listed(pairs), plain(left, right, false));
    assert.ok(pairs.length > 100);
  });

  test('as many whichever side is left, slivers included', () => {
    const random = createRandom(2, 'symmetry');
    const [left, right] = [randomRows(random, 300, leaning), randomRows(random, 300, leaning)];
    const there = findPairsSync(viewOf(left), viewOf(right), { spatialOnly: false });
    const back = findPairsSync(viewOf(right), viewOf(left), { spatialOnly: false });
    const keys = (a: Uint32Array, b: Uint32Array): string[] => Array.from(a, (i, k) => `${i} ${b[k]}`).sort();
    assert.deepEqual(keys(there.left, there.right), keys(back.right, back.left));
    assert.ok(there.length > 300);
  });
});

describe('pairs of views', () => {
  const box = (x: number, interval?: Interval | null): Given => ({
    geometry: boxPolygon([x, 0, x + 2, 2]),
    interval: interval ?? null,
  });

  test('name rows of the tables, and only those of the views', () => {
    const table = tableOf([box(0), box(1), box(2), box(3)]);
    const view = { table, indices: Uint32Array.of(1, 3) };
    const pairs = findPairsSync(view, { table, indices: Uint32Array.of(0, 2) }, { spatialOnly: false });
    assert.deepEqual([...pairs.left], [1, 1, 3]);
    assert.deepEqual([...pairs.right], [0, 2, 2]);
    assert.deepEqual([...pairs.boxes.subarray(0, 4)], [1, 0, 2, 2]);
    assert.deepEqual([...pairs.boxed], [1, 1, 1]);
  });

  test('static and dated give the dated interval, two static rows none; space only keeps the left one', () => {
    const [dated, later] = [
      { start: 5, end: 9 },
      { start: 20, end: 30 },
    ];
    const find = (a: Interval | null, b: Interval | null, spatialOnly = false): RowPairs =>
      findPairsSync(viewOf([box(0, a)]), viewOf([box(0, b)]), { spatialOnly });
    assert.deepEqual(find(null, dated).interval(0), dated);
    assert.deepEqual(find(dated, null).interval(0), dated);
    assert.equal(find(null, null).interval(0), null);
    assert.equal(find(dated, later).length, 0);
    assert.deepEqual(find(dated, later, true).interval(0), dated);
    assert.equal(find(null, later, true).interval(0), null);
    assert.equal(find({ start: 0, end: 5 }, dated).length, 1, 'ends are part of an interval');
  });

  test('no rows, rows without extent and far rows give no pairs', () => {
    assert.equal(findPairsSync(viewOf([]), viewOf([box(0)]), { spatialOnly: false }).length, 0);
    assert.equal(findPairsSync(viewOf([box(0)]), viewOf([]), { spatialOnly: false }).length, 0);
    const empty: Given = { geometry: { type: 'MultiPolygon', coordinates: [] } };
    assert.equal(findPairsSync(viewOf([empty, box(1e300)]), viewOf([empty, box(0)]), { spatialOnly: true }).length, 0);
  });

  test('boxes of pairs that are no boxes are those of their footprints', () => {
    const random = createRandom(3, 'boxes');
    const [left, right] = [randomRows(random, 60, leaning), randomRows(random, 60, leaning)];
    const pairs = findPairsSync(viewOf(left), viewOf(right), { spatialOnly: true });
    for (let k = 0; k < pairs.length; k++)
      assert.deepEqual([...pairs.boxes.subarray(k * 4, k * 4 + 4)], [...footprintBounds(pairs.geometry(k))]);
    assert.ok(pairs.length > 10);
  });
});

describe('long joins', () => {
  const many = (n: number, seed: number): Given[] => {
    const random = createRandom(seed, 'many');
    return Array.from({ length: n }, () => {
      const [x, y] = [random.uniform() * 1e5, random.uniform() * 1e5];
      return { geometry: boxPolygon([x, y, x + 300, y + 300]) };
    });
  };

  test('10 000 by 10 000 mostly disjoint boxes end within 5 s', { timeout: 5000 }, async () => {
    const pairs = await findPairs(viewOf(many(10_000, 1)), viewOf(many(10_000, 2)), { spatialOnly: false }, quiet);
    assert.ok(pairs.length > 1000 && pairs.length < 10_000, `${pairs.length}`);
  });

  test('the waiting and the immediate join find the same', async () => {
    const [left, right] = [viewOf(many(2000, 3)), viewOf(many(2000, 4))];
    const [now, later] = [
      findPairsSync(left, right, { spatialOnly: false }),
      await findPairs(left, right, { spatialOnly: false }, quiet),
    ];
    assert.deepEqual([later.left, later.right], [now.left, now.right]);
  });

  test('envelopes computed in turns are those computed at once', async () => {
    const random = createRandom(4, 'measure');
    const [left, right] = [viewOf(randomRows(random, 60, leaning)), viewOf(randomRows(random, 60, leaning))];
    const [now, later] = [0, 1].map(() => findPairsSync(left, right, { spatialOnly: true }));
    await later!.measure(quiet);
    assert.deepEqual([later!.boxes, later!.boxed], [now!.boxes, now!.boxed]);
    const reason = new Error('enough');
    const fresh = findPairsSync(left, right, { spatialOnly: true });
    await assert.rejects(fresh.measure(startTask('measure', { signal: AbortSignal.abort(reason) })), reason);
  });

  test('a cancelled join rejects with the reason while it runs', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: number[] = [];
    const task = startTask('join', {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        seen.push(done);
        assert.equal(total, 3000);
        controller.abort(reason);
      },
    });
    const dense = Array.from({ length: 3000 }, (): Given => ({ geometry: leaning([0, 0, 5, 5]) }));
    await assert.rejects(findPairs(viewOf(dense), viewOf(dense), { spatialOnly: true }, task), reason);
    assert.equal(seen.length, 1);
  });
});
