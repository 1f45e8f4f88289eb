/** One source warped to one block of a slice: which source window is needed, read, resample (loading.md §2.1). */
import {
  dtypeRange,
  isFloat,
  type DType,
  type GeoSlice,
  type NumericArray,
  type PixelWindow,
} from '../../core/index.js';
import { asFloat64 } from '../numeric.js';
import { resampleArea, type AreaMethod } from './area.js';
import { coordinateMapper, type CoordinateMapper, type Coordinates, type TransformMode } from './coordinates.js';
import {
  resampleBilinear,
  resampleCubic,
  resampleNearest,
  resampleWidened,
  type BandTarget,
  type BandWindow,
  type KernelArray,
} from './kernels.js';
import { latticeOf, type Lattice } from './lattice.js';
import { plainCopyOffset, sourceScale, type SourceGrid } from './source-grid.js';

export type Resampling = 'nearest' | 'bilinear' | 'cubic' | AreaMethod;

export const RESAMPLINGS: readonly Resampling[] = ['nearest', 'bilinear', 'cubic', 'average', 'mode', 'min', 'max'];

/** Pixels of a window as a file holds them: planar (band, y, x). `valid` has one plane, or one per band. */
export interface WindowPixels {
  readonly values: NumericArray;
  readonly valid: Uint8Array | null;
}

/** A raster that can be read by whole-pixel windows inside it. Bands are counted from 0. */
export interface RasterSource extends SourceGrid {
  readonly dtype: DType;
  readonly nodata: number | null;
  readWindow(window: PixelWindow, bands: readonly number[], signal: AbortSignal | undefined): Promise<WindowPixels>;
}

/** A band to warp, and how. `raw` takes every pixel of the file as valid (mask bands, where 0 often means clear). */
export interface WarpBand {
  readonly band: number;
  readonly resampling: Resampling;
  readonly raw?: boolean;
}

/** What of a source's relation to a slice stays the same for all blocks. */
export interface WarpPlan {
  readonly source: RasterSource;
  readonly lattice: Lattice;
  readonly copyOffset: { readonly col: number; readonly row: number } | null;
  readonly mapper: CoordinateMapper;
  readonly scale: readonly [columns: number, rows: number];
}

/** A block of a slice, in its pixels. */
export type Block = PixelWindow;

/** A warped block: (band, y, x), values already rounded and clamped to the source's type. */
export interface WarpedBlock {
  readonly values: Float64Array;
  readonly valid: Uint8Array;
}

/** Pixels × bands of a source window read at once: bounds memory to about 50 MB a source. */
const MAX_WINDOW_VALUES = 4_000_000;
/** Blocks of this side or less are not halved any more. */
const SMALLEST_BLOCK = 8;

/** The plan of warping a source to the lattice of a slice. */
export function planWarp(
  source: RasterSource,
  slice: Pick<GeoSlice, 'bounds' | 'resolution' | 'crs'>,
  mode: TransformMode = 'knots',
): WarpPlan {
  const lattice = latticeOf(slice);
  return {
    source,
    lattice,
    copyOffset: plainCopyOffset(source, slice),
    mapper: coordinateMapper(source, slice.crs, lattice, mode),
    scale: sourceScale(source, slice),
  };
}

/**
 * Warps bands of a source to a block.
 *
 * @returns Null when the block does not meet the source. Only the source window that the block needs is read; a block
 * that needs a large one (downsampling) is worked on in quarters, which changes no bit.
 */
export async function warpBlock(
  plan: WarpPlan,
  bands: readonly WarpBand[],
  block: Block,
  signal?: AbortSignal,
): Promise<WarpedBlock | null> {
  const pixels = block.width * block.height;
  const out: WarpedBlock = {
    values: new Float64Array(bands.length * pixels),
    valid: new Uint8Array(bands.length * pixels),
  };
  const hit = await warpInto(plan, bands, block, block, out, signal);
  return hit ? out : null;
}

