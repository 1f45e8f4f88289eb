/** The area and time that a query asks for, in the catalog's CRS (`catalog.md` §4). */
import {
  ArgumentError,
  checkOptionNames,
  Crs,
  GeoSlice,
  isNadirError,
  kindOf,
  parseInterval,
  pointTransform,
  TransformError,
  transformBounds,
  transformPoints,
  unwrapLongitudes,
  type Bounds,
  type Interval,
} from '../core/index.js';
import { DEFAULT_DENSIFY } from './footprint.js';
import { boxPolygon, footprintBounds, polygonsOf, type Area } from './geometry.js';
import { imageOrNull, isVast, vastParts } from './vast.js';
import type { Position, QueryOptions } from './types.js';

/** A query, checked and projected: rows meet one of the areas (null: anywhere) and the interval (null: any time). */
export interface PreparedQuery {
  readonly areas: readonly Area[] | null;
  readonly interval: Interval | null;
  readonly tStep: number;
  /** The area as it was given, in words; null for none. */
  readonly given: string | null;
  /** Bounds given without a CRS, for the warning that they may be in another one. */
  readonly bareBounds: Bounds | null;
}

function checkBounds(bounds: Bounds, crs: Crs): void {
  const given: readonly unknown[] = bounds;
  const shown = JSON.stringify(bounds);
  if (!Array.isArray(given) || given.length !== 4 || given.some((v) => typeof v !== 'number' || !Number.isFinite(v))) {
    throw new ArgumentError('bad-bounds', `bounds are four finite numbers [xmin, ymin, xmax, ymax]; got ${shown}.`, {
      details: { bounds },
    });
  }
  if (bounds[1] > bounds[3])
    throw new ArgumentError('bad-bounds', `bounds need ymin ≤ ymax; got ${shown}.`, { details: { bounds } });
  if (bounds[0] > bounds[2] && !crs.isGeographic) {
    throw new ArgumentError('bad-bounds', `bounds need xmin ≤ xmax; got ${shown}.`, {
      hint: 'Only boxes in degrees may cross ±180 with xmin > xmax.',
      details: { bounds, crs: crs.canonical },
    });
  }
}

/** The one or two boxes within [−180, 180] that a geographic box covers; `xmin > xmax` crosses ±180. */
export function splitBox([xmin, ymin, xmax, ymax]: Bounds): readonly Bounds[] {
  let [west, east] = [xmin, xmin > xmax ? xmax + 360 : xmax];
  if (west >= -180 && east <= 180) return [[west, ymin, east, ymax]];
  if (east - west >= 360) return [[-180, ymin, 180, ymax]];
  const turns = Math.floor((west + 180) / 360) * 360;
  [west, east] = [west - turns, east - turns];
  if (east <= 180) return [[west, ymin, east, ymax]];
  return [
    [west, ymin, 180, ymax],
    [-180, ymin, east - 360, ymax],
  ];
}

/** Images of a box in the catalog's CRS: its densified envelope there, split at ±180. */
export function projectBox(bounds: Bounds, from: Crs, to: Crs): readonly Bounds[] {
  const boxes = from.isGeographic ? splitBox(bounds) : [bounds];
  return boxes.flatMap((box) => {
    const image = transformBounds(box, from, to);
    return to.isGeographic ? splitBox(image) : [image];
  });
}

function densify(ring: readonly Position[], interior: number): [number, number][] {
  const steps = interior + 1;
  return ring.slice(0, -1).flatMap((p, i) => {
    const [x0 = NaN, y0 = NaN] = p;
    const [x1 = NaN, y1 = NaN] = ring[i + 1] ?? p;
    return Array.from({ length: steps }, (_, k): [number, number] => [
      x0 + ((x1 - x0) * k) / steps,
      y0 + ((y1 - y0) * k) / steps,
    ]);
  });
}

/** The image of a polygon, its edges densified. In a geographic target one that crosses ±180 comes as two copies, 360° apart. */
export function projectArea(area: Area, from: Crs, to: Crs, interior = DEFAULT_DENSIFY): readonly Area[] {
  if (from.equals(to)) return [area];
  const transform = pointTransform(from, to);
  const coordinates = polygonsOf(area).map((rings) =>
    rings.map((ring): Position[] => {
      const points = transformPoints(densify(ring, interior), transform, to);
      const image = to.isGeographic ? unwrapLongitudes(points) : points;
      const [first] = image;
      return first ? [...image, [first[0], first[1]]] : [];
    }),
  );
  const image: Area = { type: 'MultiPolygon', coordinates };
  if (!to.isGeographic) return [image];
  const [west, , east] = footprintBounds(image);
  const shifted = (by: number): Area => ({
    type: 'MultiPolygon',
    coordinates: coordinates.map((rings) => rings.map((ring) => ring.map(([x = NaN, y = NaN]) => [x + by, y]))),
  });
  // Footprints lie within ±180: a copy shifted by a full turn meets those on the other side.
  return [image, ...(east > 180 ? [shifted(-360)] : []), ...(west < -180 ? [shifted(360)] : [])];
}

