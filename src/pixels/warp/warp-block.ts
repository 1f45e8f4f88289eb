/** One source warped to one block of a slice: which source window is needed, read, resample (loading.md §2.1). */
import { arrayOf, type DType, type GeoSlice, type NumericArray, type PixelWindow } from '../../core/index.js';
import type { WindowTarget } from '../../formats/raster/index.js';
import { resampleArea } from './area.js';
import { isKernelArray, kernelArray, roundingOf, type BandTarget, type BandWindow } from './bands.js';
import { resampleBilinear } from './bilinear.js';
import type { Coordinates, TransformMode } from './coordinates.js';
import { resampleCubic } from './cubic.js';
import { latticeOf, type Lattice } from './lattice.js';
import { isArea, type Resampling } from './methods.js';
import { resampleNearest } from './nearest.js';
import { planRelation, type GridRelation, type RelationCache } from './relation.js';
import { scratchOf } from './scratch.js';
import { columnsOfTurn, plainCopyOffset, type SourceGrid } from './source-grid.js';
import { clearInvalid, clearMasked, holdsInvalid, mayBeInvalid, validityOf } from './validity.js';
import { resampleWidened } from './widened.js';
import { clipWindow, neededWindow, type MappedPoints } from './window.js';

export type { Resampling } from './methods.js';

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

/** Pixels × bands of a source window read at once: bounds memory to about 50 MB a source. */
const MAX_WINDOW_VALUES = 4_000_000;
/** Blocks of this side or less are not halved any more. */
const SMALLEST_BLOCK = 8;

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

