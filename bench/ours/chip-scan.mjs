import path from 'node:path';
import { buildRasterCatalog, gridSampler, loadChips } from '../../dist/index.js';
import { CHIP, makeCog, sumOf } from './lib/images.mjs';

/** n is a square number of chips. */
export const prepare = ({ dir, n }) => makeCog(dir, n, Math.sqrt(n) * CHIP);

export async function run({ dir }) {
  const catalog = await buildRasterCatalog(path.join(dir, 'big.tif'));
  let [total, count] = [0, 0];
  for await (const { tensor } of loadChips(catalog, await gridSampler(catalog, { chipSize: CHIP }), {
    onError: 'raise',
  })) {
    total += sumOf(tensor.values);
    count++;
  }
  return { check: [count, total] };
}
