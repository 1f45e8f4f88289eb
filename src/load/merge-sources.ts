/** The sources of a slice warped and merged, block by block: memory is the result and some blocks. */
import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { GeoSlice, LedgerEntry } from '../core/index.js';
import {
  createMerger,
  GeoTensor,
  isSurelyWhole,
  makeArray,
  mayMeet,
  type Block,
  type MergeMethod,
} from '../pixels/index.js';
import { BlockOutput, type ResultArrays, type SourceBlock } from './block-output.js';
import { skipped } from './open-sources.js';
import type { RasterLoadOptions } from './options.js';
import { checkSize } from './result-size.js';
import { attrsOf, classAttrs, type ResultType } from './result.js';
import { warpSource, warpSourceInto, type SliceSource } from './source.js';
import type { LoadSurroundings } from './surroundings.js';

/** Side of the blocks that large slices are worked on in, in pixels. */
const BLOCK_SIDE = 512;
/** Values that the sources of a block may hold together: bounds the memory of a median. */
const MAX_BLOCK_VALUES = 16_000_000;
/** Sources of a block that are read at a time. */
const AHEAD = 4;
/** The same where a source may make the next ones needless. */
const AHEAD_OF_FIRST = 2;

function blocksOf(slice: GeoSlice, side: number): Block[] {
  const [height, width] = slice.shape;
  const blocks: Block[] = [];
  for (let row = 0; row < height; row += side) {
    for (let col = 0; col < width; col += side) {
      blocks.push({ col, row, width: Math.min(side, width - col), height: Math.min(side, height - row) });
    }
  }
  return blocks;
}

/** What the blocks of one load have in common. */
interface MergeRun {
  readonly method: MergeMethod;
  readonly arrays: ResultArrays;
  readonly options: RasterLoadOptions;
  readonly errors: LedgerEntry[];
  readonly around: LoadSurroundings;
  /** Sources that gave pixels. */
  readonly used: Set<SliceSource>;
}

/** One tensor of all sources, in their order. @throws {@link ArgumentError} `slice-too-large`. */
export async function mergeSources(
  sources: readonly SliceSource[],
  slice: GeoSlice,
  o: RasterLoadOptions,
  result: ResultType,
  errors: LedgerEntry[],
  around: LoadSurroundings,
): Promise<GeoTensor> {
  const method = o.mergeMethod ?? 'last';
  const count = sources[0]?.bands.length ?? 0;
  const [height, width] = slice.shape;
  checkSize(slice, count, result.dtype);
  const values = makeArray(result.dtype, count * height * width);
  const arrays: ResultArrays = { values, valid: null, fillValue: result.fillValue, count, height, width };
  const perPixel = count * (method === 'median' ? sources.length : 1);
  const side = Math.max(16, Math.min(BLOCK_SIDE, Math.floor(Math.sqrt(MAX_BLOCK_VALUES / perPixel))));
  const blocks = blocksOf(slice, side);
  // The most recent valid pixel is the first one met when looking backwards, and then older files need not be read.
  const queue = method === 'last' ? [...sources].reverse() : sources;
  const run: MergeRun = { method, arrays, options: o, errors, around, used: new Set() };
  for (const [done, block] of blocks.entries()) {
    await mergeBlock(run, queue, block);
    around.signal?.throwIfAborted();
    around.report({ done: done + 1, total: blocks.length, unit: 'block' });
    // Tiles in the cache arrive without a turn of the event loop; a cancel could not either.
    if (done + 1 < blocks.length) {
      await setImmediate();
      around.signal?.throwIfAborted();
    }
  }
  const read = sources.filter((s) => run.used.has(s));
  const files = [...new Set(read.map((s) => s.row.filepath))];
  return GeoTensor.create({
    values,
    valid: arrays.valid,
    shape: [count, height, width],
    transform: slice.transform,
    crs: slice.crs,
    fillValue: result.fillValue,
    bandNames: result.bandNames,
    attrs: { ...attrsOf(slice, files, errors), ...classAttrs(method, read, values, arrays.valid) },
  });
}

async function mergeBlock(run: MergeRun, queue: readonly SliceSource[], block: Block): Promise<void> {
  const { method, arrays } = run;
  const output = new BlockOutput(arrays, block);
  const candidates = queue.filter((s) => mayMeet(s.plan, block));
  // All methods but count give the pixels of a single source.
  if (method === 'first' || method === 'last' || (candidates.length === 1 && method !== 'count')) {
    const whole = candidates.findIndex((s) => s.mask === null && isSurelyWhole(s.plan, block));
    await writeFirst(run, whole < 0 ? candidates : candidates.slice(0, whole + 1), block, output);
    return;
  }
  const merger = createMerger(method, arrays.count * block.width * block.height);
  await eachSource(
    run,
    candidates,
    AHEAD,
    async (source, signal) => warpSource(source, block, signal),
    (warped) => {
      merger.add(warped);
      return true;
    },
  );
  output.writeMerged(merger.finish());
}

/** The first valid pixel of the sources: the first source goes straight to the result, others where pixels are missing. */
async function writeFirst(
  run: MergeRun,
  sources: readonly SliceSource[],
  block: Block,
  output: BlockOutput,
): Promise<void> {
  const [first] = sources;
  await eachSource(
    run,
    sources,
    AHEAD_OF_FIRST,
    async (source, signal): Promise<SourceBlock | null> => {
      if (source !== first || source.mask !== null || !output.takes(source.raster.dtype))
        return warpSource(source, block, signal);
      const valid = await warpSourceInto(source, block, output.target, signal);
      return valid === 'missed' ? null : { values: null, valid };
    },
    (warped) => output.add(warped),
  );
  output.finish();
}

/**
 * Runs `warp` over sources, some ahead, and `take` over what they give, in order, until `take` says it needs no more.
 * Failures are skipped where the options say so.
 */
async function eachSource<T>(
  run: MergeRun,
  sources: readonly SliceSource[],
  ahead: number,
  warp: (source: SliceSource, signal: AbortSignal | undefined) => Promise<T | null>,
  take: (warped: T) => boolean,
): Promise<void> {
  const { signal: callers } = run.around;
  // Reads ahead that nobody needs any more are given up; a single source has none.
  const stop = sources.length > 1 ? new AbortController() : null;
  const signal = stop && callers ? AbortSignal.any([callers, stop.signal]) : (stop?.signal ?? callers);
  // Each tile under way listens; a block may wait for many.
  if (stop && signal) setMaxListeners(0, signal);
  const running: Promise<T | null>[] = [];
  const start = (): void => {
    const source = sources[started];
    if (source === undefined) return;
    started++;
    const promise = warpOrSkip(run, source, signal, warp);
    // It may fail after the loop has ended, when nobody waits for it.
    promise.catch(() => undefined);
    running.push(promise);
  };
  let started = 0;
  while (started < Math.min(ahead, sources.length)) start();
  for (const source of sources) {
    const warped = await running.shift();
    if (warped !== null && warped !== undefined) {
      run.used.add(source);
      if (!take(warped)) break;
    }
    start();
  }
  stop?.abort();
}

async function warpOrSkip<T>(
  { options, errors, around }: MergeRun,
  source: SliceSource,
  signal: AbortSignal | undefined,
  warp: (source: SliceSource, signal: AbortSignal | undefined) => Promise<T | null>,
): Promise<T | null> {
  try {
    return await warp(source, signal);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const entry = skipped(error, options, source.row, around.signal);
    // A file is listed once, however many of its blocks fail.
    if (!errors.some((e) => e.item === entry.item)) errors.push(entry);
    return null;
  }
}
