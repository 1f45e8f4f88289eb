import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { clipFootprints, shareArea } from '../../../../src/catalog/algebra/index.js';
import { repairFootprint } from '../../../../src/catalog/algebra/repair.js';
import {
  boxPolygon,
  containsPoint,
  footprintBounds,
  polygonsOf,
  sideOfArea,
  signedArea,
  type Area,
} from '../../../../src/catalog/geometry.js';
import type { Position } from '../../../../src/catalog/types.js';
import { createRandom, type Bounds } from '../../../../src/core/index.js';

interface Case {
  readonly a: Area;
  readonly b: Area;
  readonly area: number;
  readonly meets?: boolean;
}
// Made with shapely by test/oracles/algebra/make.py.
const { pairs, invalid } = JSON.parse(readFileSync('test/oracles/algebra/clips.json', 'utf8')) as {
  readonly pairs: readonly Case[];
  readonly invalid: readonly Case[];
};

const areaOf = (g: Area | null): number =>
  g
    ? polygonsOf(g)
        .flat()
        .reduce((sum, ring) => sum + signedArea(ring) / 2, 0)
    : 0;

/** As areaOf, whichever way the rings run. */
const plainArea = (g: Area): number =>
  polygonsOf(g).reduce(
    (sum, rings) => rings.reduce((s, ring, i) => s + ((i ? -1 : 1) * Math.abs(signedArea(ring))) / 2, sum),
    0,
  );

/** Areas agree to 1e-9, and below a millionth of a unit to 1e-15: slivers are as wide as coordinates are precise. */
const near = (got: number, want: number): boolean => Math.abs(got - want) <= 1e-9 * Math.max(want, 1e-6);

describe('the common part agrees with shapely', () => {
  test('areas of 500 pairs of boxes, stars, holed and bent outlines', () => {
    const wrong = pairs.filter((p) => !near(areaOf(clipFootprints(p.a, p.b)), p.area));
    assert.deepEqual(wrong, []);
    assert.ok(pairs.filter((p) => p.area > 0).length > 150, 'many pairs overlap');
  });

  test('a pair exists exactly where interiors meet, unless the part vanishes in the precision of coordinates', () => {
    for (const { a, b, area, meets } of pairs) {
      const exists = clipFootprints(a, b) !== null;
      if (exists !== meets) assert.ok(!exists && area === 0, JSON.stringify({ a, b }));
    }
    assert.ok(pairs.filter((p) => p.meets === false).length > 150, 'many pairs touch or miss');
  });

  test('invalid footprints are repaired first', () => {
    assert.deepEqual(
      invalid.map(({ a, b }) => areaOf(clipFootprints(a, b))),
      invalid.map(({ area }) => area),
    );
  });
});

describe('the common part is that of point sets', () => {
  test('a point lies inside exactly if it lies inside both', () => {
    const random = createRandom(5, 'points');
    for (const { a, b } of pairs) {
      const common = clipFootprints(a, b);
      const [xmin, ymin, xmax, ymax] = footprintBounds(a);
      for (let k = 0; k < 20; k++) {
        const [x, y] = [xmin + random.uniform() * (xmax - xmin), ymin + random.uniform() * (ymax - ymin)];
        const inBoth = containsPoint(a, x, y) && containsPoint(b, x, y);
        assert.equal(common !== null && sideOfArea(common, x, y) >= 0, inBoth, JSON.stringify({ a, b, x, y }));
      }
    }
  });

  test('the order of the two does not matter, to the last bit', () => {
    for (const { a, b } of pairs) {
      assert.deepEqual(clipFootprints(b, a), clipFootprints(a, b));
      assert.equal(shareArea(a, b), clipFootprints(a, b) !== null);
      assert.equal(shareArea(b, a), shareArea(a, b));
    }
  });

  test('three footprints have one common part, whichever two are clipped first', () => {
    const random = createRandom(6, 'triples');
    let some = 0;
    for (let k = 0; k < 1500; k++) {
      const pick = (): Area => pairs[random.int(pairs.length)]!.a;
      const [a, b, c] = [pick(), pick(), pick()];
      const [ab, bc] = [clipFootprints(a, b), clipFootprints(b, c)];
      const [first, second] = [ab && clipFootprints(ab, c), bc && clipFootprints(a, bc)];
      assert.ok(Math.abs(areaOf(first) - areaOf(second)) < 1e-12 * 400, JSON.stringify([a, b, c]));
      if (first && second && areaOf(first) > 1e-9) {
        some++;
        footprintBounds(first).forEach((v, i) => assert.ok(Math.abs(v - footprintBounds(second)[i]!) < 1e-9));
      }
    }
    assert.ok(some > 20, `${some} triples have a common part`);
  });

  test('parts are oriented, closed and have area', () => {
    for (const { a, b } of pairs) {
      for (const rings of polygonsOf(clipFootprints(a, b) ?? { type: 'MultiPolygon', coordinates: [] })) {
        rings.forEach((ring, i) => {
          assert.equal(Math.sign(signedArea(ring)), i === 0 ? 1 : -1);
          assert.deepEqual(ring.at(-1), ring[0]);
        });
      }
    }
  });
});

