/** Places for the map: boxes, rasters and geometries of any CRS as outlines in longitude and latitude. */
import { applyAffine, boxOutline, Crs, pointTransform, type Affine, type Bounds } from '../core/index.js';
import type { MultiPolygon, Polygon } from 'geojson';
import type { LonLat, LonLatBox, Outline } from './wire/payload.js';

/** Most vertices of one outline (`renderers.md` §2). */
export const MAX_VERTICES = 200;
/** Interior points per edge of a box; enough for a curve that is straight to a pixel. */
const DENSIFY = 7;
/** Most points of an outline that is looked at as a box. */
const BOX_POINTS = 4 * (DENSIFY + 2);

/** An outline and its box in degrees. */
export interface Place {
  readonly outline: Outline;
  readonly bbox: LonLatBox;
}

/** Degrees with six decimals: 0.1 m. */
export function roundDegrees(value: number): number {
  const rounded = Math.round(value * 1e6) / 1e6;
  return rounded === 0 ? 0 : rounded;
}

/** The CRS of display coordinates. */
export function lonLatCrs(): Crs {
  return Crs.from('EPSG:4326');
}

type Pair = readonly [number, number];

/** Twice the signed area of a ring; positive is counter-clockwise. */
function turning(ring: readonly Pair[]): number {
  let sum = 0;
  for (const [i, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y];
    sum += x * nextY - nextX * y;
  }
  return sum;
}

/** A box so wide is the whole Earth, whichever way it turns. */
const WHOLE_EARTH = 359.9;

/**
 * True for an upright box whose long edges are no jumps at ±180: it is the whole Earth, or it turns as it did in its CRS.
 * Outer rings of footprints are counter-clockwise (`catalog.md` §3); one in degrees that is not has crossed ±180.
 */
function isWideBox(source: readonly Pair[], points: readonly Pair[]): boolean {
  const isUpright = points.every(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length] ?? [x, y];
    return x === nextX || y === nextY;
  });
  if (!isUpright) return false;
  const lons = points.map(([lon]) => lon);
  if (Math.max(...lons) - Math.min(...lons) >= WHOLE_EARTH) return true;
  const isInDegrees = points.every(([x, y], i) => source[i]?.[0] === x && source[i][1] === y);
  return isInDegrees ? turning(points) > 0 : Math.sign(turning(source)) === Math.sign(turning(points));
}

/**
 * A ring in degrees without jumps at ±180 (longitudes may pass it); points without an image are left out.
 * `isContinuous`: the ring is in degrees and known to have none.
 */
function ringToLonLat(
  ring: readonly Pair[],
  transform: (x: number, y: number) => [number, number],
  isContinuous = false,
): LonLat[] {
  const out: LonLat[] = [];
  let shift = 0;
  let previous: number | undefined;
  const points = ring
    .map(([x, y]) => transform(x, y))
    .filter(([lon, lat]) => Number.isFinite(lon) && Number.isFinite(lat));
  const isWide =
    isContinuous || (points.length === ring.length && points.length <= BOX_POINTS && isWideBox(ring, points));
  for (const [lon, lat] of points) {
    if (!isWide && previous !== undefined && Math.abs(lon - previous) > 180) shift += lon < previous ? 360 : -360;
    previous = lon;
    const clampedLat = Math.max(-90, Math.min(90, lat));
    out.push([roundDegrees(Math.max(-540, Math.min(540, lon + shift))), roundDegrees(clampedLat)]);
  }
  return out;
}

function closed(ring: LonLat[]): LonLat[] {
  const [first] = ring;
  const last = ring.at(-1);
  return first && last && (first[0] !== last[0] || first[1] !== last[1]) ? [...ring, first] : ring;
}

function boxOf(outline: Outline): LonLatBox | undefined {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const polygon of outline) {
    for (const [lon, lat] of polygon[0] ?? []) {
      w = Math.min(w, lon);
      s = Math.min(s, lat);
      e = Math.max(e, lon);
      n = Math.max(n, lat);
    }
  }
  return w <= e ? [w, s, e, n] : undefined;
}

/** West edge within −180 … 180, so that equal places have equal numbers. */
function homed(place: Place): Place {
  const [w] = place.bbox;
  const turns = w < -180 ? 360 : w >= 180 ? -360 : 0;
  if (turns === 0) return place;
  const move = ([lon, lat]: LonLat): LonLat => [roundDegrees(lon + turns), lat];
  const [, s, e, n] = place.bbox;
  return {
    outline: place.outline.map((polygon) => polygon.map((ring) => ring.map(move))),
    bbox: [roundDegrees(w + turns), s, roundDegrees(e + turns), n],
  };
}

