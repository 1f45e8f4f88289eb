import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  nearestPairs,
  shareArea,
  type NearestOptions,
  type NearestPairs,
} from '../../../../src/catalog/algebra/index.js';
import { boxPolygon } from '../../../../src/catalog/geometry.js';
import { createRandom } from '../../../../src/core/index.js';
import { leaning, quiet, randomRows, viewOf, type Given } from './tables.js';

const find = (left: readonly Given[], right: readonly Given[], o: Partial<NearestOptions>): Promise<NearestPairs> =>
  nearestPairs(
    viewOf(left),
    viewOf(right),
    { maxGapMicros: Infinity, direction: 'both', oneToOne: false, ...o },
    quiet,
  );
const listed = (p: NearestPairs): unknown[] =>
  Array.from({ length: p.length }, (_, k) => [p.left[k], p.right[k], p.gap[k]]);

const middle = ({ interval }: Given): number => (interval ? (interval.start + interval.end) / 2 : NaN);

interface Pair {
  readonly i: number;
  readonly j: number;
  readonly gap: number;
}

/** Every possible pair in the order in which it is preferred: gap, earlier right row, file path, right row, left row. */
function preferred(left: readonly Given[], right: readonly Given[], o: NearestOptions): Pair[] {
  const all: Pair[] = [];
  for (const [i, a] of left.entries()) {
    for (const [j, b] of right.entries()) {
      const gap = middle(b) - middle(a);
      const inTime = Math.abs(gap) <= o.maxGapMicros;
      const onSide = o.direction === 'both' || (o.direction === 'before' ? gap <= 0 : gap >= 0);
      if (inTime && onSide && shareArea(a.geometry, b.geometry)) all.push({ i, j, gap });
    }
  }
  const path = ({ j }: Pair): string => right[j]!.filepath ?? '';
  return all.sort(
    (p, q) =>
      Math.abs(p.gap) - Math.abs(q.gap) ||
      middle(right[p.j]!) - middle(right[q.j]!) ||
      (path(p) < path(q) ? -1 : path(p) > path(q) ? 1 : 0) ||
      p.j - q.j ||
      p.i - q.i,
  );
}

function plain(left: readonly Given[], right: readonly Given[], o: NearestOptions): unknown[] {
  const [lefts, rights] = [new Set<number>(), new Set<number>()];
  const kept = preferred(left, right, o).filter(({ i, j }) => {
    if (lefts.has(i) || (o.oneToOne && rights.has(j))) return false;
    lefts.add(i);
    rights.add(j);
    return true;
  });
  return kept.sort((p, q) => p.i - q.i).map(({ i, j, gap }) => [i, j, gap]);
}

describe('nearest pairs are those of a plain loop over all', () => {
  for (const direction of ['both', 'before', 'after'] as const) {
    for (const oneToOne of [false, true]) {
      test(`${direction}${oneToOne ? ', one to one' : ''}`, async () => {
        for (let seed = 0; seed < 8; seed++) {
          const random = createRandom(seed, 'nearest');
          const shape = seed % 2 ? boxPolygon : leaning;
          const [left, right] = [randomRows(random, 120, shape), randomRows(random, 90, boxPolygon)];
          const o = { maxGapMicros: [Infinity, 3, 0, 1.5][seed % 4]!, direction, oneToOne };
          assert.deepEqual(listed(await find(left, right, o)), plain(left, right, o));
        }
      });
    }
  }
});

describe('the rules of nearestInTime', () => {
  const at = (start: number, end = start, filepath = 'a.tif'): Given => ({
    geometry: boxPolygon([0, 0, 1, 1]),
    interval: { start, end },
    filepath,
  });
  const fixed: Given = { geometry: boxPolygon([0, 0, 1, 1]), interval: null };

  test('midpoints are compared and the gap is right minus left', async () => {
    assert.deepEqual(listed(await find([at(0, 100)], [at(0), at(70, 120)], {})), [[0, 1, 45]]);
  });

  test('of two as near the earlier wins, then the smaller path', async () => {
    assert.deepEqual(listed(await find([at(10)], [at(15), at(5)], {})), [[0, 1, -5]]);
    assert.deepEqual(listed(await find([at(10)], [at(5, 5, 'b.tif'), at(5, 5, 'a.tif')], {})), [[0, 1, -5]]);
  });

  test('static rows neither have a partner nor are one', async () => {
    assert.deepEqual(listed(await find([fixed, at(1)], [fixed, at(4)], {})), [[1, 1, 3]]);
    assert.deepEqual(listed(await find([at(1)], [fixed], {})), []);
  });

  test('rows that only touch are no partners', async () => {
    const beside: Given = { ...at(1), geometry: boxPolygon([1, 0, 2, 1]) };
    assert.deepEqual(listed(await find([at(1)], [beside], {})), []);
  });

  test('one to one gives the nearest pair first and the other row what is left', async () => {
    const pairs = await find([at(0), at(4)], [at(5), at(100)], { oneToOne: true });
    assert.deepEqual(listed(pairs), [
      [0, 1, 100],
      [1, 0, 1],
    ]);
  });

  test('no rows give no pairs', async () => {
    assert.equal((await find([], [at(1)], {})).length, 0);
    assert.equal((await find([at(1)], [], { oneToOne: true })).length, 0);
  });

  test('a thousand dates over one place are given away one to one in time', { timeout: 5000 }, async () => {
    const left = Array.from({ length: 1000 }, (_, i) => at(i));
    const right = Array.from({ length: 1000 }, (_, i) => at(2000 - i));
    const pairs = await find(left, right, { oneToOne: true });
    assert.equal(pairs.length, 1000);
    assert.equal(new Set(pairs.right).size, 1000);
  });
});