async function warpInto(
  plan: WarpPlan,
  bands: readonly WarpBand[],
  part: Block,
  block: Block,
  out: WarpedBlock,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  signal?.throwIfAborted();
  const points = plan.copyOffset === null ? mapPoints(plan, bands, part) : null;
  const window =
    plan.copyOffset === null
      ? neededWindow(plan, bands, points as MappedPoints)
      : clipWindow({ ...part, col: part.col + plan.copyOffset.col, row: part.row + plan.copyOffset.row }, plan.source);
  if (window === null) return false;
  const needed = window.width * window.height * bands.length;
  if (needed > MAX_WINDOW_VALUES && Math.max(part.width, part.height) > SMALLEST_BLOCK) {
    let hit = false;
    for (const quarter of quarters(part)) hit = (await warpInto(plan, bands, quarter, block, out, signal)) || hit;
    return hit;
  }
  const distinct = [...new Set(bands.map((b) => b.band))];
  const pixels = await plan.source.readWindow(window, distinct, signal);
  const planes = distinct.map((_, i) => bandPlane(plan.source, window, pixels, i, distinct.length));
  const partPixels = part.width * part.height;
  for (const [i, band] of bands.entries()) {
    // SAFETY: `distinct` holds every band of `bands`, and `planes` has one entry for each.
    const plane = planes[distinct.indexOf(band.band)] as BandWindow;
    const source = band.raw === true ? { ...plane, valid: null } : plane;
    const whole = partPixels === block.width * block.height;
    const target: BandTarget = whole
      ? { ...out, offset: i * partPixels }
      : { values: new Float64Array(partPixels), valid: new Uint8Array(partPixels), offset: 0 };
    if (plan.copyOffset !== null) {
      copyPixels(source, part.col + plan.copyOffset.col, part.row + plan.copyOffset.row, part, target);
    } else {
      resample(source, points as MappedPoints, target, band.resampling, plan.scale);
      if (INTERPOLATING.has(band.resampling)) roundTo(plan.source.dtype, target, partPixels);
    }
    if (!whole) paste(target, part, out, i, block);
  }
  return true;
}

const INTERPOLATING: ReadonlySet<Resampling> = new Set(['bilinear', 'cubic', 'average']);
const AREA: ReadonlySet<Resampling> = new Set(['average', 'mode', 'min', 'max']);

/** Whether a method interpolates between values, which is meaningless for classes and bit fields. */
export function isInterpolating(method: Resampling): boolean {
  return INTERPOLATING.has(method);
}

interface MappedPoints {
  readonly centres: Coordinates | null;
  readonly corners: Coordinates | null;
}

function mapPoints(plan: WarpPlan, bands: readonly WarpBand[], part: Block): MappedPoints {
  const { lattice, mapper } = plan;
  const at = { col: lattice.x.first + part.col, row: lattice.y.first + part.row };
  const wantsArea = bands.some((b) => AREA.has(b.resampling));
  const wantsCentres = bands.some((b) => !AREA.has(b.resampling));
  return {
    centres: wantsCentres ? mapper({ ...at, width: part.width, height: part.height, at: 'centres' }) : null,
    corners: wantsArea ? mapper({ ...at, width: part.width + 1, height: part.height + 1, at: 'corners' }) : null,
  };
}

/** Source pixels on each side of a centre that its kernel reaches. */
function kernelReach(method: Resampling, scale: number): number {
  if (method === 'bilinear') return Math.ceil(Math.max(1, scale)) + 1;
  if (method === 'cubic') return Math.ceil(2 * Math.max(1, scale)) + 1;
  return 1;
}

function neededWindow(plan: WarpPlan, bands: readonly WarpBand[], points: MappedPoints): PixelWindow | null {
  const { width, height } = plan.source;
  let [c0, c1, r0, r1] = [Infinity, -Infinity, Infinity, -Infinity];
  if (points.centres) {
    const { u, v } = points.centres;
    // Only centres inside the file can give a pixel, so only they ask for a window.
    let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < u.length; i++) {
      const x = u[i] as number;
      const y = v[i] as number;
      if (!(x > -1 && y > -1 && x < width && y < height)) continue;
      if (x < u0) u0 = x;
      if (x > u1) u1 = x;
      if (y < v0) v0 = y;
      if (y > v1) v1 = y;
    }
    const reach = (axis: 0 | 1): number => Math.max(...bands.map((b) => kernelReach(b.resampling, plan.scale[axis])));
    const [rx, ry] = [reach(0), reach(1)];
    [c0, c1, r0, r1] = [u0 - rx, u1 + 1 + rx, v0 - ry, v1 + 1 + ry];
  }
  if (points.corners) {
    const { u, v, width: stride, height: rows } = points.corners;
    for (let r = 0; r < rows - 1; r++) {
      for (let i = r * stride; i < r * stride + stride - 1; i++) {
        const j = i + stride + 1;
        const x0 = Math.min(u[i] as number, u[j] as number) - 1;
        const x1 = Math.max(u[i] as number, u[j] as number) + 1;
        const y0 = Math.min(v[i] as number, v[j] as number) - 1;
        const y1 = Math.max(v[i] as number, v[j] as number) + 1;
        if (!(x1 > 0 && y1 > 0 && x0 < width && y0 < height)) continue;
        c0 = Math.min(c0, x0);
        c1 = Math.max(c1, x1);
        r0 = Math.min(r0, y0);
        r1 = Math.max(r1, y1);
      }
    }
  }
  if (!(c0 < c1 && r0 < r1)) return null;
  // Clamped first: a rectangle may reach to infinity where the projection does.
  const col = Math.floor(Math.max(c0, 0));
  const row = Math.floor(Math.max(r0, 0));
  const right = Math.ceil(Math.min(c1, width));
  const bottom = Math.ceil(Math.min(r1, height));
  return right > col && bottom > row ? { col, row, width: right - col, height: bottom - row } : null;
}

