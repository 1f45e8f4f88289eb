/** Options of loadRasterTimeseries, checked (loading.md §3). */
import { ArgumentError } from '../core/index.js';
import type { MergeMethod } from '../pixels/index.js';
import { checkLoadNames, checkOptions, type RasterLoadOptions, type RowOrder } from './options.js';

/** How the files of a bin become one frame. */
export type TemporalAggregation = 'nearest' | 'mean' | 'median' | 'first' | 'last';

const AGGREGATIONS: readonly TemporalAggregation[] = ['nearest', 'mean', 'median', 'first', 'last'];

export interface TimeseriesOptions extends RasterLoadOptions {
  /** Whole days of a bin; default 1. */
  readonly tStep?: number;
  /**
   * Default `nearest`: the UTC day whose midpoint is closest to the bin's, its files merged by `mergeMethod`. `first` and
   * `last` take the earliest and latest valid pixel, `mean` and `median` all valid pixels of the bin.
   */
  readonly temporalAggregation?: TemporalAggregation;
  /** Keeps bins without files as invalid frames; default false. */
  readonly dense?: boolean;
}

/** @throws {@link ArgumentError} `bad-options`, `unknown-option`, `bad-option`, `bad-band`, `bad-mask`. */
export function checkTimeseries(o: TimeseriesOptions): void {
  checkLoadNames('loadRasterTimeseries', o, ['tStep', 'temporalAggregation', 'dense']);
  checkOptions(o);
  const bad = (option: string, message: string, hint?: string): ArgumentError =>
    new ArgumentError('bad-option', message, { details: { option }, ...(hint === undefined ? {} : { hint }) });
  const { tStep = 1, temporalAggregation = 'nearest', dense = false } = o;
  if (!Number.isSafeInteger(tStep) || tStep < 1)
    throw bad('tStep', `tStep is a whole number of days from 1; got ${JSON.stringify(tStep)}.`);
  if (!AGGREGATIONS.includes(temporalAggregation))
    throw bad(
      'temporalAggregation',
      `temporalAggregation is one of ${AGGREGATIONS.join(', ')}; got ${JSON.stringify(temporalAggregation)}.`,
    );
  if (typeof dense !== 'boolean') throw bad('dense', `dense is true or false; got ${JSON.stringify(dense)}.`);
  if (o.ignoreTime === true)
    throw bad(
      'ignoreTime',
      'A time series cannot ignore time: files belong to bins by their dates.',
      'Widen the interval of the slice, or use loadRaster.',
    );
}

/** The order in which files of a frame are merged: `first` and `last` speak of time, whatever `order` says. */
export function frameOrder({ temporalAggregation, order }: TimeseriesOptions): RowOrder {
  return temporalAggregation === 'first' || temporalAggregation === 'last' ? 'time' : (order ?? 'time');
}

/** How the files of a frame are merged. */
export function frameMerge({ temporalAggregation = 'nearest', mergeMethod }: TimeseriesOptions): MergeMethod {
  return temporalAggregation === 'nearest' ? (mergeMethod ?? 'last') : temporalAggregation;
}
