/** How a source is warped to the lattice of a slice, and what that says of a block before anything is read (loading.md §2.1). */
import type { DType, GeoSlice, NumericArray, PixelWindow } from '../../core/index.js';
import type { WindowTarget } from '../../formats/raster/index.js';
import type { TransformMode } from './coordinates.js';
import { latticeOf, type Lattice } from './lattice.js';
import type { Resampling } from './methods.js';
import { planRelation, type GridRelation, type RelationCache } from './relation.js';
import { columnsOfTurn, plainCopyOffset, type SourceGrid } from './source-grid.js';
import { mayBeInvalid } from './validity.js';
import { clipWindow } from './window.js';

/** Pixels of a window as a file holds them: planar (band, y, x). `valid` has one plane, or one per band. */
export interface WindowPixels {
  readonly values: NumericArray;
  readonly valid: Uint8Array | null;
}

/** A raster that can be read by whole-pixel windows inside it. Bands are counted from 0. */
export interface RasterSource extends SourceGrid {
  readonly dtype: DType;
  readonly nodata: number | null;
  /** The file has a mask; unknown counts as yes. */
  readonly hasMask?: boolean;
  /** With `into`, a source may put pixels there; its answer's `values` are then those of the target. */
  readWindow(
    window: PixelWindow,
    bands: readonly number[],
    signal: AbortSignal | undefined,
    into?: WindowTarget,
  ): Promise<WindowPixels>;
}

/** A band to warp, and how. `raw` takes every pixel of the file as valid (mask bands, where 0 often means clear). */
export interface WarpBand {
  readonly band: number;
  readonly resampling: Resampling;
  readonly raw?: boolean;
}

/** What of a source's relation to a slice stays the same for all blocks. */
export interface WarpPlan extends GridRelation {
  readonly source: RasterSource;
  readonly lattice: Lattice;
  readonly copyOffset: { readonly col: number; readonly row: number } | null;
  /** Source columns of a whole turn of longitude, see columnsOfTurn. */
  readonly turn: number;
}

/** A block of a slice, in its pixels. */
export type Block = PixelWindow;

/** A warped block: (band, y, x), values already rounded and clamped to the source's type. */
export interface WarpedBlock {
  readonly values: NumericArray;
  /** 1 = valid; null where all are. */
  readonly valid: Uint8Array | null;
}

/** The plan of warping a source to the lattice of a slice; what slices of one lattice share is kept in `cache`. */
export function planWarp(
  source: RasterSource,
  slice: Pick<GeoSlice, 'bounds' | 'resolution' | 'crs'>,
  mode: TransformMode = 'knots',
  cache?: RelationCache,
): WarpPlan {
  const lattice = latticeOf(slice);
  return {
    ...planRelation(source, slice, lattice, mode, cache),
    source,
    lattice,
    copyOffset: plainCopyOffset(source, slice),
    turn: columnsOfTurn(source, slice),
  };
}

/** Whether every pixel of a block is a valid copy, whatever the file holds: known before anything is read. */
export function isSurelyWhole({ source, copyOffset }: WarpPlan, block: Block): boolean {
  if (copyOffset === null || source.hasMask !== false || mayBeInvalid(source)) return false;
  const window = clipWindow({ ...block, col: block.col + copyOffset.col, row: block.row + copyOffset.row }, source);
  return window !== null && window.width === block.width && window.height === block.height;
}

/** Whether a block may meet the source, as far as can be said without mapping points. */
export function mayMeet({ source, copyOffset }: WarpPlan, block: Block): boolean {
  if (copyOffset === null) return true;
  return clipWindow({ ...block, col: block.col + copyOffset.col, row: block.row + copyOffset.row }, source) !== null;
}
