/** Small seeded scenes on disk, and a folder to export into. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildRasterCatalog } from '../../../../src/catalog/index.js';
import type { GeoCatalog } from '../../../../src/catalog/types.js';
import { createRandom } from '../../../../src/core/index.js';
import { cogBytes, GeoTensor } from '../../../../src/pixels/index.js';
import { gridSampler, type SliceSequence } from '../../../../src/sampling/index.js';

export interface Scenes {
  readonly folder: string;
  readonly catalog: GeoCatalog;
  readonly chips: SliceSequence;
}

export const SIZE = 64;
const BANDS = ['B02', 'B03', 'B04'];

/** Values of one scene, (band, y, x); zero is nodata. A corner of it is invalid. */
export function sceneValues(seed: number, bands: number): Uint16Array {
  const random = createRandom(seed, 'export-test');
  const values = new Uint16Array(bands * SIZE * SIZE);
  for (let i = 0; i < values.length; i++) {
    const [y, x] = [Math.floor((i % (SIZE * SIZE)) / SIZE), i % SIZE];
    values[i] = x < 5 && y < 7 ? 0 : 500 + random.int(3000);
  }
  return values;
}

export function tempFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'nadir export – '));
}

/** Two dated scenes side by side in UTM 31, 64 × 64 pixels of 10 m, three bands; chips of 32 pixels. */
export async function makeScenes(folder = path.join(tempFolder(), 'data')): Promise<Scenes> {
  mkdirSync(folder, { recursive: true });
  for (const [i, date] of ['20240601', '20240611'].entries()) {
    const values = sceneValues(i, BANDS.length);
    const tensor = GeoTensor.create({
      values,
      valid: Uint8Array.from(values, (v) => (v === 0 ? 0 : 1)),
      shape: [BANDS.length, SIZE, SIZE],
      transform: [10, 0, 500000 + i * SIZE * 10, 0, -10, 5100000],
      crs: 'EPSG:32631',
      fillValue: 0,
      bandNames: BANDS,
    });
    writeFileSync(path.join(folder, `S2_${date}.tif`), await cogBytes(tensor));
  }
  const catalog = await buildRasterCatalog(folder, { filenameRegex: 'S2_(?<date>\\d{8})' });
  return { folder, catalog, chips: await gridSampler(catalog, { chipSize: 32 }) };
}