/** Warps bands of a source to a block. @returns Null when the block does not meet the source. */
export async function warpBlock(
  plan: WarpPlan,
  bands: readonly WarpBand[],
  block: Block,
  signal?: AbortSignal,
): Promise<WarpedBlock | null> {
  const pixels = block.width * block.height;
  const values = arrayOf(plan.source.dtype, bands.length * pixels);
  const target = { values, start: 0, rowStride: block.width, planeStride: pixels };
  const valid = await warpInto(plan, bands, block, target, signal);
  return valid === 'missed' ? null : { values, valid };
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

/** A block under way. */
interface Work {
  readonly plan: WarpPlan;
  readonly bands: readonly WarpBand[];
  readonly block: Block;
  /** Of the source's type. */
  readonly target: WindowTarget;
  /** (band, y, x) of the block; made when the first invalid pixel may come. */
  valid: Uint8Array | null;
  readonly signal: AbortSignal | undefined;
}

/**
 * Warps bands of a source to a block, whose first pixel is the target's first. The target is an array of the source's
 * type; what it holds where pixels are invalid means nothing.
 *
 * @returns The validity (band, y, x) of the block, null where all is valid, or `missed` when the block does not meet
 * the source. Only the source window that the block needs is read; a block that needs a large one (downsampling) is
 * worked on in quarters, which changes no bit.
 */
export async function warpInto(
  plan: WarpPlan,
  bands: readonly WarpBand[],
  block: Block,
  target: WindowTarget,
  signal?: AbortSignal,
): Promise<Uint8Array | null | 'missed'> {
  const work: Work = { plan, bands, block, target, valid: null, signal };
  const hit = await warpPart(work, block);
  if (!hit) return 'missed';
  return work.valid?.includes(0) === true ? work.valid : null;
}

async function warpPart(work: Work, part: Block): Promise<boolean> {
  const { plan, bands, signal } = work;
  signal?.throwIfAborted();
  const { source, copyOffset } = plan;
  const points = copyOffset === null ? mapPoints(plan, bands, part) : null;
  const methods = bands.map((b) => b.resampling);
  const needed = points && neededWindow(source, plan, methods, points);
  const window = copyOffset
    ? clipWindow({ ...part, col: part.col + copyOffset.col, row: part.row + copyOffset.row }, source)
    : (needed?.window ?? null);
  if (window === null) {
    clearRows(work, part, part.row, part.height, part.col, part.width);
    return false;
  }
  const size = window.width * window.height * bands.length;
  if (size > MAX_WINDOW_VALUES && Math.max(part.width, part.height) > SMALLEST_BLOCK) {
    let hit = false;
    for (const quarter of quarters(part)) hit = (await warpPart(work, quarter)) || hit;
    return hit;
  }
  if (points && needed) await resamplePart(work, part, points, window, needed.isInside);
  else await copyPart(work, part, window);
  return true;
}

function mapPoints({ lattice, mapper }: WarpPlan, bands: readonly WarpBand[], part: Block): MappedPoints {
  const at = { col: lattice.x.first + part.col, row: lattice.y.first + part.row };
  const wantsArea = bands.some((b) => isArea(b.resampling));
  const wantsCentres = bands.some((b) => !isArea(b.resampling));
  return {
    centres: wantsCentres ? mapper({ ...at, width: part.width, height: part.height, at: 'centres' }) : null,
    corners: wantsArea ? mapper({ ...at, width: part.width + 1, height: part.height + 1, at: 'corners' }) : null,
  };
}

function quarters(b: Block): Block[] {
  const w = b.width > 1 ? Math.ceil(b.width / 2) : b.width;
  const h = b.height > 1 ? Math.ceil(b.height / 2) : b.height;
  return [
    { col: b.col, row: b.row, width: w, height: h },
    { col: b.col + w, row: b.row, width: b.width - w, height: h },
    { col: b.col, row: b.row + h, width: w, height: b.height - h },
    { col: b.col + w, row: b.row + h, width: b.width - w, height: b.height - h },
  ].filter((q) => q.width > 0 && q.height > 0);
}

function validOf(work: Work): Uint8Array {
  work.valid ??= new Uint8Array(work.bands.length * work.block.width * work.block.height).fill(1);
  return work.valid;
}

/** Where a pixel of a band lies in the validity of the block. */
function validIndex({ block }: Work, band: number, row: number, col: number): number {
  return (band * block.height + row - block.row) * block.width + col - block.col;
}

/** Where a pixel of a band lies in the target. */
function targetIndex({ block, target }: Work, band: number, row: number, col: number): number {
  return target.start + band * target.planeStride + (row - block.row) * target.rowStride + col - block.col;
}

/** Makes some pixels of all bands invalid. */
function clearRows(work: Work, part: Block, row: number, height: number, col: number, width: number): void {
  if (height === 0 || width === 0) return;
  const valid = validOf(work);
  for (let b = 0; b < work.bands.length; b++) {
    for (let r = row; r < row + height; r++) {
      const at = validIndex(work, b, r, col);
      valid.fill(0, at, at + width);
    }
  }
}

/** A plain copy: pixels are read straight into the target. */
async function copyPart(work: Work, part: Block, window: PixelWindow): Promise<void> {
  const { plan, bands, target, signal } = work;
  const { source } = plan;
  // SAFETY: only plans with an offset copy.
  const offset = plan.copyOffset as { col: number; row: number };
  const { width, height } = window;
  const col = window.col - offset.col;
  const row = window.row - offset.row;
  const into = { ...target, start: targetIndex(work, 0, row, col) };
  const pixels = await source.readWindow(
    window,
    bands.map((b) => b.band),
    signal,
    into,
  );
  if (pixels.values !== target.values) {
    for (let b = 0, from = 0; b < bands.length; b++) {
      for (let r = 0; r < height; r++, from += width)
        target.values.set(pixels.values.subarray(from, from + width), targetIndex(work, b, row + r, col));
    }
  }
  clearRows(work, part, part.row, row - part.row, part.col, part.width);
  clearRows(work, part, row + height, part.row + part.height - row - height, part.col, part.width);
  clearRows(work, part, row, height, part.col, col - part.col);
  clearRows(work, part, row, height, col + width, part.col + part.width - col - width);
  const size = width * height;
  // Rows that lie behind each other in the target and in the block are looked at together.
  const together = width === target.rowStride && width === work.block.width ? height : 1;
  for (let b = 0; b < bands.length; b++) {
    if (bands[b]?.raw === true) continue;
    for (let r = 0; r < height; r += together) {
      const from = targetIndex(work, b, row + r, col);
      const values = target.values.subarray(from, from + together * width);
      if (mayBeInvalid(source) && holdsInvalid(values, source))
        clearInvalid(values, source, validOf(work), validIndex(work, b, row + r, col));
      if (pixels.valid === null) continue;
      const plane = pixels.valid.length > size ? b * size : 0;
      const mask = pixels.valid.subarray(plane + r * width, plane + (r + together) * width);
      if (mask.includes(0)) clearMasked(mask, validOf(work), validIndex(work, b, row + r, col));
    }
  }
}

const kernelScratch = scratchOf((n) => new Float64Array(n));

async function resamplePart(
  work: Work,
  part: Block,
  points: MappedPoints,
  window: PixelWindow,
  isInside: boolean,
): Promise<void> {
  const { plan, bands, signal, target } = work;
  const distinct = [...new Set(bands.map((b) => b.band))];
  const pixels = await plan.source.readWindow(window, distinct, signal);
  const planes = distinct.map((band, i): BandWindow => {
    const isRaw = bands.every((b) => b.band !== band || b.raw === true);
    return bandPlane(plan.source, window, pixels, i, distinct.length, isRaw);
  });
  const windows = bands.map((band): BandWindow => {
    // SAFETY: `distinct` holds every band of `bands`, and `planes` has one entry for each.
    const plane = planes[distinct.indexOf(band.band)] as BandWindow;
    return band.raw === true ? { ...plane, valid: null } : plane;
  });
  const valid = isInside && windows.every((w) => w.valid === null) ? null : validOf(work);
  const rounding = roundingOf(plan.source.dtype);
  const { values } = target;
  const isDirect = isKernelArray(values);
  const size = part.width * part.height;
  const scratch = isDirect ? null : kernelScratch(bands.length * size);
  const targets = bands.map((_, b): BandTarget => ({
    values: isDirect ? values : (scratch as Float64Array),
    start: isDirect ? targetIndex(work, b, part.row, part.col) : b * size,
    stride: isDirect ? target.rowStride : part.width,
    valid,
    validStart: validIndex(work, b, part.row, part.col),
    validStride: work.block.width,
    rounding,
  }));
  for (const method of new Set(bands.map((b) => b.resampling))) {
    const which = bands.flatMap((b, i) => (b.resampling === method ? [i] : []));
    // SAFETY (both): one window and one target for each band.
    const from = which.map((i) => windows[i] as BandWindow);
    const to = which.map((i) => targets[i] as BandTarget);
    resample(from, points, to, method, plan);
  }
  if (scratch === null) return;
  for (let b = 0, from = 0; b < bands.length; b++) {
    for (let r = part.row; r < part.row + part.height; r++, from += part.width)
      values.set(scratch.subarray(from, from + part.width), targetIndex(work, b, r, part.col));
  }
}

/** One band of a window, with its validity. */
function bandPlane(
  source: RasterSource,
  window: PixelWindow,
  pixels: WindowPixels,
  index: number,
  count: number,
  isRaw: boolean,
): BandWindow {
  const size = window.width * window.height;
  const values = pixels.values.subarray(index * size, (index + 1) * size);
  const start = pixels.valid !== null && pixels.valid.length === size * count ? index * size : 0;
  const mask = pixels.valid && pixels.valid.subarray(start, start + size);
  return { values: kernelArray(values), valid: isRaw ? null : validityOf(values, source, mask), ...window };
}

function resample(
  sources: readonly BandWindow[],
  { centres, corners }: MappedPoints,
  targets: readonly BandTarget[],
  method: Resampling,
  { scale, turn }: WarpPlan,
): void {
  if (isArea(method)) {
    // SAFETY (both): mapPoints maps the points that the methods of the bands ask for.
    resampleArea(sources, corners?.coordinates() as Coordinates, targets, method, turn);
    return;
  }
  const points = centres?.coordinates() as Coordinates;
  const isWidened = scale[0] > 1 || scale[1] > 1;
  if (method === 'nearest') resampleNearest(sources, points, targets);
  else if (isWidened) resampleWidened(sources, points, targets, scale, method === 'cubic');
  else if (method === 'bilinear') resampleBilinear(sources, points, targets);
  else resampleCubic(sources, points, targets);
}
