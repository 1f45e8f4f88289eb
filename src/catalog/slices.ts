/** The rows of a catalog as slices (`catalog.md` §6). */
import { GeoSlice, type Resolution } from '../core/index.js';
import { sliceResolution } from './resolution.js';
import type { GeoCatalog } from './types.js';

/** Envelope and interval of each row. @throws {@link ArgumentError} `no-resolution` where none is known. */
export async function* catalogSlices(
  catalog: GeoCatalog,
  resolution: Resolution | number | undefined,
): AsyncGenerator<GeoSlice> {
  for await (const row of catalog.rows()) {
    yield GeoSlice.create({
      bounds: row.bbox,
      resolution: sliceResolution(catalog, row, resolution),
      crs: catalog.crs,
      interval: row.interval,
    });
  }
}
