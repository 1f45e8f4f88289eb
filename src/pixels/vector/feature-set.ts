/** Features as callers give them, and the CRS of each. */
import { ArgumentError, Crs, CrsError, type Crs as CrsType, type CrsInput } from '../../core/index.js';
import type { Feature, Geometry } from 'geojson';

/** The `crs` member of GeoJSON 2008, by name. */
export interface GeoJsonCrs {
  readonly type: 'name';
  readonly properties: { readonly name: string };
}

/** A GeoJSON feature that may say in which CRS it is, in the `crs` member of GeoJSON 2008. */
export type GeoFeature<G extends Geometry | null = Geometry | null> = Feature<G> & {
  readonly crs?: GeoJsonCrs | CrsInput | null;
};

/** A FeatureCollection, a list of features, or one feature. */
export type FeaturesInput =
  | {
      readonly type: 'FeatureCollection';
      readonly features: readonly GeoFeature[];
      readonly crs?: GeoJsonCrs | CrsInput | null;
    }
  | GeoFeature
  | Iterable<GeoFeature>;

/** What a CRS is called in GeoJSON: a URN where it has a code. Source: OGC 09-048r5. */
const CRS84 = 'urn:ogc:def:crs:OGC:1.3:CRS84';

/** The `crs` member for a CRS; longitude first, as coordinates in GeoJSON are. */
export function crsMember(crs: CrsType): GeoJsonCrs {
  const isCode = crs.epsg !== null && crs.portable === crs.canonical;
  const name = crs.epsg === 4326 ? CRS84 : isCode ? `urn:ogc:def:crs:EPSG::${crs.epsg}` : crs.portable;
  return { type: 'name', properties: { name } };
}

/**
 * The CRS of a `crs` member, or of anything that names one; null where there is none.
 *
 * @throws {@link CrsError} for a member that cannot be read.
 */
export function crsOfMember(member: unknown): CrsType | null {
  if (member === undefined || member === null) return null;
  const isMember = typeof member === 'object' && 'properties' in member && 'type' in member;
  if (!isMember) {
    // SAFETY: Crs.from refuses what is no CRS.
    return Crs.from(member as CrsInput);
  }
  const properties = member.properties as { readonly name?: unknown } | null;
  if (member.type === 'name' && typeof properties?.name === 'string') return Crs.from(properties.name);
  throw new CrsError('unreadable-crs', `The crs member ${JSON.stringify(member).slice(0, 120)} names no CRS.`, {
    hint: 'It needs a name such as urn:ogc:def:crs:EPSG::32631.',
  });
}

const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;

/** The features of an input and the CRS that its collection names. @throws {@link ArgumentError} `not-features`. */
export function featureSet(input: unknown): { readonly features: Iterable<GeoFeature>; readonly crs: CrsType | null } {
  if (isObject(input)) {
    // SAFETY (all three): features are checked one by one when they are used.
    if (input['type'] === 'Feature') return { features: [input as unknown as GeoFeature], crs: null };
    const { features } = input;
    if (input['type'] === 'FeatureCollection' && Array.isArray(features))
      return { features: features as GeoFeature[], crs: crsOfMember(input['crs']) };
    if (typeof input[Symbol.iterator] === 'function')
      return { features: input as unknown as Iterable<GeoFeature>, crs: null };
  }
  throw new ArgumentError(
    'not-features',
    'Features are a GeoJSON FeatureCollection, a list of Features, or one Feature.',
    { hint: 'Put a bare geometry into { type: "Feature", properties: {}, geometry }.' },
  );
}

/** A feature of a list, checked. @throws {@link ArgumentError} `not-features`. */
export function checkFeature(feature: unknown, index: number): GeoFeature {
  if (isObject(feature) && feature['type'] === 'Feature') {
    const geometry = feature['geometry'] ?? null;
    // SAFETY: its type says that it is a feature; coordinates are checked where they are read.
    if (geometry === null || isObject(geometry)) return feature as unknown as GeoFeature;
  }
  throw new ArgumentError('not-features', `Item ${index} of the features is no GeoJSON Feature.`, {
    hint: 'Each needs type "Feature", properties and a geometry (or null).',
    details: { index },
  });
}

/** How a feature is called in messages: its place in the list and its id. */
export function featureName({ id }: { readonly id?: string | number | undefined }, index: number): string {
  return `Feature ${index}${id === undefined ? '' : ` (id ${JSON.stringify(id)})`}`;
}
