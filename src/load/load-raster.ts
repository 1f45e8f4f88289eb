/** loadRaster: a slice of a catalog as one array on the slice's grid (loading.md §2). */
import type { GeoCatalog } from '../catalog/types.js';
import { startTask, warn, type GeoSlice, type LedgerEntry } from '../core/index.js';
import type { GeoTensor } from '../pixels/index.js';
import { mergeSources } from './merge-sources.js';
import { openSources, warnOfBands } from './open-sources.js';
import { checkLoadNames, checkOptions, type RasterLoadOptions } from './options.js';
import { emptyTensor, resultType } from './result.js';
import { warnOfNothingRead, warnOfResult } from './result-warnings.js';
import { emptyError, requireRaster, requireSlice, rowsFor } from './rows.js';
import type { LoadSurroundings, WarningKind } from './surroundings.js';

/**
 * The pixels of a slice, (band, y, x), with exactly the slice's shape, transform and CRS.
 *
 * Every file is warped to that grid on its own, masked, then merged. `attrs` holds the slice, the files that were read
 * in load order, and `errors` with `onError: 'skip'`.
 *
 * @throws {@link EmptySelectionError} `no-rows`; {@link CatalogError} `wrong-backend`, `band-counts-differ`;
 * {@link BandNotFoundError}; {@link ArgumentError}; {@link FormatError} and {@link UnsupportedDataError} naming file and block.
 */
export async function loadRaster(catalog: GeoCatalog, slice: GeoSlice, o: RasterLoadOptions = {}): Promise<GeoTensor> {
  // Awaited, so that the stack of an error reaches the caller's line.
  return await loadSaying(catalog, slice, o, (_, message) => warn(message));
}

/**
 * {@link loadRaster} without some of its warnings: all of them for displays, where they are not the user's question;
 * `no-valid-pixel` for exports, which count empty items themselves.
 */
export async function loadRasterQuietly(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions = {},
  unsaid: readonly WarningKind[] = ['no-valid-pixel', 'bands', 'skipped'],
): Promise<GeoTensor> {
  return loadSaying(catalog, slice, o, (kind, message) => {
    if (!unsaid.includes(kind)) warn(message);
  });
}

async function loadSaying(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions,
  say: LoadSurroundings['warn'],
): Promise<GeoTensor> {
  checkLoadNames('loadRaster', o);
  const task = startTask('loadRaster', o);
  try {
    return await loadSlice(catalog, slice, o, {
      signal: task.signal,
      report: (p) => task.report(p),
      warn: say,
    });
  } finally {
    task.end();
  }
}

/** {@link loadRaster} without a task of its own. */
export async function loadSlice(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions,
  around: LoadSurroundings,
): Promise<GeoTensor> {
  checkOptions(o);
  requireRaster(catalog);
  requireSlice(slice);
  const { signal } = around;
  signal?.throwIfAborted();
  const rows = await rowsFor(catalog, slice, o, signal ? { signal } : {});
  if (rows.length === 0) {
    if (o.onEmpty !== 'nodata') throw await emptyError(catalog, slice);
    return emptyTensor(slice, o);
  }
  const errors: LedgerEntry[] = [];
  const sources = await openSources(catalog, slice, o, rows, errors, signal);
  if (sources.length === 0) {
    warnOfNothingRead(rows.length, around);
    return emptyTensor(slice, o, errors);
  }
  warnOfBands(sources, o, around);
  const result = resultType(sources, o);
  const tensor = await mergeSources(sources, slice, o, result, errors, around);
  warnOfResult(tensor, rows.length, slice, o, errors, around);
  return tensor;
}
