/** One source warped to one block of a slice: which source window is needed, read, resample (loading.md §2.1). */
import { arrayOf } from '../../core/index.js';
import type { WindowTarget } from '../../formats/raster/index.js';
import { isArea } from './methods.js';
import { clearRows, copyPart, resamplePart, type Work } from './warp-part.js';
import type { Block, WarpBand, WarpedBlock, WarpPlan } from './warp-plan.js';
import { clipWindow, neededWindow, type MappedPoints } from './window.js';

/** Pixels × bands of a source window read at once: bounds memory to about 50 MB a source. */
const MAX_WINDOW_VALUES = 4_000_000;
/** Blocks of this side or less are not halved any more. */
const SMALLEST_BLOCK = 8;

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
