import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import type { Preview } from '../../../src/display/wire/payload.js';
import { nativeAt } from '../../../renderers/pixels/native.js';
import { valueAt } from '../../../renderers/pixels/decode.js';
import { paint } from '../../../renderers/pixels/draw.js';
import { rampTable } from '../../../renderers/pixels/ramps.js';
import { bandLimits, commonLimits, histogram, limitsOf, sortedSample } from '../../../renderers/pixels/stretch.js';

function preview(
  bands: readonly (readonly number[])[],
  valid: readonly number[] | null,
  scale = 1,
  offset = 0,
): Preview {
  return {
    width: 2,
    height: 2,
    step: 4,
    bands: bands.map((q, i) => ({
      name: `b${i}`,
      scale,
      offset,
      q: Buffer.from(Uint16Array.from(q).buffer).toString('base64'),
      stats: null,
    })),
    valid: valid && Buffer.from(valid).toString('base64'),
  };
}

test('values are offset + scale × q, and invalid pixels have none', () => {
  const p = preview([[0, 1, 513, 65535]], [1, 1, 1, 0], 0.5, -10);
  const band = p.bands[0]!;
  assert.deepEqual(
    [
      valueAt(p, band, 0, 0),
      valueAt(p, band, 1, 0),
      valueAt(p, band, 0, 1),
      valueAt(p, band, 1, 1),
      valueAt(p, band, 2, 0),
    ],
    [-10, -9.5, 246.5, null, null],
  );
});

test('the centre of a preview pixel is found through its step', () => {
  assert.deepEqual(nativeAt([10, 0, 600_000, 0, -10, 5_100_000], 4, 1, 0), [600_060, 5_099_980]);
});

test('three bands become red, green and blue between their own limits; invalid pixels stay transparent', () => {
  const p = preview(
    [
      [0, 100, 60, 200],
      [0, 0, 0, 0],
      [10, 10, 10, 10],
    ],
    [1, 1, 1, 0],
  );
  const rgba = paint(
    p,
    { bands: [0, 1, 2], stretch: 'min-max', ramp: 'gray' },
    [
      [0, 100],
      [0, 10],
      [0, 10],
    ],
    null,
  );
  assert.deepEqual([...rgba], [0, 0, 255, 255, 255, 0, 255, 255, 153, 0, 255, 255, 0, 0, 0, 0]);
});

test('one band goes through the ramp, classes through their colours', () => {
  const p = preview([[0, 1, 2, 9]], null);
  const ramped = paint(p, { bands: [0], stretch: 'min-max', ramp: 'viridis' }, [[0, 2]], null);
  const table = rampTable('viridis');
  assert.deepEqual([...ramped.slice(0, 3)], [...table.slice(0, 3)]);
  assert.deepEqual([...ramped.slice(8, 11)], [...table.slice(765, 768)]);
  const classed = paint(
    p,
    { bands: [0], stretch: 'min-max', ramp: 'gray' },
    [[0, 2]],
    [{ value: 1, name: 'one', colour: '#0a1b2c' }],
  );
  assert.deepEqual([...classed.slice(4, 8)], [10, 27, 44, 255]);
  assert.equal(classed[3], 0, 'a value without class is not drawn');
});

test('ramps agree with published colours of viridis and cividis within 6 of 255', () => {
  // matplotlib 3.9: viridis(0.25), viridis(0.75), cividis(0.5)
  const known = [
    ['viridis', 64, [58, 82, 139]],
    ['viridis', 191, [94, 201, 97]],
    ['cividis', 128, [124, 123, 120]],
  ] as const;
  for (const [name, at, rgb] of known)
    rgb.forEach((c, i) =>
      assert.ok(
        Math.abs((rampTable(name)[at * 3 + i] ?? 0) - c) <= 6,
        `${name} at ${at}: ${[...rampTable(name).slice(at * 3, at * 3 + 3)].join(' ')}`,
      ),
    );
});

test('limits leave out two percent at each end, invalid pixels, and never collapse', () => {
  const sorted = Float64Array.from({ length: 101 }, (_, i) => i);
  assert.deepEqual(limitsOf(sorted, 'p2-98'), [2, 98]);
  assert.deepEqual(limitsOf(sorted, 'min-max'), [0, 100]);
  const [low, high] = limitsOf(sorted, 'sigma');
  // Mean 50, population deviation sqrt((101² − 1) / 12) = 29.155.
  assert.ok(Math.abs(low + 8.31) < 0.01 && Math.abs(high - 108.31) < 0.01, `${low} ${high}`);
  assert.deepEqual([...sortedSample([preview([[7, 3, 5, 60_000]], [1, 1, 1, 0])], 0)], [3, 5, 7]);
  assert.deepEqual(limitsOf(Float64Array.of(4, 4), 'min-max'), [3.5, 4.5]);
  assert.deepEqual(limitsOf(new Float64Array(0), 'p2-98'), [0, 1]);
});

test('one cloud among ten chips does not darken the others', () => {
  const chip = (p2: number, p98: number): Preview => {
    const p = preview([[1, 2, 3, 4]], null);
    return { ...p, bands: p.bands.map((b) => ({ ...b, stats: { min: p2, max: p98, mean: (p2 + p98) / 2, p2, p98 } })) };
  };
  const chips = [...Array.from({ length: 9 }, () => chip(200, 2000)), chip(3000, 9000)];
  assert.deepEqual(commonLimits(chips, 0, 'p2-98'), [200, 2000]);
  assert.deepEqual(commonLimits(chips, 0, 'min-max'), [200, 9000]);
  assert.deepEqual(bandLimits(chips[9]!, 0, 'p2-98'), [3000, 9000]);
});

test('a histogram counts each valid pixel once', () => {
  assert.deepEqual([...histogram(preview([[0, 5, 9, 200]], [1, 1, 1, 1]), 0, [0, 10], 2)], [1, 3]);
  assert.deepEqual([...histogram(preview([[0, 5, 9, 200]], [0, 1, 1, 0]), 0, [0, 10], 2)], [0, 2]);
});
