/**
 * The pixel lattice of a slice, counted from the origin of its CRS.
 *
 * Positions of pixels are computed from their absolute index, never from the window's corner: two overlapping slices
 * of one lattice then see the same doubles for the same pixel, and tiled loads equal one large load bit for bit.
 */
import type { GeoSlice } from '../../core/index.js';

/** One axis: position of lattice line i is `(i + phase) · step`. */
export interface LatticeAxis {
  /** Signed distance of neighbouring lines, in CRS units; negative for rows, which run south. */
  readonly step: number;
  /** Where line 0 lies, in pixels from the CRS origin, in [0, 1). */
  readonly phase: number;
  /** Index of the slice's first line. */
  readonly first: number;
}

export interface Lattice {
  readonly x: LatticeAxis;
  readonly y: LatticeAxis;
}

/**
 * Phases are rounded to this part of a pixel. Bounds carry rounding noise of up to ~4e-9 pixel (degrees at 1 m); the
 * quantum is larger, so all slices of a lattice get one phase, and far below anything a warp can show.
 */
const PHASE_QUANTUM = 2 ** -26;

function axis(start: number, step: number): LatticeAxis {
  const lines = start / step;
  const rounded = Math.round(lines / PHASE_QUANTUM) * PHASE_QUANTUM;
  const first = Math.floor(rounded);
  return { step, phase: rounded - first, first };
}

/** The lattice that a slice is a window of. */
export function latticeOf(slice: Pick<GeoSlice, 'bounds' | 'resolution'>): Lattice {
  const { bounds, resolution } = slice;
  return { x: axis(bounds[0], resolution[0]), y: axis(bounds[3], -resolution[1]) };
}

/** CRS coordinate of a (possibly fractional) lattice position: line i is at i, the centre of pixel i at i + 0.5. */
export function latticeCoordinate({ step, phase }: LatticeAxis, position: number): number {
  return (position + phase) * step;
}
