/** Images of footprints with four edges, in flat arrays: most footprints of a catalog are boxes. */
import { pointTransform, type Crs, type PointTransform } from '../../core/index.js';
import { DEFAULT_DENSIFY } from '../footprint.js';
import { polygonsOf, type Area } from '../geometry.js';
import { Along, CHECK, NODES, weightsFor } from '../project-outline.js';
import type { Position } from '../types.js';

const STEPS = DEFAULT_DENSIFY + 1;
/** Points of the image; the first is not repeated. */
const POINTS = 4 * STEPS;
/** Deviation that is allowed between exact points: a micrometre, in degrees and in metres. */
const DEGREES = 1e-11;
const METRES = 1e-6;
/** Longitudes nearer to ±180 are left to the way that wraps them. */
const WITHIN = 179.99;

/** Whether a ring of longitudes, from `count` values, stays clear of ±180 and makes no jump. */
function clear(lons: Float64Array, count: number): boolean {
  let before = lons[count - 1] ?? NaN;
  for (let k = 0; k < count; k++) {
    const lon = lons[k] ?? NaN;
    if (!(Math.abs(lon) < WITHIN) || !(Math.abs(lon - before) <= 180)) return false;
    before = lon;
  }
  return true;
}

/** Twice the signed area of a ring, as `signedArea` of the closed one adds it up. */
function areaOf(xs: Float64Array, ys: Float64Array, count: number): number {
  const [ox, oy] = [xs[0] ?? NaN, ys[0] ?? NaN];
  let [ax, ay, sum] = [0, 0, 0];
  for (let k = 1; k < count; k++) {
    const [bx, by] = [(xs[k] ?? NaN) - ox, (ys[k] ?? NaN) - oy];
    sum += ax * by - bx * ay;
    ax = bx;
    ay = by;
  }
  return sum;
}

/** Projects one footprint after the other; the image of the latest is in `xs` and `ys`, counter-clockwise, not closed. */
export class QuadrilateralImage {
  readonly xs = new Float64Array(POINTS);
  readonly ys = new Float64Array(POINTS);
  readonly #from: Crs;
  readonly #to: Crs;
  readonly #project: PointTransform;
  readonly #tolerance: number;
  /** Between projections: longitudes tell whether the footprint lies across ±180, where the image may be cut. */
  readonly #inDegrees: QuadrilateralImage | null;
  readonly #weights = weightsFor(STEPS);
  /** Corners of the footprint. */
  readonly #cx = new Float64Array(4);
  readonly #cy = new Float64Array(4);

