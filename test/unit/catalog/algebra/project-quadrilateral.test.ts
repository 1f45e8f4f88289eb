import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { projectFootprint } from '../../../../src/catalog/algebra/index.js';
import { footprintBounds, isBox, polygonsOf } from '../../../../src/catalog/geometry.js';
import { projectFootprint as everyPoint } from '../../../../src/catalog/stac/stac-geometry.js';
import { Crs, createRandom } from '../../../../src/core/index.js';
import type { Polygon, Position } from '../../../../src/catalog/types.js';

const CODES = ['EPSG:4326', 'EPSG:32631', 'EPSG:32701', 'EPSG:3857', 'EPSG:3035', 'EPSG:3413'];

/** A rectangle of 10 m to 1000 km, maybe turned, clockwise, or begun at another corner. */
function quadrilateral(random: ReturnType<typeof createRandom>, crs: Crs): Polygon {
  const size = 10 ** (1 + 5 * random.uniform());
  const side = crs.isGeographic ? size / 111_000 : size;
  const at = (low: number, high: number): number => low + (high - low) * random.uniform();
  const [x, y] = crs.isGeographic ? [at(-180, 180), at(-80, 75)] : [at(1e5, 9e5), at(1e6, 7e6)];
  const turn = random.uniform() < 0.3 ? at(0, 0.5) : 0;
  let ring: Position[] = [
    [x, y],
    [x + side, y + turn * side],
    [x + side * (1 - turn), y + side],
    [x - turn * side, y + side * (1 - turn)],
  ];
  if (random.uniform() < 0.4) ring.reverse();
  const first = random.int(4);
  ring = [...ring.slice(first), ...ring.slice(0, first)];
  return { type: 'Polygon', coordinates: [[...ring, [...(ring[0] ?? [])]]] };
}

describe('images of quadrilaterals', () => {
  for (const from of CODES) {
    test(`from ${from} they are those of all points projected one by one, within 2 µm`, () => {
      const random = createRandom(5, from);
      let compared = 0;
      for (let n = 0; n < 200; n++) {
        const [source, target] = [Crs.from(from), Crs.from(CODES[random.int(CODES.length)] ?? '')];
        if (source.equals(target)) continue;
        const area = quadrilateral(random, source);
        let want;
        try {
          want = everyPoint(area, source, target);
        } catch (error) {
          assert.throws(() => projectFootprint(area, source, target), error as Error);
          continue;
        }
        const got = projectFootprint(area, source, target);
        const tolerance = target.isGeographic ? 2e-11 : 2e-6;
        footprintBounds(want).forEach((v, i) => assert.ok(Math.abs(v - (footprintBounds(got)[i] ?? NaN)) <= tolerance));
        if (isBox(got)) continue;
        const [points, images] = [want, got].map((a) => polygonsOf(a).flat(3)) as [number[], number[]];
        assert.equal(images.length, points.length);
        points.forEach((v, i) => assert.ok(Math.abs(v - (images[i] ?? NaN)) <= tolerance, `${v} ${images[i]}`));
        compared++;
      }
      assert.ok(compared > 60, `${compared}`);
    });
  }
});
