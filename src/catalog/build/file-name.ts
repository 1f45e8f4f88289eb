/** What a file name says: its id and, through a regular expression, its time (`catalog.md` §3). */
import { CatalogError, messageOf, type Interval } from '../../core/index.js';
import { compileDateFormat, readDate, widenToDays, type DateFormat } from './date-format.js';

/** How times are read from file names. */
export interface NamedFiles {
  /** Searched in the base name. Defines the group `date`, or `start` and `stop`; `(?P<n>…)` is accepted. */
  readonly filenameRegex?: RegExp | string;
  /** Directives of strptime; default `%Y%m%d`. */
  readonly dateFormat?: string;
  /** `day` widens every interval to whole UTC days. Default `format`: as precise as the format. */
  readonly datePrecision?: 'format' | 'day';
}

/** Last segment of a path or URL, without query and fragment. */
export function baseName(path: string): string {
  const isUrl = /^[a-z][a-z0-9+.-]+:\/\//i.test(path);
  const clean = isUrl ? path.replace(/[?#].*$/s, '') : path;
  return clean.split(isUrl ? '/' : /[\\/]/).findLast((part) => part !== '') ?? path;
}

/** The base name without its extension. */
export function stemOf(path: string): string {
  const name = baseName(path);
  return name.replace(/(?<=.)\.[^.]*$/s, '') || name;
}

/** Time of a file by its name: an interval, null when static, or `unmatched`. */
export type NameReader = (path: string) => Interval | null | 'unmatched';

function compileRegex(given: RegExp | string): RegExp {
  const untyped: unknown = given;
  if (typeof untyped !== 'string' && !(untyped instanceof RegExp))
    throw new CatalogError('bad-regex', `filenameRegex is a regular expression or text; got ${JSON.stringify(given)}.`);
  const source = (typeof given === 'string' ? given : given.source).replaceAll('(?P<', '(?<');
  const flags = typeof given === 'string' ? '' : given.flags.replace(/[gy]/g, '');
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new CatalogError(
      'bad-regex',
      `filenameRegex ${JSON.stringify(source)} is not a regular expression: ${messageOf(error)}.`,
      { hint: 'Example: (?<date>\\d{8}).', details: { regex: source }, cause: error },
    );
  }
}

/** Names of all groups of an expression, matched or not. */
function groupNames(regex: RegExp): string[] {
  return Object.keys(new RegExp(`${regex.source}|`, regex.flags).exec('')?.groups ?? {});
}

/**
 * The reader of times from names; without a regex every file is static.
 *
 * Reading throws {@link CatalogError} `unreadable-date`, and `reversed-dates` when `start` is after `stop`.
 *
 * @throws {@link CatalogError} `bad-regex`, `no-date-group`, `bad-date-format`.
 */
export function nameReader({ filenameRegex, dateFormat = '%Y%m%d', datePrecision = 'format' }: NamedFiles): NameReader {
  const [untypedFormat, precision]: readonly unknown[] = [dateFormat, datePrecision];
  if (typeof untypedFormat !== 'string')
    throw new CatalogError('bad-date-format', `dateFormat is text such as %Y%m%d; got ${JSON.stringify(dateFormat)}.`);
  if (precision !== 'format' && precision !== 'day')
    throw new CatalogError(
      'bad-precision',
      `datePrecision is 'format' or 'day'; got ${JSON.stringify(datePrecision)}.`,
    );
  const format = compileDateFormat(dateFormat);
  if (filenameRegex === undefined) return () => null;
  const regex = compileRegex(filenameRegex);
  const groups = groupNames(regex);
  if (!groups.includes('date') && !(groups.includes('start') && groups.includes('stop'))) {
    const found = groups.length === 0 ? 'it has no named groups' : `it has the groups ${groups.join(', ')}`;
    throw new CatalogError(
      'no-date-group',
      `filenameRegex must define the group "date", or "start" and "stop"; ${found}.`,
      { hint: 'Example: (?<date>\\d{8}) with dateFormat %Y%m%d.', details: { regex: regex.source, groups } },
    );
  }
  const widen = (interval: Interval | null): Interval | null =>
    interval && datePrecision === 'day' ? widenToDays(interval) : interval;
  return (path) => {
    const name = baseName(path);
    const match = regex.exec(name)?.groups;
    if (!match) return regex.test(name) ? null : 'unmatched';
    const { date, start, stop } = match;
    if (date !== undefined) return widen(readOne(format, date, path));
    if (start === undefined || stop === undefined) return null;
    const [from, to] = [readOne(format, start, path), readOne(format, stop, path)];
    if (!from || !to) return null;
    if (from.start > to.end) {
      throw new CatalogError('reversed-dates', `${name}: the start ${start} is after the stop ${stop}.`, {
        details: { file: path, start, stop },
      });
    }
    return widen({ start: from.start, end: to.end });
  };
}

function readOne(format: DateFormat, text: string, path: string): Interval | null {
  const interval = readDate(format, text);
  if (interval !== undefined) return interval;
  throw new CatalogError(
    'unreadable-date',
    `${baseName(path)}: ${JSON.stringify(text)} is no date of the format ${format.format}.`,
    { hint: 'Adjust filenameRegex or dateFormat.', details: { file: path, text, format: format.format } },
  );
}
