import path from 'node:path';
import { openCatalog } from '../../dist/index.js';
import { prepareTiles } from './lib/parquet-catalog.mjs';

export const prepare = prepareTiles;

/** The catalog in memory, every footprint checked and measured; texts are decoded when rows are asked for. */
export async function run({ dir }) {
  const catalog = await openCatalog(path.join(dir, 'tiles.parquet'), { engine: 'memory' });
  return { check: [await catalog.count(), ...(await catalog.totalBounds())] };
}
