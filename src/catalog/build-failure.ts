/** Files that a build leaves out, and how it says so. */
import {
  FormatError,
  isNadirError,
  messageOf,
  warn,
  type Crs,
  type LedgerEntry,
  type NadirError,
} from '../core/index.js';
import { baseName } from './file-name.js';
import type { CatalogRow } from './types.js';

/** Bad files that a warning names; the ledger has all. */
const SHOWN_FAILURES = 5;

/** What was thrown for a file, as a typed error that names it. */
export function asNadirError(file: string, error: unknown): NadirError {
  return isNadirError(error)
    ? error
    : new FormatError('unreadable', `${file}: ${messageOf(error)}.`, { details: { file }, cause: error });
}

/** One warning for all files that were skipped. */
export function warnOfSkipped(skipped: readonly LedgerEntry[], total: number): void {
  if (skipped.length === 0) return;
  const lines = skipped.slice(0, SHOWN_FAILURES).map(({ item, error }) => `  ${baseName(item)}: ${error.message}`);
  const rest = skipped.length - lines.length;
  warn(
    [
      `${new Set(skipped.map((s) => s.item)).size} of ${total} files could not be indexed:`,
      ...lines,
      ...(rest > 0 ? [`  … and ${rest} more; config.skipped has all.`] : []),
    ].join('\n'),
  );
}

/** One warning for all files whose footprints are off because nobody says how their datum relates to WGS 84. */
export function warnOfShifts(rows: readonly CatalogRow[], catalogCrs: Crs): void {
  const names = new Set<string>();
  let files = 0;
  for (const { crs } of rows) {
    if (crs.equals(catalogCrs) || !(crs.shiftUnknown || catalogCrs.shiftUnknown)) continue;
    names.add(crs.shiftUnknown ? crs.name : catalogCrs.name);
    files++;
  }
  if (files === 0) return;
  warn(
    `The footprints of ${files} files may be off by some 100 m: the definition of ${[...names].join(', ')} names no shift from its datum to WGS 84. Register one with Crs.register('EPSG:…', '… +towgs84=…').`,
  );
}
