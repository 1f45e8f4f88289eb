/** loadRasterTimeseries: a slice of a catalog as frames in time, all on the slice's grid (loading.md §3). */
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import {
  ArgumentError,
  EmptySelectionError,
  formatTime,
  mapConcurrent,
  startTask,
  warn,
  type GeoSlice,
  type Interval,
  type LedgerEntry,
} from '../core/index.js';
import { dtypeOf, type GeoTensor } from '../pixels/index.js';
import { mergeSources } from './merge-sources.js';
import { openSources, warnOfBands } from './open-sources.js';
import { classAttrs, emptyTensor, resultType } from './result.js';
import { warnOfNothingRead, warnOfResult } from './result-warnings.js';
import { emptyError, requireBackend, requireSlice, rowsFor } from './rows.js';
import type { SliceSource } from './source.js';
import type { LoadSurroundings } from './surroundings.js';
import { binRows, daysByNearness, type TimeBin } from './timeseries-bins.js';
import { checkTimeseries, frameMerge, frameOrder, type TimeseriesOptions } from './timeseries-options.js';
import { FrameStack } from './timeseries-result.js';

/** Frames merged at a time: while one waits for bytes, others compute. A median fills its memory alone. */
const FRAME_CONCURRENCY = 3;

/**
 * The pixels of a slice over time, (time, band, y, x): one frame for each `tStep` days that have files, from the UTC day
 * of the interval's start.
 *
 * Every file is warped to the slice's grid and masked on its own; a file belongs to the bin of its start, files without
 * dates to none. `times` holds the bin starts. `attrs` holds the slice, `bins` (what each frame covers, µs, closed),
 * `sources` (file paths per frame in load order), and `errors` with `onError: 'skip'`. Bins without files are left out,
 * or invalid frames with `dense`; so are the frames of `onEmpty: 'nodata'`.
 *
 * @throws {@link ArgumentError} `no-interval`, `slice-too-large`, `bad-option`; {@link EmptySelectionError} `no-rows`,
 * `no-dated-rows`; {@link CatalogError} `wrong-backend`, `band-counts-differ`; {@link BandNotFoundError};
 * {@link FormatError} and {@link UnsupportedDataError} naming file and block.
 */
export async function loadRasterTimeseries(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: TimeseriesOptions = {},
): Promise<GeoTensor> {
  checkTimeseries(o);
  requireBackend(catalog, 'raster', 'loadRasterTimeseries');
  requireSlice(slice);
  const { interval } = slice;
  if (interval === null) {
    throw new ArgumentError('no-interval', 'A time series needs a slice with an interval; this one has none.', {
      hint: "Give the slice one: slice.with({ interval: ['2024-01-01', '2024-12-31'] }).",
    });
  }
  const task = startTask('loadRasterTimeseries', o);
  try {
    // Awaited, so that the stack of an error reaches the caller's line.
    return await loadFrames(catalog, slice, interval, o, {
      signal: task.signal,
      report: (p) => task.report(p),
      warn: (_, message) => warn(message),
    });
  } finally {
    task.end();
  }
}

async function loadFrames(
  catalog: GeoCatalog,
  slice: GeoSlice,
  interval: Interval,
  o: TimeseriesOptions,
  around: LoadSurroundings,
): Promise<GeoTensor> {
  const { signal } = around;
  signal?.throwIfAborted();
  const order = frameOrder(o);
  const found = await rowsFor(catalog, slice, { ...o, order }, signal ? { signal } : {});
  const bins = binRows(found, interval, o.tStep ?? 1, o.dense === true);
  const rows = bins.flatMap((b) => b.rows);
  const errors: LedgerEntry[] = [];
  if (rows.length === 0) {
    if (o.onEmpty === 'nodata') return emptyFrames(slice, bins, o, errors);
    throw found.length === 0 ? await emptyError(catalog, slice) : undated(found, interval);
  }
  const chosen = chooseRows(bins, o);
  const wanted = new Set([...chosen.values()].flat(2));
  const opened = rows.filter((row) => wanted.has(row));
  const sources = await openSources(catalog, slice, o, opened, errors, signal);
  if (sources.length === 0) {
    warnOfNothingRead(opened.length, around);
    return emptyFrames(slice, bins, o, errors);
  }
  warnOfBands(sources, o, around);
  const tensor = await mergeFrames(sources, chosen, slice, o, errors, around);
  warnOfResult(tensor, opened.length, slice, o, errors, around);
  return tensor;
}

