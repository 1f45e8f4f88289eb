/** Boxes of catalog rows as boxes in longitude and latitude, in bulk: flat numbers in, flat numbers out. */
import type { Crs } from '../../core/index.js';
import type { CatalogTable } from '../../catalog/table.js';
import type { MultiPolygon, Polygon } from '../../catalog/types.js';
import { lonLatCrs } from '../place.js';
import { gridTransform } from './grid-transform.js';

/** Edges longer than this (metres or feet) bend visibly in degrees and get points between their corners. */
const STRAIGHT = 20_000;
const WIDE = 500_000;
/** A geographic box this wide may be a footprint that was cut at the antimeridian. */
const HALF_GLOBE = 180;

/** Writes west, south, east, north of rows into `out` from position `at` on; NaN where a row has no place on the map. */
export type PlaceBoxes = (
  table: CatalogTable,
  index: (k: number) => number,
  length: number,
  out: Float32Array,
  at: number,
) => void;

/** The writer for tables of one CRS, `rows` rows in all. Degrees are single precision: off by at most 1 m, for display only. */
export function placeBoxes(crs: Crs, rows: number): PlaceBoxes {
  return crs.equals(lonLatCrs()) ? geographicBoxes : projectedBoxes(crs, rows);
}

const geographicBoxes: PlaceBoxes = (table, index, length, out, at) => {
  const { boxes, boxed } = table;
  for (let k = 0; k < length; k++) {
    const i = index(k);
    let [w, e] = [boxes[i * 4] ?? NaN, boxes[i * 4 + 2] ?? NaN];
    if (e - w > HALF_GLOBE && boxed[i] === 0) [w, e] = acrossAntimeridian(table.geometry(i)) ?? [w, e];
    const turn = homeTurn(w);
    const o = (at + k) * 4;
    out[o] = w + turn;
    out[o + 1] = boxes[i * 4 + 1] ?? NaN;
    out[o + 2] = e + turn;
    out[o + 3] = boxes[i * 4 + 3] ?? NaN;
  }
};

/** Turns of the globe that bring a west edge into −180 … 180. */
function homeTurn(west: number): number {
  return west < -180 ? 360 : west >= 180 ? -360 : 0;
}

/** West and east (which may pass 180) of parts that were cut at ±180, by the widest gap between them; null without a gap. */
function acrossAntimeridian(geometry: Polygon | MultiPolygon): [number, number] | null {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const spans = polygons
    .map(([ring = []]): [number, number] => {
      let [w, e] = [Infinity, -Infinity];
      for (const [x = NaN] of ring) {
        w = Math.min(w, x);
        e = Math.max(e, x);
      }
      return [w, e];
    })
    .sort((a, b) => a[0] - b[0]);
  let [gap, west, east] = [0, 0, 0];
  let reach = -Infinity;
  for (const [w, e] of spans) {
    if (w - reach > gap && reach > -Infinity) [gap, west, east] = [w - reach, w, reach + 360];
    reach = Math.max(reach, e);
  }
  return gap > HALF_GLOBE ? [west, east] : null;
}

function projectedBoxes(crs: Crs, rows: number): PlaceBoxes {
  const transform = gridTransform(crs, 4 * rows);
  return (table, index, length, out, at) => {
    const { boxes } = table;
    const point: [number, number] = [NaN, NaN];
    let [w, s, e, n, first] = [0, 0, 0, 0, NaN];
    const include = (x: number, y: number): void => {
      transform(x, y, point);
      let [lon] = point;
      const [, lat] = point;
      if (Number.isNaN(lon) || Number.isNaN(lat)) return;
      if (Number.isNaN(first)) first = lon;
      else if (lon - first > HALF_GLOBE) lon -= 360;
      else if (first - lon > HALF_GLOBE) lon += 360;
      if (lon < w) w = lon;
      if (lon > e) e = lon;
      if (lat < s) s = lat;
      if (lat > n) n = lat;
    };
    for (let k = 0; k < length; k++) {
      const i = index(k) * 4;
      const [x0, y0, x1, y1] = [boxes[i] ?? NaN, boxes[i + 1] ?? NaN, boxes[i + 2] ?? NaN, boxes[i + 3] ?? NaN];
      const longest = Math.max(x1 - x0, y1 - y0);
      const steps = longest < STRAIGHT ? 1 : longest < WIDE ? 2 : 8;
      [w, s, e, n, first] = [Infinity, Infinity, -Infinity, -Infinity, NaN];
      for (let step = 0; step < steps; step++) {
        const [dx, dy] = [((x1 - x0) * step) / steps, ((y1 - y0) * step) / steps];
        include(x0 + dx, y0);
        include(x1, y0 + dy);
        include(x1 - dx, y1);
        include(x0, y1 - dy);
      }
      const isPlaced = w <= e;
      const turn = homeTurn(w);
      const o = (at + k) * 4;
      out[o] = isPlaced ? w + turn : NaN;
      out[o + 1] = isPlaced ? s : NaN;
      out[o + 2] = isPlaced ? e + turn : NaN;
      out[o + 3] = isPlaced ? n : NaN;
    }
  };
}
