/** STAC objects as Nadir reads and writes them: its own small types, so that users need no types package. */
import type { Geometry, MultiPolygon, Polygon } from 'geojson';

/** A reference of a STAC object to another. */
export interface StacLink {
  readonly rel: string;
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
  readonly [field: string]: unknown;
}

/** A file of an item, with whatever fields extensions add. */
export interface StacAsset {
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
  readonly roles?: readonly string[];
  readonly [field: string]: unknown;
}

/**
 * A STAC Item (github.com/radiantearth/stac-spec, item-spec 1.1.0): a GeoJSON Feature in EPSG:4326 with a time and files.
 *
 * Items that Nadir writes have a Polygon or MultiPolygon; items that it reads may have any geometry, or none.
 */
export interface StacItem<G extends Geometry | null = Polygon | MultiPolygon> {
  readonly type: 'Feature';
  readonly stac_version: string;
  readonly stac_extensions?: readonly string[];
  readonly id: string;
  readonly geometry: G;
  /** West, south, east, north in degrees; west > east crosses ±180. */
  readonly bbox?: readonly number[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly links: readonly StacLink[];
  readonly assets: Readonly<Record<string, StacAsset>>;
  readonly collection?: string;
}

/** An item that was found, or what is wrong in its place. */
export type FoundItem =
  | {
      /** Document and item, as messages name them. */
      readonly where: string;
      /** Path or address that relative hrefs start at; null when there is none. */
      readonly base: string | null;
      /** What stands in the item's place; {@link checkItem} says whether it is one. */
      readonly item: unknown;
    }
  | { readonly where: string; readonly error: Error };

/** An object as a dictionary; null for anything else, lists too. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  // SAFETY: a non-null object that is no array is read by key only.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

/** The well-formed links of a STAC object. */
export function linksOf(document: Readonly<Record<string, unknown>>): readonly StacLink[] {
  const links: readonly unknown[] = Array.isArray(document['links']) ? document['links'] : [];
  // SAFETY: filtered to objects with text in `rel` and `href`.
  return links.filter(
    (l) => typeof recordOf(l)?.['rel'] === 'string' && typeof recordOf(l)?.['href'] === 'string',
  ) as unknown as readonly StacLink[];
}
