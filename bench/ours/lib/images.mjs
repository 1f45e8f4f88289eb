// Input that several benchmarks share.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildRasterCatalog, createRandom, GeoTensor, loadChips, saveCog } from '../../../dist/index.js';

export const COG_ORIGIN = [699960, 5000040];
export const CHIP = 256;

/** Side of the COG of benchmarks whose size no rule sets, in pixels; its preparation is short. */
export const cogSide = (n) => (n < 100 ? 1024 : 4096);
/** Side of a Sentinel-2 tile at 10 m (`performance.md`: chip-read, chip-scan). */
export const tileSide = (n) => (n < 100 ? 1024 : 10980);
/** Side of the texture that large images repeat: far more than Deflate looks back, so they compress like others. */
const TEXTURE = 2048;

/** Smooth ground with texture, as imagery compresses. */
export function image(bands, side, seed) {
  const random = createRandom(seed, 'bench');
  const values = new Uint16Array(bands * side * side);
  for (let i = 0; i < values.length; i++) {
    const x = i % side;
    const y = Math.floor(i / side) % side;
    values[i] = 1200 + 600 * Math.sin(x / 37) * Math.cos(y / 53) + 300 * Math.sin((x + y) / 11) + 60 * random.uniform();
  }
  return values;
}

/** The same in any size, as repeats of one texture. */
function repeated(bands, side, seed) {
  const period = Math.min(side, TEXTURE);
  const texture = image(bands, period, seed);
  if (period === side) return texture;
  const values = new Uint16Array(bands * side * side);
  for (let row = 0; row < bands * side; row++) {
    const from = (Math.floor(row / side) * period + ((row % side) % period)) * period;
    for (let col = 0; col < side; col += period)
      values.set(texture.subarray(from, from + Math.min(period, side - col)), row * side + col);
  }
  return values;
}

/** Writes `big.tif`, four bands. */
export async function makeCog(dir, n, side = cogSide(n)) {
  const tensor = GeoTensor.create({
    values: repeated(4, side, 1),
    shape: [4, side, side],
    transform: [10, 0, COG_ORIGIN[0], 0, -10, COG_ORIGIN[1]],
    crs: 'EPSG:32631',
    fillValue: 0,
  });
  await saveCog(tensor, path.join(dir, 'big.tif'));
}

/** Sum of all pixels of chips of `big.tif`. */
export async function sumChips(dir, slices, options) {
  const catalog = await buildRasterCatalog(path.join(dir, 'big.tif'));
  let total = 0;
  for await (const { tensor } of loadChips(catalog, slices, { onError: 'raise', ...options }))
    total += sumOf(tensor.values);
  return total;
}

/** The sum of whole numbers, exact below 2^53. Four sums side by side: the check must not be what is measured. */
export function sumOf(values) {
  const whole = values.length - (values.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += values[i];
    b += values[i + 1];
    c += values[i + 2];
    d += values[i + 3];
  }
  for (let i = whole; i < values.length; i++) a += values[i];
  return a + b + c + d;
}

export const writeJson = (dir, name, value) => writeFileSync(path.join(dir, name), JSON.stringify(value));
