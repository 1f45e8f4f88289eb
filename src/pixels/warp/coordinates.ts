/** Source pixel coordinates of every pixel of a block, through a knot grid or exactly (loading.md §2.1, rule 2). */
import type { Crs, PointTransform } from '../../core/index.js';
import { KnotGrid } from './knots.js';
import { latticeCoordinate, type Lattice } from './lattice.js';
import { doubles } from './scratch.js';
import { toSourcePixels, type SourceGrid } from './source-grid.js';

/** Source coordinates of a block of points, row by row (the arrays may be longer); NaN where a point has no image. */
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

/** Which points of a block ask for source pixels: those from −`margin` to the source's size plus `margin`. */
export interface Extent {
  u0: number;
  u1: number;
  v0: number;
  v1: number;
  /** No point lies outside the source, and all have an image. */
  isInside: boolean;
}

/** A block of points, mapped. */
export interface MappedBlock {
  /** Extent of the points near the source; `u0 > u1` when there are none. */
  extent(): Extent;
  /** Coordinates of all points. They stay as they are until the next call of any block: use them at once. */
  coordinates(): Coordinates;
}

/** Maps blocks of lattice positions to source pixels. */
export type CoordinateMapper = (block: PointBlock) => MappedBlock;

/** Same-CRS coordinates this close to a half source pixel are meant to be there, in pixels of the coarser grid. */
const TIE_TOLERANCE = 1e-7;
/** Points this far inside the source are inside whatever the rounding. */
const INSIDE = 1e-6;

const sharedU = doubles();
const sharedV = doubles();

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
    const isUpright = source.transform[1] === 0 && source.transform[3] === 0;
    return isUpright
      ? (block) => mapUpright(source, block, position, tolerance)
      : (block) => mapExactly(source, block, position, tolerance);
  }
  if (mode === 'exact') return (block) => mapExactly(source, block, position);
  const knots = new KnotGrid(position);
  return (block) => mapByKnots(source, block, knots);
}

/** Ties between two grids of one CRS are meant to be exact; rounding noise must not decide them. */
function snapTie(u: number, tolerance: number): number {
  const half = Math.round(u * 2) / 2;
  return Math.abs(u - half) <= tolerance ? half : u;
}

function emptyExtent(): Extent {
  return { u0: Infinity, u1: -Infinity, v0: Infinity, v1: -Infinity, isInside: true };
}

/** Grows an extent by a rectangle of a block's points. */
function addPoints(extent: Extent, source: SourceGrid, { u, v, width, height }: Coordinates): void {
  let { u0, u1, v0, v1, isInside } = extent;
  for (let i = 0, n = width * height; i < n; i++) {
    const x = u[i] as number;
    const y = v[i] as number;
    if (!(x >= 0 && y >= 0 && x <= source.width - INSIDE && y <= source.height - INSIDE)) isInside = false;
    // Only points inside the file can give a pixel, so only they ask for a window.
    if (!(x > -1 && y > -1 && x < source.width && y < source.height)) continue;
    if (x < u0) u0 = x;
    if (x > u1) u1 = x;
    if (y < v0) v0 = y;
    if (y > v1) v1 = y;
  }
  Object.assign(extent, { u0, u1, v0, v1, isInside });
}

/** Source and slice have parallel axes: columns and rows are mapped on their own. */
function mapUpright(source: SourceGrid, block: PointBlock, position: PointTransform, tolerance: number): MappedBlock {
  const { width, height } = block;
  const shift = block.at === 'centres' ? 0.5 : 0;
  const us = Float64Array.from({ length: width }, (_, c) =>
    snapTie(position(block.col + c + shift, block.row + shift)[0], tolerance),
  );
  const vs = Float64Array.from({ length: height }, (_, r) =>
    snapTie(position(block.col + shift, block.row + r + shift)[1], tolerance),
  );
  return {
    extent() {
      const [x, y] = [emptyExtent(), emptyExtent()];
      addPoints(x, source, { u: us, v: new Float64Array(width), width, height: 1 });
      addPoints(y, source, { u: new Float64Array(height), v: vs, width: height, height: 1 });
      // A block beside the source has points near it along one axis only.
      if (x.u0 > x.u1 || y.v0 > y.v1) return { ...emptyExtent(), isInside: false };
      return { u0: x.u0, u1: x.u1, v0: y.v0, v1: y.v1, isInside: x.isInside && y.isInside };
    },
    coordinates() {
      const u = sharedU(width * height);
      const v = sharedV(width * height);
      for (let r = 0, i = 0; r < height; r++, i += width) {
        u.set(us, i);
        v.fill(vs[r] as number, i, i + width);
      }
      return { u, v, width, height };
    },
  };
}

function mapExactly(source: SourceGrid, block: PointBlock, position: PointTransform, tieTolerance = 0): MappedBlock {
  const { width, height } = block;
  // Points are dear here, so they are kept from the extent to the coordinates.
  const u = new Float64Array(width * height);
  const v = new Float64Array(width * height);
  const shift = block.at === 'centres' ? 0.5 : 0;
  for (let r = 0, i = 0; r < height; r++) {
    for (let c = 0; c < width; c++, i++) {
      const [x, y] = position(block.col + c + shift, block.row + r + shift);
      u[i] = snapTie(x, tieTolerance);
      v[i] = snapTie(y, tieTolerance);
    }
  }
  const points = { u, v, width, height };
  return {
    extent() {
      const extent = emptyExtent();
      addPoints(extent, source, points);
      return extent;
    },
    coordinates: () => points,
  };
}

function mapByKnots(source: SourceGrid, block: PointBlock, knots: KnotGrid): MappedBlock {
  const parts = knots.parts(block);
  return {
    extent() {
      const extent = emptyExtent();
      const corners = { u: new Float64Array(4), v: new Float64Array(4), width: 2, height: 2 };
      for (const part of parts) {
        // Between knots coordinates are bilinear, so those of a part lie between those at its corners.
        part.corners(corners.u, corners.v);
        const atCorners = emptyExtent();
        addPoints(atCorners, source, corners);
        if (part.isSmooth && atCorners.isInside) {
          extent.u0 = Math.min(extent.u0, atCorners.u0);
          extent.u1 = Math.max(extent.u1, atCorners.u1);
          extent.v0 = Math.min(extent.v0, atCorners.v0);
          extent.v1 = Math.max(extent.v1, atCorners.v1);
          continue;
        }
        const { width, height } = part;
        const points = { u: sharedU(width * height), v: sharedV(width * height), width, height };
        part.fill(points.u, points.v, 0, width);
        addPoints(extent, source, points);
      }
      return extent;
    },
    coordinates() {
      const { width, height } = block;
      const u = sharedU(width * height);
      const v = sharedV(width * height);
      for (const part of parts) part.fill(u, v, (part.row - block.row) * width + part.col - block.col, width);
      return { u, v, width, height };
    },
  };
}
