import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, GeoSlice } from '../../dist/index.js';
import { CHIP, COG_ORIGIN, makeCog, sumChips, tileSide, writeJson } from './lib/images.mjs';

export async function prepare({ dir, n }) {
  await makeCog(dir, n, tileSide(n));
  const random = createRandom(2, 'bench');
  const corner = () => random.int(tileSide(n) - CHIP);
  writeJson(
    dir,
    'windows.json',
    Array.from({ length: n }, () => [corner(), corner()]),
  );
}

export async function run({ dir }) {
  const windows = JSON.parse(readFileSync(path.join(dir, 'windows.json'), 'utf8'));
  const transform = [10, 0, COG_ORIGIN[0], 0, -10, COG_ORIGIN[1]];
  const slices = windows.map(([col, row]) =>
    GeoSlice.fromWindow({ col, row, width: CHIP, height: CHIP }, transform, { crs: 'EPSG:32631' }),
  );
  return { check: [await sumChips(dir, slices, {})] };
}
