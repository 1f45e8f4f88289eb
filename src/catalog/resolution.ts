/** The resolution of slices of a row: given, the catalog's, or the file's own (`sampling.md` §1, `catalog.md` §6). */
import { affineResolution, ArgumentError, type Crs, type Resolution } from '../core/index.js';
import type { CatalogRow } from './types.js';

/** One number as both axes. */
export function resolutionPair(resolution: Resolution | number): Resolution {
  return typeof resolution === 'number' ? [resolution, resolution] : resolution;
}

/**
 * Resolution of a row's slices in the catalog's CRS: the option, else the catalog's target resolution, else that of the
 * file when its CRS is the catalog's.
 *
 * @throws {@link ArgumentError} `no-resolution` when none of the three is there.
 */
export function sliceResolution(
  catalog: { readonly crs: Crs; readonly targetResolution: Resolution | null },
  row: CatalogRow,
  given?: Resolution | number,
): Resolution {
  if (given !== undefined) return resolutionPair(given);
  if (catalog.targetResolution) return catalog.targetResolution;
  if (row.native && row.crs.equals(catalog.crs)) return affineResolution(row.native.transform);
  throw new ArgumentError(
    'no-resolution',
    `Row ${row.id} has no resolution in ${catalog.crs.canonical}: no option "resolution", no targetResolution of the catalog, and ${row.native ? `the file is in ${row.crs.canonical}` : 'no pixel size is known for its file'}.`,
    {
      hint: 'Pass resolution in CRS units, or build the catalog with targetResolution.',
      details: { id: row.id, crs: row.crs.canonical },
    },
  );
}