/** Nowhere: for areas that have no image in longitude and latitude, such as the rim of a geostationary disc. */
const NOWHERE: Place = { outline: [], bbox: [0, 0, 0, 0] };

function placeOf(rings: readonly (readonly (readonly Pair[])[])[], crs: Crs, isContinuous = false): Place | null {
  const transform = pointTransform(crs, lonLatCrs());
  const outline = rings
    .map((polygon) =>
      polygon
        .map((ring) => closed(simplified(ringToLonLat(ring, transform, isContinuous))))
        .filter((r) => r.length > 3),
    )
    .filter((polygon) => polygon.length > 0);
  const bbox = boxOf(outline);
  return bbox ? homed({ outline, bbox }) : null;
}

/** The place of a box; null when no point of it lies on the Earth as the CRS sees it. */
export function placeOfBounds(bounds: Bounds, crs: Crs): Place | null {
  const [w, s, e, n] = bounds;
  // Degrees with west > east cross ±180.
  const box: Bounds = crs.isGeographic && w > e ? [w, s, e + 360, n] : bounds;
  return placeOf([[boxOutline(box, crs.isGeographic ? 0 : DENSIFY)]], crs);
}

/** The place of a raster, also a rotated one. */
export function placeOfRaster(transform: Affine, height: number, width: number, crs: Crs): Place | null {
  const ring = boxOutline([0, 0, width, height], crs.isGeographic ? 0 : DENSIFY).map(([c, r]) =>
    applyAffine(transform, c, r),
  );
  return placeOf([[ring]], crs, crs.isGeographic);
}

/** Corners of a raster on the map: north-west, north-east, south-east, south-west as the array has them. */
export function rasterCorners(
  transform: Affine,
  height: number,
  width: number,
  crs: Crs,
): readonly [LonLat, LonLat, LonLat, LonLat] | null {
  const corners: Pair[] = [
    applyAffine(transform, 0, 0),
    applyAffine(transform, width, 0),
    applyAffine(transform, width, height),
    applyAffine(transform, 0, height),
  ];
  const [a, b, c, d] = ringToLonLat(corners, pointTransform(crs, lonLatCrs()), crs.isGeographic);
  return a && b && c && d ? [a, b, c, d] : null;
}

/** The place of a footprint; coordinates are those of `crs`. */
export function placeOfGeometry(geometry: Polygon | MultiPolygon, crs: Crs): Place | null {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const pairs = polygons.map((rings) => rings.map((ring) => ring.map(([x, y]): Pair => [x ?? NaN, y ?? NaN])));
  return placeOf(pairs, crs);
}

/** The place, or an empty one where there is none: a row stays in the table even when the map cannot show it. */
export function orNowhere(place: Place | null): Place {
  return place ?? NOWHERE;
}

/**
 * A ring without the points that nobody would miss: half a pixel of a view that it fills, 700 pixels wide, and more until
 * at most {@link MAX_VERTICES} are left.
 */
export function simplified(ring: readonly LonLat[]): LonLat[] {
  let points = [...ring];
  const box = boxOf([[points]]);
  if (points.length <= 5 || !box) return points;
  let tolerance = Math.max(box[2] - box[0], box[3] - box[1]) / 1400;
  do {
    points = douglasPeucker(points, tolerance);
    tolerance *= 2;
  } while (points.length > MAX_VERTICES);
  return points;
}

function douglasPeucker(points: readonly LonLat[], tolerance: number): LonLat[] {
  const last = points.length - 1;
  const middle = last >> 1;
  const keep = new Uint8Array(points.length);
  keep[0] = keep[middle] = keep[last] = 1;
  const stack: [number, number][] = [
    [0, middle],
    [middle, last],
  ];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [a, b] = span;
    const [ax, ay] = points[a] ?? [0, 0];
    const [bx, by] = points[b] ?? [0, 0];
    const [dx, dy] = [bx - ax, by - ay];
    const length = Math.hypot(dx, dy);
    let [worst, at] = [tolerance, -1];
    for (let i = a + 1; i < b; i++) {
      const [px, py] = points[i] ?? [0, 0];
      const off = length === 0 ? Math.hypot(px - ax, py - ay) : Math.abs((px - ax) * dy - (py - ay) * dx) / length;
      if (off > worst) [worst, at] = [off, i];
    }
    if (at < 0) continue;
    keep[at] = 1;
    stack.push([a, at], [at, b]);
  }
  return points.filter((_, i) => keep[i] === 1);
}
