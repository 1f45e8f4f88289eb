/** The sources of a slice warped and merged, block by block: memory is the result and some blocks. */
import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { GeoSlice, LedgerEntry } from '../core/index.js';
import {
  compactValid,
  createMerger,
  GeoTensor,
  makeArray,
  storeRounded,
  type Block,
  type WarpedBlock,
} from '../pixels/index.js';
import { skipped } from './open-sources.js';
import type { RasterLoadOptions } from './options.js';
import { checkSize } from './result-size.js';
import { attrsOf, classAttrs, type ResultType } from './result.js';
import { warpSource, type SliceSource } from './source.js';
import type { LoadSurroundings } from './surroundings.js';

/** Side of the blocks that large slices are worked on in, in pixels. */
const BLOCK_SIDE = 512;
/** Values that the sources of a block may hold together: bounds the memory of a median. */
const MAX_BLOCK_VALUES = 16_000_000;

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
  const valid = new Uint8Array(values.length);
  const perPixel = count * (method === 'median' ? sources.length : 1);
  const side = Math.max(16, Math.min(BLOCK_SIDE, Math.floor(Math.sqrt(MAX_BLOCK_VALUES / perPixel))));
  const blocks = blocksOf(slice, side);
  // The most recent valid pixel is the first one met when looking backwards, and then older files need not be read.
  const queue = method === 'last' ? [...sources].reverse() : sources;
  const used = new Set<SliceSource>();
  for (const [done, block] of blocks.entries()) {
    const merger = createMerger(method === 'last' ? 'first' : method, count * block.width * block.height);
    const stopsEarly = method === 'first' || method === 'last';
    const stop = new AbortController();
    const signal = around.signal ? AbortSignal.any([around.signal, stop.signal]) : stop.signal;
    // Each tile under way listens; a block may wait for many.
    setMaxListeners(0, signal);
    for await (const [source, warped] of warpAhead(queue, stopsEarly ? 2 : 4, async (s) =>
      warpOrSkip(s, block, o, errors, signal, around.signal),
    )) {
      if (warped === null) continue;
      used.add(source);
      if (!merger.add(warped)) break;
    }
    // Reads ahead that nobody needs any more.
    stop.abort();
    around.signal?.throwIfAborted();
    writeBlock(merger.finish(), block, { values, valid, fillValue: result.fillValue, count, height, width });
    around.report({ done: done + 1, total: blocks.length, unit: 'block' });
    // Tiles in the cache arrive without a turn of the event loop; a cancel could not either.
    if (done + 1 < blocks.length) {
      await setImmediate();
      around.signal?.throwIfAborted();
    }
  }
  const read = sources.filter((s) => used.has(s));
  const files = [...new Set(read.map((s) => s.row.filepath))];
  return GeoTensor.create({
    values,
    valid: compactValid(valid),
    shape: [count, height, width],
    transform: slice.transform,
    crs: slice.crs,
    fillValue: result.fillValue,
    bandNames: result.bandNames,
    attrs: { ...attrsOf(slice, files, errors), ...classAttrs(method, read, values, valid) },
  });
}

async function warpOrSkip(
  source: SliceSource,
  block: Block,
  o: RasterLoadOptions,
  errors: LedgerEntry[],
  signal: AbortSignal,
  callers: AbortSignal | undefined,
): Promise<WarpedBlock | null> {
  try {
    return await warpSource(source, block, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const entry = skipped(error, o, source.row, callers);
    // A file is listed once, however many of its blocks fail.
    if (!errors.some((e) => e.item === entry.item)) errors.push(entry);
    return null;
  }
}

/** Runs `fn` over items with some calls ahead, giving results in order; ahead reads end with the loop. */
async function* warpAhead<T>(
  items: readonly T[],
  ahead: number,
  fn: (item: T) => Promise<WarpedBlock | null>,
): AsyncGenerator<readonly [T, WarpedBlock | null]> {
  const running: Promise<WarpedBlock | null>[] = [];
  let next = 0;
  const start = (): void => {
    const item = items[next++];
    if (item === undefined) return;
    const promise = fn(item);
    // It may fail after the loop has ended, when nobody waits for it.
    promise.catch(() => undefined);
    running.push(promise);
  };
  for (let i = 0; i < ahead; i++) start();
  for (const item of items) {
    const result = await running.shift();
    yield [item, result ?? null];
    start();
  }
}

interface Output {
  readonly values: ReturnType<typeof makeArray>;
  readonly valid: Uint8Array;
  readonly fillValue: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

function writeBlock(merged: WarpedBlock, block: Block, out: Output): void {
  if (merged.valid.includes(0)) {
    for (let i = 0; i < merged.values.length; i++) if (merged.valid[i] === 0) merged.values[i] = out.fillValue;
  }
  // Rows of a block as wide as the output lie behind each other there too.
  const rows = block.width === out.width ? block.height : 1;
  for (let b = 0; b < out.count; b++) {
    for (let r = 0; r < block.height; r += rows) {
      const from = (b * block.height + r) * block.width;
      const end = from + rows * block.width;
      const to = (b * out.height + block.row + r) * out.width + block.col;
      storeRounded(merged.values, out.values, to, from, end);
      out.valid.set(merged.valid.subarray(from, end), to);
    }
  }
}
