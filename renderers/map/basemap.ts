/** The bundled basemap: Natural Earth land, borders and country names, decoded once per webview. */
import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';

type EncodedRing = readonly number[];

/** What `build.mjs` writes: rings as differences of whole steps of 1/scale degree. */
export interface EncodedBasemap {
  readonly scale: number;
  readonly land: readonly (readonly EncodedRing[])[];
  readonly borders: readonly EncodedRing[];
  readonly countries: readonly { readonly name: string; readonly polygons: readonly (readonly EncodedRing[])[] }[];
}

export interface Basemap {
  readonly land: FeatureCollection;
  readonly borders: FeatureCollection;
  readonly countries: readonly { readonly name: string; readonly polygons: readonly (readonly Position[][])[] }[];
  /** Rings of land, for the locator. */
  readonly rings: readonly (readonly Position[])[];
}

function ring(encoded: EncodedRing, scale: number): Position[] {
  const out: Position[] = [];
  let x = 0;
  let y = 0;
  for (let i = 0; i < encoded.length; i += 2) {
    x += encoded[i] ?? 0;
    y += encoded[i + 1] ?? 0;
    out.push([x / scale, y / scale]);
  }
  return out;
}

/** A collection of one feature per geometry. */
export function collection(geometries: readonly Geometry[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: geometries.map((geometry): Feature => ({ type: 'Feature', properties: {}, geometry })),
  };
}

function decode(encoded: EncodedBasemap): Basemap {
  const polygons = (list: readonly (readonly EncodedRing[])[]): Position[][][] =>
    list.map((rings) => rings.map((r) => ring(r, encoded.scale)));
  const land = polygons(encoded.land);
  return {
    land: collection([{ type: 'MultiPolygon', coordinates: land }]),
    borders: collection([{ type: 'MultiLineString', coordinates: encoded.borders.map((b) => ring(b, encoded.scale)) }]),
    countries: encoded.countries.map((c) => ({ name: c.name, polygons: polygons(c.polygons) })),
    rings: land.flatMap((p) => p.slice(0, 1)),
  };
}

const loaded = new Map<'110m' | '50m', Promise<Basemap>>();

/** The basemap of a resolution. 110 m comes with the map, 50 m is loaded when it is first asked for. */
export function loadBasemap(resolution: '110m' | '50m'): Promise<Basemap> {
  let promise = loaded.get(resolution);
  if (!promise) {
    promise = (resolution === '110m' ? import('nadir:basemap-110m') : import('nadir:basemap-50m')).then((m) =>
      decode(m.basemap),
    );
    loaded.set(resolution, promise);
  }
  return promise;
}

function contains(points: readonly Position[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [xi = 0, yi = 0] = points[i] ?? [];
    const [xj = 0, yj = 0] = points[j] ?? [];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Name of the country that a place lies in, null at sea. Coarse: good for a caption, not for analysis. */
export function countryAt(basemap: Basemap, lon: number, lat: number): string | null {
  const hit = basemap.countries.find((c) =>
    c.polygons.some(
      (rings) =>
        rings[0] !== undefined &&
        contains(rings[0], lon, lat) &&
        !rings.slice(1).some((hole) => contains(hole, lon, lat)),
    ),
  );
  return hit?.name ?? null;
}
