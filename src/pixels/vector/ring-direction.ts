/** Which way round a ring runs, as GDAL's rasterizer tells it. */

/** Two coordinates closer than this count as one vertex. Source: OGRLineString::isClockwise. */
const SAME_VERTEX = 1e-5;

/**
 * Whether a closed ring of map coordinates (y up) runs clockwise: by the turn at its lowest, rightmost vertex, and by
 * the signed area where that vertex occurs twice or has a neighbour within 1e-5.
 *
 * It decides only whether centres exactly on a horizontal edge are inside, and must err where GDAL errs.
 *
 * Source: behaviour of OGRLineString::isClockwise (GDAL 3.10).
 */
export function isClockwise(x: Float64Array, y: Float64Array, start: number, end: number): boolean {
  const count = end - start;
  if (count < 2) return true;
  const X = (i: number): number => x[start + i] ?? 0;
  const Y = (i: number): number => y[start + i] ?? 0;
  let pivot = 0;
  let isDoubtful = false;
  for (let i = 1; i < count - 1; i++) {
    if (Y(i) < Y(pivot) || (Y(i) === Y(pivot) && X(i) > X(pivot))) {
      pivot = i;
      isDoubtful = false;
    } else if (Y(i) === Y(pivot) && X(i) === X(pivot)) isDoubtful = true;
  }
  const before = pivot === 0 ? count - 2 : pivot - 1;
  const after = pivot + 1 >= count - 1 ? 0 : pivot + 1;
  const near = (i: number): boolean =>
    Math.abs(X(i) - X(pivot)) < SAME_VERTEX && Math.abs(Y(i) - Y(pivot)) < SAME_VERTEX;
  if (!isDoubtful && !near(before) && !near(after)) {
    const turn = (X(after) - X(pivot)) * (Y(before) - Y(pivot)) - (X(before) - X(pivot)) * (Y(after) - Y(pivot));
    if (turn !== 0) return turn < 0;
  }
  let doubleArea = X(0) * (Y(1) - Y(count - 1));
  for (let i = 1; i < count - 1; i++) doubleArea += X(i) * (Y(i + 1) - Y(i - 1));
  doubleArea += X(count - 1) * (Y(0) - Y(count - 2));
  return doubleArea < 0;
}
