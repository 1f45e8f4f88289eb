import { statSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openCatalog } from '../../dist/index.js';
import { prepareTiles } from './lib/parquet-catalog.mjs';

export const prepare = prepareTiles;

/**
 * All rows in memory: every text is looked at, so that nothing is left to be decoded, and what that leaves behind is
 * collected, since the peer's memory is clean too.
 */
export async function load({ dir }) {
  const catalog = await openCatalog(path.join(dir, 'tiles.parquet'), { engine: 'memory' });
  let size = 0;
  for await (const row of catalog.rows()) size += row.id.length + row.filepath.length + row.crs.canonical.length;
  if (size === 0) throw new Error('no texts');
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return catalog;
}

/** Puts rows in the order of files, which these have already, and syncs the file. The peer does neither. */
export async function run({ dir, input }) {
  const file = path.join(dir, 'ours.parquet');
  const { rows } = await input.toGeoParquet(file);
  if (statSync(file).size < rows) throw new Error('the file is too small');
  return { check: [rows] };
}
