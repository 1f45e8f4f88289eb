/** The engine of real exports: this library's own loaders and writers. */
import { memoryCatalog } from '../catalog/catalog.js';
import { rasterFootprint } from '../catalog/footprint.js';
import { encodePng } from '../formats/png/index.js';
import { closeLoadContext, loadRasterQuietly } from '../load/index.js';
import { cogBytes } from '../pixels/index.js';
import { northUp } from '../core/index.js';
import type { Engine } from './engine.js';

export const nadirEngine: Engine = {
  catalog: (rows, crs) => memoryCatalog(rows, { backend: 'raster', crs, targetResolution: null, config: {} }),
  close: closeLoadContext,
  // Empty items are counted and said once, at the end of the export.
  load: (catalog, slice, o) => loadRasterQuietly(catalog, slice, o, ['no-valid-pixel']),
  cog: (tensor, signal) => cogBytes(tensor, signal ? { signal } : {}),
  png: ({ width, height, rgba }) => Promise.resolve(encodePng({ width, height, channels: 4, data: rgba })),
  footprint: (slice, to) => {
    const [height, width] = slice.shape;
    return rasterFootprint(
      { transform: northUp(slice.bounds[0], slice.bounds[3], slice.resolution), width, height },
      slice.crs,
      to,
    );
  },
};
