/** The box of the part of a geometry that lies in a window. */
import type { Bounds } from '../../core/index.js';
import { POINTS, POLYGON, type PixelShapes } from './pixel-shapes.js';

/**
 * The box `[x0, y0, x1, y1]`, in pixels, of what a geometry covers of the window [0, width] × [0, height]; null where it
 * covers nothing. It is the box of the clipped geometry, not the geometry's box clipped: a shape that passes the window
 * by has none.
 */
export function clippedBox(shapes: PixelShapes, width: number, height: number): Bounds | null {
  const { x, y, partEnds, kinds, shapeEnds } = shapes;
  let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
  const add = (px: number, py: number): void => {
    if (px < xmin) xmin = px;
    if (px > xmax) xmax = px;
    if (py < ymin) ymin = py;
    if (py > ymax) ymax = py;
  };
  let part = 0;
  for (let i = 0; i < shapes.shapes; i++) {
    const kind = kinds[i];
    const endPart = shapeEnds[i] ?? part;
    const from = part === 0 ? 0 : (partEnds[part - 1] ?? 0);
    const to = partEnds[endPart - 1] ?? from;
    if (kind === POINTS) {
      for (let k = from; k < to; k++) {
        const [px, py] = [x[k] ?? NaN, y[k] ?? NaN];
        if (px >= 0 && px <= width && py >= 0 && py <= height) add(px, py);
      }
    } else {
      for (let start = from, p = part; p < endPart; p++) {
        const end = partEnds[p] ?? start;
        for (let k = start + 1; k < end; k++)
          clipSegment(x[k - 1] ?? 0, y[k - 1] ?? 0, x[k] ?? 0, y[k] ?? 0, width, height, add);
        start = end;
      }
      if (kind === POLYGON)
        for (const [cx, cy] of [
          [0, 0],
          [width, 0],
          [width, height],
          [0, height],
        ] as const)
          if (contains(shapes, part, endPart, cx, cy)) add(cx, cy);
    }
    part = endPart;
  }
  return xmin <= xmax ? [xmin, ymin, xmax, ymax] : null;
}

/** Adds the ends of the part of a segment inside the window. Source: Liang and Barsky 1984, "A new concept and method for line clipping". */
function clipSegment(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  width: number,
  height: number,
  add: (x: number, y: number) => void,
): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  let [first, last] = [0, 1];
  for (const [p, q] of [
    [-dx, x0],
    [dx, width - x0],
    [-dy, y0],
    [dy, height - y0],
  ] as const) {
    if (p === 0) {
      if (q < 0) return;
    } else if (p < 0) first = Math.max(first, q / p);
    else last = Math.min(last, q / p);
  }
  if (first > last) return;
  // Rounding may leave a cut point a little outside.
  const inside = (v: number, limit: number): number => Math.min(limit, Math.max(0, v));
  add(inside(x0 + first * dx, width), inside(y0 + first * dy, height));
  add(last === 1 ? x1 : inside(x0 + last * dx, width), last === 1 ? y1 : inside(y0 + last * dy, height));
}

/** Whether a point is inside a polygon, by the number of sides to its left. */
function contains(
  { x, y, partEnds }: PixelShapes,
  firstPart: number,
  endPart: number,
  px: number,
  py: number,
): boolean {
  let isInside = false;
  for (let start = firstPart === 0 ? 0 : (partEnds[firstPart - 1] ?? 0), p = firstPart; p < endPart; p++) {
    const end = partEnds[p] ?? start;
    for (let k = start + 1; k < end; k++) {
      const [y0, y1] = [y[k - 1] ?? 0, y[k] ?? 0];
      if (y0 > py === y1 > py) continue;
      const [x0, x1] = [x[k - 1] ?? 0, x[k] ?? 0];
      if (((py - y0) * (x1 - x0)) / (y1 - y0) + x0 < px) isInside = !isInside;
    }
    start = end;
  }
  return isInside;
}
