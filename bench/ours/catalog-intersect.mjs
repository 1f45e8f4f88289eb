import path from 'node:path';
import { openCatalog } from '../../dist/index.js';
import { writeTiles } from './lib/catalog-file.mjs';

export function prepare({ dir, n }) {
  writeTiles(path.join(dir, 'left.parquet'), n, 1);
  writeTiles(path.join(dir, 'right.parquet'), n, 2);
}

export async function load({ dir }) {
  const open = (side) => openCatalog(path.join(dir, `${side}.parquet`), { engine: 'memory' });
  const sides = [await open('left'), await open('right')];
  // The peer holds its columns in memory, too.
  for (const side of sides) await Promise.all([side.totalBounds(), side.temporalExtent()]);
  return sides;
}

/** Pairs, the box around their footprints, and the extent of their intervals; other columns are read when asked for. */
export async function run({ input: [left, right] }) {
  const pairs = left.intersect(right);
  const { start, end } = await pairs.temporalExtent();
  return { check: [await pairs.count(), ...(await pairs.totalBounds()), start, end] };
}
