import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import { dnToReflectance, GeoTensor, normalizedDifference } from '../../../src/pixels/index.js';

const scene = GeoTensor.create({
  values: Uint16Array.of(0, 1650, 12000, 3000, 0, 550, 4000, 1000),
  valid: Uint8Array.of(0, 1, 1, 1, 1, 1, 1, 1),
  shape: [2, 2, 2],
  transform: [10, 0, 0, 0, -10, 0],
  crs: 'EPSG:32631',
  bandNames: ['B08', 'B04'],
});

test('reflectance is (DN + offset) / quantification; invalid stays invalid; clamping keeps the range', () => {
  const t = dnToReflectance(scene, { offset: -1000 });
  assert.ok(Math.abs(t.values[1]! - 0.065) < 1e-8);
  assert.ok(Number.isNaN(t.values[0]));
  assert.equal(t.valid?.[0], 0);
  const clamped = dnToReflectance(scene, { offset: -1000, clamp: [0, 1] });
  assert.deepEqual([clamped.values[2], clamped.values[4]], [1, 0]);
  assert.throws(
    () => dnToReflectance(scene, { quantification: 0 }),
    (e) => isNadirError(e, 'ArgumentError'),
  );
});

test('the normalized difference finds bands by name or number and is invalid where it has no value', () => {
  const ndvi = normalizedDifference(scene, 'B8', 'B04');
  assert.deepEqual([...ndvi.dims], ['y', 'x']);
  assert.deepEqual([...(ndvi.valid ?? [])], [0, 1, 1, 1]);
  assert.deepEqual([...ndvi.values.subarray(1)], [0.5, 0.5, 0.5]);
  const zero = normalizedDifference(scene.mul(0), 1, 2);
  assert.ok(zero.valid?.every((v) => v === 0));
  const frames = GeoTensor.stack([scene, scene.mul(3)], 'time', { times: [0, 1] });
  for (const t of [
    normalizedDifference(frames, 1, 2),
    normalizedDifference(frames.transpose(['band', 'time', 'y', 'x']), 1, 2),
  ]) {
    assert.deepEqual([...t.dims], ['time', 'y', 'x']);
    assert.deepEqual(
      [...t.values].map((v) => (Number.isNaN(v) ? null : v)),
      [null, 0.5, 0.5, 0.5, null, 0.5, 0.5, 0.5],
    );
  }
  assert.throws(
    () => normalizedDifference(scene, 'B8A', 'B04'),
    (e) => isNadirError(e, 'BandNotFoundError') && e.message.includes('1 B08, 2 B04'),
  );
});
