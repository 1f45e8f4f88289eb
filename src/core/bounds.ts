/** Boxes and their images in other coordinate reference systems (`geoslice.md` §6). */
import type { Bounds } from './affine.js';
import { Crs, type CrsInput } from './crs.js';
import { pointTransform, type PointTransform } from './crs-transform.js';
import { TransformError } from './errors.js';

/** Interior points per edge; corners alone miss by hundreds of metres for a box of a few degrees. */
export const DEFAULT_DENSIFY = 21;

/** Points along the outline of a box: corners and `densify` interior points per edge, in ring order, not closed. */
export function boxOutline([xmin, ymin, xmax, ymax]: Bounds, densify = DEFAULT_DENSIFY): [number, number][] {
  const corners: readonly [number, number][] = [
    [xmin, ymin],
    [xmax, ymin],
    [xmax, ymax],
    [xmin, ymax],
  ];
  const steps = densify + 1;
  return corners.flatMap(([x0, y0], i) => {
    const [x1, y1] = corners[(i + 1) % 4] ?? [x0, y0];
    return Array.from({ length: steps }, (_, k): [number, number] => [
      x0 + ((x1 - x0) * k) / steps,
      y0 + ((y1 - y0) * k) / steps,
    ]);
  });
}

/** Transforms each point. @throws {@link TransformError} `outside-domain` when one has no image. */
export function transformPoints(
  points: readonly (readonly [number, number])[],
  transform: PointTransform,
  crs: Crs,
): [number, number][] {
  return points.map(([x, y]) => {
    const p = transform(x, y);
    if (Number.isNaN(p[0])) {
      throw new TransformError(
        'outside-domain',
        `Bounds fall outside the domain of ${crs.canonical}: point (${x}, ${y}) has no image there.`,
        {
          hint: 'Split or clip the area first.',
          details: { crs: crs.canonical, x, y },
        },
      );
    }
    return p;
  });
}

/** Adds ±360 wherever neighbouring longitudes jump by more than 180, so that a ring is continuous. */
export function unwrapLongitudes(points: readonly (readonly [number, number])[]): [number, number][] {
  let shift = 0;
  let previous: number | undefined;
  return points.map(([lon, lat]) => {
    if (previous !== undefined) {
      if (lon - previous > 180) shift -= 360;
      else if (lon - previous < -180) shift += 360;
    }
    previous = lon;
    return [lon + shift, lat];
  });
}

function wrap(lon: number): number {
  if (lon >= -180 && lon <= 180) return lon;
  const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
  return wrapped;
}

/** Latitudes of the poles whose image lies inside a box. */
function polesInside([xmin, ymin, xmax, ymax]: Bounds, from: Crs, to: Crs): number[] {
  if (from.isGeographic) return [];
  const back = pointTransform(to, from);
  return [90, -90].filter((lat) => {
    const [x, y] = back(0, lat);
    return x > xmin && x < xmax && y > ymin && y < ymax;
  });
}

/**
 * The box that contains the image of a box in another CRS.
 *
 * Edges are densified by 21 points. In a geographic target a result with `xmin > xmax` crosses ±180; a box that holds a
 * pole reaches it and spans all longitudes. The same CRS returns the input unchanged.
 *
 * @throws {@link TransformError} `outside-domain` when a point of the outline has no image.
 */
export function transformBounds(bounds: Bounds, from: CrsInput, to: CrsInput): Bounds {
  const source = Crs.from(from);
  const target = Crs.from(to);
  if (source.equals(target)) return bounds;
  const points = transformPoints(boxOutline(bounds), pointTransform(source, target), target);
  const ring = target.isGeographic ? unwrapLongitudes(points) : points;
  let [xmin, ymin, xmax, ymax] = envelope(ring);
  if (!target.isGeographic) return [xmin, ymin, xmax, ymax];
  for (const pole of polesInside(bounds, source, target)) {
    if (pole > 0) ymax = 90;
    else ymin = -90;
    [xmin, xmax] = [-180, 180];
  }
  if (xmax - xmin >= 360) return [-180, ymin, 180, ymax];
  return [wrap(xmin), ymin, wrap(xmax), ymax];
}

/** Smallest box around points; four NaN for none. */
export function envelope(points: Iterable<readonly [number, number]>): [number, number, number, number] {
  let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    if (x < xmin) xmin = x;
    if (x > xmax) xmax = x;
    if (y < ymin) ymin = y;
    if (y > ymax) ymax = y;
  }
  return xmin <= xmax ? [xmin, ymin, xmax, ymax] : [NaN, NaN, NaN, NaN];
}

/** Whether two closed boxes share a point; touching counts. */
export function boxesTouch(a: Bounds, b: Bounds): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}
