/** Burning points and lines, and every pixel that a line touches, with GDAL's rules. */
import type { Canvas } from './burn-polygon.js';
import type { PixelShapes } from './pixel-shapes.js';

/** Lines flatter or steeper than this, in pixels from end to end, count as horizontal or vertical. Source: GDAL. */
const STRAIGHT = 0.01;
/** Sides of polygons closer than this to a border of pixels lie on it and touch neither side. Source: GDAL (#6414, #7523). */
const ON_BORDER = 1e-4;
/** Least step across a border of rows, in pixels. Source: GDAL. */
const LEAST_STEP = 1e-9;

/** Burns the pixel that holds each point. */
export function burnPoints(
  { values, width, height }: Canvas,
  { x, y, partEnds }: PixelShapes,
  firstPart: number,
  endPart: number,
  value: number,
): void {
  const end = partEnds[endPart - 1] ?? 0;
  for (let i = firstPart === 0 ? 0 : (partEnds[firstPart - 1] ?? 0); i < end; i++) {
    const col = Math.floor(x[i] ?? NaN);
    const row = Math.floor(y[i] ?? NaN);
    if (col >= 0 && col < width && row >= 0 && row < height) values[row * width + col] = value;
  }
}

/**
 * Burns one line by Bresenham's algorithm between the pixels of its vertices, from its last vertex to its first.
 *
 * Source of the rule: GDALdllImageLine (GDAL 3.10). Long parts outside the canvas are stepped over at once.
 */
export function burnLine(canvas: Canvas, { x, y }: PixelShapes, start: number, end: number, value: number): void {
  for (let i = end - 1; i > start; i--) {
    const [x0, y0] = [Math.floor(x[i] ?? 0), Math.floor(y[i] ?? 0)];
    const [x1, y1] = [Math.floor(x[i - 1] ?? 0), Math.floor(y[i - 1] ?? 0)];
    if (Math.abs(x1 - x0) >= Math.abs(y1 - y0)) walk(canvas, x0, y0, x1, y1, false, value);
    else walk(canvas, y0, x0, y1, x1, true, value);
  }
}

/** Bresenham's line along its longer axis u; `isUpright` when that is y. */
function walk(
  { values, width, height }: Canvas,
  u0: number,
  v0: number,
  u1: number,
  v1: number,
  isUpright: boolean,
  value: number,
): void {
  const [size, otherSize] = isUpright ? [height, width] : [width, height];
  const [stepU, stepV] = isUpright ? [width, 1] : [1, width];
  const [du, dv] = [Math.abs(u1 - u0), Math.abs(v1 - v0)];
  const [su, sv] = [u0 > u1 ? -1 : 1, v0 > v1 ? -1 : 1];
  // Steps before the first one inside: the error grows by 2·dv each step and is wrapped at 2·du.
  const skipped = su > 0 ? Math.max(0, -u0) : Math.max(0, u0 - size + 1);
  const last = Math.min(du, su > 0 ? size - 1 - u0 : u0);
  let moved = skipped === 0 || du === 0 ? 0 : Math.max(0, Math.ceil((2 * dv * skipped - du) / (2 * du)));
  let error = 2 * dv * (skipped + 1) - du - 2 * du * moved;
  for (let k = skipped; k <= last; k++) {
    const v = v0 + sv * moved;
    if (v >= 0 && v < otherSize) values[(u0 + su * k) * stepU + v * stepV] = value;
    if (error > 0) {
      moved++;
      error -= 2 * du;
    }
    error += 2 * dv;
  }
}

/**
 * Burns every pixel that a line touches. `isBorder` for sides of polygons: those exactly on a border of pixels touch
 * nothing.
 *
 * Source of the rule: GDALdllImageLineAllTouched (GDAL 3.10), with its tolerances.
 */
export function burnTouched(
  canvas: Canvas,
  { x, y }: PixelShapes,
  start: number,
  end: number,
  isBorder: boolean,
  value: number,
): void {
  for (let i = start + 1; i < end; i++) {
    const [ax, ay, bx, by] = [x[i - 1] ?? 0, y[i - 1] ?? 0, x[i] ?? 0, y[i] ?? 0];
    if (ax > bx) touchSegment(canvas, bx, by, ax, ay, isBorder, value);
    else touchSegment(canvas, ax, ay, bx, by, isBorder, value);
  }
}

const onBorder = (v: number): boolean => Math.abs(v - Math.floor(v + 0.5)) < ON_BORDER;

/** One segment from left to right. */
function touchSegment(
  canvas: Canvas,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  isBorder: boolean,
  value: number,
): void {
  const { values, width, height } = canvas;
  if ((y0 < 0 && y1 < 0) || (y0 > height && y1 > height) || x1 < 0 || x0 > width) return;
  if (Math.floor(x0) === Math.floor(x1) || Math.abs(x0 - x1) < STRAIGHT) {
    if (isBorder && onBorder(x0) && onBorder(x1)) return;
    const col = Math.floor(x1);
    if (col < 0 || col >= width) return;
    const last = Math.min(height - 1, Math.floor(Math.max(y0, y1) - ON_BORDER));
    for (let row = Math.max(0, Math.floor(Math.min(y0, y1))); row <= last; row++) values[row * width + col] = value;
    return;
  }
  if (Math.floor(y0) === Math.floor(y1) || Math.abs(y0 - y1) < STRAIGHT) {
    if (isBorder && onBorder(y0) && onBorder(y1)) return;
    const row = Math.floor(y0);
    if (row < 0 || row >= height) return;
    const last = Math.min(width - 1, Math.floor(x1 - ON_BORDER));
    for (let col = Math.max(0, Math.floor(x0)); col <= last; col++) values[row * width + col] = value;
    return;
  }
  touchSloped(canvas, x0, y0, x1, y1, value);
}

/** A segment that is neither horizontal nor vertical, clipped, then followed from pixel to pixel. */
function touchSloped(
  { values, width, height }: Canvas,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  value: number,
): void {
  const slope = (y1 - y0) / (x1 - x0);
  let [x, y, xEnd, yEnd] = [x0, y0, x1, y1];
  if (xEnd > width) {
    yEnd -= (xEnd - width) * slope;
    xEnd = width;
  }
  if (x < 0) {
    y += (0 - x) * slope;
    x = 0;
  }
  if (yEnd > y) {
    if (y < 0) {
      x += (0 - y) / slope;
      y = 0;
    }
    // The sign is GDAL's: the end moves right, not left. Pixels below the canvas are left out one by one.
    if (yEnd >= height) xEnd = Math.min(width, xEnd + (yEnd - height) / slope);
  } else {
    if (y >= height) {
      x += (height - y) / slope;
      y = height;
    }
    if (yEnd < 0) xEnd -= (yEnd - 0) / slope;
  }
  while (x >= 0 && x < xEnd) {
    const row = Math.floor(y);
    if (row >= 0 && row < height) values[row * width + Math.floor(x)] = value;
    let stepX = Math.floor(x + 1) - x;
    let stepY = stepX * slope;
    if (Math.floor(y + stepY) !== row) {
      stepY = slope < 0 ? Math.min(row - y, -LEAST_STEP) : Math.max(row + 1 - y, LEAST_STEP);
      stepX = stepY / slope;
    }
    x += stepX;
    y += stepY;
    // Far below or above nothing can be burned any more.
    if (slope > 0 ? y > height : y < 0) return;
  }
}
