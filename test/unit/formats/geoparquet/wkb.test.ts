import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRandom, isNadirError } from '../../../../src/core/index.js';
import { decodeWkb, encodeWkb } from '../../../../src/formats/geoparquet/index.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const SQUARE = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ],
  ],
};
// shapely.to_wkb(box(0, 0, 1, 1, ccw=True)) begun at the south-west: python -c "import shapely;print(shapely.to_wkb(shapely.Polygon([(0,0),(1,0),(1,1),(0,1)])).hex())"
const LITTLE =
  '01030000000100000005000000' +
  '00000000000000000000000000000000' +
  '000000000000f03f0000000000000000' +
  '000000000000f03f000000000000f03f' +
  '0000000000000000000000000000f03f' +
  '00000000000000000000000000000000';
// shapely.to_wkb(…, byte_order=0)
const BIG =
  '00000000030000000100000005' +
  '00000000000000000000000000000000' +
  '3ff00000000000000000000000000000' +
  '3ff00000000000003ff0000000000000' +
  '00000000000000003ff0000000000000' +
  '00000000000000000000000000000000';

describe('WKB', () => {
  test('is written as shapely writes it, and read in both byte orders', () => {
    assert.equal(Buffer.from(encodeWkb(SQUARE)).toString('hex'), LITTLE);
    assert.deepEqual(decodeWkb(hex(LITTLE), 'x'), SQUARE);
    assert.deepEqual(decodeWkb(hex(BIG), 'x'), SQUARE);
  });

  test('Z is dropped in ISO and in EWKB spelling, an SRID is skipped', () => {
    const z = (type: string, srid = ''): string =>
      `01${type}${srid}0100000004000000` +
      ['0000000000000000', '000000000000f03f', '0000000000000040']
        .map(() => '000000000000f03f0000000000000040000000000000f0bf')
        .join('') +
      '000000000000f03f0000000000000040000000000000f0bf';
    for (const text of [z('eb030000'), z('03000080'), z('030000a0', 'e6100000')]) {
      assert.deepEqual(decodeWkb(hex(text), 'x'), {
        type: 'Polygon',
        coordinates: [
          [
            [1, 2],
            [1, 2],
            [1, 2],
            [1, 2],
          ],
        ],
      });
    }
  });

  test('multi-part polygons with holes survive', () => {
    const multi = {
      type: 'MultiPolygon' as const,
      coordinates: [
        [
          ...SQUARE.coordinates,
          [
            [0.2, 0.2],
            [0.2, 0.4],
            [0.4, 0.4],
            [0.2, 0.2],
          ],
        ],
        [
          [
            [5, 5],
            [6, 5],
            [6, 6],
            [5, 5],
          ],
        ],
      ],
    };
    assert.deepEqual(decodeWkb(encodeWkb(multi), 'x'), multi);
  });

  test('points are refused, and forged counts fail before anything is allocated', () => {
    assert.throws(
      () => decodeWkb(hex('0101000000000000000000f03f0000000000000040'), 'f.parquet, row 3'),
      (e) => isNadirError(e, 'UnsupportedDataError') && e.message.includes('f.parquet, row 3'),
    );
    for (const text of ['0103000000ffffffff', '010300000001000000ffffffff', '0106000000ffffffff', '01', '']) {
      assert.throws(
        () => decodeWkb(hex(text), 'x'),
        (e) => isNadirError(e, 'FormatError'),
        text,
      );
    }
  });

  test('mutants decode or fail with a typed error', () => {
    const good = encodeWkb(SQUARE);
    const random = createRandom(5, 'wkb');
    let failed = 0;
    for (let k = 0; k < 2000; k++) {
      const bytes = good.slice(0, random.uniform() < 0.5 ? good.length : random.int(good.length));
      for (let n = random.int(4); n > 0 && bytes.length > 0; n--)
        bytes[random.int(Math.min(bytes.length, 20))] = random.int(256);
      try {
        decodeWkb(bytes, 'mutant');
      } catch (e) {
        failed++;
        assert.ok(isNadirError(e), `mutant ${k} of seed 5: ${String(e)}`);
      }
    }
    assert.ok(failed > 500);
  });
});