describe('vertices within roundings of edges', () => {
  // What a grid looks like after its neighbouring tiles were projected one by one.
  const shaken = (area: Area, random: ReturnType<typeof createRandom>): Area => ({
    type: 'MultiPolygon',
    coordinates: polygonsOf(area).map((rings) =>
      rings.map((ring) => {
        const moved = ring.slice(0, -1).map((p) => p.map((v) => v + (random.int(5) - 2) * Math.abs(v) * 2 ** -52));
        return [...moved, [...moved[0]!]];
      }),
    ),
  });

  test('shaken footprints have the same common part but for slivers, in both orders', () => {
    const random = createRandom(9, 'shaken');
    for (const { a, b, area } of pairs) {
      const c = shaken(b, random);
      const common = clipFootprints(a, c);
      assert.ok(Math.abs(areaOf(common) - area) < 1e-11, JSON.stringify({ a, c }));
      assert.deepEqual(clipFootprints(c, a), common);
      assert.equal(shareArea(c, a), common !== null);
    }
  });

  test('a footprint and its shaken self share all but a sliver', () => {
    const random = createRandom(10, 'shaken');
    for (const { a } of pairs)
      assert.ok(Math.abs(areaOf(clipFootprints(a, shaken(a, random))) - plainArea(a)) < 1e-11, JSON.stringify(a));
  });
});

describe('boxes and limits', () => {
  const box = (...b: Bounds): Area => boxPolygon(b);
  test('boxes are clipped by min and max; a sliver of one unit in the last place stays, touching goes', () => {
    assert.deepEqual(clipFootprints(box(0, 0, 4, 4), box(2, 1, 9, 3)), box(2, 1, 4, 3));
    const ulp = 2 ** -51;
    assert.deepEqual(clipFootprints(box(0, 0, 2 + ulp, 2), box(2, 0, 4, 2)), box(2, 0, 2 + ulp, 2));
    assert.equal(clipFootprints(box(0, 0, 2, 2), box(2, 0, 4, 2)), null);
    assert.equal(clipFootprints(box(0, 0, 2, 2), box(2, 2, 4, 4)), null);
  });

  test('huge coordinates clip like small ones', () => {
    const scaled = (area: Area, by: number): Area => ({
      type: 'MultiPolygon',
      coordinates: polygonsOf(area).map((rings) => rings.map((ring) => ring.map(([x = 0, y = 0]) => [x * by, y * by]))),
    });
    for (const { a, b, area } of pairs) {
      const by = 2 ** 90;
      assert.ok(near(areaOf(clipFootprints(scaled(a, by), scaled(b, by))) / by / by, area));
    }
  });

  test('a footprint and itself have all of it in common; without area it has nothing', () => {
    for (const { a } of pairs.slice(0, 50))
      assert.ok(near(areaOf(clipFootprints(a, structuredClone(a))), plainArea(a)));
    const line: Area = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [4, 4],
          [0, 0],
          [0, 0],
        ],
      ],
    };
    assert.equal(clipFootprints(line, box(-1, -1, 5, 5)), null);
    assert.equal(shareArea(line, box(-1, -1, 5, 5)), false);
    assert.equal(clipFootprints({ type: 'MultiPolygon', coordinates: [] }, box(0, 0, 1, 1)), null);
  });

  test('a footprint in the hole of another shares nothing with it, and more than the hole shares the rim', () => {
    const ring = (r: number): [number, number][] => [
      [-r, -r],
      [r, -r],
      [r, r],
      [-r, r],
      [-r, -r],
    ];
    const frame: Area = { type: 'Polygon', coordinates: [ring(4), ring(2)] };
    const plug: Area = { type: 'Polygon', coordinates: [ring(2)] };
    const diamond: Area = {
      type: 'Polygon',
      coordinates: [
        [
          [2, 0],
          [0, 2],
          [-2, 0],
          [0, -2],
          [2, 0],
        ],
      ],
    };
    assert.equal(shareArea(frame, plug), false);
    assert.equal(shareArea(frame, diamond), false, 'touches the hole from inside');
    assert.equal(areaOf(clipFootprints(frame, { type: 'Polygon', coordinates: [ring(3)] })), 36 - 16);
  });
});

describe('repairFootprint', () => {
  test('valid footprints are returned themselves', () => {
    // Shapely leaves orientation and repeated positions open: only what is right already counts here.
    const right = (ring: readonly Position[]): boolean =>
      signedArea(ring) > 0 && new Set(ring.map(String)).size === ring.length - 1;
    const same = pairs
      .map((p) => p.a)
      .filter((a) => a.type === 'Polygon' && a.coordinates.length === 1 && right(a.coordinates[0]!));
    for (const a of same) assert.equal(repairFootprint(a), a);
    assert.ok(same.length > 100);
  });

  test('rings are closed, turned and rid of repeated positions', () => {
    const square: Area = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [0, 2],
          [0, 2],
          [2, 2],
          [2, 0],
        ],
      ],
    };
    assert.deepEqual(repairFootprint(square), {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [2, 0],
          [2, 2],
          [0, 2],
          [0, 0],
        ],
      ],
    });
  });

  test('overlapping parts become one', () => {
    const two: Area = {
      type: 'MultiPolygon',
      coordinates: [boxPolygon([0, 0, 2, 2]).coordinates, boxPolygon([1, 0, 3, 2]).coordinates],
    };
    assert.equal(areaOf(repairFootprint(two)), 6);
    const nested: Area = {
      type: 'MultiPolygon',
      coordinates: [boxPolygon([0, 0, 9, 9]).coordinates, boxPolygon([1, 1, 3, 2]).coordinates],
    };
    assert.equal(areaOf(repairFootprint(nested)), 81);
  });
});
