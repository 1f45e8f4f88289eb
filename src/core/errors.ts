/** Typed errors: every failure of the library says what came, what was expected and what to try. */

const BRAND = Symbol.for('nadir.error');

/** What an error carries beside its message. `details` holds typed fields: file, band, CRS, bounds … */
export interface NadirErrorInit {
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Base of all errors of the library. `code` is kebab-case, e.g. `bounds-order`. */
export class NadirError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, message: string, init: NadirErrorInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = init.hint;
    this.details = init.details;
  }

  get [BRAND](): true {
    return true;
  }
}

export class SliceError extends NadirError {
  override readonly name = 'SliceError';
}
export class IntervalError extends NadirError {
  override readonly name = 'IntervalError';
}
export class CrsError extends NadirError {
  override readonly name = 'CrsError';
}
export class TransformError extends NadirError {
  override readonly name = 'TransformError';
}
export class GridAlignmentError extends NadirError {
  override readonly name = 'GridAlignmentError';
}
export class ArgumentError extends NadirError {
  override readonly name = 'ArgumentError';
}
export class FormatError extends NadirError {
  override readonly name = 'FormatError';
}
export class UnsupportedDataError extends NadirError {
  override readonly name = 'UnsupportedDataError';
}
export class SourceError extends NadirError {
  override readonly name = 'SourceError';
}
export class CatalogError extends NadirError {
  override readonly name = 'CatalogError';
}
export class ExpressionError extends NadirError {
  override readonly name = 'ExpressionError';
}
export class EmptySelectionError extends NadirError {
  override readonly name = 'EmptySelectionError';
}
export class BandNotFoundError extends NadirError {
  override readonly name = 'BandNotFoundError';
}
export class SamplerError extends NadirError {
  override readonly name = 'SamplerError';
}
export class SelectionError extends NadirError {
  override readonly name = 'SelectionError';
}
export class ManifestError extends NadirError {
  override readonly name = 'ManifestError';
}
export class ExportError extends NadirError {
  override readonly name = 'ExportError';
}

/**
 * Whether a value is an error of this library, and of the named class when one is given.
 *
 * It looks at a brand, not at `instanceof`: a notebook may hold two copies of the library.
 */
export function isNadirError(error: unknown, name?: string): error is NadirError {
  if (!(error instanceof Error) || !(BRAND in error)) return false;
  return name === undefined || error.name === name;
}

/** A bad item of a batch, by name, beside the results of the good ones. */
export interface LedgerEntry {
  readonly item: string;
  readonly error: NadirError;
}

/** The message of anything thrown, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
