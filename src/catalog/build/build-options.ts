/** Options that all builders take (`catalog.md` §3). */
import { ArgumentError, checkOptionNames, type CrsInput, type LongTask, type Resolution } from '../../core/index.js';
import type { NamedFiles } from './file-name.js';
import { DEFAULT_DENSIFY } from '../footprint.js';
import { resolutionPair } from '../resolution.js';

export interface BuildOptions extends LongTask {
  /** CRS of the catalog; default that of the first file that produced a row. Files without CRS are taken to be in it. */
  readonly targetCrs?: CrsInput;
  /** Resolution of slices, in units of the catalog's CRS. */
  readonly targetResolution?: Resolution | number;
  /** Points inside each edge of a projected footprint. Default 21. */
  readonly densify?: number;
  /** `skip` (default) lists bad files in `config.skipped`; `raise` throws the first in input order. */
  readonly onError?: 'skip' | 'raise';
  /** Files read at once. Default 8. */
  readonly concurrency?: number;
}

/** Files read at once when the caller does not say. */
export const DEFAULT_CONCURRENCY = 8;
const BUILD_NAMES: readonly (keyof BuildOptions)[] = [
  'targetCrs',
  'targetResolution',
  'densify',
  'onError',
  'concurrency',
  'signal',
  'onProgress',
];
const NAMED_NAMES: readonly (keyof NamedFiles)[] = ['filenameRegex', 'dateFormat', 'datePrecision'];

/**
 * Checks the options of a builder; `extra` names those of its own.
 *
 * @throws {@link ArgumentError} `unknown-option`, `bad-concurrency`, `bad-densify`, `bad-on-error`, `bad-resolution`.
 */
export function checkBuildOptions(what: string, o: BuildOptions, named: boolean, extra: readonly string[]): void {
  checkOptionNames(what, o, [...BUILD_NAMES, ...(named ? NAMED_NAMES : []), ...extra]);
  const concurrency = o.concurrency ?? DEFAULT_CONCURRENCY;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new ArgumentError(
      'bad-concurrency',
      `concurrency is an integer of at least 1; got ${String(o.concurrency)}.`,
    );
  const densify = o.densify ?? DEFAULT_DENSIFY;
  if (!Number.isInteger(densify) || densify < 0)
    throw new ArgumentError('bad-densify', `densify is an integer of at least 0; got ${String(o.densify)}.`);
  if (o.onError !== undefined && !['skip', 'raise'].includes(o.onError))
    throw new ArgumentError('bad-on-error', `onError is 'skip' or 'raise'; got ${JSON.stringify(o.onError)}.`);
  for (const r of o.targetResolution === undefined ? [] : resolutionPair(o.targetResolution)) {
    if (!(Number.isFinite(r) && r > 0))
      throw new ArgumentError(
        'bad-resolution',
        `targetResolution is positive; got ${JSON.stringify(o.targetResolution)}.`,
      );
  }
}