function checkArea(geometry: Area): void {
  const type: unknown = geometry.type;
  const bad = (why: string): ArgumentError =>
    new ArgumentError('bad-geometry', `geometry ${why}.`, { hint: 'Give a GeoJSON Polygon or MultiPolygon.' });
  if (type !== 'Polygon' && type !== 'MultiPolygon') throw bad(`has the type ${JSON.stringify(type)}`);
  const polygons = polygonsOf(geometry);
  if (!Array.isArray(polygons) || polygons.length === 0) throw bad('has no polygon');
  for (const rings of polygons) {
    if (!Array.isArray(rings) || rings.length === 0) throw bad('has a polygon without rings');
    for (const ring of rings) {
      if (!Array.isArray(ring) || ring.length < 4) throw bad('has a ring of fewer than four positions');
      if (!ring.every((p) => Array.isArray(p) && Number.isFinite(p[0]) && Number.isFinite(p[1])))
        throw bad('has a position that is not two finite numbers');
      const first: Position | undefined = ring[0] as Position | undefined;
      const last = ring.at(-1) as Position | undefined;
      if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1])
        throw bad('has a ring that is not closed: its last position must repeat the first');
    }
  }
}

function boxesArea(boxes: readonly Bounds[]): Area {
  const polygons = boxes.map(boxPolygon);
  const [only] = polygons;
  if (only && polygons.length === 1) return only;
  return { type: 'MultiPolygon', coordinates: polygons.map((polygon) => polygon.coordinates) };
}

/** The images of the parts of a vast area; null for another, or when no part has an image. */
function vastImage(area: Area, from: Crs, to: Crs): readonly Area[] | null {
  if (from.equals(to) || !isVast(footprintBounds(area), from)) return null;
  const images = vastParts(area, from, to).flatMap((part) => imageOrNull(() => projectArea(part, from, to)) ?? []);
  return images.length > 0 ? images : null;
}

/** Areas (one, or its parts) of bounds or a polygon in the catalog's CRS. */
export function prepareAreas(
  area: { readonly bounds: Bounds } | { readonly geometry: Area },
  from: Crs,
  to: Crs,
): readonly Area[] {
  try {
    if ('geometry' in area) {
      checkArea(area.geometry);
      return vastImage(area.geometry, from, to) ?? projectArea(area.geometry, from, to);
    }
    checkBounds(area.bounds, from);
    const vast = vastImage(boxesArea(from.isGeographic ? splitBox(area.bounds) : [area.bounds]), from, to);
    if (vast) return vast;
    return projectBox(area.bounds, from, to).map(boxPolygon);
  } catch (error) {
    if (!isNadirError(error, 'TransformError')) throw error;
    throw new TransformError(
      error.code,
      `The area in ${from.canonical} cannot be projected to the catalog's ${to.canonical}: ${error.message}`,
      {
        hint: 'Give a smaller area, or build the catalog with targetCrs EPSG:4326.',
        ...(error.details && { details: error.details }),
        cause: error,
      },
    );
  }
}

const shortNumber = (v: number): number => Number(v.toPrecision(10));

/** An area as it was given: its box, and the CRS where it is not the catalog's. */
function areaText(area: { readonly bounds: Bounds } | { readonly geometry: Area }, from: Crs, to: Crs): string {
  const box = 'bounds' in area ? area.bounds : footprintBounds(area.geometry);
  const polygon = 'bounds' in area ? '' : 'a polygon within ';
  return `${polygon}[${box.map(shortNumber).join(', ')}]${from.equals(to) ? '' : ` in ${from.canonical}`}`;
}

/**
 * Checks and projects a query.
 *
 * @throws {@link ArgumentError} `contradiction`, `bad-bounds`, `bad-geometry`, `bad-step`; {@link CrsError};
 * {@link IntervalError}; {@link TransformError} `outside-domain`.
 */
export function prepareQuery(target: GeoSlice | QueryOptions, crs: Crs): PreparedQuery {
  if (target instanceof GeoSlice || kindOf(target) === 'geoslice') {
    // SAFETY: the kind says that this is a slice, maybe of another copy of the library.
    const slice = target as GeoSlice;
    const [area, from] = [{ bounds: slice.bounds }, Crs.from(slice.crs)];
    return {
      areas: prepareAreas(area, from, crs),
      interval: slice.interval,
      tStep: 1,
      given: areaText(area, from, crs),
      bareBounds: null,
    };
  }
  // SAFETY: not a slice.
  const o = target;
  checkOptionNames('query', o, ['bounds', 'geometry', 'crs', 'time', 'tStep']);
  if (o.bounds && o.geometry) throw new ArgumentError('contradiction', 'query takes bounds or geometry, not both.');
  const tStep = o.tStep ?? 1;
  if (!Number.isInteger(tStep) || tStep < 1)
    throw new ArgumentError('bad-step', `tStep is an integer of at least 1; got ${String(o.tStep)}.`);
  const from = o.crs === undefined ? crs : Crs.from(o.crs);
  const area = o.bounds ? { bounds: o.bounds } : o.geometry ? { geometry: o.geometry } : null;
  return {
    areas: area && prepareAreas(area, from, crs),
    interval: o.time === undefined ? null : parseInterval(o.time),
    tStep,
    given: area && areaText(area, from, crs),
    bareBounds: o.bounds && o.crs === undefined ? o.bounds : null,
  };
}
