import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import proj4 from 'proj4';
import { createRandom, Crs, pointTransform } from '../../../src/core/index.js';

const CODES = [
  'EPSG:4326',
  'EPSG:4258',
  'EPSG:3857',
  'EPSG:32631',
  'EPSG:32760',
  'EPSG:25832',
  'EPSG:26918',
  'EPSG:3413',
  'EPSG:3031',
  'EPSG:4087',
  '+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs',
  '+proj=tmerc +lat_0=0 +lon_0=9 +k=1 +x_0=3500000 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7',
  '+proj=utm +zone=18 +datum=WGS84 +units=us-ft',
];
/** Projections whose inverse is refined beyond proj4's, so that the two differ. */
const TARGETS_ONLY = ['EPSG:3035', 'EPSG:5070', 'EPSG:6933', 'EPSG:2154'];

describe('point transforms', () => {
  test('are bit for bit those of proj4, whichever way they are computed', () => {
    const random = createRandom(3, 'transform');
    let finite = 0;
    for (const from of CODES) {
      for (const to of [...CODES, ...TARGETS_ONLY]) {
        const [source, target] = [Crs.from(from), Crs.from(to)];
        if (source.equals(target)) continue;
        const transform = pointTransform(source, target);
        // SAFETY: the definitions of these CRSs are texts.
        const reference = proj4(source.definition as string, target.definition as string);
        for (let i = 0; i < 60; i++) {
          const point: [number, number] = source.isGeographic
            ? [random.uniform() * 400 - 200, random.uniform() * 180 - 90]
            : [random.uniform() * 2e6 - 2e5, random.uniform() * 9e6 - 1e6];
          let expected: number[];
          try {
            expected = reference.forward([...point]);
          } catch {
            expected = [NaN, NaN];
          }
          if (!expected.every(Number.isFinite)) expected = [NaN, NaN];
          else finite++;
          assert.deepEqual(transform(...point), expected, `${from} → ${to} at ${point.join()}`);
        }
      }
    }
    assert.ok(finite > 5000, `${finite}`);
  });
});
