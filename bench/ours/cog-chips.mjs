import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildRasterCatalog, createRandom, GeoSlice, GeoTensor, loadRaster, saveCog } from '../../dist/index.js';

const BANDS = 4;
const SIDE = 256;
/** Different chips; they are written again and again. */
const KINDS = 20;
/** Files under way, as in an export. */
const AT_ONCE = 4;
const ORIGIN = [400_000, 5_000_000];
const transformOf = (i) => [10, 0, ORIGIN[0] + i * SIDE * 10, 0, -10, ORIGIN[1]];

/** Smooth ground with texture, as imagery compresses. */
export async function prepare({ dir }) {
  const random = createRandom(5, 'bench');
  const values = new Uint16Array(KINDS * BANDS * SIDE * SIDE);
  for (let i = 0, line = 0; i < values.length; line++)
    for (let x = 0; x < SIDE; x++, i++)
      values[i] = 1500 + 600 * Math.sin(x / 17) * Math.cos(line / 53) + 200 * random.uniform();
  writeFileSync(path.join(dir, 'chips.bin'), values);
  mkdirSync(path.join(dir, 'ours'));
  mkdirSync(path.join(dir, 'peer'));
}

export function load({ dir }) {
  const bytes = readFileSync(path.join(dir, 'chips.bin'));
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

export async function run({ dir, n, input }) {
  const size = BANDS * SIDE * SIDE;
  const fileOf = (i) => path.join(dir, 'ours', `${i}.tif`);
  let next = 0;
  const write = async () => {
    for (let i = next++; i < n; i = next++) {
      const start = (i % KINDS) * size;
      const tensor = GeoTensor.create({
        values: input.subarray(start, start + size),
        shape: [BANDS, SIDE, SIDE],
        transform: transformOf(i),
        crs: 'EPSG:32631',
        fillValue: 0,
      });
      await saveCog(tensor, fileOf(i));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));
  const last = n - 1;
  const window = { col: 0, row: 0, width: SIDE, height: SIDE };
  const slice = GeoSlice.fromWindow(window, transformOf(last), { crs: 'EPSG:32631' });
  const { values } = await loadRaster(await buildRasterCatalog(fileOf(last)), slice);
  return { check: [values.reduce((sum, v) => sum + v, 0)] };
}
