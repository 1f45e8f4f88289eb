/** Shapes of shapefile records (ESRI Shapefile Technical Description, 1998) as GeoJSON. */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import { CheckedView } from './checked-view.js';
import type { Geometry, Position } from 'geojson';

/** Shape types without their Z and M variants: 11 and 21 are points, 15 and 25 polygons … */
export const SHAPE_NAMES: Readonly<Record<number, string>> = {
  0: 'Geometry',
  1: 'Point',
  3: 'LineString',
  5: 'Polygon',
  8: 'MultiPoint',
};

/** @throws {@link UnsupportedDataError} for multipatches; {@link FormatError} for types that do not exist. */
export function plainShapeType(type: number, where: string): number {
  const plain = type > 10 && type < 29 ? type % 10 : type;
  if (SHAPE_NAMES[plain] !== undefined) return plain;
  if (type === 31) throw new UnsupportedDataError('geometry-type', `${where}: multipatch shapes are not read.`);
  throw new FormatError('bad-shape', `${where}: shape type ${type} does not exist.`);
}

function area(ring: readonly Position[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[i + 1] ?? [];
    sum += ax * by - bx * ay;
  }
  return sum;
}

function contains(ring: readonly Position[], [x = NaN, y = NaN]: Position): boolean {
  let inside = false;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[i + 1] ?? [];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Rings to polygons: outer rings run clockwise, a hole belongs to the smallest outer ring around it. */
function polygons(rings: readonly Position[][]): Position[][][] {
  const outer = rings.filter((ring) => area(ring) <= 0).map((ring) => [ring]);
  for (const hole of rings.filter((ring) => area(ring) > 0)) {
    const around = outer.filter(([ring = []]) => hole[0] !== undefined && contains(ring, hole[0]));
    const home = around.sort(([a = []], [b = []]) => Math.abs(area(a)) - Math.abs(area(b)))[0];
    // A counter-clockwise ring in nothing is an outer ring of a careless writer.
    if (home) home.push(hole);
    else outer.push([hole]);
  }
  return outer;
}

/**
 * The geometry of a record's content; null for a null shape.
 *
 * @throws {@link FormatError} `bad-shape`, `truncated`; {@link UnsupportedDataError} `geometry-type`.
 */
export function shapeGeometry(bytes: Uint8Array, where: string): Geometry | null {
  const view = new CheckedView(bytes, where);
  const type = view.i32(0);
  const plain = plainShapeType(type, where);
  if (plain === 0) return null;
  const hasZ = type > 10 && type < 20;
  if (plain === 1) {
    const position = [view.f64(4), view.f64(12)];
    return { type: 'Point', coordinates: hasZ ? [...position, view.f64(20)] : position };
  }
  const parts = plain === 8 ? 0 : view.u32(36);
  const points = view.u32(plain === 8 ? 36 : 40);
  const partsAt = 44;
  const pointsAt = plain === 8 ? 40 : partsAt + parts * 4;
  view.need(pointsAt, points * 16);
  const zAt = pointsAt + points * 16 + 16;
  const withZ = hasZ && zAt + points * 8 <= view.size;
  const positions = Array.from({ length: points }, (_, i): Position => {
    const xy = [view.f64(pointsAt + i * 16), view.f64(pointsAt + i * 16 + 8)];
    return withZ ? [...xy, view.f64(zAt + i * 8)] : xy;
  });
  if (plain === 8) return { type: 'MultiPoint', coordinates: positions };
  const starts = Array.from({ length: parts }, (_, i) => view.u32(partsAt + i * 4));
  const lines = starts.map((start, i) => {
    const end = starts[i + 1] ?? points;
    if (start > end || end > points)
      throw new FormatError('bad-shape', `${where}: part ${i} runs from point ${start} to ${end} of ${points}.`);
    return positions.slice(start, end);
  });
  if (plain === 3) {
    const [only, second] = lines;
    return only && !second
      ? { type: 'LineString', coordinates: only }
      : { type: 'MultiLineString', coordinates: lines };
  }
  const shapes = polygons(lines);
  const [only, second] = shapes;
  return only && !second ? { type: 'Polygon', coordinates: only } : { type: 'MultiPolygon', coordinates: shapes };
}
