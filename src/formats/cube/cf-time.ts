/**
 * Times by CF units and calendars (CF 1.11 §4.4), as microseconds since 1970-01-01T00:00:00Z.
 *
 * Calendar arithmetic: civil days by the algorithm of the proleptic Gregorian calendar with years starting in March;
 * Julian days likewise; the standard calendar changes from Julian to Gregorian at 1582-10-15.
 */
import { FormatError, IntervalError, UnsupportedDataError, type Micros } from '../../core/index.js';

export type CfCalendar = 'standard' | 'proleptic_gregorian' | 'noleap';

/** `<unit> since <date>` in a calendar. */
export interface CfTimeUnits {
  readonly calendar: CfCalendar;
  /** Microseconds of one unit; below 1 for nanoseconds. */
  readonly unitMicros: number;
  /** Days from 0000-03-01 of the calendar's own count to the reference day, and microseconds within that day. */
  readonly day: number;
  readonly micros: number;
}

const CALENDARS: Readonly<Record<string, CfCalendar>> = {
  standard: 'standard',
  gregorian: 'standard',
  proleptic_gregorian: 'proleptic_gregorian',
  noleap: 'noleap',
  '365_day': 'noleap',
};
const DAY = 86_400_000_000;
/** Spellings of UDUNITS-2. */
const UNITS: readonly (readonly [spelling: RegExp, micros: number])[] = [
  [/^(?:ns|nsecs?|nanosecs?|nanoseconds?)$/i, 1e-3],
  [/^(?:us|usecs?|µs|microsecs?|microseconds?)$/i, 1],
  [/^(?:ms|msecs?|millisecs?|milliseconds?)$/i, 1e3],
  [/^(?:s|secs?|seconds?)$/i, 1e6],
  [/^(?:min|mins|minutes?)$/i, 6e7],
  [/^(?:h|hrs?|hours?)$/i, 3.6e9],
  [/^(?:d|days?)$/i, DAY],
  [/^(?:weeks?)$/i, 7 * DAY],
];
const REFERENCE =
  /^([+-]?\d{1,6})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?)?\s*(Z|UTC|GMT|[+-]?\d{1,2}(?::?\d{2})?)?$/i;
const CUMULATIVE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
/** 1582-10-15 as days since 1970-01-01. */
const GREGORIAN_START = -141_427;

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
function gregorianDay(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** Days since 1970-01-01 (Gregorian) of a date of the Julian calendar. */
function julianDay(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) + dayOfYear - 719_470;
}

function daysInMonth(calendar: CfCalendar, year: number, month: number): number {
  const length = (CUMULATIVE[month] ?? 0) - (CUMULATIVE[month - 1] ?? 0);
  if (month !== 2 || calendar === 'noleap') return length;
  const julian = calendar === 'standard' && year < 1582;
  const leap = year % 4 === 0 && (julian || year % 100 !== 0 || year % 400 === 0);
  return leap ? 29 : 28;
}

/** The reference day: days since 1970-01-01, or since 0000-01-01 in the noleap calendar. */
function referenceDay(calendar: CfCalendar, year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(calendar, year, month)) return null;
  if (calendar === 'noleap') return year * 365 + (CUMULATIVE[month - 1] ?? 0) + day - 1;
  const gregorian = gregorianDay(year, month, day);
  if (calendar === 'proleptic_gregorian' || gregorian >= GREGORIAN_START) return gregorian;
  const julian = julianDay(year, month, day);
  return julian < GREGORIAN_START ? julian : null; // ten days of October 1582 never were
}

/**
 * Reads `units` and `calendar` of a time variable; calendar names are those of CF, without one it is standard.
 *
 * @throws {@link UnsupportedDataError} `calendar`, `time-units`; {@link FormatError} `time-units` for no such date.
 */
