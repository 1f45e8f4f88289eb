/** How a value is shown: the lookup of `kernel.md` §6, richest first. */
import { BUNDLE_METADATA, DISPLAY_METHOD, KIND } from '../../src/core/display.js';
import type { BundleMetadata, MimeBundle } from '../protocol.js';
import { imageBundle } from './image-bundle.js';
import { inspectText } from './inspect-text.js';
import { arrowTable, isArrowTable, tableBundle } from './table-bundle.js';
import { isTypedArray, typedArrayText } from './typed-array-text.js';

export interface Shown {
  readonly bundle: MimeBundle;
  readonly metadata: BundleMetadata;
}

/** Function that the library registers to show arrays of its objects as chips. */
const DISPLAY_ARRAY = Symbol.for('nadir.displayArray');
/** Longest array that is offered to it. */
const MAX_CHIPS = 10_000;

const GEOJSON_TYPES = new Set([
  'FeatureCollection',
  'Feature',
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
  'GeometryCollection',
]);

/** Bundle of a value; a promise where the object answers later. An object's own display may throw. */
export function toBundle(value: unknown, maxBytes: number): Shown | Promise<Shown> {
  const display = methodOf(value, DISPLAY_METHOD);
  if (display) return then(display.call(value), (data) => checked(data, value, maxBytes));
  const chips = chipsOf(value);
  if (chips) return then(chips, (data) => checked(data, value, maxBytes));
  return plainBundle(value);
}

function then<T, R>(value: T | Promise<T>, fn: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(fn) : fn(value);
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function methodOf(value: unknown, key: PropertyKey): Method | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const method: unknown = Reflect.get(value, key);
  // SAFETY: any function may be called with unknown arguments.
  return typeof method === 'function' ? (method as Method) : undefined;
}

function chipsOf(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHIPS) return undefined;
  const first: unknown = value[0];
  if (typeof first !== 'object' || first === null || Reflect.get(first, KIND) !== 'tensor') return undefined;
  const show: unknown = Reflect.get(globalThis, DISPLAY_ARRAY);
  // SAFETY: only the library writes this key, with a function of this shape.
  return typeof show === 'function' ? (show as (values: readonly unknown[]) => unknown)(value) : undefined;
}

/** Bundle that an object gave, made safe to send and to save. */
function checked(data: unknown, value: unknown, maxBytes: number): Shown {
  if (typeof data !== 'object' || data === null) return plainBundle(value);
  const bundle: Record<string, unknown> = {};
  for (const [mime, content] of Object.entries(data)) {
    const kept = storable(mime, content);
    if (kept !== undefined) bundle[mime] = kept;
  }
  if (!('text/plain' in bundle)) bundle['text/plain'] = inspectText(value);
  const metadata: unknown = Reflect.get(data, BUNDLE_METADATA);
  const size = bundleBytes(bundle);
  if (size > maxBytes) {
    const text = `${textOf(bundle['text/plain'])}\n(output of ${(size / 1e6).toFixed(1)} MB left out: the limit is ${(maxBytes / 1e6).toFixed(1)} MB; display.full(value) raises it)`;
    return { bundle: { 'text/plain': text }, metadata: {} };
  }
  // SAFETY: an object with string keys; its values are checked by nobody but the serializer.
  return { bundle, metadata: typeof metadata === 'object' && metadata !== null ? (metadata as BundleMetadata) : {} };
}

/** Content as a notebook can store it; undefined for what it cannot, which is left out of the bundle. */
function storable(mime: string, content: unknown): unknown {
  if (content === undefined || content === null) return undefined;
  if (content instanceof Uint8Array) return Buffer.from(content).toString('base64');
  if (typeof content === 'string' || mime.startsWith('application/vnd.nadir.')) return content;
  if (/^application\/(?:.*\+)?json$/.test(mime)) {
    try {
      return jsonCopy(content);
    } catch {
      return undefined; // circles, BigInt, functions
    }
  }
  return Array.isArray(content) && content.every((line) => typeof line === 'string') ? content : undefined;
}

function bundleBytes(bundle: MimeBundle): number {
  let bytes = 0;
  for (const content of Object.values(bundle))
    bytes += typeof content === 'string' ? content.length : JSON.stringify(content).length;
  return bytes;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join('') : '';
}

/** Values that carry no display of their own. */
function plainBundle(value: unknown): Shown {
  const image = imageBundle(value);
  if (image) return image;
  if (isTypedArray(value)) return text({}, typedArrayText(value));
  if (typeof value === 'object' && value !== null) {
    if (isArrowTable(value)) return tableBundle(arrowTable(value));
    const html: unknown = Reflect.get(value, 'outerHTML');
    if (typeof html === 'string') return text({ 'text/html': html }, inspectText(value));
    const vega = vegaSpec(value);
    if (vega) return text(vega, inspectText(value));
    const type: unknown = Reflect.get(value, 'type');
    if (typeof type === 'string' && GEOJSON_TYPES.has(type) && isGeoJson(value))
      return text({ 'application/geo+json': jsonCopy(value) }, geoJsonText(type, value));
  }
  return text({}, inspectText(value));
}

function text(rich: MimeBundle, plain: string): Shown {
  return { bundle: { ...rich, 'text/plain': plain }, metadata: {} };
}

function vegaSpec(value: object): MimeBundle | undefined {
  const toSpec = methodOf(value, 'toSpec');
  const spec: unknown = toSpec?.call(value);
  if (typeof spec !== 'object' || spec === null) return undefined;
  const schema = String(Reflect.get(spec, '$schema') ?? '');
  return {
    [schema.includes('vega-lite') ? 'application/vnd.vegalite.v5+json' : 'application/vnd.vega.v5+json']:
      jsonCopy(spec),
  };
}

function isGeoJson(value: object): boolean {
  return (
    Array.isArray(Reflect.get(value, 'features')) ||
    Array.isArray(Reflect.get(value, 'coordinates')) ||
    Array.isArray(Reflect.get(value, 'geometries')) ||
    'geometry' in value
  );
}

function geoJsonText(type: string, value: object): string {
  const features: unknown = Reflect.get(value, 'features');
  return Array.isArray(features) ? `GeoJSON FeatureCollection with ${features.length} features` : `GeoJSON ${type}`;
}

function jsonCopy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
