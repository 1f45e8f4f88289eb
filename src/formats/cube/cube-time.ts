/** The times of a cube: extent, number and typical step. */
import {
  FormatError,
  isNadirError,
  parseTime,
  UnsupportedDataError,
  type Interval,
  type Micros,
} from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import { numberOf, numbersOf, textOf } from './attributes.js';
import { cfInstant, parseTimeUnits, timeResolution } from './cf-time.js';
import { readCoordinate, readNumericCoordinate } from './coordinates.js';
import type { CubeVariable } from './types.js';

export interface CubeTime {
  readonly variable: string;
  readonly count: number;
  /** First to last value whatever their order; null for no values. */
  readonly interval: Interval | null;
  /** ISO 8601 duration of the typical step, e.g. `P1D`; null for fewer than two times. */
  readonly resolution: string | null;
  /** The dimension that times run along; null for a single time without one. */
  readonly dim: string | null;
  /** All times in the order of the file. */
  readonly instants: readonly Micros[];
}

/** How numpy and xarray store "not a time" in 64-bit integers. */
const NOT_A_TIME = -(2n ** 63n);

async function instants(variable: CubeVariable, file: string, o: ReadOptions): Promise<Micros[]> {
  const { attributes, dtype, path } = variable;
  if (dtype === 'string') {
    const texts = await readCoordinate(variable, file, o);
    return Array.from(texts as ArrayLike<string>, (text) => parseTime(text));
  }
  const units = parseTimeUnits(
    textOf(attributes, 'units'),
    textOf(attributes, 'calendar'),
    `${file}: time variable ${path}`,
  );
  const packed = numberOf(attributes, 'scale_factor') !== null || numberOf(attributes, 'add_offset') !== null;
  if ((dtype === 'int64' || dtype === 'uint64') && !packed) {
    // SAFETY: readers return bigints for 64-bit integers.
    const values = (await readCoordinate(variable, file, o)) as BigInt64Array | BigUint64Array;
    const fill = numbersOf(attributes, '_FillValue');
    return Array.from(values as ArrayLike<bigint>, (value, i) => {
      if (value === NOT_A_TIME || fill.includes(Number(value)))
        throw new FormatError('missing-coordinate', `${file}: time variable ${path} has no value at index ${i}.`, {
          details: { file, variable: path, index: i },
        });
      return cfInstant(value, units);
    });
  }
  return Array.from(await readNumericCoordinate(variable, file, o), (value) => cfInstant(value, units));
}

/**
 * Decodes a time variable: one value or a list, in any order.
 *
 * @throws {@link UnsupportedDataError} `time-rank`, `calendar`, `time-units`; {@link FormatError} `missing-coordinate`,
 * `time-value`.
 */
export async function readCubeTime(variable: CubeVariable, file: string, o: ReadOptions = {}): Promise<CubeTime> {
  const { name, path, shape, dims } = variable;
  if (shape.length > 1) {
    throw new UnsupportedDataError(
      'time-rank',
      `${file}: time variable ${path} has ${shape.length} dimensions; one or none is read.`,
      { details: { file, variable: path } },
    );
  }
  let times: Micros[];
  try {
    times = await instants(variable, file, o);
  } catch (error) {
    if (!isNadirError(error, 'IntervalError')) throw error;
    throw new FormatError('time-value', `${file}: time variable ${path}: ${error.message}`, {
      details: { file, variable: path },
      cause: error,
    });
  }
  const sorted = [...times].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  return {
    variable: name,
    count: times.length,
    interval: first === undefined || last === undefined ? null : Object.freeze({ start: first, end: last }),
    resolution: timeResolution(sorted),
    dim: dims[0] ?? null,
    instants: times,
  };
}
