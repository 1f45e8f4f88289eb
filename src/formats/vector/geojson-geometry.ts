/** GeoJSON geometries (RFC 7946 §3.1): checked, and their extent. */
import { boxesTouch, FormatError, type Bounds } from '../../core/index.js';
import { Extent } from './extent.js';
import type { Geometry } from 'geojson';

/** Nesting of coordinates above positions. */
const LEVELS: Readonly<Record<string, number>> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
};
/** Collections in collections are discouraged by the standard; nobody nests this deep. */
const MAX_NESTING = 32;
const MIN_RING_POSITIONS = 4;

function bad(where: string, text: string): FormatError {
  return new FormatError('bad-geometry', `${where}: ${text}.`, {
    hint: 'See RFC 7946, section 3.1, for what is valid.',
  });
}

function addPosition(position: unknown, extent: Extent, where: string): void {
  if (!Array.isArray(position)) throw bad(where, `a position is a list of numbers; got ${shown(position)}`);
  const [x, y] = position as readonly unknown[];
  // An empty list is an empty point.
  if (position.length === 0) return;
  if (typeof x !== 'number' || typeof y !== 'number')
    throw bad(where, `a position is two numbers; got ${shown(position)}`);
  extent.add(x, y);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) as string | undefined)?.slice(0, 60) ?? 'nothing';
}

function checkRing(ring: unknown, where: string): void {
  if (!Array.isArray(ring)) return; // addCoordinates says so
  if (ring.length === 0) return;
  const first: unknown = ring[0];
  const last: unknown = ring.at(-1);
  const same = Array.isArray(first) && Array.isArray(last) && first[0] === last[0] && first[1] === last[1];
  if (!same) throw bad(where, `a ring of ${ring.length} positions is not closed: its first and last differ`);
  if (ring.length < MIN_RING_POSITIONS) throw bad(where, `a ring has ${ring.length} positions; it needs at least 4`);
}

function addCoordinates(value: unknown, levels: number, rings: boolean, extent: Extent, where: string): void {
  if (levels === 0) {
    addPosition(value, extent, where);
    return;
  }
  if (!Array.isArray(value)) throw bad(where, `coordinates are nested lists; got ${shown(value)}`);
  if (rings && levels === 1) checkRing(value, where);
  for (const part of value) addCoordinates(part, levels - 1, rings, extent, where);
}

/**
 * Checks a geometry object and adds its points to an extent.
 *
 * @returns its type. `where` names file and feature in messages.
 * @throws {@link FormatError} `bad-geometry`.
 */
export function measureGeometry(value: unknown, extent: Extent, where: string, nesting = 0): string {
  if (typeof value !== 'object' || value === null || !('type' in value))
    throw bad(where, `a geometry is an object with a type; got ${shown(value)}`);
  const type = String(value.type);
  if (type === 'GeometryCollection') {
    const members: unknown = 'geometries' in value ? value.geometries : undefined;
    if (!Array.isArray(members)) throw bad(where, 'a GeometryCollection has a list of geometries');
    if (nesting >= MAX_NESTING) throw bad(where, `collections are nested more than ${MAX_NESTING} deep`);
    for (const member of members) measureGeometry(member, extent, where, nesting + 1);
    return type;
  }
  const levels = LEVELS[type];
  if (levels === undefined) throw bad(where, `${shown(type)} is no type of geometry`);
  addCoordinates(
    'coordinates' in value ? value.coordinates : undefined,
    levels,
    type === 'Polygon' || type === 'MultiPolygon',
    extent,
    where,
  );
  return type;
}

/** Whether a geometry's box touches a box; without geometry it touches none. */
export function geometryTouches(geometry: Geometry | null, bounds: Bounds): boolean {
  if (!geometry) return false;
  const extent = new Extent();
  measureGeometry(geometry, extent, 'feature');
  return extent.bounds !== null && boxesTouch(extent.bounds, bounds);
}
