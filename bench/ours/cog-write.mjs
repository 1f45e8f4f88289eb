import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, GeoTensor, saveCog } from '../../dist/index.js';

const BANDS = 4;
const ORIGIN = [699960, 5000040];

/** Smooth ground with texture, as imagery compresses. */
export async function prepare({ dir, n: side }) {
  const random = createRandom(1, 'bench');
  const wave = (step, of) => Float64Array.from({ length: 2 * side }, (_, i) => of(i / step));
  const [across, down, diagonal] = [wave(37, Math.sin), wave(53, Math.cos), wave(11, Math.sin)];
  const noise = Float64Array.from({ length: 1 << 20 }, () => 60 * random.uniform());
  const values = new Uint16Array(BANDS * side * side);
  for (let i = 0, b = 0; b < BANDS; b++) {
    for (let y = 0; y < side; y++) {
      const shift = random.int(noise.length);
      for (let x = 0; x < side; x++, i++)
        values[i] = 1200 + 600 * across[x] * down[y] + 300 * diagonal[x + y] + noise[(x + shift) % noise.length];
    }
  }
  writeFileSync(path.join(dir, 'values.bin'), values);
}

export function load({ dir, n: side }) {
  const bytes = readFileSync(path.join(dir, 'values.bin'));
  return GeoTensor.create({
    values: new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2),
    shape: [BANDS, side, side],
    transform: [10, 0, ORIGIN[0], 0, -10, ORIGIN[1]],
    crs: 'EPSG:32631',
    fillValue: 0,
  });
}

export async function run({ dir, n: side, input }) {
  const file = path.join(dir, 'ours.tif');
  await saveCog(input, file);
  // Both sides check one corner, far less work than writing.
  const { buildRasterCatalog, GeoSlice, loadRaster } = await import('../../dist/index.js');
  const slice = GeoSlice.fromWindow(
    { col: side - 256, row: side - 256, width: 256, height: 256 },
    [10, 0, ORIGIN[0], 0, -10, ORIGIN[1]],
    { crs: 'EPSG:32631' },
  );
  const { values } = await loadRaster(await buildRasterCatalog(file), slice);
  return { check: [values.reduce((sum, v) => sum + v, 0)] };
}
