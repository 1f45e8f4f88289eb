/** Vector files as all readers show them: layers with facts, and their features. */
import type { Bounds, Crs, NadirError } from '../../core/index.js';
import type { Feature, Geometry } from 'geojson';

export type VectorFormat = 'geojson' | 'geoparquet' | 'flatgeobuf' | 'shapefile' | 'geopackage';

/** A feature as GeoJSON, in the CRS of its layer. */
export type VectorFeature = Feature<Geometry | null>;

/** What a layer says of itself, or what reading it once tells. */
export interface LayerFacts {
  readonly name: string;
  /** Null where the file names none, or one that cannot be read. */
  readonly crs: Crs | null;
  /** Why a CRS that the file does name cannot be read; null otherwise. */
  readonly crsProblem: NadirError | null;
  /** Total bounds of the features in the layer's CRS: smallest and largest x and y, also across ±180. Null without geometry. */
  readonly bounds: Bounds | null;
  /** Features, those without geometry included. */
  readonly count: number;
  /** GeoJSON name of the geometry type; several joined by commas; `Geometry` where the file does not say. */
  readonly geometryType: string;
  /** Names of attributes in order. */
  readonly fields: readonly string[];
}

/** Options of reading features. */
export interface FeatureOptions {
  /** Only features whose box touches this one, in the layer's CRS. */
  readonly bounds?: Bounds;
  readonly signal?: AbortSignal | undefined;
}

/** An open vector file. Its layers are described when asked for, since some formats must be scanned. */
export interface VectorFile {
  readonly format: VectorFormat;
  /** Names of layers in file order; at least one. */
  readonly layers: readonly string[];
  /** @throws {@link FormatError} when the layer is malformed. */
  describe(layer: string, o?: { readonly signal?: AbortSignal | undefined }): Promise<LayerFacts>;
  /** Features in file order. */
  features(layer: string, o?: FeatureOptions): AsyncIterable<VectorFeature>;
  close(): Promise<void>;
}
