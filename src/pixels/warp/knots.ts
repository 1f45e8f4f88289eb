/** The knot grid: positions mapped exactly every 32 pixels, bilinear between (loading.md §2.1, rule 2). */
import type { PointTransform } from '../../core/index.js';
import type { PointBlock } from './coordinates.js';

/** Distance of knots in pixels. */
const KNOT_STEP = 32;
/** Largest error of interpolation between knots, in source pixels. */
const KNOT_TOLERANCE = 1e-3;
/** Cells of this side or less are mapped exactly. */
const SMALLEST_CELL = 4;
/** Cells that are remembered: 16 Ki cells are 4096² pixels of a lattice, in 2 MB. */
const MAX_CELLS = 16384;

/** The four knots of a cell: north-west, north-east, south-west, south-east. */
interface Cell {
  readonly col: number;
  readonly row: number;
  readonly size: number;
  readonly nw: readonly [number, number];
  readonly ne: readonly [number, number];
  readonly sw: readonly [number, number];
  readonly se: readonly [number, number];
  readonly isSmooth: boolean;
}

/** The points of a block in one cell of the grid. */
export interface BlockPart {
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  /** Coordinates are bilinear over the whole part. */
  readonly isSmooth: boolean;
  /** Coordinates of the four outermost points of a smooth part; NaN for others. */
  corners(u: Float64Array, v: Float64Array): void;
  /** Writes the part's points, the first at `start`, rows `stride` apart. */
  fill(u: Float64Array, v: Float64Array, start: number, stride: number): void;
}

/**
 * Knots of one lattice in one source grid. Cells are counted from the lattice's origin, never from a window, so blocks
 * share them, and those looked at last are remembered.
 */
export class KnotGrid {
  readonly #position: PointTransform;
  readonly #knots = new PairMap<readonly [number, number]>();
  readonly #cells = new PairMap<Cell>();

  constructor(position: PointTransform) {
    this.#position = position;
  }

  /** A block, cell by cell. */
  parts(block: PointBlock): BlockPart[] {
    const parts: BlockPart[] = [];
    const floorTo = (i: number): number => Math.floor(i / KNOT_STEP) * KNOT_STEP;
    const shift = block.at === 'centres' ? 0.5 : 0;
    for (let row = floorTo(block.row); row < block.row + block.height; row += KNOT_STEP) {
      for (let col = floorTo(block.col); col < block.col + block.width; col += KNOT_STEP) {
        const c0 = Math.max(col, block.col);
        const c1 = Math.min(col + KNOT_STEP, block.col + block.width);
        const r0 = Math.max(row, block.row);
        const r1 = Math.min(row + KNOT_STEP, block.row + block.height);
        parts.push(this.#part(this.#rememberedCell(col, row), c0, r0, c1 - c0, r1 - r0, shift));
      }
    }
    return parts;
  }

  #part(cell: Cell, col: number, row: number, width: number, height: number, shift: number): BlockPart {
    if (cell.isSmooth) {
      return {
        col,
        row,
        width,
        height,
        isSmooth: true,
        corners(u, v) {
          fillSmooth(cell, col + shift, row + shift, 1, 1, u, v, 0, 2);
          fillSmooth(cell, col + width - 1 + shift, row + shift, 1, 1, u, v, 1, 2);
          fillSmooth(cell, col + shift, row + height - 1 + shift, 1, 1, u, v, 2, 2);
          fillSmooth(cell, col + width - 1 + shift, row + height - 1 + shift, 1, 1, u, v, 3, 2);
        },
        fill: (u, v, start, stride) => fillSmooth(cell, col + shift, row + shift, width, height, u, v, start, stride),
      };
    }
    // Asked for twice, for the extent and the coordinates; mapping is dear.
    const us = new Float64Array(width * height);
    const vs = new Float64Array(width * height);
    this.#fillRough(cell, col, row, width, height, shift, us, vs);
    return {
      col,
      row,
      width,
      height,
      isSmooth: false,
      corners(u, v) {
        u.fill(NaN);
        v.fill(NaN);
      },
      fill(u, v, start, stride) {
        for (let r = 0; r < height; r++) {
          u.set(us.subarray(r * width, (r + 1) * width), start + r * stride);
          v.set(vs.subarray(r * width, (r + 1) * width), start + r * stride);
        }
      },
    };
  }

