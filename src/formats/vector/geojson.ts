/** GeoJSON (RFC 7946), newline-delimited GeoJSON and GeoJSON text sequences (RFC 8142), read as a stream. */
import { Crs, CrsError, FormatError } from '../../core/index.js';
import { showSource, type Source } from '../../io/index.js';
import { Extent, joinTypes } from './extent.js';
import { geometryTouches, measureGeometry } from './geojson-geometry.js';
import { jsonPieces, parsePiece } from './json-stream.js';
import { sourceChunks } from './source-chunks.js';
import { crsOrProblem } from './layer-crs.js';
import type { FeatureOptions, LayerFacts, VectorFeature, VectorFile } from './types.js';

type Members = Record<string, unknown>;
const GEOMETRIES = new Set([
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
  'GeometryCollection',
]);
/** Members that matter; what else a file has is not even parsed. */
const WANTED = new Set(['type', 'crs', 'id', 'geometry', 'properties', 'coordinates', 'geometries']);

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A piece of the file: a feature, or the members of a top-level object when it ended. */
type Item =
  | { readonly feature: VectorFeature; readonly index: number }
  | { readonly members: Members; readonly features: number };

function featureOf(value: unknown, where: string): VectorFeature {
  if (!isObject(value)) throw new FormatError('bad-feature', `${where} is no object.`);
  if (value['type'] !== 'Feature')
    throw new FormatError('bad-feature', `${where}: its type is ${JSON.stringify(value['type'])}, not "Feature".`);
  const { id, properties } = value;
  const geometry = value['geometry'] ?? null;
  if (geometry !== null && !isObject(geometry))
    throw new FormatError('bad-geometry', `${where}: its geometry is neither an object nor null.`);
  // SAFETY: the geometry's inside is checked by measureGeometry before anybody sees it.
  return {
    type: 'Feature',
    ...(typeof id === 'string' || typeof id === 'number' ? { id } : {}),
    properties: isObject(properties) ? properties : null,
    geometry,
  } as VectorFeature;
}

/** The feature that a top-level object is: a Feature, or a bare geometry; null for a collection. */
function loneFeature(members: Members, where: string): VectorFeature | null {
  const { type } = members;
  if (type === 'FeatureCollection') return null;
  if (type === 'Feature') return featureOf(members, where);
  if (typeof type === 'string' && GEOMETRIES.has(type)) {
    const { coordinates, geometries } = members;
    const geometry = type === 'GeometryCollection' ? { type, geometries } : { type, coordinates };
    // SAFETY: as in featureOf.
    return { type: 'Feature', properties: null, geometry } as VectorFeature;
  }
  throw new FormatError('not-geojson', `${where}: type ${JSON.stringify(type)} is no GeoJSON.`, {
    hint: 'A FeatureCollection, a Feature or a geometry is needed.',
  });
}

async function* items(source: Source, name: string, signal: AbortSignal | undefined): AsyncGenerator<Item> {
  let members: Members = {};
  let inObject = 0;
  let index = 0;
  for await (const piece of jsonPieces(sourceChunks(source, signal), name)) {
    if (piece.kind === 'member') {
      if (WANTED.has(piece.key)) members[piece.key] = parsePiece(piece.text, `${name}, member "${piece.key}"`);
    } else if (piece.kind === 'feature') {
      const where = `${name}, feature ${index}`;
      yield { feature: featureOf(parsePiece(piece.text, where), where), index: index++ };
      inObject++;
    } else {
      const lone = loneFeature(members, index === 0 ? name : `${name}, after feature ${index - 1}`);
      if (lone) yield { feature: lone, index: index++ };
      yield { members, features: inObject };
      members = {};
      inObject = 0;
    }
  }
}

/** The CRS of the `crs` member of GeoJSON 2008; undefined where there is none, null for an explicit unknown. */
function legacyCrs(crs: unknown, name: string): string | null | undefined {
  if (crs === undefined || crs === null) return crs;
  const properties = isObject(crs) ? crs['properties'] : undefined;
  if (isObject(crs) && isObject(properties)) {
    if (crs['type'] === 'name' && typeof properties['name'] === 'string') return properties['name'];
    if (crs['type'] === 'EPSG' && ['number', 'string'].includes(typeof properties['code']))
      return `EPSG:${String(properties['code'])}`;
  }
  throw new CrsError('unreadable-crs', `${name}: the crs member ${JSON.stringify(crs).slice(0, 120)} names no CRS.`, {
    hint: 'It needs a name such as urn:ogc:def:crs:EPSG::32631.',
  });
}

async function describe(source: Source, name: string, signal: AbortSignal | undefined): Promise<LayerFacts> {
  const extent = new Extent();
  const types = new Set<string>();
  const fields = new Set<string>();
  let count = 0;
  let objects = 0;
  let crsText: string | null | undefined;
  let crsProblem: CrsError | null = null;
  for await (const item of items(source, name, signal)) {
    if ('feature' in item) {
      const { geometry, properties } = item.feature;
      count++;
      for (const field in properties) fields.add(field);
      if (geometry) types.add(measureGeometry(geometry, extent, `${name}, feature ${item.index}`));
    } else {
      objects++;
      try {
        crsText ??= legacyCrs(item.members['crs'], name);
      } catch (error) {
        if (!(error instanceof CrsError)) throw error;
        crsProblem = error;
      }
    }
  }
  if (objects === 0) throw new FormatError('not-geojson', `${name} is empty: it holds no GeoJSON object.`);
  const read = crsProblem ? { crs: null, crsProblem } : crsText === null ? { crs: null, crsProblem: null } : null;
  return {
    name: layerName(name),
    ...(read ??
      (crsText === undefined ? { crs: Crs.from('OGC:CRS84'), crsProblem: null } : crsOrProblem(crsText ?? '', name))),
    bounds: extent.bounds,
    count,
    geometryType: joinTypes(types),
    fields: [...fields],
  };
}

/** A layer is named after its file where the format has no names. */
export function layerName(file: string): string {
  const base = file.split(/[\\/]/).at(-1) ?? file;
  return base.replace(/(?<=.)\.[^.]*$/s, '') || base;
}

/**
 * Opens GeoJSON: a FeatureCollection, a Feature, a geometry, or many of these one after another (newline-delimited).
 *
 * It is read as a stream when a layer is described: one feature at a time is in memory, at most 24 MiB long. Coordinates
 * are longitude and latitude unless the `crs` member of GeoJSON 2008 says otherwise; a null member means unknown.
 */
export function openGeoJson(source: Source): VectorFile {
  const name = showSource(source.url);
  const layers = [layerName(name)];
  let facts: LayerFacts | undefined;
  async function* features(_: string, { bounds, signal }: FeatureOptions = {}): AsyncGenerator<VectorFeature> {
    for await (const item of items(source, name, signal)) {
      if (!('feature' in item)) continue;
      const { geometry } = item.feature;
      if (geometry) measureGeometry(geometry, new Extent(), `${name}, feature ${item.index}`);
      if (!bounds || geometryTouches(geometry, bounds)) yield item.feature;
    }
  }
  return {
    format: 'geojson',
    layers,
    describe: async (_, { signal } = {}) => (facts ??= await describe(source, name, signal)),
    features,
    close: () => source.close(),
  };
}
