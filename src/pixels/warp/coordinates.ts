/** Source pixel coordinates of every pixel of a block, through a knot grid or exactly (loading.md §2.1, rule 2). */
import type { Crs, PointTransform } from '../../core/index.js';
import { latticeCoordinate, type Lattice } from './lattice.js';
import { toSourcePixels, type SourceGrid } from './source-grid.js';

/** Source coordinates of a block of points, row by row; NaN where a point has no image. */
export interface Coordinates {
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly width: number;
  readonly height: number;
}

/** A block of lattice positions: pixel centres at `first + i + 0.5`, or corners at `first + i`. */
export interface PointBlock {
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  readonly at: 'centres' | 'corners';
}

export type TransformMode = 'knots' | 'exact';

/** Distance of knots in pixels. */
const KNOT_STEP = 32;
/** Largest error of interpolation between knots, in source pixels. */
const KNOT_TOLERANCE = 1e-3;
/** Cells of this side or less are mapped exactly. */
const SMALLEST_CELL = 4;
/** Same-CRS coordinates this close to a half source pixel are meant to be there, in pixels of the coarser grid. */
const TIE_TOLERANCE = 1e-7;

/** Maps blocks of lattice positions to source pixels. */
export type CoordinateMapper = (block: PointBlock) => Coordinates;

/** The mapper from a lattice to a source. Same-CRS coordinates are always exact: they are affine. */
export function coordinateMapper(
  source: SourceGrid,
  crs: Crs,
  lattice: Lattice,
  mode: TransformMode,
): CoordinateMapper {
  const map = toSourcePixels(source, crs);
  const position: PointTransform = (col, row) =>
    map(latticeCoordinate(lattice.x, col), latticeCoordinate(lattice.y, row));
  if (crs.equals(source.crs)) {
    const [origin, step] = [position(0, 0), position(1, 1)];
    const tolerance = TIE_TOLERANCE * Math.max(1, Math.abs(step[0] - origin[0]), Math.abs(step[1] - origin[1]));
    return (block) => mapExactly(block, position, tolerance);
  }
  if (mode === 'exact') return (block) => mapExactly(block, position);
  return (block) => mapByKnots(block, position);
}

/** Ties between two grids of one CRS are meant to be exact; rounding noise must not decide them. */
function snapTie(u: number, tolerance: number): number {
  const half = Math.round(u * 2) / 2;
  return Math.abs(u - half) <= tolerance ? half : u;
}

function emptyCoordinates({ width, height }: PointBlock): Coordinates {
  return { u: new Float64Array(width * height), v: new Float64Array(width * height), width, height };
}

function mapExactly(block: PointBlock, position: PointTransform, tieTolerance = 0): Coordinates {
  const out = emptyCoordinates(block);
  const shift = block.at === 'centres' ? 0.5 : 0;
  for (let r = 0, i = 0; r < block.height; r++) {
    for (let c = 0; c < block.width; c++, i++) {
      const [u, v] = position(block.col + c + shift, block.row + r + shift);
      out.u[i] = snapTie(u, tieTolerance);
      out.v[i] = snapTie(v, tieTolerance);
    }
  }
  return out;
}

function mapByKnots(block: PointBlock, position: PointTransform): Coordinates {
  const out = emptyCoordinates(block);
  const knots = new Map<number, [number, number]>();
  // Knots are whole positions in and around the block; counted from a corner beyond it they are small and positive.
  const stride = block.width + 4 * KNOT_STEP;
  const knot: PointTransform = (col, row) => {
    const key = (row - block.row + 2 * KNOT_STEP) * stride + col - block.col + 2 * KNOT_STEP;
    let p = knots.get(key);
    if (!p) knots.set(key, (p = position(col, row)));
    return p;
  };
  const floorTo = (i: number): number => Math.floor(i / KNOT_STEP) * KNOT_STEP;
  for (let row = floorTo(block.row); row < block.row + block.height; row += KNOT_STEP) {
    for (let col = floorTo(block.col); col < block.col + block.width; col += KNOT_STEP) {
      fillCell(block, out, col, row, KNOT_STEP, knot, position);
    }
  }
  return out;
}

/**
 * Fills the points of one cell, halving it while interpolation errs by too much.
 *
 * The error is looked at in the middle and at the middles of the four sides: between conformal projections the
 * coordinates are harmonic, the error in the middle cancels to second order, and the sides alone show it.
 */
function fillCell(
  block: PointBlock,
  out: Coordinates,
  col: number,
  row: number,
  size: number,
  knot: PointTransform,
  position: PointTransform,
): void {
  const c0 = Math.max(col, block.col);
  const c1 = Math.min(col + size, block.col + block.width);
  const r0 = Math.max(row, block.row);
  const r1 = Math.min(row + size, block.row + block.height);
  if (c0 >= c1 || r0 >= r1) return;
  const shift = block.at === 'centres' ? 0.5 : 0;
  if (size <= SMALLEST_CELL) {
    for (let r = r0; r < r1; r++) {
      for (let c = c0; c < c1; c++) {
        const i = (r - block.row) * block.width + c - block.col;
        [out.u[i], out.v[i]] = position(c + shift, r + shift);
      }
    }
    return;
  }
  const [nw, ne, sw, se] = [knot(col, row), knot(col + size, row), knot(col, row + size), knot(col + size, row + size)];
  const half = size / 2;
  const near = (at: [number, number], ...of: [number, number][]): boolean =>
    [0, 1].every((k) => {
      const mean = of.reduce((sum, p) => sum + (p[k] as number), 0) / of.length;
      return Math.abs((at[k] as number) - mean) <= KNOT_TOLERANCE;
    });
  const isSmooth =
    near(knot(col + half, row + half), nw, ne, sw, se) &&
    near(knot(col + half, row), nw, ne) &&
    near(knot(col + half, row + size), sw, se) &&
    near(knot(col, row + half), nw, sw) &&
    near(knot(col + size, row + half), ne, se);
  if (!isSmooth) {
    for (const dr of [0, half]) {
      for (const dc of [0, half]) fillCell(block, out, col + dc, row + dr, half, knot, position);
    }
    return;
  }
  for (let r = r0; r < r1; r++) {
    const fy = (r + shift - row) / size;
    const uw = nw[0] + (sw[0] - nw[0]) * fy;
    const du = ne[0] + (se[0] - ne[0]) * fy - uw;
    const vw = nw[1] + (sw[1] - nw[1]) * fy;
    const dv = ne[1] + (se[1] - ne[1]) * fy - vw;
    let i = (r - block.row) * block.width + c0 - block.col;
    for (let c = c0; c < c1; c++, i++) {
      const fx = (c + shift - col) / size;
      out.u[i] = uw + du * fx;
      out.v[i] = vw + dv * fx;
    }
  }
}
