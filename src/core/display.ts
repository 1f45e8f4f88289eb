/**
 * Registry of how library objects show themselves.
 *
 * Objects carry a kind under `Symbol.for('nadir.kind')` and inherit `Symbol.for('Jupyter.display')`; `display/` fills
 * the registry with one function per kind, so that lower floors never import it.
 */

/** A MIME bundle: media type → content. Binary content (`image/png`) is a base64 string. */
export interface DisplayBundle {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Kinds of objects that have a display. */
export type DisplayKind = 'catalog' | 'geoslice' | 'tensor' | 'cube' | 'samples' | 'curation' | 'report';

export type DisplayFunction = (value: unknown) => DisplayBundle | Promise<DisplayBundle>;

/** Key of the display method that Jupyter kernels for JavaScript share. Its result is a MIME bundle. */
export const DISPLAY_METHOD = Symbol.for('Jupyter.display');
/** Key under which an object names its kind. */
export const KIND = Symbol.for('nadir.kind');
/** Key of the display's metadata (sizes of images, alt text) on the bundle's data object. */
export const BUNDLE_METADATA = Symbol.for('nadir.bundleMetadata');

const registry = new Map<DisplayKind, DisplayFunction>();

/** Fills the registry; called by `display/` when the library loads. */
export function registerDisplay(kind: DisplayKind, fn: DisplayFunction): void {
  registry.set(kind, fn);
}

/** The kind of a library object, or undefined for anything else. */
export function kindOf(value: unknown): DisplayKind | undefined {
  if (typeof value !== 'object' || value === null || !(KIND in value)) return undefined;
  // SAFETY: KIND is written only by this library.
  return value[KIND] as DisplayKind;
}

/**
 * Displays a library object: the value of its `Jupyter.display` method.
 *
 * The result is the plain MIME map that other front ends expect; its metadata travels under a symbol, which they ignore.
 */
export async function displayObject(value: unknown): Promise<Record<string, unknown>> {
  const kind = kindOf(value);
  const fn = kind && registry.get(kind);
  if (!fn) return { 'text/plain': Object.prototype.toString.call(value) };
  const bundle = await fn(value);
  return { ...bundle.data, [BUNDLE_METADATA]: bundle.metadata };
}