export function parseTimeUnits(units: string | null, calendarName: string | null, where: string): CfTimeUnits {
  const calendar = CALENDARS[(calendarName ?? 'standard').toLowerCase()];
  if (calendar === undefined) {
    throw new UnsupportedDataError('calendar', `${where} is in calendar ${JSON.stringify(calendarName)}.`, {
      hint: 'standard, gregorian, proleptic_gregorian, noleap and 365_day are read; convert the times to one of them.',
    });
  }
  const m = /^\s*(\S+)\s+(?:since|after|from|ref)\s+(.+?)\s*$/i.exec(units ?? '');
  const unitMicros = UNITS.find(([spelling]) => spelling.test(m?.[1] ?? ''))?.[1];
  if (!m || unitMicros === undefined) {
    throw new UnsupportedDataError(
      'time-units',
      `${where} has units ${JSON.stringify(units)} instead of "<unit> since <date>" with a unit from nanoseconds to weeks.`,
      { hint: 'Months and years have no fixed length; write days or hours since a date.' },
    );
  }
  const d = REFERENCE.exec(m[2] ?? '');
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) => Number(d?.[i] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const start = d ? referenceDay(calendar, year, month, day) : null;
  if (!d || start === null || hour > 24 || minute > 59 || second > 60)
    throw new FormatError(
      'time-units',
      `${where} counts from ${JSON.stringify(m[2])}, which is no date of its calendar.`,
    );
  const fraction = Number((d[7] ?? '').padEnd(6, '0').slice(0, 6));
  const zone = /^([+-]?)(\d{1,2}):?(\d{2})?$/.exec(d[8] ?? '');
  const offset = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3] ?? 0)) : 0;
  const micros = ((hour * 60 + minute - offset) * 60 + second) * 1e6 + fraction;
  return { calendar, unitMicros, day: start, micros };
}

/** Microseconds since 1970 of a day of the noleap calendar (a real date each). */
function noleapDay(day: number): number {
  const year = Math.floor(day / 365);
  const rest = day - year * 365;
  const month = CUMULATIVE.findIndex((before) => before > rest);
  return gregorianDay(year, month, rest - (CUMULATIVE[month - 1] ?? 0) + 1);
}

/**
 * The instant of a time value, to the microsecond where the value states it that exactly.
 *
 * Whole and fractional parts are scaled apart, so that large counts of small units lose nothing.
 *
 * @throws {@link IntervalError} `out-of-range`.
 */
export function cfInstant(value: number | bigint, units: CfTimeUnits): Micros {
  let days = units.day;
  let micros = units.micros;
  if (typeof value === 'bigint') {
    const perDay = BigInt(Math.round(DAY / units.unitMicros));
    const whole = value / perDay;
    days += Number(whole);
    micros += Math.round(Number(value - whole * perDay) * units.unitMicros);
  } else {
    const perDay = DAY / units.unitMicros;
    const whole = Math.floor(value / perDay);
    const rest = value - whole * perDay;
    const count = Math.floor(rest);
    days += whole;
    micros += Math.round(count * units.unitMicros + (rest - count) * units.unitMicros);
  }
  if (units.calendar === 'noleap') {
    const carried = Math.floor(micros / DAY);
    days = noleapDay(days + carried);
    micros -= carried * DAY;
  }
  const instant = days * DAY + micros;
  if (!Number.isSafeInteger(instant))
    throw new IntervalError('out-of-range', `Time value ${value} is beyond ±(2^53 − 1) microseconds.`);
  return instant;
}

/**
 * The typical step as an ISO 8601 duration; null for fewer than two times or equal ones.
 *
 * The median step decides. Steps of 28 to 31 days are `P1M`, of 365 or 366 days `P1Y`, when times are not evenly
 * spaced; other steps are days, hours, minutes and seconds, e.g. `P8D`, `PT6H`.
 */
export function timeResolution(sorted: readonly Micros[]): string | null {
  const steps = sorted.slice(1).map((t, i) => t - (sorted[i] ?? t));
  const ordered = [...steps].sort((a, b) => a - b);
  const median = ordered[ordered.length >> 1] ?? 0;
  if (median <= 0) return null;
  const [least, most] = [ordered[0] ?? 0, ordered.at(-1) ?? 0];
  if (least !== most) {
    if (least >= 28 * DAY && most <= 31 * DAY) return 'P1M';
    if (least >= 365 * DAY && most <= 366 * DAY) return 'P1Y';
  }
  const days = Math.floor(median / DAY);
  let rest = median - days * DAY;
  const hours = Math.floor(rest / 3.6e9);
  rest -= hours * 3.6e9;
  const minutes = Math.floor(rest / 6e7);
  const seconds = (rest - minutes * 6e7) / 1e6;
  const time = [hours && `${hours}H`, minutes && `${minutes}M`, seconds && `${seconds}S`].filter(Boolean).join('');
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}