function clipWindow(w: PixelWindow, source: SourceGrid): PixelWindow | null {
  const col = Math.max(0, w.col);
  const row = Math.max(0, w.row);
  const width = Math.min(source.width, w.col + w.width) - col;
  const height = Math.min(source.height, w.row + w.height) - row;
  return width > 0 && height > 0 ? { col, row, width, height } : null;
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

/** One band of a window, with its validity: internal mask, nodata and NaN together (loading.md §2.2). */
function bandPlane(
  source: RasterSource,
  window: PixelWindow,
  pixels: WindowPixels,
  index: number,
  count: number,
): BandWindow {
  const size = window.width * window.height;
  const values = kernelArray(pixels.values.subarray(index * size, (index + 1) * size));
  const nodata = comparableNodata(source);
  const mayBeNaN = isFloat(source.dtype);
  const mask = pixels.valid;
  const maskOffset = mask !== null && mask.length === size * count ? index * size : 0;
  let valid: Uint8Array | null = null;
  for (let i = 0; i < size; i++) {
    const v = values[i] as number;
    const isInvalid = v === nodata || (mayBeNaN && v !== v) || (mask !== null && mask[maskOffset + i] === 0);
    if (!isInvalid) continue;
    valid ??= new Uint8Array(size).fill(1);
    valid[i] = 0;
  }
  return { values, valid, ...window };
}

function kernelArray(values: NumericArray): KernelArray {
  const isDirect = values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Float32Array;
  return isDirect ? values : asFloat64(values);
}

/** The nodata value as pixels of the type hold it: a Float32 file's pixels are compared with the rounded value. */
function comparableNodata({ nodata, dtype }: RasterSource): number | null {
  return nodata !== null && dtype === 'float32' ? Math.fround(nodata) : nodata;
}

function copyPixels(source: BandWindow, col: number, row: number, part: Block, target: BandTarget): void {
  const { values, valid, width } = source;
  for (let r = 0; r < source.height; r++) {
    const from = r * width;
    const to = target.offset + (source.row + r - row) * part.width + source.col - col;
    target.values.set(values.subarray(from, from + width), to);
    if (valid === null) target.valid.fill(1, to, to + width);
    else target.valid.set(valid.subarray(from, from + width), to);
  }
}

function resample(
  source: BandWindow,
  { centres, corners }: MappedPoints,
  target: BandTarget,
  method: Resampling,
  scale: readonly [number, number],
): void {
  // SAFETY (both): mapPoints maps the points that the methods of the bands ask for.
  if (AREA.has(method)) {
    resampleArea(source, corners as Coordinates, target, method as AreaMethod);
    return;
  }
  const points = centres as Coordinates;
  const isWidened = scale[0] > 1 || scale[1] > 1;
  if (method === 'nearest') resampleNearest(source, points, target);
  else if (isWidened) resampleWidened(source, points, target, scale, method === 'cubic');
  else if (method === 'bilinear') resampleBilinear(source, points, target);
  else resampleCubic(source, points, target);
}

/** Interpolated values as the type holds them: merging sees what a file would hold. Integers are `floor(v + 0.5)`, clamped. */
function roundTo(dtype: DType, { values, offset }: BandTarget, count: number): void {
  if (dtype === 'float64') return;
  const end = offset + count;
  // SAFETY (both): offset ≤ i < end ≤ length.
  if (dtype === 'float32') {
    for (let i = offset; i < end; i++) values[i] = Math.fround(values[i] as number);
    return;
  }
  const [min, max] = dtypeRange(dtype);
  for (let i = offset; i < end; i++) {
    const v = Math.floor((values[i] as number) + 0.5);
    values[i] = v < min ? min : v > max ? max : v;
  }
}

function paste(part: BandTarget, at: Block, out: WarpedBlock, band: number, block: Block): void {
  for (let r = 0; r < at.height; r++) {
    const to = (band * block.height + at.row - block.row + r) * block.width + at.col - block.col;
    const from = r * at.width;
    out.values.set(part.values.subarray(from, from + at.width), to);
    out.valid.set(part.valid.subarray(from, from + at.width), to);
  }
}
