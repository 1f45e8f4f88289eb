/** The georeference of a small GeoTIFF that another format carries (GeoJP2). */
import type { Affine, Crs } from '../../core/index.js';
import { memorySource, pageSource } from '../../io/index.js';
import { crsOfGeoKeys } from './crs-read.js';
import { openDirectories } from './directory.js';
import { KEY, readGeoKeys } from './geokeys.js';
import { readTransform } from './georeference.js';
import { readStructure } from './structure.js';

const PAGE_BYTES = 16384;
const PIXEL_IS_POINT = 2;

/** Place and CRS as a GeoTIFF says them. */
export interface GeoReference {
  readonly transform: Affine;
  readonly georeferenced: boolean;
  readonly crs: Crs | null;
  readonly problem: string | null;
}

/**
 * Reads the georeference of a GeoTIFF in memory; its pixels do not matter.
 *
 * @throws {@link FormatError} naming `name` when it is no TIFF or a damaged one.
 */
export async function readGeoReference(bytes: Uint8Array, name: string): Promise<GeoReference> {
  const source = pageSource(memorySource(bytes, 'embedded.tif'), PAGE_BYTES);
  const structure = await readStructure(source, name);
  const [tags] = await openDirectories(source, structure, name);
  if (!tags) return { transform: [1, 0, 0, 0, 1, 0], georeferenced: false, crs: null, problem: null };
  const keys = readGeoKeys(tags);
  const isPoint = keys?.numbers.get(KEY.RasterType)?.[0] === PIXEL_IS_POINT;
  return { ...readTransform(tags, isPoint), ...crsOfGeoKeys(keys) };
}
