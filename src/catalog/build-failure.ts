/** Files that a build leaves out, and how it says so. */
import { FormatError, isNadirError, messageOf, warn, type LedgerEntry, type NadirError } from '../core/index.js';
import { baseName } from './file-name.js';

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
