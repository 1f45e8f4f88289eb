/** What opens a GeoTIFF. */
import type { Source } from '../../io/index.js';
import type { BlockCache } from '../raster/index.js';

/** How to open a GeoTIFF. */
export interface OpenGeoTiffOptions {
  readonly signal?: AbortSignal | undefined;
  /** Decoded blocks, shared by the files of one load context. Default: a cache of this file alone. */
  readonly cache?: BlockCache;
}

/** A path, an address, or an open source (which `close` of the file closes). */
export type GeoTiffInput = string | URL | Source;