/** Frames without a pixel: all bins with `dense`, else none. */
function emptyFrames(
  slice: GeoSlice,
  bins: readonly TimeBin[],
  o: TimeseriesOptions,
  errors: readonly LedgerEntry[],
): GeoTensor {
  const kept = o.dense === true ? bins : [];
  const { values, fillValue, bandNames, count } = emptyTensor(slice, o);
  return new FrameStack(slice, { dtype: dtypeOf(values), fillValue, bandNames, bands: count }, kept.length).finish(
    kept.map((b) => b.covers),
    kept.map(() => []),
    errors,
  );
}

function undated(rows: readonly CatalogRow[], interval: Interval): EmptySelectionError {
  return new EmptySelectionError(
    'no-dated-rows',
    `${rows.length} file(s) meet the slice, but none has a date between ${formatTime(interval.start)} and ${formatTime(interval.end)}; a time series leaves out files without dates, such as ${rows[0]?.filepath ?? ''}.`,
    { hint: 'Use loadRaster, or build the catalog with dates: filenameRegex with a group (?<date>…).' },
  );
}

type Chosen = ReadonlyMap<TimeBin, readonly (readonly CatalogRow[])[]>;

/**
 * The rows that each bin may be made of: groups of which the first that can be opened counts. Only `nearest` has more
 * than one, its days; and only where failures are skipped may another day than the first be needed.
 */
function chooseRows(bins: readonly TimeBin[], o: TimeseriesOptions): Chosen {
  const groups = (bin: TimeBin): readonly (readonly CatalogRow[])[] => {
    if ((o.temporalAggregation ?? 'nearest') !== 'nearest') return [bin.rows];
    const days = daysByNearness(bin);
    return o.onError === 'skip' ? days : days.slice(0, 1);
  };
  return new Map(bins.map((bin) => [bin, groups(bin)]));
}

async function mergeFrames(
  sources: readonly SliceSource[],
  chosen: Chosen,
  slice: GeoSlice,
  o: TimeseriesOptions,
  errors: LedgerEntry[],
  around: LoadSurroundings,
): Promise<GeoTensor> {
  const byRow = new Map<CatalogRow, SliceSource[]>();
  for (const s of sources) byRow.set(s.row, [...(byRow.get(s.row) ?? []), s]);
  const frames = [...chosen]
    .map(([bin, groups]) => ({
      covers: bin.covers,
      sources: groups.map((rows) => rows.flatMap((row) => byRow.get(row) ?? [])).find((s) => s.length > 0) ?? [],
    }))
    .filter((f) => o.dense === true || f.sources.length > 0);
  const inUse = new Set(frames.flatMap((f) => f.sources));
  const used = sources.filter((s) => inUse.has(s));
  const merge = { ...o, mergeMethod: frameMerge(o) };
  const result = resultType(used, merge);
  const stack = new FrameStack(slice, { ...result, bands: used[0]?.bands.length ?? 1 }, frames.length);
  // One frame tells of its blocks, several of themselves.
  const inside: LoadSurroundings = frames.length === 1 ? around : { ...around, report: () => undefined };
  let done = 0;
  const files = await mapConcurrent(
    frames,
    merge.mergeMethod === 'median' ? 1 : FRAME_CONCURRENCY,
    async (frame, k): Promise<readonly string[]> => {
      const tensor =
        frame.sources.length === 0 ? null : await mergeSources(frame.sources, slice, merge, result, errors, inside);
      if (tensor) stack.set(k, tensor);
      if (frames.length > 1) around.report({ done: ++done, total: frames.length, unit: 'frame' });
      // SAFETY: mergeSources writes them.
      return tensor ? (tensor.attrs['sources'] as readonly string[]) : [];
    },
    around.signal,
  );
  const covers = frames.map((f) => f.covers);
  return stack.finish(covers, files, errors, (values, valid) => classAttrs(merge.mergeMethod, used, values, valid));
}
