import path from 'node:path';
import {
  buildRasterCatalog,
  createRandom,
  GeoSlice,
  GeoTensor,
  loadRasterTimeseries,
  saveCog,
} from '../../dist/index.js';
import { COG_ORIGIN, image } from './lib/images.mjs';

/** Side in pixels: a year and a half of Sentinel-2 at one place, or a few small ones. */
const sideOf = (n) => (n < 20 ? 256 : 1024);
const DAY = 86_400_000;

/** Dates five days apart with clouds (nodata) in a third of each, as large blots. */
export async function prepare({ dir, n }) {
  const side = sideOf(n);
  const ground = image(1, side, 5);
  for (let k = 0; k < n; k++) {
    const random = createRandom(k, 'bench-series');
    const gain = 0.9 + 0.2 * random.uniform();
    const values = Uint16Array.from(ground, (v) => v * gain + 40 * random.uniform());
    for (let blot = 0; blot < 20; blot++) {
      const [cx, cy, radius] = [
        random.uniform() * side,
        random.uniform() * side,
        (0.05 + 0.07 * random.uniform()) * side,
      ];
      for (let y = Math.max(0, Math.ceil(cy - radius)); y < Math.min(side, cy + radius); y++) {
        const half = Math.sqrt(Math.max(0, radius * radius - (y - cy) ** 2));
        values.fill(0, y * side + Math.max(0, Math.ceil(cx - half)), y * side + Math.min(side, Math.floor(cx + half)));
      }
    }
    const date = new Date(Date.UTC(2023, 0, 1) + 5 * k * DAY).toISOString().slice(0, 10).replaceAll('-', '');
    const tensor = GeoTensor.create({
      values,
      shape: [1, side, side],
      transform: [10, 0, COG_ORIGIN[0], 0, -10, COG_ORIGIN[1]],
      crs: 'EPSG:32631',
      fillValue: 0,
    });
    await saveCog(tensor, path.join(dir, `s2_${date}.tif`));
  }
}

export async function run({ dir, n }) {
  const extent = sideOf(n) * 10;
  const catalog = await buildRasterCatalog(dir, { filenameRegex: /_(?<date>\d{8})\.tif$/ });
  const slice = GeoSlice.create({
    bounds: [COG_ORIGIN[0], COG_ORIGIN[1] - extent, COG_ORIGIN[0] + extent, COG_ORIGIN[1]],
    resolution: 10,
    crs: 'EPSG:32631',
    interval: ['2023-01-01', '2024-12-31'],
  });
  const t = await loadRasterTimeseries(catalog, slice, { tStep: 731, temporalAggregation: 'median' });
  let sum = 0;
  let count = 0;
  for (let i = 0; i < t.values.length; i++) {
    if (t.valid?.[i] === 0) continue;
    sum += t.values[i];
    count++;
  }
  return { check: [t.shape[0], count, sum] };
}
