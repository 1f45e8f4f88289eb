// COGs behind a server that waits before each answer; both sides start such a server outside the clock.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { buildRasterCatalog, createRandom, GeoSlice, GeoTensor, loadChips, saveCog } from '../../../dist/index.js';
import { CHIP, COG_ORIGIN, image, writeJson } from './images.mjs';

const SIDE = 2048;
const CHIPS_PER_FILE = 2;
const transformOf = (i) => [10, 0, COG_ORIGIN[0] + i * SIDE * 10, 0, -10, COG_ORIGIN[1]];

/** Writes n COGs side by side and the chips wanted of each. */
export async function prepareRemote({ dir, n }) {
  const values = image(4, SIDE, 1);
  const random = createRandom(3, 'bench');
  const chips = [];
  for (let i = 0; i < n; i++) {
    const tensor = GeoTensor.create({ values, shape: [4, SIDE, SIDE], transform: transformOf(i), crs: 'EPSG:32631' });
    await saveCog(tensor, path.join(dir, `${i}.tif`));
    for (let k = 0; k < CHIPS_PER_FILE; k++) chips.push([i, random.int(SIDE - CHIP), random.int(SIDE - CHIP)]);
  }
  writeJson(dir, 'chips.json', chips);
}

/** Starts the server and indexes its files, as a user has done before. */
export async function startRemote(dir, n, delayMs) {
  const server = spawn(process.execPath, ['bench/lib/slow-server.mjs', dir, String(delayMs)], { stdio: 'pipe' });
  const [first] = await once(server.stdout, 'data');
  const base = `http://127.0.0.1:${Number(String(first))}`;
  const catalog = await buildRasterCatalog(Array.from({ length: n }, (_, i) => `${base}/${i}.tif`));
  return { server, base, catalog, before: await countOf(base) };
}

const countOf = async (base) => Number(await (await fetch(`${base}/count`)).text());

/** Sum of the chips, with as many under way as the peer has threads; and the requests that it took. */
export async function sumRemote(chips, { server, base, catalog, before }) {
  const slices = chips.map(([i, col, row]) =>
    GeoSlice.fromWindow({ col, row, width: CHIP, height: CHIP }, transformOf(i), { crs: 'EPSG:32631' }),
  );
  let total = 0;
  const options = { onError: 'raise', concurrency: 15, prefetch: 30 };
  for await (const { tensor } of loadChips(catalog, slices, options))
    for (let i = 0; i < tensor.values.length; i++) total += tensor.values[i];
  const requests = (await countOf(base)) - before;
  server.kill();
  return { check: [total], requests };
}
