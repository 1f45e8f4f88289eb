/** The rows of a catalog as slices (`catalog.md` §6). */
import { ArgumentError, GeoSlice, type Resolution } from '../core/index.js';
import { resolutionPair, sliceResolution } from './resolution.js';
import type { GeoCatalog } from './types.js';

/** Envelope and interval of each row. @throws {@link ArgumentError} `bad-resolution` at once; `no-resolution` where none is known. */
export function catalogSlices(
  catalog: GeoCatalog,
  resolution: Resolution | number | undefined,
): AsyncGenerator<GeoSlice> {
  for (const side of resolution === undefined ? [] : resolutionPair(resolution))
    if (!(Number.isFinite(side) && side > 0))
      throw new ArgumentError('bad-resolution', `resolution is positive; got ${JSON.stringify(resolution)}.`);
  return slicesOf(catalog, resolution);
}

async function* slicesOf(catalog: GeoCatalog, resolution: Resolution | number | undefined): AsyncGenerator<GeoSlice> {
  for await (const row of catalog.rows()) {
    yield GeoSlice.create({
      bounds: row.bbox,
      resolution: sliceResolution(catalog, row, resolution),
      crs: catalog.crs,
      interval: row.interval,
    });
  }
}
