/** Times and closed intervals in microseconds since 1970-01-01T00:00:00Z (`geoslice.md` §1, §3). */
import { IntervalError } from './errors.js';
import { checkOptionNames } from './option-names.js';

/** Integer microseconds since 1970-01-01T00:00:00Z. */
export type Micros = number;
/** A span of time, closed at both ends. Equal ends are an instant. */
export interface Interval {
  readonly start: Micros;
  readonly end: Micros;
}
export type TimeInput = Micros | Date | string;
export type IntervalInput = Interval | readonly [start: TimeInput, end: TimeInput];
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

const ISO =
  /^([+-]\d{6}|\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

function outOfRange(value: unknown): IntervalError {
  return new IntervalError(
    'out-of-range',
    `Time ${String(value)} is not an integer of at most ±(2^53 − 1) microseconds.`,
    {
      hint: 'Give an ISO 8601 string, a Date, or integer microseconds since 1970.',
      details: { value },
    },
  );
}

/**
 * Microseconds since 1970 of an ISO 8601 instant, a Date, or microseconds.
 *
 * Without an offset a string is UTC; a date alone means 00:00:00 of that day. More than six fraction digits are floored.
 *
 * @throws {@link IntervalError} `unparsable`, `out-of-range`.
 */
export function parseTime(value: TimeInput): Micros {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw outOfRange(value);
    return value;
  }
  if (value instanceof Date) {
    const micros = value.getTime() * 1000;
    if (!Number.isSafeInteger(micros)) throw outOfRange(value);
    return micros;
  }
  if (typeof value !== 'string') {
    throw new IntervalError(
      'unparsable',
      `A time is ISO 8601 text, a Date or microseconds; got ${JSON.stringify(value)}.`,
      {
        hint: 'Write e.g. 2024-06-03 or 2024-06-03T10:30:00Z.',
        details: { value },
      },
    );
  }
  const text = value.trim();
  const m = ISO.exec(text);
  const unparsable = (why: string): IntervalError =>
    new IntervalError('unparsable', `Cannot read ${JSON.stringify(value)} as a time: ${why}.`, {
      hint: 'Write an ISO 8601 date or instant, e.g. 2024-06-03 or 2024-06-03T10:30:00Z.',
      details: { value },
    });
  if (!m) throw unparsable('it is not ISO 8601');
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = m;
  const [mo, d, h, mi, s] = [month, day, hour, minute, second].map(Number) as [number, number, number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), mo - 1, d);
  date.setUTCHours(h, mi, s);
  if (mo < 1 || mo > 12 || date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d)
    throw unparsable('there is no such day');
  if (h > 23 || mi > 59 || s > 59) throw unparsable('there is no such time of day');
  const digits = zone.replace(':', '');
  const offsetMinutes = /^z$/i.test(zone)
    ? 0
    : (digits.startsWith('-') ? -1 : 1) * (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5)));
  const micros =
    date.getTime() * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6)) - offsetMinutes * 60 * MICROS_PER_SECOND;
  if (!Number.isSafeInteger(micros)) throw outOfRange(value);
  return micros;
}

/** Days as text, by their number since 1970: rows of one catalog share few of them. */
const dates = new Map<number, string>();
const MAX_DATES = 4096;
const MS_PER_DAY = MICROS_PER_DAY / 1000;
/** What follows the date in an ISO text. */
const TIME_OF_DAY = 'T00:00:00.000Z';

function dateOf(day: number): string {
  let text = dates.get(day);
  if (text === undefined) {
    text = new Date(day * MS_PER_DAY).toISOString().slice(0, -TIME_OF_DAY.length);
    if (dates.size >= MAX_DATES) dates.clear();
    dates.set(day, text);
  }
  return text;
}

/** `YYYY-MM-DDTHH:MM:SS.ffffffZ`, always six fraction digits. */
export function formatTime(t: Micros): string {
  const day = Math.floor(t / MICROS_PER_DAY);
  const micros = t - day * MICROS_PER_DAY;
  const date = dateOf(day);
  if (micros === 0) return `${date}T00:00:00.000000Z`;
  const seconds = Math.floor(micros / 1e6);
  const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
  const fraction = String(micros - seconds * 1e6).padStart(6, '0');
  return `${date}T${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}Z`;
}

