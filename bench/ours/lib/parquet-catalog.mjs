// What the three catalog-parquet benchmarks share: a catalog of random tiles as both sides write it (catalog.md §7).
import path from 'node:path';
import { openCatalog } from '../../../dist/index.js';
import { writeTiles } from './catalog-file.mjs';

/** The input: `tiles.parquet`, as Nadir writes it. */
export async function prepareTiles({ dir, n }) {
  const raw = path.join(dir, 'raw.parquet');
  writeTiles(raw, n, 1);
  const catalog = await openCatalog(raw, { engine: 'memory' });
  await catalog.toGeoParquet(path.join(dir, 'tiles.parquet'));
}
