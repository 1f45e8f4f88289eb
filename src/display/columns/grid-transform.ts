/** Many points to longitude and latitude: exact transforms at the nodes of a coarse grid, polynomials between them. */
import { pointTransform, type Crs } from '../../core/index.js';
import { lonLatCrs } from '../place.js';

/** Side of a patch in units of the CRS: metres or feet. */
const PATCH = 40_000;
/** From so many points on patches pay for themselves. */
const WORTH_IT = 20_000;
/** Most that a patch may be off in degrees at the points where it is tested; the display rounds to as much. */
const TOLERANCE = 1e-6;
/** Most patches that are kept; a catalog of the whole Earth has fewer. */
const MOST_PATCHES = 200_000;

/** Writes longitude and latitude of a point into `out`; NaN where it has none. */
export type FillTransform = (x: number, y: number, out: [number, number]) => void;

/** Nine values each of longitude and latitude at the nodes of a patch, row by row; null where it must be exact. */
type Patch = Float64Array | null;

/**
 * The transform to EPSG:4326 for `points` points. From 20 000 on it interpolates within patches of 40 km by the
 * quadratic (Lagrange) polynomial through 3 × 3 exact points; patches that are off by more than 1e-6° at four tested
 * points, or that touch a pole or the antimeridian, are exact throughout.
 */
export function gridTransform(crs: Crs, points: number): FillTransform {
  const exact = pointTransform(crs, lonLatCrs());
  const direct: FillTransform = (x, y, out) => {
    const [lon, lat] = exact(x, y);
    out[0] = lon;
    out[1] = lat;
  };
  if (points < WORTH_IT || crs.isGeographic) return direct;
  const patches = new Map<number, Patch>();
  return (x, y, out) => {
    const [column, row] = [Math.floor(x / PATCH), Math.floor(y / PATCH)];
    const key = column * 4_194_304 + row;
    let patch = patches.get(key);
    if (patch === undefined) {
      patch = Number.isSafeInteger(key) && patches.size < MOST_PATCHES ? makePatch(column, row, exact) : null;
      if (patches.size < MOST_PATCHES) patches.set(key, patch);
    }
    if (patch) interpolate(patch, x / PATCH - column, y / PATCH - row, out);
    else direct(x, y, out);
  };
}

function makePatch(column: number, row: number, exact: (x: number, y: number) => [number, number]): Patch {
  const patch = new Float64Array(18);
  for (let k = 0; k < 9; k++) {
    const [lon, lat] = exact((column + (k % 3) / 2) * PATCH, (row + Math.floor(k / 3) / 2) * PATCH);
    patch[k] = lon;
    patch[9 + k] = lat;
  }
  const guess: [number, number] = [NaN, NaN];
  for (const [u, v] of [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.8],
  ] as const) {
    interpolate(patch, u, v, guess);
    const [lon, lat] = exact((column + u) * PATCH, (row + v) * PATCH);
    // False for NaN too: rims of a projection are never guessed.
    if (!(Math.abs(guess[0] - lon) < TOLERANCE && Math.abs(guess[1] - lat) < TOLERANCE)) return null;
  }
  return patch;
}

function interpolate(p: Float64Array, u: number, v: number, out: [number, number]): void {
  const [a0, a1, a2] = [(2 * u - 1) * (u - 1), 4 * u * (1 - u), u * (2 * u - 1)];
  const [b0, b1, b2] = [(2 * v - 1) * (v - 1), 4 * v * (1 - v), v * (2 * v - 1)];
  for (let axis = 0; axis < 2; axis++) {
    const o = axis * 9;
    out[axis as 0 | 1] =
      b0 * (a0 * (p[o] ?? NaN) + a1 * (p[o + 1] ?? NaN) + a2 * (p[o + 2] ?? NaN)) +
      b1 * (a0 * (p[o + 3] ?? NaN) + a1 * (p[o + 4] ?? NaN) + a2 * (p[o + 5] ?? NaN)) +
      b2 * (a0 * (p[o + 6] ?? NaN) + a1 * (p[o + 7] ?? NaN) + a2 * (p[o + 8] ?? NaN));
  }
}
