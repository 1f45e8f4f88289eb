/** Reports of exports as objects that show themselves and survive `JSON.stringify`. */
import { DISPLAY_METHOD, displayObject, KIND, type LedgerEntry } from '../core/index.js';
import type { ReportBody } from './types.js';

/** An error of the ledger as plain JSON; one line of `errors.jsonl`. */
export function ledgerJson({ item, error }: LedgerEntry): Readonly<Record<string, unknown>> {
  const { name, code, message, hint } = error;
  return { item, error: name, code, message, hint: hint ?? null };
}

/** Adds kind, display and JSON form to the fields of a report. */
export function asReport<T extends ReportBody>(body: T): T {
  const report = { ...body };
  const hide = (key: string | symbol, value: unknown): unknown => Object.defineProperty(report, key, { value });
  hide(KIND, 'report');
  hide(DISPLAY_METHOD, () => displayObject(report));
  hide('toJSON', () => ({ ...body, errors: body.errors.map(ledgerJson) }));
  return Object.freeze(report);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes for people: `12.3 MB`. */
export function showBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${UNITS[unit] ?? 'B'}`;
}
