/** loadRaster: a slice of a catalog as one array on the slice's grid (loading.md §2). */
import { setMaxListeners } from 'node:events';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import {
  ArgumentError,
  CatalogError,
  isNadirError,
  mapConcurrent,
  startTask,
  warn,
  type DType,
  type GeoSlice,
  type LedgerEntry,
  type NumericArray,
  type Progress,
} from '../core/index.js';
import {
  compactValid,
  createMerger,
  defaultFill,
  GeoTensor,
  holdsValue,
  isInterpolating,
  makeArray,
  mergedType,
  promote,
  storeRounded,
  type Block,
  type MergeMethod,
  type WarpedBlock,
} from '../pixels/index.js';
import { isCategorical } from './bands.js';
import { contextOf } from './context.js';
import { checkLoadNames, checkOptions, type RasterLoadOptions } from './options.js';
import { checkSize } from './result-size.js';
import { classesIn } from './classes.js';
import { emptyError, requireRaster, requireSlice, rowsFor } from './rows.js';
import { openSliceSource, warpSource, type SliceSource } from './source.js';

/** Side of the blocks that large slices are worked on in, in pixels. */
const BLOCK_SIDE = 512;
/** Values that the sources of a block may hold together: bounds the memory of a median. */
const MAX_BLOCK_VALUES = 16_000_000;
/** Merge methods whose results are values of the files: only these keep classes. */
const KEEPS_CLASSES: ReadonlySet<MergeMethod> = new Set<MergeMethod>(['first', 'last', 'min', 'max']);
/** Headers opened at a time. */
const OPEN_CONCURRENCY = 8;

/** How a load talks to its surroundings; `loadChips` gathers what single loads would say. */
export interface LoadSurroundings {
  readonly signal: AbortSignal | undefined;
  readonly report: (p: Progress) => void;
  readonly warn: (kind: WarningKind, message: string) => void;
}

/** What a warning is about: one slice without data, the bands of all files, or files left out. */
export type WarningKind = 'no-valid-pixel' | 'bands' | 'skipped';

/**
 * The pixels of a slice, (band, y, x), with exactly the slice's shape, transform and CRS.
 *
 * Every file is warped to that grid on its own, masked, then merged. `attrs` holds the slice, the files that were read
 * in load order, and `errors` with `onError: 'skip'`.
 *
 * @throws {@link EmptySelectionError} `no-rows`; {@link CatalogError} `wrong-backend`, `band-counts-differ`;
 * {@link BandNotFoundError}; {@link ArgumentError}; {@link FormatError} and {@link UnsupportedDataError} naming file and block.
 */
export async function loadRaster(catalog: GeoCatalog, slice: GeoSlice, o: RasterLoadOptions = {}): Promise<GeoTensor> {
  return loadSaying(catalog, slice, o, warn);
}

/** {@link loadRaster} for displays: what it would warn of is not the user's question. */
export async function loadRasterQuietly(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions = {},
): Promise<GeoTensor> {
  return loadSaying(catalog, slice, o, () => undefined);
}

async function loadSaying(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions,
  say: (message: string) => void,
): Promise<GeoTensor> {
  checkLoadNames('loadRaster', o);
  const task = startTask('loadRaster', o);
  try {
    return await loadSlice(catalog, slice, o, {
      signal: task.signal,
      report: (p) => task.report(p),
      warn: (_, message) => say(message),
    });
  } finally {
    task.end();
  }
}

