export { encodeCog, type CogEncodeOptions, type CogImage } from './write/cog.js';
export { NO_CRS } from './crs-read.js';
export { readGeoReference, type GeoReference } from './embedded.js';
export { openGeoTiff } from './read.js';
export type { GeoTiffInput, OpenGeoTiffOptions } from './types.js';
