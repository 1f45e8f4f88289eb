/** What a load says of its result: no valid pixel, files left out. */
import type { GeoSlice, LedgerEntry } from '../core/index.js';
import type { GeoTensor } from '../pixels/index.js';
import type { RasterLoadOptions } from './options.js';
import type { LoadSurroundings } from './surroundings.js';

/** Warns when files met the slice but no pixel is valid, and of files that were left out. */
export function warnOfResult(
  tensor: GeoTensor,
  files: number,
  slice: GeoSlice,
  o: RasterLoadOptions,
  errors: readonly LedgerEntry[],
  around: LoadSurroundings,
): void {
  if (tensor.valid && !tensor.valid.includes(1)) {
    const cause = o.mask === undefined ? 'all of them are nodata' : 'all of them are nodata or masked';
    around.warn(
      'no-valid-pixel',
      `${files} file(s) meet the slice ${JSON.stringify(slice.bounds)} in ${slice.crs.canonical}, but no pixel is valid: ${cause} there.`,
    );
  }
  if (errors.length > 0)
    around.warn(
      'skipped',
      `${errors.length} file(s) could not be read and were left out: ${errors.map((e) => e.item).join(', ')}. See attrs.errors.`,
    );
}

/** Warns that not one file could be read. */
export function warnOfNothingRead(files: number, around: LoadSurroundings): void {
  around.warn(
    'skipped',
    `None of the ${files} files of the slice could be read; every pixel is invalid. See attrs.errors.`,
  );
}
