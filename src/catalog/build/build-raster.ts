/** Building a catalog from the headers of raster files (`catalog.md` §3). */
import { CatalogError } from '../../core/index.js';
import { NO_CRS } from '../../formats/geotiff/index.js';
import { openRaster } from '../../formats/open-raster.js';
import type { BuildOptions } from './build-options.js';
import { buildCatalog, type Builder, type FoundRow, type ReadContext } from './building.js';
import type { FileInput } from './expand-files.js';
import { baseName, stemOf, type NamedFiles } from './file-name.js';
import { rasterFootprint } from '../footprint.js';
import type { GeoCatalog } from '../types.js';

/** Endings of the files of rasters. */
export const RASTER_EXTENSIONS = ['.tif', '.tiff', '.gtiff', '.cog', '.btf', '.tf8', '.jp2', '.j2k'];

const RASTER: Builder<BuildOptions & NamedFiles> = {
  name: 'buildRasterCatalog',
  backend: 'raster',
  what: 'GeoTIFF or JPEG 2000',
  extensions: RASTER_EXTENSIONS,
  named: true,
  read: async (file, context) => [await readHeader(file, context)],
};

async function readHeader(file: string, { signal, targetCrs, interval, densify }: ReadContext): Promise<FoundRow> {
  const raster = await openRaster(file, { signal });
  try {
    const { header } = raster;
    if (!header.georeferenced) {
      throw new CatalogError('not-georeferenced', `${baseName(file)} has no georeferencing, so its place is unknown.`, {
        hint: 'Set a transform and a CRS, e.g. with gdal_translate -a_srs -a_ullr.',
        details: { file },
      });
    }
    // A CRS that the file names but Nadir cannot read is never replaced by the target: the footprint would be elsewhere.
    const unnamed = header.crsProblem === null || header.crsProblem.endsWith(NO_CRS);
    const crs = header.crs ?? (unnamed ? targetCrs : null);
    if (!crs) {
      throw new CatalogError('no-crs', unnamed ? `${baseName(file)} has no CRS.` : header.crsProblem, {
        hint: unnamed ? 'Pass targetCrs to say what it is.' : 'Register or convert its CRS.',
        details: { file },
      });
    }
    const { transform, width, height, count, dtype, nodata, bandNames, overviews } = header;
    if (transform.some((v) => !Number.isFinite(v)) || transform[0] * transform[4] === transform[1] * transform[3]) {
      throw new CatalogError(
        'not-georeferenced',
        `${baseName(file)} has a transform without an inverse: [${transform.join(', ')}].`,
        { details: { file } },
      );
    }
    const native = Object.freeze({ transform, width, height, count, dtype, nodata, bandNames, overviews });
    return {
      wantedId: stemOf(file),
      filepath: file,
      crs,
      interval,
      native,
      columns: {},
      footprint: (target) => rasterFootprint(native, crs, target, densify),
    };
  } finally {
    await raster.close();
  }
}

/**
 * A catalog with one row per raster file, in input order, from headers only.
 *
 * A string is a file, an address, a pattern or a folder (searched deeply for GeoTIFFs and JPEG 2000). Footprints are in the catalog's
 * CRS. Without `filenameRegex` every row is static. Bad files are skipped, named in a warning and listed in
 * `config.skipped`; the result does not depend on `concurrency`.
 *
 * @throws {@link CatalogError} `no-files-matched`, `no-rows`, `bad-regex`, `no-date-group`, `bad-date-format`;
 * {@link ArgumentError}; with `onError: 'raise'` the first error of a file; the signal's reason when cancelled.
 */
export async function buildRasterCatalog(
  files: FileInput,
  options: BuildOptions & NamedFiles = {},
): Promise<GeoCatalog> {
  return buildCatalog(RASTER, files, options);
}
