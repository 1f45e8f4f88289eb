/** Words and numbers as people read them: dates, places, counts, aligned columns. Nothing here reads clock or locale. */
import type { LonLatBox } from './wire/payload.js';

const DAY_MICROS = 86_400_000_000;
/** Microseconds that a JavaScript Date can hold. */
const LAST_DATE_MICROS = 8.64e21;

/** Text on one line: control characters (line breaks, terminal escapes) become spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** "1 scene", "12 scenes", "12 345 scenes". */
export function plural(n: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : nouns}`;
}

/** Digits in groups of three from 10 000 on. */
export function grouped(n: number): string {
  const text = String(n);
  return Math.abs(n) < 10_000 || !Number.isInteger(n) ? text : text.replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** At most six significant digits, without trailing zeros. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e9 ? String(value) : String(Number(value.toPrecision(6)));
}

/** "98.2 %", never rounded up to 100 or down to 0. */
export function percent(share: number): string {
  if (share >= 1) return '100 %';
  if (share <= 0) return '0 %';
  return `${Math.min(99.9, Math.max(0.1, share * 100)).toFixed(1)} %`;
}

/** "2024-06-03" of microseconds since 1970, in UTC. */
export function isoDay(micros: number): string {
  return Math.abs(micros) < LAST_DATE_MICROS
    ? new Date(Math.floor(micros / 1000)).toISOString().replace(/T.*/, '')
    : '?';
}

function isoMinute(micros: number): string {
  return `${isoDay(micros)} ${new Date(Math.floor(micros / 1000)).toISOString().replace(/.*T(\d\d:\d\d).*/, '$1')}Z`;
}

/** "2024-06-03", "2024-06-03 10:31Z" for an instant within a day, "2024-06-03 to 2024-06-30" for longer. */
export function timeSpan(interval: { readonly startMicros: number; readonly endMicros: number } | null): string {
  if (!interval) return 'no date';
  const { startMicros, endMicros } = interval;
  if (Math.abs(startMicros) >= LAST_DATE_MICROS || Math.abs(endMicros) >= LAST_DATE_MICROS) return 'any time';
  const [first, last] = [isoDay(startMicros), isoDay(endMicros)];
  if (first !== last) return `${first} to ${last}`;
  return startMicros === endMicros && startMicros % DAY_MICROS !== 0 ? isoMinute(startMicros) : first;
}

function decimalsFor(span: number): number {
  return Math.min(6, Math.max(1, Math.ceil(1.3 - Math.log10(Math.max(span, 1e-6)))));
}

function degrees(from: number, to: number, decimals: number, positive: string, negative: string): string {
  const [a, b] = [Math.abs(from).toFixed(decimals), Math.abs(to).toFixed(decimals)];
  const letter = (v: number): string => (v < 0 ? negative : positive);
  if (letter(from) === letter(to)) return `${from < 0 ? `${b}–${a}` : `${a}–${b}`}°${letter(from)}`;
  return `${a}°${letter(from)}–${b}°${letter(to)}`;
}

/** "10.1–11.4°E 46.2–47.0°N" of west, south, east, north. */
export function placeRange(box: LonLatBox | null): string {
  if (!box) return 'nowhere';
  const [w, s, e, n] = box;
  const turn = (lon: number): number => (lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon);
  const decimals = decimalsFor(Math.min(e - w, n - s));
  return `${degrees(turn(w), turn(e), decimals, 'E', 'W')} ${degrees(s, n, decimals, 'N', 'S')}`;
}

/** Native bounds as four numbers with a sensible number of decimals. */
export function boundsText(bounds: readonly number[]): string {
  return `[${bounds.map((v) => shortNumber(v)).join(', ')}]`;
}

/** Label and value, one pair a line, values in one column. */
export function facts(pairs: readonly (readonly [label: string, value: string])[]): string[] {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `  ${label.padEnd(width)}  ${oneLine(value)}`);
}

/** Longest cell in a text table, in characters. */
const MAX_CELL = 44;

/** A table in aligned columns; numbers are set to the right. Cells longer than 44 characters are cut in the middle. */
export function textTable(
  all: readonly string[],
  every: readonly (readonly (string | number | boolean | null)[])[],
): string[] {
  // A column without a single value says nothing.
  const used = all.map((_, i) => i).filter((i) => every.some((row) => (row[i] ?? null) !== null));
  const columns = used.map((i) => all[i] ?? '');
  const rows = every.map((row) => used.map((i) => row[i] ?? null));
  const shown = rows.map((row) => columns.map((_, i) => cellText(row[i] ?? null)));
  const widths = columns.map((c, i) => Math.max(c.length, ...shown.map((r) => (r[i] ?? '').length)));
  const right = columns.map((_, i) => rows.length > 0 && rows.every((r) => typeof (r[i] ?? 0) === 'number'));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((c, i) => (right[i] ? c.padStart(widths[i] ?? 0) : c.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd();
  return [line(columns.map(oneLine)), ...shown.map(line)];
}

function cellText(value: string | number | boolean | null): string {
  if (value === null) return '-';
  const text = typeof value === 'number' ? shortNumber(value) : oneLine(String(value));
  return text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL - 18)}…${text.slice(-17)}`;
}

/** Most lines of a text summary (`renderers.md` §2). */
export const MAX_LINES = 40;

/** Lines as one text of at most 40 lines; what is cut is said. */
export function summary(lines: readonly string[]): string {
  if (lines.length <= MAX_LINES) return lines.join('\n');
  const kept = lines.slice(0, MAX_LINES - 1);
  return [...kept, `  … ${grouped(lines.length - kept.length)} more lines`].join('\n');
}