/** The closed interval of whole UTC days from `first` to `last` (default: the same day). */
export function days(first: string, last: string = first): Interval {
  return checkedInterval(startOfDay(parseTime(first)), startOfDay(parseTime(last)) + MICROS_PER_DAY - 1);
}

/** 00:00:00 UTC of the day that contains `t`. */
export function startOfDay(t: Micros): Micros {
  return Math.floor(t / MICROS_PER_DAY) * MICROS_PER_DAY;
}

/**
 * A closed interval from any accepted form.
 *
 * @throws {@link IntervalError} `reversed` when the end is before the start; `unparsable`, `out-of-range`.
 */
export function parseInterval(value: IntervalInput): Interval {
  if (Array.isArray(value)) {
    // SAFETY: the array branch of IntervalInput is a pair; length is checked for callers without types.
    const [start, end] = value as readonly [TimeInput, TimeInput];
    if (value.length !== 2)
      throw new IntervalError('unparsable', `An interval is a pair [start, end]; got ${value.length} values.`);
    return checkedInterval(parseTime(start), parseTime(end));
  }
  const given: unknown = value;
  if (typeof given !== 'object' || given === null || !('start' in given && 'end' in given)) {
    throw new IntervalError(
      'unparsable',
      `An interval is [start, end] or { start, end }; got ${JSON.stringify(value)}.`,
      {
        hint: "For whole days write days('2024-05-01', '2024-05-31').",
        details: { value },
      },
    );
  }
  // SAFETY: not an array, so it is the object branch.
  const { start, end } = value as Interval;
  return checkedInterval(parseTime(start), parseTime(end));
}

function checkedInterval(start: Micros, end: Micros): Interval {
  if (start > end) {
    throw new IntervalError('reversed', `Interval ends (${formatTime(end)}) before it starts (${formatTime(start)}).`, {
      hint: 'Swap the two times.',
      details: { start, end },
    });
  }
  return Object.freeze({ start, end });
}

/** `[max(starts), min(ends)]`, or null when they share no instant. Sharing one instant is an intersection. */
export function intersectIntervals(a: Interval, b: Interval): Interval | null {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return end < start ? null : Object.freeze({ start, end });
}

/** Microseconds of a duration. @throws {@link ArgumentError} `unknown-option`, `bad-options`. */
export function durationMicros(by: Duration): number {
  checkOptionNames('A duration', by, ['days', 'hours', 'minutes', 'seconds']);
  const seconds = (by.days ?? 0) * 86_400 + (by.hours ?? 0) * 3600 + (by.minutes ?? 0) * 60 + (by.seconds ?? 0);
  return Math.round(seconds * MICROS_PER_SECOND);
}

/** The interval with its start moved back and its end moved forward by a duration. */
export function padInterval(i: Interval, by: Duration): Interval {
  const pad = durationMicros(by);
  return checkedInterval(parseTime(i.start - pad), parseTime(i.end + pad));
}

/** Days on which spans begin and end that other tools write for "always"; writers differ in the last digits. */
const FOREVER_FROM = startOfDay(parseTime('1900-01-01'));
const FOREVER_UNTIL: ReadonlySet<Micros> = new Set(['2099-12-31', '2100-01-01'].map((d) => startOfDay(parseTime(d))));

/**
 * Whether a span stands for "always": 1900-01-01 to 2100-01-01, or beyond what integers of microseconds hold, as the
 * limits of a pandas Timestamp (1677 and 2262) are.
 */
export function isForever(start: number, end: number): boolean {
  return (
    (!Number.isSafeInteger(start) || startOfDay(start) === FOREVER_FROM) &&
    (!Number.isSafeInteger(end) || FOREVER_UNTIL.has(startOfDay(end)))
  );
}
