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

/** Bounds, resolution, align or JSON shape of a slice. */
export class SliceError extends NadirError {
  override readonly name = 'SliceError';
}
/** A time or interval that is reversed, unparsable or out of range. */
export class IntervalError extends NadirError {
  override readonly name = 'IntervalError';
}
/** A CRS that is unknown, unsupported, or not geographic where it must be. */
export class CrsError extends NadirError {
  override readonly name = 'CrsError';
}
/** A transform that is not finite, inverted or rotated where it must not be. */
export class TransformError extends NadirError {
  override readonly name = 'TransformError';
}
/** Fractional pixels, or lattices that disagree. */
export class GridAlignmentError extends NadirError {
  override readonly name = 'GridAlignmentError';
}
/** Contradictory or out-of-range options. */
export class ArgumentError extends NadirError {
  override readonly name = 'ArgumentError';
}
/** Malformed, truncated or forged content; names file and place. */
export class FormatError extends NadirError {
  override readonly name = 'FormatError';
}
/** Valid content that Nadir does not read: a codec, a filter, 2-D coordinates. */
export class UnsupportedDataError extends NadirError {
  override readonly name = 'UnsupportedDataError';
}
/** Bytes that cannot be had: missing, refused, changed, no network. */
export class SourceError extends NadirError {
  override readonly name = 'SourceError';
}
/** A catalog that cannot be built, opened or combined. */
export class CatalogError extends NadirError {
  override readonly name = 'CatalogError';
}
/** A filter expression that cannot be read; names the position. */
export class ExpressionError extends NadirError {
  override readonly name = 'ExpressionError';
}
/** A slice that meets no row of the catalog. */
export class EmptySelectionError extends NadirError {
  override readonly name = 'EmptySelectionError';
}
/** A band that no source has; lists those that exist. */
export class BandNotFoundError extends NadirError {
  override readonly name = 'BandNotFoundError';
}
/** A label of a feature that is missing, no whole number, or negative where classes count from 0; names file and feature. */
export class LabelError extends NadirError {
  override readonly name = 'LabelError';
}
/** A sampler without a single possible chip. */
export class SamplerError extends NadirError {
  override readonly name = 'SamplerError';
}
/** A curated or balanced selection with impossible content. */
export class SelectionError extends NadirError {
  override readonly name = 'SelectionError';
}
/** A dataset whose manifest and files disagree. */
export class ManifestError extends NadirError {
  override readonly name = 'ManifestError';
}
/** An export that was refused or that failed; codes start with `export.`. */
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
