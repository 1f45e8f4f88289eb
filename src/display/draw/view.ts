/** A view of the map: which degrees fill which box of the picture. */
import type { Box, Point } from './canvas.js';
import type { LonLat, LonLatBox, Outline } from '../wire/payload.js';

/** Latitude past which Mercator is no longer used. */
const POLAR = 80;
/** Smallest height of a view in degrees, about 500 m: one pixel must still be somewhere. */
const SMALLEST_DEGREES = 0.005;

/** Degrees to CSS pixels, by Mercator or, near the poles and for the whole world, by evenly spaced latitudes. */
export interface MapView {
  readonly box: Box;
  /** Degrees shown: the wanted box with margins, grown to the shape of the picture. */
  readonly bounds: LonLatBox;
  toPixel(lon: number, lat: number): Point;
  /** CSS pixels per degree of longitude. */
  readonly perDegree: number;
}

const mercator = (lat: number): number => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
const inverseMercator = (y: number): number => (Math.atan(Math.exp((y * Math.PI) / 180)) * 360) / Math.PI - 90;

/** The view that shows `wanted` within `box` with `margin` (share of the size) around it. */
export function fitView(wanted: LonLatBox, box: Box, margin = 0.14): MapView {
  const [w, s, e, n] = wanted;
  const flat = Math.max(Math.abs(s), Math.abs(n)) > POLAR || n - s > 120;
  const middle = (s + n) / 2;
  // Near a pole circles of latitude are short: draw them shorter, but never shorter than a tenth.
  const squeeze = flat ? Math.max(0.1, Math.cos((Math.min(Math.abs(middle), 84) * Math.PI) / 180)) : 1;
  const up = flat ? (lat: number): number => lat / squeeze : mercator;
  const down = flat ? (y: number): number => y * squeeze : inverseMercator;
  const limit = up(flat ? 90 : 85);
  const [cx, cy] = [(w + e) / 2, (up(s) + up(n)) / 2];
  const grow = 1 + 2 * margin;
  const width = Math.max(e - w, SMALLEST_DEGREES) * grow;
  const height = Math.max(up(n) - up(s), SMALLEST_DEGREES) * grow;
  let perDegree = Math.min(box.width / width, box.height / height);
  perDegree = Math.max(perDegree, box.width / 360);
  const halfHeight = box.height / perDegree / 2;
  const centre = 2 * halfHeight >= 2 * limit ? 0 : Math.min(limit - halfHeight, Math.max(-limit + halfHeight, cy));
  const [x0, y0] = [box.x + box.width / 2, box.y + box.height / 2];
  const clampLat = (lat: number): number => (flat ? lat : Math.min(89, Math.max(-89, lat)));
  return {
    box,
    perDegree,
    bounds: [
      cx - box.width / perDegree / 2,
      Math.max(-90, down(centre - halfHeight)),
      cx + box.width / perDegree / 2,
      Math.min(90, down(centre + halfHeight)),
    ],
    toPixel: (lon, lat) => [x0 + (lon - cx) * perDegree, y0 - (up(clampLat(lat)) - centre) * perDegree],
  };
}

/** Rings of an outline in pixels. */
export function outlinePixels(view: MapView, outline: Outline): Point[][] {
  return outline.flatMap((polygon) => polygon.map((ring) => ring.map(([lon, lat]: LonLat) => view.toPixel(lon, lat))));
}

/** Metres per CSS pixel at the middle of the view, on a sphere of 6371 km. */
export function metresPerPixel(view: MapView): number {
  const latitude = (view.bounds[1] + view.bounds[3]) / 2;
  return ((Math.PI / 180) * 6_371_000 * Math.cos((latitude * Math.PI) / 180)) / view.perDegree;
}

/** The box around boxes; null for none. */
export function unionOf(boxes: Iterable<LonLatBox>): LonLatBox | null {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    w = Math.min(w, box[0]);
    s = Math.min(s, box[1]);
    e = Math.max(e, box[2]);
    n = Math.max(n, box[3]);
  }
  return w <= e ? [w, s, e, n] : null;
}
