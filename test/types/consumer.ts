/** What a user of the published types writes; compiled against dist/types, never run. */
import {
  buildRasterCatalog,
  curate,
  days,
  exportDataset,
  GeoSlice,
  gridSampler,
  isNadirError,
  loadRaster,
  masks,
  type GeoCatalog,
  type GeoTensor,
} from 'nadir';

const scenes: GeoCatalog = await buildRasterCatalog('scenes', { filenameRegex: /_(?<date>\d{8})_/ });
const area = GeoSlice.create({
  bounds: [0, 0, 100, 100],
  crs: 'EPSG:32631',
  resolution: 10,
  interval: days('2024-06-01'),
});
const mosaic: GeoTensor = await loadRaster(scenes, area, { bandIndexes: ['B04'], mask: masks.s2scl });
const chips = await gridSampler(scenes, { chipSize: 256 });
// @ts-expect-error a chip size is required
await gridSampler(scenes, {});
// @ts-expect-error there is no such method
await loadRaster(scenes, area, { resampling: 'blinear' });
try {
  await exportDataset(
    { name: 'x', items: curate(chips), layers: [{ name: 's2', catalog: scenes }], outputs: [{ format: 'cog' }] },
    'out',
  );
} catch (error) {
  if (isNadirError(error, 'ExportError')) console.log(error.code, error.hint, mosaic.shape);
}
