import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LngLat } from 'maplibre-gl';
import { worldView } from '../../../renderers/map/single-world.js';
import type { LonLatBox } from '../../../src/display/wire/payload.js';

/** A map of 1000 × 400 pixels. */
const HOST = { clientWidth: 1000, clientHeight: 400 } as HTMLElement;
const place = (lng: number, lat: number): LngLat => JSON.parse(JSON.stringify({ lng, lat })) as LngLat;
const view = (box: LonLatBox | null) => worldView(HOST, () => box, 18, place);

describe('the Earth on a map', () => {
  test('it is shown once as long as it is no wider than the map', () => {
    const { isSingle } = view([-180, -60, 180, 70]);
    // 512 pixels at zoom 0: 724 at 0.5, 1024 at 1.
    assert.deepEqual([-0.3, 0.5, 1, 6].map(isSingle), [true, true, false, false]);
  });

  test('what crosses ±180 keeps its copies, for it would be torn apart', () => {
    for (const box of [
      [170, -20, 190, 0],
      [-190, -20, -170, 0],
      [170, -20, -170, 0],
    ] as const)
      assert.equal(view(box).isSingle(0), false, box.join());
  });

  test('a single Earth stays in the middle, and moves freely once it is wider than the map', () => {
    const { constrain } = view(null);
    assert.equal(constrain(place(120, 0), 0.5).center.lng, 0);
    assert.equal(constrain(place(120, 0), 3).center.lng, 120);
  });

  test('it never becomes lower than the map, and neither pole comes away from the edge', () => {
    const { constrain } = view(null);
    const least = constrain(place(0, 50), -2);
    assert.ok(Math.abs(512 * 2 ** least.zoom - 400) < 1e-6);
    assert.ok(Math.abs(least.center.lat) < 1e-9, 'all of it is in view');
    const north = constrain(place(0, 89), 2).center.lat;
    const y = Math.asinh(Math.tan((north * Math.PI) / 180)) / (2 * Math.PI);
    assert.ok(Math.abs((0.5 - y) * 2048 - 200) < 1e-6, 'the upper edge of the map is the upper edge of the Earth');
    assert.equal(constrain(place(0, 0), 40).zoom, 18);
  });
});
