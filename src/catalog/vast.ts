/**
 * Areas so large that the outline alone does not say where they lie in another CRS: the outline of the world in UTM is
 * next to nothing. They are projected cell by cell.
 */
import { isNadirError, pointTransform, type Bounds, type Crs } from '../core/index.js';
import { clipFootprints } from './algebra/clip.js';
import { boxPolygon, footprintBounds, sideOfArea, type Area } from './geometry.js';

/** Sides of cells, in degrees and in CRS units, mostly metres. */
const DEGREES = 10;
const UNITS = 1e6;
/** Cells along a side at most, and more than how many make an area vast. */
const MOST = 64;
const VAST = 4;
/** Parts of a cell, along a side, of which no image was to be had. */
const PARTS = 4;
/** Points along a side that are looked at. */
const POINTS = 5;
/** Error of a projection and back, as a share of the cell. */
const TOLERANCE = 1e-5;
/** Coordinates beyond lie at infinity, as the far pole of a polar projection does. */
const LARGEST = 1e9;
/** A step this many times the middle one is a jump: the map is cut there. */
const JUMP = 20;

const cellSide = (crs: Crs): number => (crs.isGeographic ? DEGREES : UNITS);

/** Whether an area is too large for its outline to be projected. */
export function isVast([xmin, ymin, xmax, ymax]: Bounds, crs: Crs): boolean {
  return Math.max(xmax - xmin, ymax - ymin) > VAST * cellSide(crs);
}

function cells([xmin, ymin, xmax, ymax]: Bounds, side: number): Bounds[] {
  const cuts = (low: number, high: number): number[] => {
    const step = Math.max(side, (high - low) / MOST);
    const inner: number[] = [];
    for (let at = Math.floor(low / step + 1) * step; at < high; at += step) inner.push(at);
    return [low, ...inner, high];
  };
  const [xs, ys] = [cuts(xmin, xmax), cuts(ymin, ymax)];
  return ys
    .slice(1)
    .flatMap((top, r) => xs.slice(1).map((east, c): Bounds => [xs[c] ?? east, ys[r] ?? top, east, top]));
}

/** Whether points in a row go evenly: where one step is far longer than the others, the map is cut. */
function isEven(points: readonly (readonly [number, number])[], least: number): boolean {
  const steps = points
    .slice(1)
    .map(([x, y], k) => Math.hypot(x - (points[k]?.[0] ?? NaN), y - (points[k]?.[1] ?? NaN)));
  steps.sort((a, b) => a - b);
  return (steps.at(-1) ?? 0) <= JUMP * (steps[steps.length >> 1] ?? 0) + least;
}

/** Whether the points of a cell come back from the other CRS, and neighbours lie beside each other there. */
function isFaithful([xmin, ymin, xmax, ymax]: Bounds, from: Crs, to: Crs): boolean {
  const [there, back] = [pointTransform(from, to), pointTransform(to, from)];
  const near = TOLERANCE * Math.max(xmax - xmin, ymax - ymin);
  const shares = Array.from({ length: POINTS }, (_, k) => k / (POINTS - 1));
  const rows: (readonly [number, number])[][] = [];
  for (const t of shares) {
    const y = ymin + (ymax - ymin) * t;
    const row: (readonly [number, number])[] = [];
    for (const s of shares) {
      const x = xmin + (xmax - xmin) * s;
      const p = there(x, y);
      const [u, v] = back(p[0], p[1]);
      const across = from.isGeographic ? Math.abs(((u - x + 540) % 360) - 180) : Math.abs(u - x);
      const anyLongitude = from.isGeographic && Math.abs(y) > 90 - near;
      if (!(Math.abs(v - y) <= near) || !(anyLongitude || across <= near)) return false;
      row.push([p[0], p[1]]);
    }
    rows.push(row);
  }
  // Degrees jump at ±180, which the images of areas in degrees are ready for.
  if (to.isGeographic) return true;
  const columns = shares.map((_, c) => rows.map((row): readonly [number, number] => row[c] ?? [NaN, NaN]));
  return [...rows, ...columns].every((points) => isEven(points, near));
}

/**
 * The parts of a vast area, cell by cell, that have an image in another CRS. What has none is left out: no footprint
 * of that CRS lies there.
 */
export function vastParts(area: Area, from: Crs, to: Crs): readonly Area[] {
  const parts = (bounds: Bounds, side: number, again: boolean): Area[] =>
    cells(bounds, side).flatMap((cell) => {
      const part = clipFootprints(area, boxPolygon(cell));
      if (!part) return [];
      if (isFaithful(cell, from, to)) return [part];
      return again ? parts(cell, side / PARTS, false) : [];
    });
  return parts(footprintBounds(area), cellSide(from), true);
}

/** Whether the image of a vast area holds the images of points inside of it. */
export function holdsItsPoints(area: Area, image: Area, from: Crs, to: Crs): boolean {
  const there = pointTransform(from, to);
  if (footprintBounds(image).some((v) => !(Math.abs(v) <= LARGEST))) return false;
  return cells(footprintBounds(area), cellSide(from)).every(([xmin, ymin, xmax, ymax]) => {
    const [x, y] = [(xmin + xmax) / 2, (ymin + ymax) / 2];
    if (sideOfArea(area, x, y) <= 0) return true;
    const [u, v] = there(x, y);
    return sideOfArea(image, u, v) >= 0;
  });
}

/** What a function gives, or null where something has no image. */
export function imageOrNull<T>(fn: () => T): T | null {
  try {
    return fn();
  } catch (error) {
    if (isNadirError(error, 'TransformError')) return null;
    throw error;
  }
}
