import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Crs, pointTransform } from '../../../src/core/index.js';
import {
  MAX_VERTICES,
  placeOfBounds,
  placeOfGeometry,
  placeOfRaster,
  rasterCorners,
} from '../../../src/display/place.js';

const UTM31 = Crs.from('EPSG:32631');
const LONLAT = Crs.from('EPSG:4326');

test('a box in degrees is itself, closed, with six decimals', () => {
  const place = placeOfBounds([10.12345678, 46, 11, 47], LONLAT)!;
  assert.deepEqual(place.bbox, [10.123457, 46, 11, 47]);
  const ring = place.outline[0]![0]!;
  assert.deepEqual(ring[0], ring.at(-1));
  assert.equal(ring.length, 5);
});

test('corners of a UTM box lie where single points do (centre meridian: 3° E)', () => {
  const place = placeOfBounds([500_000, 5_000_000, 600_000, 5_100_000], UTM31)!;
  assert.equal(place.bbox[0], 3);
  const [lon, lat] = pointTransform(UTM31, LONLAT)(600_000, 5_000_000);
  const near = place.outline[0]![0]!.some(([x, y]) => Math.abs(x - lon) < 1e-5 && Math.abs(y - lat) < 1e-5);
  assert.ok(near);
});

test('a box across ±180 stays in one piece', () => {
  const fiji = Crs.from('EPSG:32760');
  const place = placeOfBounds([700_000, 8_000_000, 900_000, 8_100_000], fiji)!;
  assert.ok(place.bbox[2] - place.bbox[0] < 3, place.bbox.join());
  assert.ok(place.bbox[0] < 180 && place.bbox[2] > 180);
});

test('a box of the whole Earth, or of more than half of it, keeps its width', () => {
  for (const [w, e] of [
    [-180, 180],
    [-175, 170],
  ] as const) {
    const ring = [
      [w, -80],
      [e, -80],
      [e, 80],
      [w, 80],
      [w, -80],
    ];
    assert.deepEqual(placeOfGeometry({ type: 'Polygon', coordinates: [ring] }, LONLAT)?.bbox, [w, -80, e, 80]);
    assert.deepEqual(placeOfBounds([w, -80, e, 80], LONLAT)?.bbox, [w, -80, e, 80]);
  }
  const mercator = placeOfBounds([-20_037_508.34, -1e7, 20_037_508.34, 1e7], Crs.from('EPSG:3857'))!;
  assert.ok(mercator.bbox[2] - mercator.bbox[0] > 359.99, mercator.bbox.join());
});

test('a box in degrees with west > east, and a footprint that jumps there, cross ±180', () => {
  assert.deepEqual(placeOfBounds([178, -10, -179, 10], LONLAT)?.bbox, [178, -10, 181, 10]);
  const jumps = [
    [178, -10],
    [-179, -10],
    [-179, 10],
    [178, 10],
    [178, -10],
  ];
  assert.deepEqual(placeOfGeometry({ type: 'Polygon', coordinates: [jumps] }, LONLAT)?.bbox, [178, -10, 181, 10]);
});

test('a footprint of 10 000 points is simplified to at most 200', () => {
  const ring = Array.from({ length: 10_000 }, (_, i): [number, number] => {
    const t = (i / 10_000) * 2 * Math.PI;
    return [10 + Math.cos(t) + 0.01 * Math.sin(40 * t), 45 + Math.sin(t)];
  });
  const place = placeOfGeometry({ type: 'Polygon', coordinates: [[...ring, ring[0]!]] }, LONLAT)!;
  const outline = place.outline[0]![0]!;
  assert.ok(outline.length <= MAX_VERTICES && outline.length > 20, String(outline.length));
});

test('holes and parts are kept', () => {
  const square = (x: number, s: number): [number, number][] => [
    [x, 0],
    [x + s, 0],
    [x + s, s],
    [x, s],
    [x, 0],
  ];
  const place = placeOfGeometry(
    { type: 'MultiPolygon', coordinates: [[square(0, 4), square(1, 1)], [square(10, 2)]] },
    LONLAT,
  )!;
  assert.deepEqual(
    place.outline.map((p) => p.length),
    [2, 1],
  );
  assert.deepEqual(place.bbox, [0, 0, 12, 4]);
});

test('what has no image in degrees has no place', () => {
  const geos = Crs.from('+proj=geos +h=35785831 +lon_0=0 +sweep=y +datum=WGS84');
  assert.equal(placeOfBounds([6e6, 6e6, 7e6, 7e6], geos), null);
});

test('a rotated raster has its own four corners', () => {
  const corners = rasterCorners([0.1, 0.1, 10, 0.1, -0.1, 40], 10, 20, LONLAT)!;
  assert.deepEqual(corners, [
    [10, 40],
    [12, 42],
    [13, 41],
    [11, 39],
  ]);
  assert.deepEqual(placeOfRaster([0.1, 0.1, 10, 0.1, -0.1, 40], 10, 20, LONLAT)!.bbox, [10, 39, 13, 42]);
});
