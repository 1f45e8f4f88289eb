import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, polygonsFromMask } from '../../dist/index.js';

/** A mask of blobs as of clouds or water: noise smoothed four times by a 9 × 9 box, cut at its mean; with 1 % of single pixels. */
export async function prepare({ dir, n }) {
  const random = createRandom(7, 'bench');
  let field = Float64Array.from({ length: n * n }, () => random.uniform());
  for (let pass = 0; pass < 4; pass++) field = smooth(smooth(field, n, 1, n), n, n, 1);
  const mean = field.reduce((a, b) => a + b, 0) / field.length;
  writeFileSync(
    path.join(dir, 'mask.bin'),
    Uint8Array.from(field, (v) => (random.uniform() < 0.01 ? Number(v <= mean) : Number(v > mean))),
  );
}

/** Means of 9 neighbours along one axis, wrapped at the ends. */
function smooth(field, n, along, across) {
  const out = new Float64Array(field.length);
  for (let line = 0; line < n; line++)
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let d = -4; d <= 4; d++) sum += field[line * across + ((i + d + n) % n) * along];
      out[line * across + i * along] = sum / 9;
    }
  return out;
}

export function load({ dir }) {
  return new Uint8Array(readFileSync(path.join(dir, 'mask.bin')));
}

export async function run({ n, input }) {
  const features = polygonsFromMask({
    values: input,
    shape: [n, n],
    transform: [10, 0, 400_000, 0, -10, 5_000_000],
    crs: 'EPSG:32631',
  });
  const vertices = features.reduce((sum, f) => sum + f.geometry.coordinates.reduce((s, ring) => s + ring.length, 0), 0);
  return { check: [features.length, vertices, features.reduce((sum, f) => sum + f.properties.area, 0)] };
}
