/** Footprints between a catalog's CRS and the longitudes and latitudes of STAC (`catalog.md` §9). */
import { Crs, pointTransform, transformPoints, unwrapLongitudes, type Bounds } from '../../core/index.js';
import { clipAtMeridian, closeRing, DEFAULT_DENSIFY, LONGITUDE_NOISE } from '../footprint.js';
import { footprintBounds, polygonsOf, signedArea, type Area } from '../geometry.js';
import type { Position } from '../types.js';

type Point = [x: number, y: number];

const pair = (p: Position): Point => [p[0] ?? NaN, p[1] ?? NaN];

/** A ring with `interior` points on every edge, not closed. */
function densify(ring: readonly Position[], interior: number): Point[] {
  const steps = interior + 1;
  return ring.slice(0, -1).flatMap((p, i) => {
    const [a, b] = [pair(p), pair(ring[i + 1] ?? p)];
    return Array.from({ length: steps }, (_, k): Point =>
      k === 0 ? a : [a[0] + ((b[0] - a[0]) * k) / steps, a[1] + ((b[1] - a[1]) * k) / steps],
    );
  });
}

function directed(ring: Point[], counterClockwise: boolean): Point[] {
  return signedArea(ring) < 0 === counterClockwise ? ring.reverse() : ring;
}

const shift = (ring: readonly Point[], by: number): Point[] => ring.map(([x, y]) => [x + by, y]);

function lonRange(ring: readonly Point[]): readonly [west: number, east: number] {
  let [west, east] = [Infinity, -Infinity];
  for (const [x] of ring) [west, east] = [Math.min(west, x), Math.max(east, x)];
  return [west, east];
}

/** Rounding noise beyond ±180 pulled onto it. */
const tidy = (ring: readonly Point[]): Point[] =>
  ring.map(([x, y]) => [Math.abs(Math.abs(x) - 180) <= LONGITUDE_NOISE ? Math.sign(x) * 180 : x, y]);

/** One polygon of continuous longitudes as one or two polygons within ±180. */
function wrapPolygon(rings: readonly Point[][]): Point[][][] {
  const [outer, ...holes] = rings;
  if (!outer) return [];
  const [west, east] = lonRange(outer);
  // A full turn that begins elsewhere (round a pole, 0 to 360) is cut like any other.
  if (east - west > 360 + LONGITUDE_NOISE) return [rings.map((ring) => ring.map(([x, y]) => [clamp(x), y]))];
  const turns = Math.floor((west + 180 + LONGITUDE_NOISE) / 360) * 360;
  const placed = [
    tidy(shift(outer, -turns)),
    // A hole begins where its own longitudes happened to; it belongs inside.
    ...holes.map((hole) => {
      const [from, to] = lonRange(hole);
      return tidy(shift(hole, Math.round(((west + east) / 2 - (from + to) / 2) / 360) * 360 - turns));
    }),
  ];
  if (east - turns <= 180 + LONGITUDE_NOISE) return [placed];
  const part = (side: 'west' | 'east'): Point[][] =>
    placed
      .map((ring) => clipAtMeridian(ring, 180, side))
      .map((ring) => (side === 'east' ? shift(ring, -360) : ring))
      .filter((ring) => ring.length > 3 && signedArea(ring) !== 0);
  return [part('west'), part('east')].filter((rings) => rings.length > 0);
}

const clamp = (x: number): number => Math.max(-180, Math.min(180, x));

/**
 * Longitudes of a ring as one run. In a ring that reaches both −180 and 180 a long edge spans the map; in any other an
 * edge of more than half a turn goes the short way round, across ±180, unless the ring would then not close: a part of a
 * footprint round a pole runs along that pole.
 */
function continuous(ring: readonly Point[]): Point[] {
  const [west, east] = lonRange(ring);
  if (west <= -180 + LONGITUDE_NOISE && east >= 180 - LONGITUDE_NOISE) return [...ring];
  const run = unwrapLongitudes(ring);
  return Math.abs((run.at(-1)?.[0] ?? 0) - (run[0]?.[0] ?? 0)) > 180 ? [...ring] : run;
}

function assemble(polygons: readonly Point[][][]): Area {
  const rings = polygons.map((polygon) => polygon.map((ring, i) => directed(ring, i === 0)));
  const [only] = rings;
  return only && rings.length === 1
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: rings };
}

/** A geographic area within ±180, split there; outer rings counter-clockwise. */
export function wrapArea(area: Area): Area {
  return assemble(polygonsOf(area).flatMap((rings) => wrapPolygon(rings.map((ring) => continuous(ring.map(pair))))));
}

/**
 * A footprint in another CRS: edges densified, outer rings counter-clockwise, in degrees split at ±180.
 *
 * In the same CRS it keeps its vertices; a geographic one is brought within ±180.
 *
 * @throws {@link TransformError} `outside-domain` when a point has no image.
 */
export function projectFootprint(area: Area, from: Crs, to: Crs, interior = DEFAULT_DENSIFY): Area {
  if (from.equals(to)) {
    if (to.isGeographic) return wrapArea(area);
    return assemble(polygonsOf(area).map((rings) => rings.map((ring) => ring.map(pair))));
  }
  if (!to.isGeographic && !from.isGeographic) {
    // Across ±180 a projection may be cut: each side gets its own image.
    const geographic = Crs.from('EPSG:4326');
    const inDegrees = projectFootprint(area, from, geographic, interior);
    if (polygonsOf(inDegrees).length > polygonsOf(area).length) return projectFootprint(inDegrees, geographic, to, 0);
  }
  const source = from.isGeographic ? wrapArea(area) : area;
  const transform = pointTransform(from, to);
  const polygons = polygonsOf(source).map((rings) =>
    rings.map((ring): Point[] => {
      const points = transformPoints(densify(ring, interior), transform, to);
      if (to.isGeographic) return closeRing(unwrapLongitudes(points));
      const [first] = points;
      return first ? [...points, [first[0], first[1]]] : [];
    }),
  );
  return assemble(to.isGeographic ? polygons.flatMap(wrapPolygon) : polygons);
}

/** Box of a geographic area within ±180 as GeoJSON writes it: west > east where it lies on both sides of ±180. */
export function geoJsonBox(area: Area): Bounds {
  const [xmin, ymin, xmax, ymax] = footprintBounds(area);
  const parts = polygonsOf(area).map((rings) => lonRange((rings[0] ?? []).map(pair)));
  if (xmin !== -180 || xmax !== 180 || parts.some(([west, east]) => west === -180 && east === 180))
    return [xmin, ymin, xmax, ymax];
  const eastern = parts.filter(([west, east]) => west + east > 0).map(([west]) => west);
  const western = parts.filter(([west, east]) => west + east <= 0).map(([, east]) => east);
  return [Math.min(...eastern), ymin, Math.max(...western), ymax];
}
