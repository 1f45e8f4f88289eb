/** Text of any value: depth 3, 100 items, 8 kB. */
import { inspect } from 'node:util';
import { headOf } from '../cut-text.js';

const MAX_CHARS = 8_000;

/** One value as text, cut at 8000 characters. Never throws, whatever the value's own inspect method does. */
export function inspectText(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, { depth: 3, maxArrayLength: 100, maxStringLength: MAX_CHARS, breakLength: 100, compact: 3 });
  } catch (error) {
    text = `${Object.prototype.toString.call(value)} (its inspection failed: ${error instanceof Error ? error.message : String(error)})`;
  }
  return text.length <= MAX_CHARS ? text : `${headOf(text, MAX_CHARS)}\n… (${text.length - MAX_CHARS} more characters)`;
}

/** One line of a value for the list of variables; own data properties only, at most `max` characters. */
export function inspectLine(value: unknown, max: number): string {
  let text: string;
  try {
    text = inspect(value, {
      depth: 1,
      maxArrayLength: 6,
      maxStringLength: max,
      breakLength: Infinity,
      compact: true,
      customInspect: false,
      getters: false,
    });
  } catch {
    text = Object.prototype.toString.call(value);
  }
  const line = text.replace(/\s+/g, ' ');
  return line.length <= max ? line : `${headOf(line, max - 1)}…`;
}
