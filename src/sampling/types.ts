/** Options and results of samplers (`sampling.md`). Chip sizes and strides are `[height, width]`. */
import type { Bounds, CrsInput, GeoSlice, IntervalInput, LongTask, Resolution, Seed, Shape2D } from '../core/index.js';
import type { CatalogRow, MultiPolygon, Polygon } from '../catalog/index.js';

/** A row, or chips of it, that gave no sample. */
export interface SkippedRow {
  readonly row: CatalogRow;
  readonly reason: 'smaller-than-chip' | 'outside-roi' | 'low-valid';
  /** Tiles or chips left out. */
  readonly count: number;
}

/** A finite or endless sequence; iterating is synchronous, restartable and always gives the same items. */
export interface SampleSequence<T> extends Iterable<T> {
  /** Of this shard; may be Infinity. */
  readonly length: number;
  /** The seed in use, also when none was given; null for grids. */
  readonly seed: Seed | null;
  readonly skipped: readonly SkippedRow[];
  /** @throws {@link SamplerError} `out-of-range`. */
  at(index: number): T;
}
export type SliceSequence = SampleSequence<GeoSlice>;

export interface SamplerCommon extends LongTask {
  /** `[height, width]`, or one number for both. */
  readonly chipSize: number | Shape2D;
  /** Unit of chip size and stride. Default pixels. */
  readonly units?: 'pixels' | 'crs';
  /** In CRS units; default the catalog's target resolution, else the file's own where its CRS is the catalog's. */
  readonly resolution?: Resolution | number;
  /** A point that a corner of the lattice of all tiles goes through; needed to stitch files with differing grids. */
  readonly snapTo?: readonly [x: number, y: number];
  readonly roi?: Bounds | Polygon | MultiPolygon;
  /** Default the catalog's CRS. */
  readonly roiCrs?: CrsInput;
  readonly toi?: IntervalInput;
  /** CRS of the slices: the catalog's (default), or each file's own, so that mixed UTM zones are never resampled. */
  readonly crs?: 'catalog' | 'native';
  /** Smallest estimated share of valid pixels. Default 0: no pixels are read. */
  readonly minValidFraction?: number;
  readonly shard?: { readonly index: number; readonly count: number };
}

export interface RandomSamplerOptions extends SamplerCommon {
  /** Of all shards together. Default the number of chips that `gridSampler` would emit with stride = chip. */
  readonly length?: number;
  readonly seed?: Seed;
  /** What the chance of a tile is proportional to. `area` over-represents one giant tile; `placements` gives every chip position the same chance. */
  readonly weight?: 'area' | 'uniform' | 'placements' | 'valid';
  /** Smallest great-circle distance of chip centres. Default 0. */
  readonly minSpacingMetres?: number;
  /** `instant` (default) draws a moment of the row's interval; `interval` carries the whole of it. */
  readonly time?: 'instant' | 'interval';
}

export interface GridSamplerOptions extends SamplerCommon {
  /** Default: the chip size. */
  readonly stride?: number | Shape2D;
  /** What happens at the last row and column. Default `shift`: full coverage, exact size, no padding. */
  readonly edge?: 'shift' | 'pad' | 'shrink' | 'drop' | 'raise';
  /** Drops slices with equal `key`, as overlapping rows give them. Default false. */
  readonly dedupe?: boolean;
}
