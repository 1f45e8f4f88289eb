/** Typed access to attributes. */
import type { CubeAttributes } from './types.js';

/** The text of an attribute, trimmed; null for another type or an empty one. */
export function textOf(attributes: CubeAttributes, name: string): string | null {
  const value = attributes[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** The numbers of an attribute: one, several, or digits in a text; empty for anything else. */
export function numbersOf(attributes: CubeAttributes, name: string): readonly number[] {
  const value = attributes[name];
  const parts: unknown[] =
    typeof value === 'string' ? value.trim().split(/[\s,]+/) : Array.isArray(value) ? (value as unknown[]) : [value];
  const numbers = parts.map((part) =>
    typeof part === 'number' || typeof part === 'bigint' || (typeof part === 'string' && part !== '')
      ? Number(part)
      : NaN,
  );
  return numbers.some(Number.isNaN) ? [] : numbers;
}

/** The first number of an attribute; null where there is none. */
export function numberOf(attributes: CubeAttributes, name: string): number | null {
  return numbersOf(attributes, name)[0] ?? null;
}

/** A value of an attribute as a number; 64-bit integers stay bigints where a number would not hold them. */
export function plainValue(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
