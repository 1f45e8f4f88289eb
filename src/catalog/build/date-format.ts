/** Dates in file names: the directives of strptime, and intervals as wide as the format is precise (`catalog.md` §3). */
import { CatalogError, MICROS_PER_DAY, MICROS_PER_SECOND, startOfDay, type Interval } from '../../core/index.js';

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** Patterns of the directives; longest alternatives first, values out of range never match. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d{2}',
  m: '1[0-2]|0[1-9]|[1-9]',
  b: MONTHS.map((m) => m.slice(0, 3)).join('|'),
  B: MONTHS.join('|'),
  d: '3[01]|[12]\\d|0[1-9]|[1-9]',
  j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  H: '2[0-3]|[01]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  p: 'am|pm',
  M: '[0-5]\\d|\\d',
  S: '[0-5]\\d|\\d',
  f: '\\d{1,6}',
  z: 'z|[+-]\\d{2}:?\\d{2}(?::?\\d{2})?',
};

/** A date format, ready to read texts. */
export interface DateFormat {
  readonly format: string;
  readonly pattern: RegExp;
  readonly has: ReadonlySet<string>;
}

/**
 * Prepares a format of strptime directives.
 *
 * @throws {@link CatalogError} `bad-date-format` for an unknown or repeated directive.
 */
export function compileDateFormat(format: string): DateFormat {
  const has = new Set<string>();
  const supported = [...Object.keys(DIRECTIVES), '%'].map((d) => `%${d}`).join(' ');
  const pattern = format.replace(
    /%(.?)|([^%]+)/gsu,
    (_, directive: string | undefined, literal: string | undefined) => {
      if (literal !== undefined) return literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
      if (directive === '%') return '%';
      const source = directive === undefined ? undefined : DIRECTIVES[directive];
      if (directive === undefined || source === undefined) {
        throw new CatalogError(
          'bad-date-format',
          `The date format ${JSON.stringify(format)} has the directive %${directive ?? ''}, which is not supported.`,
          { hint: `Supported are ${supported}.`, details: { format } },
        );
      }
      if (has.has(directive))
        throw new CatalogError(
          'bad-date-format',
          `The date format ${JSON.stringify(format)} has %${directive} twice.`,
          { details: { format } },
        );
      has.add(directive);
      return `(?<${directive}>${source})`;
    },
  );
  return { format, pattern: new RegExp(`^${pattern}$`, 'i'), has };
}

function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime() * 1000;
}

function hourOf(hour24: string | undefined, hour12: string | undefined, half: string | undefined): number | null {
  if (hour24 !== undefined) return Number(hour24);
  // Without a.m. or p.m. a 12-hour value does not say which hour it is.
  if (hour12 === undefined || half === undefined) return null;
  return (Number(hour12) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function offsetMicros(zone: string | undefined): number {
  if (zone === undefined || zone.toLowerCase() === 'z') return 0;
  const digits = zone.replaceAll(':', '');
  const [hours, minutes, seconds] = [digits.slice(1, 3), digits.slice(3, 5), digits.slice(5, 7)].map(Number) as [
    number,
    number,
    number,
  ];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds) * MICROS_PER_SECOND;
}

/**
 * The interval that a text names, as wide as the unbroken chain year → month → day → hour → minute → second →
 * microsecond of its format: `2019` with `%Y` is all of 2019. Null when the format has no year, and undefined when the
 * text does not fit the format or names no day.
 */
export function readDate({ pattern }: DateFormat, text: string): Interval | null | undefined {
  const g = pattern.exec(text)?.groups;
  if (!g) return pattern.test(text) ? null : undefined;
  const { Y, y, m, b, B, d, j, H, I, p, M, S, f, z } = g;
  if (Y === undefined && y === undefined) return null;
  const short = Number(y);
  const year = Y !== undefined ? Number(Y) : short >= 69 ? 1900 + short : 2000 + short;
  const name = (B ?? b)?.toLowerCase();
  let month =
    m !== undefined ? Number(m) - 1 : name !== undefined ? MONTHS.findIndex((full) => full.startsWith(name)) : null;
  let day = d !== undefined ? Number(d) : null;
  if (j !== undefined) {
    const date = new Date(utc(year, 0, Number(j)) / 1000);
    if (date.getUTCFullYear() !== year) return undefined;
    month = date.getUTCMonth();
    day = date.getUTCDate();
  }
  const offset = offsetMicros(z);
  const span = (start: number, next: number): Interval => ({ start: start - offset, end: next - offset - 1 });
  if (month === null) return span(utc(year, 0, 1), utc(year + 1, 0, 1));
  if (day === null) return span(utc(year, month, 1), utc(year, month + 1, 1));
  const start = utc(year, month, day);
  if (new Date(start / 1000).getUTCDate() !== day) return undefined;
  const hour = hourOf(H, I, p);
  if (hour === null) return span(start, start + MICROS_PER_DAY);
  const units: readonly (readonly [value: number | undefined, micros: number])[] = [
    [hour, 3600 * MICROS_PER_SECOND],
    [M === undefined ? undefined : Number(M), 60 * MICROS_PER_SECOND],
    [S === undefined ? undefined : Number(S), MICROS_PER_SECOND],
    [f === undefined ? undefined : Number(f.padEnd(6, '0')), 1],
  ];
  let at = start;
  let width = MICROS_PER_DAY;
  for (const [value, micros] of units) {
    if (value === undefined) break;
    at += value * micros;
    width = micros;
  }
  return span(at, at + width);
}

/** The whole UTC days that an interval touches. */
export function widenToDays({ start, end }: Interval): Interval {
  return { start: startOfDay(start), end: startOfDay(end) + MICROS_PER_DAY - 1 };
}