/** {@link loadRaster} without a task of its own. */
export async function loadSlice(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions,
  around: LoadSurroundings,
): Promise<GeoTensor> {
  checkOptions(o);
  requireRaster(catalog);
  requireSlice(slice);
  const { signal } = around;
  signal?.throwIfAborted();
  const rows = await rowsFor(catalog, slice, o, signal ? { signal } : {});
  if (rows.length === 0) {
    if (o.onEmpty !== 'nodata') throw await emptyError(catalog, slice);
    return emptyTensor(slice, o);
  }
  const errors: LedgerEntry[] = [];
  const sources = await openSources(catalog, slice, o, rows, errors, signal);
  if (sources.length === 0) {
    around.warn(
      'skipped',
      `None of the ${rows.length} files of the slice could be read; every pixel is invalid. See attrs.errors.`,
    );
    return emptyTensor(slice, o, errors);
  }
  warnOfBands(sources, o, around);
  const result = resultType(sources, o);
  const tensor = await mergeSources(sources, slice, o, result, errors, around);
  if (tensor.valid && !tensor.valid.includes(1)) {
    const cause = o.mask === undefined ? 'all of them are nodata' : 'all of them are nodata or masked';
    around.warn(
      'no-valid-pixel',
      `${rows.length} file(s) meet the slice ${JSON.stringify(slice.bounds)} in ${slice.crs.canonical}, but no pixel is valid: ${cause} there.`,
    );
  }
  if (errors.length > 0)
    around.warn(
      'skipped',
      `${errors.length} file(s) could not be read and were left out: ${errors.map((e) => e.item).join(', ')}. See attrs.errors.`,
    );
  return tensor;
}

async function openSources(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions,
  rows: readonly CatalogRow[],
  errors: LedgerEntry[],
  signal: AbortSignal | undefined,
): Promise<readonly SliceSource[]> {
  const context = contextOf(catalog);
  const opened = await mapConcurrent(
    rows,
    OPEN_CONCURRENCY,
    async (row) => {
      try {
        return await openSliceSource(context, row, slice, o, signal);
      } catch (error) {
        return skipped(error, o, row, signal);
      }
    },
    signal,
  );
  errors.push(...opened.filter((s): s is LedgerEntry => 'error' in s));
  const sources = opened.flatMap((s) => ('error' in s ? [] : s));
  const byName = o.bandIndexes?.every((b) => typeof b === 'string') === true;
  const [first] = sources;
  const other = first && !byName ? sources.find((s) => s.facts.count !== first.facts.count) : undefined;
  if (first && other) {
    throw new CatalogError(
      'band-counts-differ',
      `Files of the slice differ in their number of bands: ${first.row.filepath} has ${first.facts.count}, ${other.row.filepath} has ${other.facts.count}.`,
      {
        hint: 'Ask for bands by name, or keep one kind of file with where().',
        details: { files: [first.row.filepath, other.row.filepath] },
      },
    );
  }
  return sources;
}

/** The ledger entry of a row that failed, when failures are skipped; else the failure goes on. */
function skipped(error: unknown, o: RasterLoadOptions, row: CatalogRow, signal: AbortSignal | undefined): LedgerEntry {
  signal?.throwIfAborted();
  // A wrong band or option is the caller's, not the file's.
  const isFilesFault = isNadirError(error) && error.name !== 'ArgumentError' && error.name !== 'BandNotFoundError';
  if (o.onError !== 'skip' || !isFilesFault) throw error;
  return { item: row.id, error };
}

function warnOfBands(sources: readonly SliceSource[], o: RasterLoadOptions, around: LoadSurroundings): void {
  const [first] = sources;
  if (!first) return;
  if (o.resampling !== undefined && isInterpolating(o.resampling)) {
    const classes = first.bands.filter((b) => isCategorical(first.facts, b.band) && first.plan.copyOffset === null);
    if (classes.length > 0) {
      const names = classes.map((b) => first.facts.bandNames[b.band] ?? `band ${b.band + 1}`).join(', ');
      around.warn(
        'bands',
        `resampling: '${o.resampling}' interpolates between classes or bit fields (${names}); such values are meaningless. Use 'nearest' or 'mode' for them.`,
      );
    }
  }
  const names = (s: SliceSource): string => s.bands.map((b) => s.facts.bandNames[b.band]?.toLowerCase() ?? '').join();
  const other = sources.find(
    (s) => names(s) !== names(first) && !names(s).startsWith(',') && !names(first).startsWith(','),
  );
  if (o.bandIndexes?.every((b) => typeof b === 'string') !== true && other) {
    around.warn(
      'bands',
      `Band names differ between files, and bands are merged by position: ${first.row.filepath} has ${names(first)}, ${other.row.filepath} has ${names(other)}. Ask for bands by name.`,
    );
  }
}