  /** Fills points in a cell whose interpolation errs by too much: its quarters, or the exact positions. */
  #fillRough(
    cell: Cell,
    col: number,
    row: number,
    width: number,
    height: number,
    shift: number,
    u: Float64Array,
    v: Float64Array,
  ): void {
    const fill = (part: Cell): void => {
      const c0 = Math.max(part.col, col);
      const c1 = Math.min(part.col + part.size, col + width);
      const r0 = Math.max(part.row, row);
      const r1 = Math.min(part.row + part.size, row + height);
      if (c0 >= c1 || r0 >= r1) return;
      const start = (r0 - row) * width + c0 - col;
      if (part.size <= SMALLEST_CELL) {
        for (let r = r0; r < r1; r++) {
          for (let c = c0; c < c1; c++) {
            const i = (r - row) * width + c - col;
            [u[i], v[i]] = this.#position(c + shift, r + shift);
          }
        }
      } else if (part.isSmooth) fillSmooth(part, c0 + shift, r0 + shift, c1 - c0, r1 - r0, u, v, start, width);
      else {
        const half = part.size / 2;
        for (const dr of [0, half]) {
          for (const dc of [0, half]) fill(this.#cell(part.col + dc, part.row + dr, half));
        }
      }
    };
    fill(cell);
  }

  #rememberedCell(col: number, row: number): Cell {
    let cell = this.#cells.get(col, row);
    if (cell) return cell;
    if (this.#cells.size >= MAX_CELLS) {
      this.#cells.clear();
      this.#knots.clear();
    }
    cell = this.#cell(col, row, KNOT_STEP);
    this.#cells.set(col, row, cell);
    return cell;
  }

  #knot(col: number, row: number): readonly [number, number] {
    let p = this.#knots.get(col, row);
    if (!p) this.#knots.set(col, row, (p = this.#position(col, row)));
    return p;
  }

  /**
   * A cell and whether interpolation is good enough in it.
   *
   * The error is looked at in the middle and at the middles of the four sides: between conformal projections the
   * coordinates are harmonic, the error in the middle cancels to second order, and the sides alone show it.
   */
  #cell(col: number, row: number, size: number): Cell {
    const nw = this.#knot(col, row);
    const ne = this.#knot(col + size, row);
    const sw = this.#knot(col, row + size);
    const se = this.#knot(col + size, row + size);
    const half = size / 2;
    // Cells of the smallest size are mapped exactly; nothing is interpolated.
    const isSmooth =
      size > SMALLEST_CELL &&
      near(this.#knot(col + half, row + half), nw, ne, sw, se) &&
      near(this.#knot(col + half, row), nw, ne) &&
      near(this.#knot(col + half, row + size), sw, se) &&
      near(this.#knot(col, row + half), nw, sw) &&
      near(this.#knot(col + size, row + half), ne, se);
    return { col, row, size, nw, ne, sw, se, isSmooth };
  }
}

/** Values by column and row. Lattice positions are too large for one number to hold a pair of them. */
class PairMap<T> {
  readonly #rows = new Map<number, Map<number, T>>();
  size = 0;

  get(col: number, row: number): T | undefined {
    return this.#rows.get(row)?.get(col);
  }

  /** Keeps a value for a pair that has none. */
  set(col: number, row: number, value: T): void {
    let columns = this.#rows.get(row);
    if (!columns) this.#rows.set(row, (columns = new Map<number, T>()));
    columns.set(col, value);
    this.size++;
  }

  clear(): void {
    this.#rows.clear();
    this.size = 0;
  }
}

function near(at: readonly [number, number], ...of: readonly (readonly [number, number])[]): boolean {
  return [0, 1].every((k) => {
    const mean = of.reduce((sum, p) => sum + (p[k] as number), 0) / of.length;
    return Math.abs((at[k] as number) - mean) <= KNOT_TOLERANCE;
  });
}

/** Writes `width × height` points of a smooth cell, the first at lattice position (`x`, `y`). */
function fillSmooth(
  { col, row, size, nw, ne, sw, se }: Cell,
  x: number,
  y: number,
  width: number,
  height: number,
  u: Float64Array,
  v: Float64Array,
  start: number,
  stride: number,
): void {
  const [nwu, nwv] = nw;
  const [neu, nev] = ne;
  const [swu, swv] = sw;
  const [seu, sev] = se;
  // The size is a power of two: dividing by it is exact.
  const step = 1 / size;
  for (let r = 0; r < height; r++) {
    const fy = (y + r - row) * step;
    const uw = nwu + (swu - nwu) * fy;
    const du = neu + (seu - neu) * fy - uw;
    const vw = nwv + (swv - nwv) * fy;
    const dv = nev + (sev - nev) * fy - vw;
    let i = start + r * stride;
    for (let c = 0; c < width; c++, i++) {
      const fx = (x + c - col) * step;
      u[i] = uw + du * fx;
      v[i] = vw + dv * fx;
    }
  }
}
