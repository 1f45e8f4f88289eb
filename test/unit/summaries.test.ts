import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoSlice, GeoTensor } from '../../src/index.js';

test('objects say in one line what they are, for lists of variables', () => {
  assert.equal(
    String(GeoSlice.create({ bounds: [0, 0, 200, 100], resolution: 10, crs: 'EPSG:32631' })),
    '20 × 10 pixels, EPSG:32631',
  );
  const tensor = GeoTensor.create({
    values: new Uint16Array(6),
    shape: [1, 2, 3],
    transform: [10, 0, 0, 0, -10, 0],
    crs: 'EPSG:4326',
  });
  assert.equal(String(tensor), 'uint16 1 × 2 × 3, EPSG:4326');
});
