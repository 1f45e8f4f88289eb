import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, GeoSlice } from '../../../dist/index.js';
import { CHIP, COG_ORIGIN, cogSide, makeCog, sumChips, writeJson } from './images.mjs';

/** The image, and boxes of chips in the neighbouring zone. */
export async function prepareWarp({ dir, n }) {
  await makeCog(dir, n);
  const random = createRandom(3, 'bench');
  const extent = cogSide(n) * 10;
  // Chips in the neighbouring zone, well inside the image.
  const whole = GeoSlice.create({
    bounds: [COG_ORIGIN[0], COG_ORIGIN[1] - extent, COG_ORIGIN[0] + extent, COG_ORIGIN[1]],
    resolution: 10,
    crs: 'EPSG:32631',
  }).toCrs('EPSG:32632');
  const [xmin, ymin, xmax, ymax] = whole.bounds;
  const margin = 0.12 * (xmax - xmin);
  const corner = (low, high) =>
    Math.round((low + margin + random.uniform() * (high - low - 2 * margin - CHIP * 10)) / 10) * 10;
  const boxes = Array.from({ length: n }, () => {
    const [x, y] = [corner(xmin, xmax), corner(ymin, ymax)];
    return [x, y, x + CHIP * 10, y + CHIP * 10];
  });
  writeJson(dir, 'boxes.json', boxes);
}

/** Sum of the pixels of the chips, warped by a method. */
export async function runWarp(dir, resampling) {
  const boxes = JSON.parse(readFileSync(path.join(dir, 'boxes.json'), 'utf8'));
  const slices = boxes.map((bounds) => GeoSlice.create({ bounds, resolution: 10, crs: 'EPSG:32632' }));
  return { check: [await sumChips(dir, slices, { resampling })] };
}
