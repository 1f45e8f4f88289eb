/** Which window of a source a block needs (loading.md §2.1). */
import type { PixelWindow } from '../../core/index.js';
import type { Coordinates, MappedBlock } from './coordinates.js';
import { isArea, type Resampling } from './methods.js';
import { sameTurn, type SourceGrid } from './source-grid.js';

/** The points of a block that the methods of its bands ask for. */
export interface MappedPoints {
  readonly centres: MappedBlock | null;
  readonly corners: MappedBlock | null;
}

/** A window of the source, and whether every point lies inside the source. */
export interface NeededWindow {
  readonly window: PixelWindow;
  readonly isInside: boolean;
}

/** Source pixels on each side of a centre that its kernel reaches. */
function kernelReach(method: Resampling, scale: number): number {
  if (method === 'bilinear') return Math.ceil(Math.max(1, scale)) + 1;
  if (method === 'cubic') return Math.ceil(2 * Math.max(1, scale)) + 1;
  return 1;
}

interface Box {
  c0: number;
  c1: number;
  r0: number;
  r1: number;
}

function addBox(box: Box, c0: number, c1: number, r0: number, r1: number): void {
  box.c0 = Math.min(box.c0, c0);
  box.c1 = Math.max(box.c1, c1);
  box.r0 = Math.min(box.r0, r0);
  box.r1 = Math.max(box.r1, r1);
}

/** Adds the rectangles of the destination pixels that meet the source. */
function addRectangles(
  box: Box,
  { u, v, width: stride, height: rows }: Coordinates,
  source: SourceGrid,
  turn: number,
): void {
  let { c0, c1, r0, r1 } = box;
  for (let r = 0; r < rows - 1; r++) {
    for (let i = r * stride; i < r * stride + stride - 1; i++) {
      const j = i + stride + 1;
      const ua = u[i] as number;
      const ub = sameTurn(u[j] as number, ua, turn);
      const x0 = Math.min(ua, ub) - 1;
      const x1 = Math.max(ua, ub) + 1;
      const y0 = Math.min(v[i] as number, v[j] as number) - 1;
      const y1 = Math.max(v[i] as number, v[j] as number) + 1;
      if (!(x1 > 0 && y1 > 0 && x0 < source.width && y0 < source.height)) continue;
      if (x0 < c0) c0 = x0;
      if (x1 > c1) c1 = x1;
      if (y0 < r0) r0 = y0;
      if (y1 > r1) r1 = y1;
    }
  }
  Object.assign(box, { c0, c1, r0, r1 });
}

/** The window that some methods need for mapped points; null when they do not meet the source. */
export function neededWindow(
  source: SourceGrid,
  { scale, turn }: { readonly scale: readonly [number, number]; readonly turn: number },
  methods: readonly Resampling[],
  points: MappedPoints,
): NeededWindow | null {
  const { width, height } = source;
  const box: Box = { c0: Infinity, c1: -Infinity, r0: Infinity, r1: -Infinity };
  let isInside = true;
  if (points.centres) {
    const extent = points.centres.extent();
    isInside &&= extent.isInside;
    const reach = (axis: 0 | 1): number =>
      Math.max(...methods.map((m) => (isArea(m) ? 0 : kernelReach(m, scale[axis]))));
    const [rx, ry] = [reach(0), reach(1)];
    addBox(box, extent.u0 - rx, extent.u1 + 1 + rx, extent.v0 - ry, extent.v1 + 1 + ry);
  }
  if (points.corners) {
    const extent = points.corners.extent();
    isInside &&= extent.isInside;
    if (extent.isInside) addBox(box, extent.u0 - 1, extent.u1 + 1, extent.v0 - 1, extent.v1 + 1);
    else addRectangles(box, points.corners.coordinates(), source, turn);
  }
  const { c0, c1, r0, r1 } = box;
  if (!(c0 < c1 && r0 < r1)) return null;
  // Clamped first: a rectangle may reach to infinity where the projection does.
  const col = Math.floor(Math.max(c0, 0));
  const row = Math.floor(Math.max(r0, 0));
  const right = Math.ceil(Math.min(c1, width));
  const bottom = Math.ceil(Math.min(r1, height));
  if (right <= col || bottom <= row) return null;
  return { window: { col, row, width: right - col, height: bottom - row }, isInside };
}

/** The part of a window inside the source; null when there is none. */
export function clipWindow(w: PixelWindow, source: SourceGrid): PixelWindow | null {
  const col = Math.max(0, w.col);
  const row = Math.max(0, w.row);
  const width = Math.min(source.width, w.col + w.width) - col;
  const height = Math.min(source.height, w.row + w.height) - row;
  return width > 0 && height > 0 ? { col, row, width, height } : null;
}