interface ResultType {
  readonly dtype: DType;
  readonly fillValue: number;
  readonly bandNames: readonly string[] | null;
}

function resultType(sources: readonly SliceSource[], o: RasterLoadOptions): ResultType {
  const common = sources.map((s) => s.raster.dtype).reduce((a, b) => promote(a, b));
  const method = o.mergeMethod ?? 'last';
  const dtype = mergedType(method, common);
  // Counts are valid everywhere; a nodata of the sources says nothing about them.
  const ofSources = method === 'count' ? null : (sources[0]?.raster.nodata ?? null);
  const fillValue = o.nodata ?? ofSources ?? defaultFill(dtype);
  if (!holdsValue(dtype, fillValue)) {
    throw new ArgumentError('bad-nodata', `The fill value ${fillValue} does not fit the result's type ${dtype}.`, {
      hint: 'Give nodata: a value inside the range of the type.',
      details: { nodata: fillValue, dtype },
    });
  }
  return { dtype, fillValue, bandNames: bandNamesOf(sources, o) };
}

function bandNamesOf(sources: readonly SliceSource[], o: RasterLoadOptions): readonly string[] | null {
  const [first] = sources;
  if (!first) return null;
  const names = first.bands.map((b, i) => {
    const asked = o.bandIndexes?.[i];
    return first.facts.bandNames[b.band] ?? (typeof asked === 'string' ? asked : null);
  });
  if (names.every((n) => n === null)) return null;
  return names.map((n, i) => n ?? `band_${(first.bands[i]?.band ?? i) + 1}`);
}

function attrsOf(slice: GeoSlice, sources: readonly string[], errors: readonly LedgerEntry[]): Record<string, unknown> {
  return { slice: slice.toJSON(), sources, ...(errors.length > 0 ? { errors } : {}) };
}

/** A fully invalid tensor: the bands asked for, or one; Float32 unless the fill value needs more. */
function emptyTensor(slice: GeoSlice, o: RasterLoadOptions, errors: readonly LedgerEntry[] = []): GeoTensor {
  const [height, width] = slice.shape;
  const count = o.bandIndexes?.length ?? 1;
  const fillValue = o.nodata ?? NaN;
  checkSize(slice, count, 'float32');
  const values = makeArray(holdsValue('float32', fillValue) ? 'float32' : 'float64', count * height * width).fill(
    fillValue,
  );
  return GeoTensor.create({
    values,
    valid: new Uint8Array(values.length),
    shape: [count, height, width],
    transform: slice.transform,
    crs: slice.crs,
    fillValue,
    bandNames: o.bandIndexes?.map((b) => (typeof b === 'string' ? b : `band_${b}`)) ?? null,
    attrs: attrsOf(slice, [], errors),
  });
}

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

async function mergeSources(
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
    attrs: { ...attrsOf(slice, files, errors), ...(KEEPS_CLASSES.has(method) ? classAttrs(read, values, valid) : {}) },
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

/** `categorical` when every band holds classes, and the `classes` of a single band with a colour table. */
function classAttrs(sources: readonly SliceSource[], values: NumericArray, valid: Uint8Array): Record<string, unknown> {
  if (!sources.every((s) => s.bands.every((b) => isCategorical(s.facts, b.band)))) return {};
  const oneBand = sources.every((s) => s.bands.length === 1 && s.bands[0]?.band === 0);
  const classes = oneBand
    ? classesIn(
        values,
        valid,
        sources.map((s) => s.colorTable),
      )
    : null;
  return { categorical: true, ...(classes ? { classes } : {}) };
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
  for (let b = 0; b < out.count; b++) {
    for (let r = 0; r < block.height; r++) {
      const from = (b * block.height + r) * block.width;
      const to = (b * out.height + block.row + r) * out.width + block.col;
      storeRounded(merged.values, out.values, to, from, from + block.width);
      out.valid.set(merged.valid.subarray(from, from + block.width), to);
    }
  }
}
