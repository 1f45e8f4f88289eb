/** Writing features as GeoJSON (loading.md §6). */
import {
  ArgumentError,
  checkOptionNames,
  Crs,
  pointTransform,
  startTask,
  TransformError,
  unwrapLongitudes,
  warn,
  type CrsInput,
  type LongTask,
  type PointTransform,
} from '../core/index.js';
import { writeFileAtomic } from '../io/index.js';
import type { Geometry, Position } from 'geojson';
import { checkFeature, crsMember, crsOfMember, featureName, featureSet } from './vector/feature-set.js';
import type { FeaturesInput, GeoFeature } from './vector/feature-set.js';
import { doubleArea } from './vector/ring-simplify.js';

export interface GeoJsonOptions extends LongTask {
  /** Writes RFC 7946: longitude and latitude on WGS 84, without `crs` member, outer rings counter-clockwise. Default false. */
  readonly rfc7946?: boolean;
  /** CRS of features that name none. Default EPSG:4326. */
  readonly crs?: CrsInput;
}

export interface GeoJsonReport {
  readonly path: string;
  readonly features: number;
  readonly bytes: number;
  readonly crs: string;
}

/** Text gathered before it is written, in characters. */
const CHUNK = 1 << 16;
/** Decimals of projected degrees: 0.1 mm. RFC 7946 §11.2 finds six enough, which would move corners of 10 cm pixels. */
const DEGREE_DECIMALS = 9;

/** Degrees after which longitudes repeat. */
const TURN = 360;

/** What is known when the last feature is written. */
interface WriteState {
  count: number;
  crs: Crs | null;
  isBeyond: boolean;
}

/** How one geometry becomes that of the file. */
class GeometryWriter {
  readonly #project: PointTransform | null;
  readonly #isRfc: boolean;
  readonly #target: Crs;
  /** Whether a geometry reached beyond ±180. */
  isBeyond = false;

  constructor(project: PointTransform | null, isRfc: boolean, target: Crs) {
    this.#project = project;
    this.#isRfc = isRfc;
    this.#target = target;
  }

  geometry(g: Geometry, name: () => string): Geometry {
    const line = (positions: readonly Position[]): Position[] => this.#line(positions, name);
    const rings = (list: readonly (readonly Position[])[]): Position[][] => {
      if (!Array.isArray(list)) throw bad(name, 'its coordinates are no lists of positions');
      const lines = (list as readonly (readonly Position[])[]).map(line);
      return lines.map((r, i) => this.#ring(i === 0 ? r : this.#besideOuter(r, lines[0] ?? []), i === 0));
    };
    switch (g.type) {
      case 'Point':
        return { type: g.type, coordinates: line([g.coordinates])[0] ?? [] };
      case 'MultiPoint':
        return { type: g.type, coordinates: g.coordinates.map((p) => line([p])[0] ?? []) };
      case 'LineString':
        return { type: g.type, coordinates: line(g.coordinates) };
      case 'MultiLineString':
        return { type: g.type, coordinates: g.coordinates.map(line) };
      case 'Polygon':
        return { type: g.type, coordinates: rings(g.coordinates) };
      case 'MultiPolygon':
        return { type: g.type, coordinates: g.coordinates.map(rings) };
      case 'GeometryCollection':
        return { type: g.type, geometries: g.geometries.map((part) => this.geometry(part, name)) };
      default:
        throw bad(name, `${JSON.stringify((g as { type?: unknown }).type)} is no type of geometry`);
    }
  }

  /** @throws {@link TransformError} `outside-domain` for what is no longitude and latitude. */
  #checkDegrees(positions: readonly Position[], name: () => string): void {
    for (const p of positions) {
      const [lon = 0, lat = 0] = p;
      if (Math.abs(lat) > TURN / 4 || Math.abs(lon) > TURN)
        throw new TransformError(
          'outside-domain',
          `${name()}: the vertex ${JSON.stringify(p)} is no longitude and latitude.`,
          { hint: 'Name the CRS of the features with crs.', details: { feature: name(), position: p } },
        );
      if (Math.abs(lon) > TURN / 2) this.isBeyond = true;
    }
  }

  /** A hole on the side of ±180 where its outer ring is: both begin at a longitude of their own. */
  #besideOuter(hole: Position[], outer: readonly Position[]): Position[] {
    if (!this.#project) return hole;
    const middle = (ring: readonly Position[]): number => {
      let [west, east] = [Infinity, -Infinity];
      for (const [lon = NaN] of ring) [west, east] = [Math.min(west, lon), Math.max(east, lon)];
      return (west + east) / 2;
    };
    const turns = Math.round((middle(outer) - middle(hole)) / TURN);
    return turns === 0 || Number.isNaN(turns)
      ? hole
      : hole.map(([lon = NaN, ...rest]) => [Number((lon + turns * TURN).toFixed(DEGREE_DECIMALS)), ...rest]);
  }

