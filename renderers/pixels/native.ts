/** Native coordinates of preview pixels. */

/** Centre of a preview pixel in the native CRS. */
export function nativeAt(
  transform: readonly [number, number, number, number, number, number],
  step: number,
  column: number,
  row: number,
): readonly [x: number, y: number] {
  const [a, b, c, d, e, f] = transform;
  const u = (column + 0.5) * step;
  const v = (row + 0.5) * step;
  return [a * u + b * v + c, d * u + e * v + f];
}
