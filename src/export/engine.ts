/** The parts below that an export uses, behind one seam, so that its own rules can be tested without pixels. */
import type { Crs, GeoSlice } from '../core/index.js';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import type { RasterLoadOptions } from '../load/index.js';
import type { GeoTensor } from '../pixels/index.js';

/** A picture: 8-bit red, green, blue, alpha, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Reading pixels and encoding files. */
export interface Engine {
  /** A catalog of rows, as the memory engine holds it. */
  catalog(rows: readonly CatalogRow[], crs: Crs): GeoCatalog;
  /** Closes the files that loads from a catalog hold open. */
  close(catalog: GeoCatalog): Promise<void>;
  load(catalog: GeoCatalog, slice: GeoSlice, options: RasterLoadOptions): Promise<GeoTensor>;
  /** Bytes of a Cloud Optimized GeoTIFF; equal tensors give equal bytes. */
  cog(tensor: GeoTensor, signal: AbortSignal | undefined): Promise<Uint8Array>;
  png(picture: Picture): Promise<Uint8Array>;
  /** Outline of a slice in a CRS, edges densified. */
  footprint(slice: GeoSlice, to: Crs): CatalogRow['geometry'];
}
