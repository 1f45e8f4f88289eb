import path from 'node:path';
import { openCatalog } from '../../dist/index.js';
import { writeTiles } from './lib/catalog-file.mjs';

export function prepare({ dir, n }) {
  writeTiles(path.join(dir, 'left.parquet'), n, 1);
  writeTiles(path.join(dir, 'right.parquet'), n, 2);
}

export const load = ({ dir }) =>
  Promise.all(['left', 'right'].map((side) => openCatalog(path.join(dir, `${side}.parquet`), { engine: 'memory' })));

/** Pairs and the area of their footprints. */
export async function run({ input: [left, right] }) {
  let [count, area] = [0, 0];
  for await (const { bbox } of left.intersect(right).rows()) {
    count++;
    area += (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]);
  }
  return { check: [count, area] };
}
