import path from 'node:path';
import { buildRasterCatalog, GeoSlice, GeoTensor, loadRaster, saveCog } from '../../dist/index.js';
import { COG_ORIGIN, image, sumOf } from './lib/images.mjs';

/** Tiles in 8 columns and 5 rows, a fifth or more of each under its neighbours. */
const [COLUMNS, ROWS] = [8, 5];

function tileOf(n) {
  const [width, height] = [Math.ceil(n / 8) + Math.ceil(n / 32), Math.ceil(n / 5) + Math.ceil(n / 20)];
  const at = (i, count, size) => Math.round((i * (n - size)) / (count - 1));
  return { width, height, col: (i) => at(i, COLUMNS, width), row: (i) => at(i, ROWS, height) };
}

const boundsOf = (n) => [COG_ORIGIN[0], COG_ORIGIN[1] - n * 10, COG_ORIGIN[0] + n * 10, COG_ORIGIN[1]];

/** 40 overlapping tiles of one image of side n; pixels differ from tile to tile, so the order shows. */
export async function prepare({ dir, n }) {
  const whole = image(1, n, 1);
  const { width, height, col, row } = tileOf(n);
  for (let k = 0; k < COLUMNS * ROWS; k++) {
    const [x, y] = [col(k % COLUMNS), row(Math.floor(k / COLUMNS))];
    const values = new Uint16Array(width * height);
    for (let r = 0; r < height; r++)
      for (let c = 0; c < width; c++) values[r * width + c] = whole[(y + r) * n + x + c] + k;
    await saveCog(
      GeoTensor.create({
        values,
        shape: [1, height, width],
        transform: [10, 0, COG_ORIGIN[0] + x * 10, 0, -10, COG_ORIGIN[1] - y * 10],
        crs: 'EPSG:32631',
        fillValue: 0,
      }),
      path.join(dir, `tile${String(k).padStart(2, '0')}.tif`),
    );
  }
}

export async function run({ dir, n }) {
  const catalog = await buildRasterCatalog(path.join(dir, '*.tif'));
  const slice = GeoSlice.create({ bounds: boundsOf(n), resolution: 10, crs: 'EPSG:32631' });
  const { values, valid } = await loadRaster(catalog, slice, { mergeMethod: 'first' });
  return { check: [sumOf(values), valid === null ? values.length : sumOf(valid)] };
}
