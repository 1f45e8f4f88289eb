/** When an item is (`catalog.md` §9). */
import { IntervalError, isForever, isNadirError, parseInterval, parseTime, type Interval } from '../../core/index.js';

type Fields = Readonly<Record<string, unknown>>;

const HINT = 'STAC times are RFC 3339 text, e.g. 2024-06-03T10:30:00Z.';
/** Microseconds; NaN for a moment beyond what integers of microseconds hold, e.g. the limits of a pandas Timestamp. */
function time(properties: Fields, name: string): number | null {
  const value = properties[name];
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string')
    throw new IntervalError('unparsable', `${name} is text in RFC 3339; got ${JSON.stringify(value)}.`, { hint: HINT });
  try {
    return parseTime(value);
  } catch (error) {
    if (isNadirError(error) && error.code === 'out-of-range') return NaN;
    throw new IntervalError('unparsable', `${name} ${JSON.stringify(value)} is no time.`, { hint: HINT, cause: error });
  }
}

/**
 * `start_datetime` to `end_datetime` when both are there, else `datetime` as an instant, else null: static. So is a span
 * from 1900-01-01 to 2100-01-01, or between the limits of a pandas Timestamp, unless `exact`. Digits beyond microseconds
 * are cut off.
 *
 * @throws {@link IntervalError} `unparsable`, `out-of-range`, `reversed`.
 */
export function itemTime(properties: Fields, exact = false): Interval | null {
  const [start, end] = [time(properties, 'start_datetime'), time(properties, 'end_datetime')];
  if (start !== null && end !== null) return !exact && isForever(start, end) ? null : parseInterval({ start, end });
  const instant = time(properties, 'datetime');
  return instant === null ? null : parseInterval({ start: instant, end: instant });
}
