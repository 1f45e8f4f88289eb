/** Footprints of rasters in the catalog's CRS (`catalog.md` §3). */
import {
  affineBounds,
  Crs,
  pointTransform,
  TransformError,
  transformPoints,
  unwrapLongitudes,
  type Affine,
  type Bounds,
  type PointTransform,
} from '../core/index.js';
import { boxPolygon, signedArea } from './geometry.js';
import { holdsItsPoints, isVast } from './vast.js';
import { projectOutline, type Point } from './project-outline.js';
import type { MultiPolygon, Polygon } from './types.js';

/** Interior points per edge of an outline. */
export const DEFAULT_DENSIFY = 21;
/** A step of 0.002° across ±180 that is longer than this shows a projection that is cut there, in CRS units. */
const SEAM_JUMP = 1e6;
/** Longitudes this far beyond ±180 are rounding noise of a transform, in degrees (0.1 m). */
export const LONGITUDE_NOISE = 1e-6;

function counterClockwise(ring: Point[]): Point[] {
  return signedArea(ring) < 0 ? ring.reverse() : ring;
}

/** The part of a closed ring on one side of a meridian (Sutherland–Hodgman). */
export function clipAtMeridian(ring: readonly Point[], meridian: number, side: 'west' | 'east'): Point[] {
  const inside = (lon: number): boolean => (side === 'west' ? lon <= meridian : lon >= meridian);
  const out: Point[] = [];
  for (let i = 0; i + 1 < ring.length; i++) {
    // SAFETY: i + 1 < ring.length.
    const [a, b] = [ring[i] as Point, ring[i + 1] as Point];
    if (inside(a[0])) out.push(a);
    if (inside(a[0]) !== inside(b[0])) out.push([meridian, a[1] + ((meridian - a[0]) * (b[1] - a[1])) / (b[0] - a[0])]);
  }
  const [first] = out;
  return first ? [...out, [first[0], first[1]]] : [];
}

/** Splits a continuous ring of longitudes at ±180 and brings every part into [−180, 180]. */
function wrapRing(ring: readonly Point[]): Polygon | MultiPolygon {
  const lons = ring.map((p) => p[0]);
  let [west, east] = [Math.min(...lons), Math.max(...lons)];
  const turns = Math.floor((west + 180 + LONGITUDE_NOISE) / 360) * 360;
  [west, east] = [west - turns, east - turns];
  // Noise beyond ±180 is pulled onto it, where it would otherwise make a sliver on the far side of the map.
  const tidy = (lon: number): number => (Math.abs(Math.abs(lon) - 180) <= LONGITUDE_NOISE ? Math.sign(lon) * 180 : lon);
  const shifted = ring.map(([lon, lat]): Point => [tidy(lon - turns), lat]);
  if (east <= 180 + LONGITUDE_NOISE) return { type: 'Polygon', coordinates: [shifted] };
  const parts = [
    clipAtMeridian(shifted, 180, 'west'),
    clipAtMeridian(shifted, 180, 'east').map(([lon, lat]): Point => [lon - 360, lat]),
  ].filter((part) => signedArea(part) !== 0);
  const [only, second] = parts;
  if (only && !second) return { type: 'Polygon', coordinates: [only] };
  return { type: 'MultiPolygon', coordinates: parts.map((part) => [part]) };
}

/** Closes a ring of longitudes; one that runs round the pole is led along it. */
export function closeRing(points: readonly Point[]): Point[] {
  // SAFETY: an outline has at least four points.
  const first = points[0] as Point;
  const closed = unwrapLongitudes([...points, first]);
  const last = closed.at(-1) ?? first;
  if (Math.abs(last[0] - first[0]) < 180) return [...points, [first[0], first[1]]];
  const pole = closed.reduce((sum, p) => sum + p[1], 0) > 0 ? 90 : -90;
  return [...closed, [last[0], pole], [first[0], pole], [first[0], first[1]]];
}

const cutAtSeam = new Map<string, boolean>();

/** Whether neighbours across ±180 lie far apart in a CRS. */
function isCutAtSeam({ canonical }: Crs, project: PointTransform): boolean {
  let cut = cutAtSeam.get(canonical);
  if (cut === undefined) {
    const [west] = project(-179.999, 0);
    const [east] = project(179.999, 0);
    cutAtSeam.set(canonical, (cut = Math.abs(east - west) > SEAM_JUMP));
  }
  return cut;
}

