/** One door for all raster files: the format is told by its first bytes, not by its name. */
import { isNadirError } from '../core/index.js';
import { openSource } from '../io/index.js';
import { openGeoTiff, type GeoTiffInput, type OpenGeoTiffOptions } from './geotiff/index.js';
import { isJp2, openJp2 } from './jp2/index.js';
import type { RasterFile } from './raster/index.js';

/** Bytes that tell a JPEG 2000 file. */
const HEAD_BYTES = 12;

/**
 * Opens a raster file of any format that Nadir reads: GeoTIFF or JPEG 2000.
 *
 * @throws What {@link openGeoTiff} and `openJp2` throw.
 */
export async function openRaster(input: GeoTiffInput, o: OpenGeoTiffOptions = {}): Promise<RasterFile> {
  try {
    return await openGeoTiff(input, o);
  } catch (error) {
    // Nearly all files are TIFFs; only one that is none is looked at again.
    if (!isNadirError(error, 'FormatError') || error.code !== 'not-tiff' || !(await startsAsJp2(input, o))) throw error;
    return openJp2(input, o);
  }
}

async function startsAsJp2(input: GeoTiffInput, { signal }: OpenGeoTiffOptions): Promise<boolean> {
  const isSource = typeof input === 'object' && 'read' in input;
  const source = isSource ? input : await openSource(input, { signal });
  try {
    return isJp2(await source.read(0, HEAD_BYTES, { signal }));
  } finally {
    if (!isSource) await source.close();
  }
}
