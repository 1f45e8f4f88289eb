import path from 'node:path';
import { buildRasterCatalog, GeoTensor, saveCog } from '../../dist/index.js';
import { image } from './lib/images.mjs';

export async function prepare({ dir, n }) {
  for (let i = 0; i < n; i++) {
    const zone = i % 2 ? 32632 : 32631;
    const [x, y] = [400000 + (i % 40) * 640, 5000000 + Math.floor(i / 40) * 640];
    const day = String(1 + (i % 28)).padStart(2, '0');
    const tensor = GeoTensor.create({
      values: image(1, 64, i),
      shape: [1, 64, 64],
      transform: [10, 0, x, 0, -10, y],
      crs: `EPSG:${zone}`,
      fillValue: 0,
    });
    await saveCog(tensor, path.join(dir, `S2_${String(i).padStart(5, '0')}_202406${day}.tif`));
  }
}

export async function run({ dir }) {
  const catalog = await buildRasterCatalog(dir, { filenameRegex: /_(?<date>\d{8})/, targetCrs: 'EPSG:32631' });
  return { check: [await catalog.count(), ...(await catalog.totalBounds())] };
}
