/** Options of raster loading, checked. */
import { ArgumentError, checkOptionNames, type LongTask } from '../core/index.js';
import {
  maskRules,
  MERGE_METHODS,
  RESAMPLINGS,
  type MaskRule,
  type MergeMethod,
  type Resampling,
  type TransformMode,
} from '../pixels/index.js';

export type RowOrder = 'time' | 'reverse-time' | 'catalog';

export interface RasterLoadOptions extends LongTask {
  /** 1-based numbers, or names; default all bands. */
  readonly bandIndexes?: readonly (number | string)[];
  /** Default `last`: the most recent valid pixel. */
  readonly mergeMethod?: MergeMethod;
  /** Default per band: `nearest` for classes and bit fields, else `bilinear`. */
  readonly resampling?: Resampling;
  /** Fill value of the result. Default: nodata of the first source, else NaN for floats and 0 for integers. */
  readonly nodata?: number;
  /** Applied per source before merging; a list names fallbacks. */
  readonly mask?: MaskRule | readonly MaskRule[];
  /** Default `time`: oldest first, static rows before all. */
  readonly order?: RowOrder;
  /** Drops the time filter (a terrain model from another year). */
  readonly ignoreTime?: boolean;
  /** Default `none`: results do not depend on how overviews were made. */
  readonly overviews?: 'none' | 'auto';
  /** Default `knots`: exact every 32 pixels, interpolated between within 1e-3 source pixel. */
  readonly transform?: TransformMode;
  /** Default `error`. */
  readonly onEmpty?: 'error' | 'nodata';
  /** Default `raise`; `skip` leaves out files that cannot be read and lists them in `attrs.errors`. */
  readonly onError?: 'raise' | 'skip';
}

const NAMES: readonly (keyof RasterLoadOptions)[] = [
  'bandIndexes',
  'mergeMethod',
  'resampling',
  'nodata',
  'mask',
  'order',
  'ignoreTime',
  'overviews',
  'transform',
  'onEmpty',
  'onError',
  'signal',
  'onProgress',
];

/** Refuses misspelt options. @throws {@link ArgumentError} `bad-options`, `unknown-option`. */
export function checkLoadNames(what: string, o: unknown, more: readonly string[] = []): void {
  checkOptionNames(what, o, [...NAMES, ...more]);
}

/** @throws {@link ArgumentError} `bad-option`, `bad-band`, `bad-mask`. */
export function checkOptions(o: RasterLoadOptions): void {
  const oneOf = (name: keyof RasterLoadOptions, allowed: readonly string[]): void => {
    const value: unknown = o[name];
    if (value === undefined || (typeof value === 'string' && allowed.includes(value))) return;
    throw new ArgumentError('bad-option', `${name} is one of ${allowed.join(', ')}; got ${JSON.stringify(value)}.`, {
      details: { option: name },
    });
  };
  oneOf('mergeMethod', MERGE_METHODS);
  oneOf('resampling', RESAMPLINGS);
  oneOf('order', ['time', 'reverse-time', 'catalog']);
  oneOf('overviews', ['none', 'auto']);
  oneOf('transform', ['knots', 'exact']);
  oneOf('onEmpty', ['error', 'nodata']);
  oneOf('onError', ['raise', 'skip']);
  if (o.nodata !== undefined && typeof o.nodata !== 'number') {
    throw new ArgumentError('bad-option', `nodata is a number; got ${JSON.stringify(o.nodata)}.`, {
      details: { option: 'nodata' },
    });
  }
  maskRules(o.mask);
  const { bandIndexes } = o;
  if (bandIndexes === undefined) return;
  if (!Array.isArray(bandIndexes) || bandIndexes.length === 0) {
    throw new ArgumentError(
      'bad-band',
      `bandIndexes lists 1-based numbers or names, at least one; got ${JSON.stringify(bandIndexes)}.`,
      {
        hint: 'Leave it out to load all bands.',
      },
    );
  }
  for (const band of bandIndexes as readonly unknown[]) {
    if (typeof band === 'string' || (typeof band === 'number' && Number.isInteger(band) && band >= 1)) continue;
    throw new ArgumentError('bad-band', `A band is a whole number from 1, or a name; got ${JSON.stringify(band)}.`, {
      hint: band === 0 ? 'Bands are counted from 1, as in GDAL.' : 'Names are those of the file, for example B04.',
    });
  }
}
