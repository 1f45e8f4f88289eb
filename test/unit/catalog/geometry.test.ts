import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  boxPolygon,
  containsPoint,
  intersectionBounds,
  isBox,
  meets,
  overlaps,
  type Area,
} from '../../../src/catalog/geometry.js';
import { orientation } from '../../../src/catalog/orientation.js';
import { createRandom, type Bounds } from '../../../src/core/index.js';

interface Pair {
  readonly a: Area;
  readonly b: Area;
  readonly meets: boolean;
  readonly bounds: Bounds | null;
  readonly point: readonly [number, number];
  readonly contains: boolean;
}
// Made with shapely by test/oracles/catalog/make.py.
const { pairs } = JSON.parse(readFileSync('test/oracles/catalog/predicates.json', 'utf8')) as {
  pairs: readonly Pair[];
};

describe('predicates agree with shapely', () => {
  test('whether areas meet, touching included', () => {
    const wrong = pairs.filter((p) => meets(p.a, p.b) !== p.meets || meets(p.b, p.a) !== p.meets);
    assert.deepEqual(wrong, []);
    assert.ok(
      pairs.filter((p) => p.meets).length > 50 && pairs.filter((p) => !p.meets).length > 50,
      'both answers occur',
    );
  });

  test('whether a point lies in an area or on its boundary', () => {
    assert.deepEqual(
      pairs.filter((p) => containsPoint(p.a, ...p.point) !== p.contains),
      [],
    );
  });

  test('the envelope of the common part', () => {
    for (const { a, b, bounds } of pairs) {
      const got = intersectionBounds(a, b);
      assert.equal(got === null, bounds === null);
      if (!got || !bounds) continue;
      got.forEach((v, i) => assert.ok(Math.abs(v - bounds[i]!) <= 1e-12 * 30, `${v} against ${bounds[i]!}`));
    }
  });
});

describe('exactness', () => {
  test('the side of a line is right where plain arithmetic is not', () => {
    // Points on the line y = x, moved by single units in the last place: BigInt rationals are the oracle.
    const ulp = 2 ** -53;
    const scaled = (v: number): bigint => BigInt(v * 2 ** 60);
    let decided = 0;
    for (let i = 0; i < 32; i++) {
      for (let j = 0; j < 32; j++) {
        const [px, py] = [0.5 + i * ulp, 0.5 + j * ulp];
        const exact =
          (scaled(12) - scaled(px)) * (scaled(24) - scaled(py)) - (scaled(12) - scaled(py)) * (scaled(24) - scaled(px));
        assert.equal(Math.sign(orientation(12, 12, 24, 24, px, py)), exact > 0n ? 1 : exact < 0n ? -1 : 0, `${i} ${j}`);
        const plain = (12 - px) * (24 - py) - (12 - py) * (24 - px);
        if (Math.sign(plain) !== (exact > 0n ? 1 : exact < 0n ? -1 : 0)) decided++;
      }
    }
    assert.ok(decided > 0, 'the naive formula errs on some of them');
  });

  test('random orientations agree with exact integers', () => {
    const random = createRandom(1, 'orientation');
    for (let k = 0; k < 2000; k++) {
      const n = Array.from({ length: 6 }, () => random.int(2 ** 40) * (k % 2 === 0 ? 1 : 2 ** 10));
      const [ax, ay, bx, by, cx, cy] = n.map(BigInt) as [bigint, bigint, bigint, bigint, bigint, bigint];
      const exact = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx);
      const [a, b, c, d, e, f] = n as [number, number, number, number, number, number];
      assert.equal(Math.sign(orientation(a, b, c, d, e, f)), exact > 0n ? 1 : exact < 0n ? -1 : 0);
    }
  });

  test('boxes that share only a corner meet but do not overlap', () => {
    const [a, b] = [boxPolygon([0, 0, 1, 1]), boxPolygon([1, 1, 2, 2])];
    assert.equal(meets(a, b), true);
    assert.equal(overlaps(a, b), false);
  });

  test('an area inside a hole does not meet the area around it', () => {
    const holed: Area = {
      type: 'Polygon',
      coordinates: [boxPolygon([0, 0, 10, 10]).coordinates[0]!, boxPolygon([2, 2, 8, 8]).coordinates[0]!],
    };
    assert.equal(meets(holed, boxPolygon([3, 3, 4, 4])), false);
    assert.equal(meets(holed, boxPolygon([2, 3, 4, 4])), true);
    assert.equal(isBox(holed), false);
  });
});