  constructor(from: Crs, to: Crs, geographic: Crs) {
    [this.#from, this.#to] = [from, to];
    this.#project = pointTransform(from, to);
    this.#tolerance = to.isGeographic ? DEGREES : METRES;
    this.#inDegrees =
      from.isGeographic || to.isGeographic ? null : new QuadrilateralImage(from, geographic, geographic);
  }

  /**
   * Projects the outline with 21 points on each edge: some are exact, the others within a micrometre where the edges are
   * smooth. False where the footprint is no quadrilateral, near ±180, or without image.
   */
  take(area: Area): boolean {
    if (!this.#corners(area) || (this.#inDegrees && !this.#inDegrees.take(area))) return false;
    if (!this.#interpolated() && !this.#exact()) return false;
    if (this.#to.isGeographic && !clear(this.xs, POINTS)) return false;
    if (areaOf(this.xs, this.ys, POINTS) < 0) for (const values of [this.xs, this.ys]) values.subarray(1).reverse();
    return true;
  }

  /** Writes the envelope of the latest image, four numbers; says whether all points lie on it, as those of a rectangle do. */
  envelope(out: Float64Array, at: number): boolean {
    const { xs, ys } = this;
    let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = 0; k < POINTS; k++) {
      const [x, y] = [xs[k] ?? NaN, ys[k] ?? NaN];
      if (x < xmin) xmin = x;
      if (x > xmax) xmax = x;
      if (y < ymin) ymin = y;
      if (y > ymax) ymax = y;
    }
    [out[at], out[at + 1], out[at + 2], out[at + 3]] = [xmin, ymin, xmax, ymax];
    for (let k = 0; k < POINTS; k++) {
      const [x, y] = [xs[k] ?? NaN, ys[k] ?? NaN];
      if (x !== xmin && x !== xmax && y !== ymin && y !== ymax) return false;
    }
    return true;
  }

  /** The ring of the latest image, closed. */
  ring(): Position[] {
    const { xs, ys } = this;
    const ring: Position[] = [];
    for (let k = 0; k < POINTS; k++) ring.push([xs[k] ?? NaN, ys[k] ?? NaN]);
    ring.push([xs[0] ?? NaN, ys[0] ?? NaN]);
    return ring;
  }

  #corners(area: Area): boolean {
    const [rings, second] = polygonsOf(area);
    const ring = rings?.[0];
    if (!ring || second || rings.length !== 1 || ring.length !== 5) return false;
    if (ring[0]?.[0] !== ring[4]?.[0] || ring[0]?.[1] !== ring[4]?.[1]) return false;
    for (let k = 0; k < 4; k++) {
      this.#cx[k] = ring[k]?.[0] ?? NaN;
      this.#cy[k] = ring[k]?.[1] ?? NaN;
    }
    if (!this.#from.isGeographic) return true;
    if (!clear(this.#cx, 4)) return false;
    // Geographic footprints are brought in order before they are projected.
    if (areaOf(this.#cx, this.#cy, 4) < 0) for (const values of [this.#cx, this.#cy]) values.subarray(1).reverse();
    return true;
  }

  #interpolated(): boolean {
    const [cx, cy, xs, ys, project, weights] = [this.#cx, this.#cy, this.xs, this.ys, this.#project, this.#weights];
    for (let c = 0; c < 4; c++) [xs[c * STEPS], ys[c * STEPS]] = project(cx[c] ?? NaN, cy[c] ?? NaN);
    for (let c = 0; c < 4; c++) {
      const next = (c + 1) % 4;
      const [x0, y0] = [cx[c] ?? NaN, cy[c] ?? NaN];
      const [dx, dy] = [(cx[next] ?? NaN) - x0, (cy[next] ?? NaN) - y0];
      const a = project(x0 + dx * NODES[0], y0 + dy * NODES[0]);
      const b = project(x0 + dx * NODES[1], y0 + dy * NODES[1]);
      const d = project(x0 + dx * NODES[2], y0 + dy * NODES[2]);
      const at = c * STEPS;
      const x = new Along(xs[at] ?? NaN, a[0], b[0], d[0], xs[next * STEPS] ?? NaN);
      const y = new Along(ys[at] ?? NaN, a[1], b[1], d[1], ys[next * STEPS] ?? NaN);
      const check = project(x0 + dx * CHECK, y0 + dy * CHECK);
      if (!x.holds(check[0], this.#tolerance) || !y.holds(check[1], this.#tolerance)) return false;
      for (let k = 1; k < STEPS; k++) {
        xs[at + k] = x.at(k / STEPS, weights, k);
        ys[at + k] = y.at(k / STEPS, weights, k);
      }
    }
    return true;
  }

  #exact(): boolean {
    for (let c = 0; c < 4; c++) {
      const next = (c + 1) % 4;
      const [x0, y0] = [this.#cx[c] ?? NaN, this.#cy[c] ?? NaN];
      const [dx, dy] = [(this.#cx[next] ?? NaN) - x0, (this.#cy[next] ?? NaN) - y0];
      for (let k = 0; k < STEPS; k++) {
        const [x, y] = this.#project(x0 + (dx * k) / STEPS, y0 + (dy * k) / STEPS);
        if (Number.isNaN(x)) return false;
        this.xs[c * STEPS + k] = x;
        this.ys[c * STEPS + k] = y;
      }
    }
    return true;
  }
}
