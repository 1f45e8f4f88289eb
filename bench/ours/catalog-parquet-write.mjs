import { statSync } from 'node:fs';
import path from 'node:path';
import { openCatalog } from '../../dist/index.js';
import { prepareTiles } from './lib/parquet-catalog.mjs';

export const prepare = prepareTiles;

/** All rows in memory; one of each column is looked at, so that nothing is left to be decoded. */
export async function load({ dir }) {
  const catalog = await openCatalog(path.join(dir, 'tiles.parquet'), { engine: 'memory' });
  for await (const row of catalog.rows()) if (row.id !== '') break;
  return catalog;
}

/** In the order of files (sorted), with fsync. The peer keeps the order it has. */
export async function run({ dir, input }) {
  const file = path.join(dir, 'ours.parquet');
  const { rows } = await input.toGeoParquet(file);
  if (statSync(file).size < rows) throw new Error('the file is too small');
  return { check: [rows] };
}
