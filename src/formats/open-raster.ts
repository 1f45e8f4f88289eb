/** One door for all raster files: the format is told by its first bytes, not by its name. */
import { openGeoTiff, type GeoTiffInput, type OpenGeoTiffOptions } from './geotiff/index.js';
import type { RasterFile } from './raster/index.js';

/**
 * Opens a raster file of any format that Nadir reads.
 *
 * @throws What {@link openGeoTiff} throws.
 */
export function openRaster(input: GeoTiffInput, o: OpenGeoTiffOptions = {}): Promise<RasterFile> {
  return openGeoTiff(input, o);
}
