/** A part of a block: its window is read, then copied or resampled into the target (loading.md §2.1). */
import type { PixelWindow } from '../../core/index.js';
import type { WindowTarget } from '../../formats/raster/index.js';
import { resampleArea } from './area.js';
import { isKernelArray, kernelArray, roundingOf, type BandTarget, type BandWindow } from './bands.js';
import { resampleBilinear } from './bilinear.js';
import type { Coordinates } from './coordinates.js';
import { resampleCubic } from './cubic.js';
import { isArea, type Resampling } from './methods.js';
import { resampleNearest } from './nearest.js';
import { scratchOf } from './scratch.js';
import { clearInvalid, clearMasked, holdsInvalid, mayBeInvalid, validityOf } from './validity.js';
import type { Block, RasterSource, WarpBand, WarpPlan, WindowPixels } from './warp-plan.js';
import { resampleWidened } from './widened.js';
import type { MappedPoints } from './window.js';

/** A block under way. */
export interface Work {
  readonly plan: WarpPlan;
  readonly bands: readonly WarpBand[];
  readonly block: Block;
  /** Of the source's type. */
  readonly target: WindowTarget;
  /** (band, y, x) of the block; made when the first invalid pixel may come. */
  valid: Uint8Array | null;
  readonly signal: AbortSignal | undefined;
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
export function clearRows(work: Work, part: Block, row: number, height: number, col: number, width: number): void {
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
export async function copyPart(work: Work, part: Block, window: PixelWindow): Promise<void> {
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

/** Reads the window that a part needs, and resamples it into the target. */
export async function resamplePart(
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
