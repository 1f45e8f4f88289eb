export { BlockCache, DEFAULT_CACHE_BYTES } from './block-cache.js';
export { encodeCog, type CogEncodeOptions, type CogImage } from './write/cog.js';
export { NO_CRS } from './crs-read.js';
export { openGeoTiff } from './read.js';
export type {
  GeoTiff,
  GeoTiffInput,
  OpenGeoTiffOptions,
  RasterHeader,
  RasterWindow,
  Rgba,
  WindowOptions,
} from './types.js';
