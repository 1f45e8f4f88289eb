import { test } from 'node:test';
import assert from 'node:assert/strict';
import { drawMapPicture, type MapPicture } from '../../../../src/display/draw/map-picture.js';
import { degreeLabel, lengthLabel, scaleLength } from '../../../../src/display/draw/basemap.js';
import { ACCENT, LAND_FILL, SEA } from '../../../../src/display/draw/theme.js';
import { timeTicks } from '../../../../src/display/draw/timeline.js';
import { fitView } from '../../../../src/display/draw/view.js';

const BOX = { x: 12, y: 46, width: 696, height: 362 };
const area = (w: number, s: number, e: number, n: number): MapPicture['areas'][number] => ({
  bbox: [w, s, e, n],
  outline: [
    [
      [
        [w, s],
        [e, s],
        [e, n],
        [w, n],
        [w, s],
      ],
    ],
  ],
});
const picture = (areas: MapPicture['areas']): MapPicture => ({
  title: 't',
  subtitle: 's',
  areas,
  timeline: null,
  height: 420,
});

test('a footprint is tinted inside, outlined at its edge, and nothing outside', () => {
  // Middle of the Sahara: land all around.
  const canvas = drawMapPicture(picture([area(9.91, 22.93, 11.87, 24.17)]));
  const view = fitView([9.91, 22.93, 11.87, 24.17], BOX);
  const at = (lon: number, lat: number) =>
    canvas.pixel(...(view.toPixel(lon, lat).map((v) => Math.floor(v * 2)) as [number, number]));
  const tint = LAND_FILL.map((c, i) => Math.floor(c * 0.76 + ACCENT[i]! * 0.24 + 0.5));
  assert.deepEqual(at(10.7, 23.63), tint);
  assert.deepEqual(at(9.6, 23.63), LAND_FILL);
  const [r, g, b] = at(9.91, 23.63);
  assert.ok(
    Math.abs(r - ACCENT[0]) < 40 && Math.abs(g - ACCENT[1]) < 40 && Math.abs(b - ACCENT[2]) < 40,
    `${r} ${g} ${b}`,
  );
});

test('sea is sea', () => {
  const canvas = drawMapPicture(picture([area(-140.1, 9.9, -139.1, 10.6)]));
  const view = fitView([-140.1, 9.9, -139.1, 10.6], BOX);
  const [x, y] = view.toPixel(-140.43, 10.27);
  assert.deepEqual(canvas.pixel(Math.floor(x * 2), Math.floor(y * 2)), SEA);
});

test('areas at the pole, across ±180, of one point and none are drawn', () => {
  for (const areas of [[area(-180, 84, 180, 90)], [area(178, -20, 183, -15)], [area(5, 5, 5, 5)], []]) {
    assert.equal(drawMapPicture(picture(areas)).width, 1440);
  }
});

test('a view contains what it should, also at high latitudes', () => {
  for (const box of [
    [10, 46, 11, 47],
    [-180, -60, 180, 85],
    [20, 78, 40, 84],
    [-70, -89, -60, -80],
  ] as const) {
    const view = fitView(box, BOX);
    const [x0, y0] = view.toPixel(box[0], box[3]);
    const [x1, y1] = view.toPixel(box[2], box[1]);
    assert.ok(x0 >= BOX.x - 0.01 && x1 <= BOX.x + BOX.width + 0.01, box.join());
    if (box[3] - box[1] < 100) assert.ok(y0 >= BOX.y && y1 <= BOX.y + BOX.height, box.join());
  }
});

test('labels', () => {
  assert.deepEqual(
    [
      degreeLabel(-70, 10, 'lon'),
      degreeLabel(190, 10, 'lon'),
      degreeLabel(0, 10, 'lat'),
      degreeLabel(46.25, 0.05, 'lat'),
    ],
    ['70°W', '170°W', '0°', '46.25°N'],
  );
  assert.deepEqual([scaleLength(10, 110), scaleLength(37, 110), scaleLength(0.4, 110)], [1000, 2000, 20]);
  assert.deepEqual([lengthLabel(500), lengthLabel(20_000), lengthLabel(1_000_000)], ['500 m', '20 km', '1 000 km']);
});

test('a time axis has few ticks on round dates, with a year', () => {
  const micros = (iso: string): number => Date.parse(iso) * 1000;
  assert.deepEqual(
    timeTicks(micros('2024-05-20'), micros('2024-09-10'), 9).map((t) => t.label),
    ['Jun 2024', 'Jul', 'Aug', 'Sep'],
  );
  assert.deepEqual(
    timeTicks(micros('2015-06-01'), micros('2024-03-01'), 5).map((t) => t.label),
    ['2016', '2018', '2020', '2022', '2024'],
  );
  assert.deepEqual(
    timeTicks(micros('2024-06-01'), micros('2024-06-06'), 9).map((t) => t.label),
    ['1 Jun 2024', '2 Jun', '3 Jun', '4 Jun', '5 Jun', '6 Jun'],
  );
  for (const [a, b] of [
    ['1970-01-01', '1970-01-01'],
    ['0001-01-01', '9999-01-01'],
  ] as const)
    assert.ok(timeTicks(micros(a), micros(b), 9).length <= 12);
});
