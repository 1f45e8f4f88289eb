/**
 * Readers for untrusted JSON. Each takes a value and where it stands, and returns it typed or throws {@link Problem};
 * {@link attempt} turns that into a value, so nothing above this folder ever sees an exception.
 *
 * Readers copy: unknown keys (and `__proto__`) never reach a view.
 */

/** Most entries of one list, and most entries of one payload altogether. */
export const MAX_ITEMS = 1_000_000;
/** Longest text a view shows; longer texts are cut. */
export const MAX_TEXT = 10_000;
/** Longest base64 text, about the 10 MB that an output may ever have. */
export const MAX_BASE64 = 14_000_000;
/** Deepest nesting of free values such as step arguments. */
const MAX_DEPTH = 8;

/** What is wrong with a payload, as a sentence part: where and what. */
export class Problem extends Error {}

/** A value, or the reason why there is none. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

let budget = 0;

/** The value that `read` returns, or the problem it met. Any other failure is a problem too. */
export function attempt<T>(read: () => T): Outcome<T> {
  budget = 5 * MAX_ITEMS;
  try {
    return { ok: true, value: read() };
  } catch (error) {
    const problem =
      error instanceof Problem
        ? error.message
        : `could not be read (${error instanceof Error ? error.message : 'unknown failure'})`;
    return { ok: false, problem };
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value;
}

/** A reader of one kind of value; `at` is the path to it. */
export type Reader<T> = (value: unknown, at: string) => T;

/** A plain object; its keys are read one by one. */
export function object(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem(`${at} should be an object and is ${describe(value)}`);
  // SAFETY: a non-null, non-array object; its values stay unknown.
  return value as Readonly<Record<string, unknown>>;
}

/** A text, cut at {@link MAX_TEXT} characters. */
export function text(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new Problem(`${at} should be text and is ${describe(value)}`);
  return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
}

/** A finite number. */
export function number(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Problem(`${at} should be a finite number and is ${describe(value)}`);
  return value;
}

/** A reader of numbers from `min` to `max`, both allowed. */
export function between(min: number, max: number): Reader<number> {
  return (value, at) => {
    const n = number(value, at);
    if (n < min || n > max) throw new Problem(`${at} should lie in ${min}…${max} and is ${n}`);
    return n;
  };
}

/** A reader of whole numbers from `min` to `max`, both allowed. */
export function whole(min: number, max: number): Reader<number> {
  const range = between(min, max);
  return (value, at) => {
    const n = range(value, at);
    if (!Number.isInteger(n)) throw new Problem(`${at} should be a whole number and is ${n}`);
    return n;
  };
}

/** A truth value. */
export function boolean(value: unknown, at: string): boolean {
  if (typeof value !== 'boolean') throw new Problem(`${at} should be true or false and is ${describe(value)}`);
  return value;
}

/** What `read` reads; null when the value is null or absent. */
export function optional<T>(value: unknown, at: string, read: Reader<T>): T | null {
  return value === null || value === undefined ? null : read(value, at);
}

/** A list of at most `max` entries. */
export function list<T>(value: unknown, at: string, read: Reader<T>, max = MAX_ITEMS): T[] {
  if (!Array.isArray(value)) throw new Problem(`${at} should be a list and is ${describe(value)}`);
  if (value.length > max) throw new Problem(`${at} has ${value.length} entries; at most ${max} are shown`);
  budget -= value.length;
  if (budget < 0) throw new Problem(`${at} makes the payload larger than ${5 * MAX_ITEMS} entries`);
  const out: T[] = new Array<T>(value.length);
  for (let i = 0; i < value.length; i++) out[i] = read(value[i], `${at}[${i}]`);
  return out;
}

/** A list of exactly `length` finite numbers. */
export function numbers(value: unknown, at: string, length: number): number[] {
  const out = list(value, at, number, length);
  if (out.length !== length) throw new Problem(`${at} should have ${length} numbers and has ${out.length}`);
  return out;
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return (value, at) => {
    const word = words.find((w) => w === value);
    if (word === undefined) throw new Problem(`${at} should be one of ${words.join(', ')}`);
    return word;
  };
}

/** Base64 text of exactly `bytes` bytes; the length is checked before anything is allocated. */
export function base64(value: unknown, at: string, bytes: number): string {
  if (typeof value !== 'string') throw new Problem(`${at} should be base64 text and is ${describe(value)}`);
  if (value.length > MAX_BASE64)
    throw new Problem(`${at} has ${value.length} characters; at most ${MAX_BASE64} are read`);
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const found = (value.length / 4) * 3 - padding;
  if (found !== bytes) throw new Problem(`${at} should hold ${bytes} bytes and holds ${found}`);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw new Problem(`${at} is not base64`);
  return value;
}

/** A text, number, truth value or null; numbers that are not finite become null. */
export function cell(value: unknown, at: string): string | number | boolean | null {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return text(value, at);
}

/** Most properties of one item, and longest name of one. */
const MAX_PROPERTIES = 1000;
const MAX_KEY = 1000;

/** A dictionary of at most `max` entries; names that could reach a prototype, or are too long, are dropped. */
export function dictionary<T>(
  value: unknown,
  at: string,
  read: Reader<T>,
  max = MAX_PROPERTIES,
): Readonly<Record<string, T>> {
  const entries = Object.entries(object(value, at));
  if (entries.length > max) throw new Problem(`${at} has ${entries.length} entries; at most ${max} are shown`);
  const isSafe = (key: string): boolean =>
    key.length <= MAX_KEY && key !== '__proto__' && key !== 'constructor' && key !== 'prototype';
  return Object.fromEntries(
    entries.filter(([key]) => isSafe(key)).map(([key, v]) => [key, read(v, `${at}.${key.slice(0, 40)}`)]),
  );
}

/** Any JSON value up to eight levels deep, copied. */
export function anything(value: unknown, at: string, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new Problem(`${at} is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return list(value, at, (v, a) => anything(v, a, depth + 1));
  if (typeof value === 'object' && value !== null) return dictionary(value, at, (v, a) => anything(v, a, depth + 1));
  return cell(value, at);
}
