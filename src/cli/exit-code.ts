/** Exit codes of the command line (`api.md`). */
import { isNadirError } from '../core/index.js';

export const EXIT = {
  ok: 0,
  /** Usage error, or nothing matched. */
  usage: 1,
  /** Invalid input file: catalog, notebook, recipe, dataset. */
  input: 2,
  io: 3,
  /** Ended with failures: a cell of `run`, items of `export`. */
  failures: 4,
  timeout: 5,
  interrupted: 130,
} as const;

/** Errors of what was typed. */
const USAGE_CLASSES = new Set([
  'ArgumentError',
  'IntervalError',
  'CrsError',
  'SliceError',
  'TransformError',
  'ExpressionError',
  'EmptySelectionError',
]);
const USAGE_CODES = new Set([
  'no-files-matched',
  'bad-regex',
  'no-date-group',
  'bad-date-format',
  'export.not-empty',
  'export.other-recipe',
  'export.foreign-files',
  'export.not-a-folder',
  'export.no-location',
  'export.bad-option',
]);
const IO_CODES = new Set([
  'locked',
  'stale-lock',
  'export.unreadable-recipe',
  'export.missing-source',
  'export.denied',
  'export.disk-full',
  'export.target',
  'export.cannot-replace',
  'export.locked',
]);

/** The exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (!isNadirError(error)) return isFileSystemError(error) ? EXIT.io : EXIT.failures;
  if (error.code === 'export.all-failed') return EXIT.failures;
  if (USAGE_CODES.has(error.code) || USAGE_CLASSES.has(error.name)) return EXIT.usage;
  // Nothing could be indexed because nothing could be read: the files may be good.
  if (error.code === 'no-rows' && isNadirError(error.cause, 'SourceError')) return EXIT.io;
  return error.name === 'SourceError' || IO_CODES.has(error.code) ? EXIT.io : EXIT.input;
}

function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
