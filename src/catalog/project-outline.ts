/** Outlines of images in another CRS: densified, and projected with few exact points where that is as good. */
import {
  applyAffine,
  pointTransform,
  transformPoints,
  type Affine,
  type Crs,
  type PointTransform,
} from '../core/index.js';

export type Point = [x: number, y: number];

/** Places of the exact points within an edge, beside its ends: a polynomial of degree 4 goes through the five. */
export const NODES = [0.25, 0.5, 0.75] as const;
/** Where the polynomial is checked: near the largest value of t(t−¼)(t−½)(t−¾)(t−1), hence of its error. */
export const CHECK = 0.125;
/** Fewer points are projected one by one. */
const MIN_STEPS = 8;
/** Deviation that is allowed, relative to the coordinate: 16 roundings, which is 20 nm for a northing of 5 000 km. */
const TOLERANCE = 2 ** -48;

/** Corners of an image in pixels, from the south-west of the image, in ring order. */
function corners(width: number, height: number): readonly Point[] {
  return [
    [0, height],
    [width, height],
    [width, 0],
    [0, 0],
  ];
}

/** The outline of a raster: corners and `steps − 1` points per edge, not closed. */
function outlinePoints(transform: Affine, width: number, height: number, steps: number): Point[] {
  const pixels = corners(width, height);
  const out: Point[] = [];
  for (let edge = 0; edge < 4; edge++) {
    const [c0, r0] = pixels[edge] ?? [0, 0];
    const [c1, r1] = pixels[(edge + 1) % 4] ?? [0, 0];
    for (let k = 0; k < steps; k++)
      out.push(applyAffine(transform, c0 + ((c1 - c0) * k) / steps, r0 + ((r1 - r0) * k) / steps));
  }
  return out;
}

/** Values at t of the Lagrange polynomials of the three inner nodes; those of the ends are not needed. */
function weightsAt(t: number): readonly number[] {
  const places = [0, ...NODES, 1];
  return NODES.map((node) =>
    places.reduce((product, other) => (other === node ? product : (product * (t - other)) / (node - other)), 1),
  );
}

/** Weights of the points of an edge one after another, three each. */
const weightTables = new Map<number, Float64Array>();
const CHECK_WEIGHTS = Float64Array.from(weightsAt(CHECK));

/** Weights for {@link Along.at} of the points of an edge of so many steps. */
export function weightsFor(steps: number): Float64Array {
  let table = weightTables.get(steps);
  if (!table) {
    table = Float64Array.from(Array.from({ length: steps }, (_, k) => weightsAt(k / steps)).flat());
    weightTables.set(steps, table);
  }
  return table;
}

/** One coordinate along an edge: its exact ends, and how far its nodes lie from the straight line between them. */
export class Along {
  readonly #start: number;
  readonly #length: number;
  readonly #a: number;
  readonly #b: number;
  readonly #c: number;

  constructor(start: number, a: number, b: number, c: number, end: number) {
    this.#start = start;
    this.#length = end - start;
    this.#a = a - start - NODES[0] * this.#length;
    this.#b = b - start - NODES[1] * this.#length;
    this.#c = c - start - NODES[2] * this.#length;
  }

  at(t: number, weights: Float64Array, k: number): number {
    const a = (weights[k * 3] ?? 0) * this.#a;
    const b = (weights[k * 3 + 1] ?? 0) * this.#b;
    const c = (weights[k * 3 + 2] ?? 0) * this.#c;
    return this.#start + (t * this.#length + a + b + c);
  }

  /** Whether an exact value at {@link CHECK} lies on it; never with NaN. */
  holds(value: number, tolerance = TOLERANCE * Math.abs(value)): boolean {
    return Math.abs(this.at(CHECK, CHECK_WEIGHTS, 0) - value) <= tolerance;
  }
}

/** The projected outline through few exact points; null where one edge is not smooth enough for that. */
function interpolated(
  transform: Affine,
  width: number,
  height: number,
  steps: number,
  project: PointTransform,
): Point[] | null {
  const pixels = corners(width, height);
  const exact = (c: number, r: number): Point => project(...applyAffine(transform, c, r));
  const ends = pixels.map(([c, r]) => exact(c, r));
  const weights = weightsFor(steps);
  const out: Point[] = [];
  for (let i = 0; i < 4; i++) {
    const [[c0, r0], [c1, r1]] = [pixels[i] ?? [0, 0], pixels[(i + 1) % 4] ?? [0, 0]];
    const [start, end] = [ends[i], ends[(i + 1) % 4]];
    if (!start || !end) return null;
    const at = (t: number): Point => exact(c0 + (c1 - c0) * t, r0 + (r1 - r0) * t);
    const [[ax, ay], [bx, by], [cx, cy], [px, py]] = [at(NODES[0]), at(NODES[1]), at(NODES[2]), at(CHECK)];
    const x = new Along(start[0], ax, bx, cx, end[0]);
    const y = new Along(start[1], ay, by, cy, end[1]);
    if (!x.holds(px) || !y.holds(py)) return null;
    out.push(start);
    for (let k = 1; k < steps; k++) {
      const t = k / steps;
      out.push([x.at(t, weights, k), y.at(t, weights, k)]);
    }
  }
  return out;
}

/**
 * The outline of a raster in a CRS: corners and `densify` points per edge, counted from the south-west of the image, not
 * closed.
 *
 * Small outlines are smooth: five exact points of an edge give the others to within 16 roundings, which a sixth checks.
 * Where the check fails, every point is projected.
 *
 * @throws {@link TransformError} `outside-domain` when a point has no image.
 */
export function projectOutline(
  grid: { readonly transform: Affine; readonly width: number; readonly height: number },
  native: Crs,
  target: Crs,
  densify: number,
): Point[] {
  const { transform, width, height } = grid;
  const steps = densify + 1;
  if (native.equals(target)) return outlinePoints(transform, width, height, steps);
  const project = pointTransform(native, target);
  const quick = steps >= MIN_STEPS ? interpolated(transform, width, height, steps, project) : null;
  return quick ?? transformPoints(outlinePoints(transform, width, height, steps), project, target);
}