  #ring(ring: Position[], isOuter: boolean): Position[] {
    return this.#isRfc && doubleArea(ring) > 0 !== isOuter ? ring.reverse() : ring;
  }

  #line(positions: readonly Position[], name: () => string): Position[] {
    if (!Array.isArray(positions)) throw bad(name, 'its coordinates are no lists of positions');
    const checked = (positions as readonly Position[]).map((p) => {
      // An empty point has no position.
      if (Array.isArray(p) && (p.length === 0 || (p.length >= 2 && p.every(Number.isFinite)))) return p;
      throw bad(name, `a position is two or three finite numbers; got ${JSON.stringify(p)}`);
    });
    const project = this.#project;
    if (!project) {
      if (this.#isRfc) this.#checkDegrees(checked, name);
      return checked;
    }
    const projected = checked.map((p): [number, number] => {
      const [x, y] = project(p[0] ?? NaN, p[1] ?? NaN);
      if (Number.isNaN(x) && p.length > 0)
        throw new TransformError(
          'outside-domain',
          `${name()}: the vertex ${JSON.stringify(p)} has no place in ${this.#target.canonical}.`,
          { hint: 'Save it without rfc7946, or leave it out.', details: { feature: name(), position: p } },
        );
      return [x, y];
    });
    return unwrapLongitudes(projected).map(([lon, lat], i) => {
      if (Math.abs(lon) > 180) this.isBeyond = true;
      const height = checked[i]?.[2];
      const place = [lon, lat].map((v) => Number(v.toFixed(DEGREE_DECIMALS)));
      return (checked[i]?.length ?? 0) === 0 ? [] : height === undefined ? place : [...place, height];
    });
  }
}

function bad(name: () => string, text: string): ArgumentError {
  return new ArgumentError('bad-geometry', `${name()}: ${text}.`, { details: { feature: name() } });
}

/** Integers of 64 bits, as databases have them, as numbers where these hold them. */
function plainValue(_: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
}

function featureText({ id, properties }: GeoFeature, geometry: Geometry | null): string {
  const head = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
  return `{"type":"Feature",${head}"properties":${JSON.stringify(properties ?? null, plainValue)},"geometry":${JSON.stringify(geometry)}}`;
}

/** The CRS of all features. @throws {@link ArgumentError} `mixed-crs`. */
function nextCrs(before: Crs | null, feature: GeoFeature, common: Crs, name: () => string): Crs {
  const crs = crsOfMember(feature.crs) ?? common;
  if (before === null || before.equals(crs)) return crs;
  throw new ArgumentError('mixed-crs', `${name()} is in ${crs.canonical}, those before in ${before.canonical}.`, {
    hint: 'Save one file for each CRS, or set rfc7946: true, which brings all to longitude and latitude.',
  });
}

/**
 * Writes features as a GeoJSON FeatureCollection, as a stream; the file appears whole or not at all.
 *
 * The CRS is that of the features, of their collection, or `crs`, and is written as the `crs` member of GeoJSON 2008,
 * which GDAL and Nadir read; coordinates are written as they are. With `rfc7946` they are brought to longitude and
 * latitude instead (9 decimals); what crosses ±180 is not cut but goes on beyond it, with a warning. No features give a
 * valid, empty collection.
 *
 * @throws {@link ArgumentError} `not-features`, `bad-geometry`, `mixed-crs`; {@link TransformError} `outside-domain`;
 * {@link SourceError} when it cannot be written.
 */
export async function saveGeoJson(
  path: string,
  features: FeaturesInput,
  o: GeoJsonOptions = {},
): Promise<GeoJsonReport> {
  checkOptionNames('saveGeoJson', o, ['rfc7946', 'crs', 'signal', 'onProgress']);
  const isRfc = o.rfc7946 === true;
  const set = featureSet(features);
  const common = set.crs ?? Crs.from(o.crs ?? 'EPSG:4326');
  const geographic = Crs.from('EPSG:4326');
  const task = startTask('saveGeoJson', o);
  const state: WriteState = { count: 0, crs: null, isBeyond: false };
  const text = function* (): Generator<string> {
    let current: { readonly writer: GeometryWriter; readonly from: Crs } | null = null;
    for (const item of set.features) {
      const index = state.count++;
      const feature = checkFeature(item, index);
      const name = (): string => featureName(feature, index);
      const own = nextCrs(isRfc ? null : state.crs, feature, common, name);
      if (index === 0) {
        state.crs = isRfc ? geographic : own;
        yield opening(isRfc ? null : own);
      }
      if (!current?.from.equals(own)) {
        const project = isRfc && !own.equals(geographic) ? pointTransform(own, geographic) : null;
        current = { writer: new GeometryWriter(project, isRfc, geographic), from: own };
      }
      const geometry = feature.geometry ? current.writer.geometry(feature.geometry, name) : null;
      state.isBeyond ||= current.writer.isBeyond;
      yield `${index === 0 ? '\n' : ',\n'}${featureText(feature, geometry)}`;
      task.report({ done: state.count, unit: 'feature' });
    }
    if (state.count === 0) yield opening(isRfc ? null : common);
    yield '\n]}\n';
  };
  try {
    const written = await writeFileAtomic(path, chunked(text()), task.signal ? { signal: task.signal } : {});
    if (state.isBeyond)
      warn(`${path}: some features cross ±180°; their longitudes go on beyond it and are not cut as RFC 7946 advises.`);
    const crs = state.crs ?? (isRfc ? geographic : common);
    return { path, features: state.count, bytes: written.bytes, crs: crs.canonical };
  } finally {
    task.end();
  }
}

function opening(crs: Crs | null): string {
  const member = crs ? `"crs":${JSON.stringify(crsMember(crs))},` : '';
  return `{"type":"FeatureCollection",${member}"features":[`;
}

function* chunked(texts: Iterable<string>): Generator<Uint8Array> {
  let buffer = '';
  for (const text of texts) {
    buffer += text;
    if (buffer.length < CHUNK) continue;
    yield Buffer.from(buffer, 'utf8');
    buffer = '';
  }
  yield Buffer.from(buffer, 'utf8');
}