/**
 * The two parts of a raster across ±180 in a projection that is cut there (web Mercator, equal-area cylinders); else
 * null. Without cutting, the outline would run back around the whole world and hold everything but the raster.
 */
function partsAcrossSeam(
  grid: { readonly transform: Affine; readonly width: number; readonly height: number },
  native: Crs,
  target: Crs,
  densify: number,
): MultiPolygon | null {
  const wgs84 = Crs.from('EPSG:4326');
  const project = pointTransform(wgs84, target);
  if (!isCutAtSeam(target, project)) return null;
  let inDegrees: Polygon | MultiPolygon;
  try {
    inDegrees = rasterFootprint(grid, native, wgs84, densify);
  } catch {
    // No image in degrees (a geostationary disc): the projection itself says what is wrong.
    return null;
  }
  if (inDegrees.type === 'Polygon') return null;
  const coordinates = inDegrees.coordinates.map((rings) =>
    // SAFETY: footprints are pairs.
    rings.map((ring) => counterClockwise(transformPoints(ring as Point[], project, target))),
  );
  return { type: 'MultiPolygon', coordinates };
}

/**
 * The footprint of a raster in the catalog's CRS: its outline, densified and projected.
 *
 * An axis-aligned outline in the same CRS is a 5-point box. Outer rings run counter-clockwise. In degrees, and in
 * projections that are cut at ±180, outlines across it become MultiPolygons of two parts.
 *
 * @throws {@link TransformError} `outside-domain` when a point has no image in the catalog's CRS, or the outline is too large for one.
 */
export function rasterFootprint(
  grid: { readonly transform: Affine; readonly width: number; readonly height: number },
  native: Crs,
  catalogCrs: Crs,
  densify = DEFAULT_DENSIFY,
): Polygon | MultiPolygon {
  const { transform, width, height } = grid;
  const sameCrs = native.equals(catalogCrs);
  if (sameCrs && transform[1] === 0 && transform[3] === 0) {
    const bounds = affineBounds(transform, [height, width]);
    if (!catalogCrs.isGeographic || (bounds[0] >= -180 && bounds[2] <= 180)) return boxPolygon(bounds);
    if (bounds[2] - bounds[0] >= 360 - LONGITUDE_NOISE) return boxPolygon([-180, bounds[1], 180, bounds[3]]);
    // SAFETY: a box is one ring of pairs.
    return wrapRing(boxPolygon(bounds).coordinates[0] as Point[]);
  }
  const points = projectOutline(grid, native, catalogCrs, densify);
  if (!catalogCrs.isGeographic) {
    const image: Polygon | MultiPolygon = partsAcrossSeam(grid, native, catalogCrs, densify) ?? {
      type: 'Polygon',
      coordinates: [counterClockwise([...points, [...(points[0] ?? [NaN, NaN])] as Point])],
    };
    const bounds = affineBounds(transform, [height, width]);
    if (isVast(bounds, native) && !holdsItsPoints(boxPolygon(bounds), image, native, catalogCrs))
      throw new TransformError(
        'outside-domain',
        `The outline [${bounds.join(', ')}] in ${native.canonical} is larger than what has an image in ${catalogCrs.canonical}.`,
        { hint: "Choose targetCrs: 'EPSG:4326'." },
      );
    return image;
  }
  return wrapRing(counterClockwise(closeRing(unwrapLongitudes(points))));
}

/** The footprint of a box in the catalog's CRS, by the rules of {@link rasterFootprint}; a point or a line stays one. */
export function boundsFootprint(
  bounds: Bounds,
  native: Crs,
  catalogCrs: Crs,
  densify = DEFAULT_DENSIFY,
): Polygon | MultiPolygon {
  const [xmin, ymin, xmax, ymax] = bounds;
  const plain = !catalogCrs.isGeographic || (xmin >= -180 && xmax <= 180);
  if (native.equals(catalogCrs) && plain) return boxPolygon(bounds);
  return rasterFootprint(
    { transform: [xmax - xmin, 0, xmin, 0, ymin - ymax, ymax], width: 1, height: 1 },
    native,
    catalogCrs,
    densify,
  );
}
