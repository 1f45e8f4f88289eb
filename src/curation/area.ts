/** Whether footprints meet an area drawn on the map: plane geometry in longitude and latitude. */
import { ArgumentError, boxOutline, Crs, pointTransform, transformPoints, unwrapLongitudes } from '../core/index.js';
import type { Bounds, CrsInput } from '../core/index.js';
import { projectArea } from '../catalog/area.js';
import { boxPolygon, meets } from '../catalog/geometry.js';
import type { MultiPolygon, Polygon } from '../catalog/types.js';

export type Point = readonly [x: number, y: number];
export type Ring = readonly Point[];
/** A ring of positions (closed or not), or a box `[xmin, ymin, xmax, ymax]`. */
export type AreaInput = Ring | Bounds;

const LONLAT = Crs.from('EPSG:4326');
/** Degrees of one turn of the globe. */
const TURN = 360;

function isBox(area: AreaInput): area is Bounds {
  return area.length === 4 && area.every((v) => typeof v === 'number');
}

function checkBox(box: Bounds, bad: (why: string) => Error): Bounds {
  if (!box.every(Number.isFinite) || box[0] >= box[2] || box[1] >= box[3]) {
    throw bad(`[${box.join(', ')}] is not a box with xmin < xmax and ymin < ymax`);
  }
  return box;
}

/**
 * The area as a polygon in longitude and latitude, once for each turn of the globe on which a footprint may lie.
 *
 * @throws {@link ArgumentError} `bad-area` for anything but a box or at least three finite points; {@link TransformError}.
 */
export function areaPolygons(area: AreaInput, crs: CrsInput = LONLAT): readonly Polygon[] {
  const bad = (why: string): ArgumentError =>
    new ArgumentError('bad-area', `The area ${why}.`, {
      hint: 'Give a ring [[lon, lat], …] of at least three points, or a box [west, south, east, north].',
      details: { area },
    });
  if (!Array.isArray(area)) throw bad(`is ${typeof area}, not a ring or a box`);
  const points: readonly unknown[] = isBox(area) ? boxOutline(checkBox(area, bad)) : area;
  if (points.length < 3) throw bad(`has ${points.length} points`);
  const ring = points.map((p): Point => {
    if (!Array.isArray(p) || !p.slice(0, 2).every((v) => typeof v === 'number' && Number.isFinite(v)) || p.length < 2) {
      throw bad(`holds ${JSON.stringify(p)}, which is no position`);
    }
    // SAFETY: two finite numbers, checked above.
    return [p[0] as number, p[1] as number];
  });
  const from = Crs.from(crs);
  const image = from.equals(LONLAT)
    ? ring
    : unwrapLongitudes(transformPoints(ring, pointTransform(from, LONLAT), LONLAT));
  const [first] = image;
  const last = image.at(-1);
  const isClosed = first !== undefined && last?.[0] === first[0] && last[1] === first[1];
  const closed = isClosed || !first ? image : [...image, first];
  return [0, -TURN, TURN].map((turn) => ({ type: 'Polygon', coordinates: [closed.map(([x, y]) => [x + turn, y])] }));
}

/** Whether a footprint shares a point with an area. Touching counts, as in `query`. */
export function meetsArea(footprint: Polygon | MultiPolygon | Bounds, crs: Crs, area: readonly Polygon[]): boolean {
  const own = 'type' in footprint ? footprint : boxPolygon(footprint);
  return projectArea(own, crs, LONLAT).some((part) => area.some((polygon) => meets(part, polygon)));
}
