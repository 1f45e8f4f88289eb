import path from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from '../../scripts/lib/setup.mjs';
import { extent } from './lib/catalog-file.mjs';
import { prepareTiles } from './lib/parquet-catalog.mjs';

/** Share of the square's side that holds one row in a hundred. */
const SIDE = 0.1;
const SOUTH = -40;

/** The box reader is no part of the public interface, so it is bundled for the benchmark. */
export async function prepare({ dir, n }) {
  await prepareTiles({ dir, n });
  buildSync({
    entryPoints: [path.join(ROOT, 'src/catalog/stored/stored-box.ts')],
    outfile: path.join(ROOT, 'dist-test/bench-stored-box.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
}

/** Neither side pays for starting its codec: each reads a small box first. */
export async function load({ dir, n }) {
  const { readCatalogBox } = await import(path.join(ROOT, 'dist-test/bench-stored-box.mjs'));
  await readCatalogBox(path.join(dir, 'tiles.parquet'), { bounds: [-1, SOUTH - 1, -0.5, SOUTH - 0.5] });
  const side = extent(n);
  const low = [0.4 * side, SOUTH + 0.4 * side];
  return { readCatalogBox, bounds: [...low, low[0] + SIDE * side, low[1] + SIDE * side] };
}

export async function run({ dir, input: { readCatalogBox, bounds } }) {
  const { table, indices } = await readCatalogBox(path.join(dir, 'tiles.parquet'), { bounds });
  const sums = [0, 0];
  const found = indices ?? Array.from({ length: table.length }, (_, i) => i);
  for (const i of found) {
    sums[0] += table.boxes[4 * i] - table.boxes[4 * i + 1];
    sums[1] += table.wkb(i).length;
  }
  return { check: [found.length, ...sums] };
}
