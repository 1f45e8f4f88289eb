/** Files that a build leaves out, and how it says so. */
import {
  FormatError,
  isNadirError,
  messageOf,
  TransformError,
  warn,
  type Crs,
  type LedgerEntry,
  type NadirError,
} from '../../core/index.js';
import { baseName } from './file-name.js';
import type { CatalogRow } from '../types.js';

/** Bad files that a warning names; the ledger has all. */
const SHOWN_FAILURES = 5;

/** What was thrown for a file, as a typed error that names it. */
export function asNadirError(file: string, error: unknown): NadirError {
  return isNadirError(error)
    ? error
    : new FormatError('unreadable', `${file}: ${messageOf(error)}.`, { details: { file }, cause: error });
}

/** Why a file has no footprint in the catalog's CRS (null when it would be the first file's). */
export function footprintError(file: string, crs: Crs | null, error: unknown): NadirError {
  if (!crs || !isNadirError(error) || error.code !== 'outside-domain') return asNadirError(file, error);
  return new TransformError(
    'outside-domain',
    `${file}: its footprint has no image in ${crs.canonical}, the CRS of the catalog.`,
    {
      hint: "Without targetCrs the catalog takes the CRS of its first file; for files far apart choose targetCrs: 'EPSG:4326'.",
      details: { file },
      cause: error,
    },
  );
}

/** An error's message without the file that it begins with, for lists that name the file themselves. */
export function reasonOf(file: string, message: string): string {
  const named = [file, baseName(file)].find((name) => message.startsWith(name));
  return named === undefined ? message : message.slice(named.length).replace(/^[:,]?\s+/, '');
}

/** One warning for all files that were skipped. */
export function warnOfSkipped(skipped: readonly LedgerEntry[], total: number): void {
  if (skipped.length === 0) return;
  const lines = skipped
    .slice(0, SHOWN_FAILURES)
    .map(({ item, error }) => `  ${baseName(item)}: ${reasonOf(item, error.message)}`);
  const rest = skipped.length - lines.length;
  warn(
    [
      `${new Set(skipped.map((s) => s.item)).size} of ${total} files could not be indexed:`,
      ...lines,
      ...(rest > 0 ? [`  … and ${rest} more; config.skipped has all.`] : []),
    ].join('\n'),
    'skipped',
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
    `The ${files === 1 ? 'footprint of 1 file' : `footprints of ${files} files`} may be off by some 100 m: the definition of ${[...names].join(', ')} names no shift from its datum to WGS 84. Register one with Crs.register('EPSG:…', '… +towgs84=…').`,
  );
}
