/** What a map of many rows draws for a view: single boxes where they can be told apart, else their density. */
import type { LonLatBox } from '../../../src/display/wire/payload.js';
import type { Scene } from './box-layer.js';
import type { Chunk, Seen } from './chunk.js';

/** What a field needs of the map's view. */
export interface FieldView {
  readonly bounds: LonLatBox;
  readonly width: number;
  readonly height: number;
}

/** What is drawn, in the words of the legend. */
export interface Shown {
  readonly as: 'boxes' | 'density';
  /** Rows in view; null when nobody has counted them. */
  readonly count: number | null;
  /** Highest count of a cell. */
  readonly most: number;
  /** Rows that were counted: all of them, or those that the file holds. */
  readonly of: 'all' | 'file';
}

/** Boxes are drawn up to this many in view… */
const MOST_BOXES = 20_000;
/** …of at least this mean width in CSS pixels; a few small ones are drawn as they are. */
const LEAST_WIDTH = 4;
const FEW_BOXES = 1500;
/** Side of a cell that is counted here, in CSS pixels. */
const CELL = 2;
/** Share of the view's size that is fetched on each side, so that small moves show no edge. */
const MARGIN = 0.4;

/** A scene without anything. */
export const NOTHING: Scene = { chunks: [], density: null, fill: 0.1, edge: 0.9 };

/** The view with a margin, at most once around the globe. */
export function padded({ bounds: [w, s, e, n] }: FieldView): LonLatBox {
  const [dx, dy] = [(e - w) * MARGIN, (n - s) * MARGIN];
  const wide = e - w + 2 * dx >= 360;
  const middle = (w + e) / 2;
  return [
    wide ? middle - 180 : w - dx,
    Math.max(-85.05, s - dy),
    wide ? middle + 180 : e + dx,
    Math.min(85.05, n + dy),
  ];
}

/** True when rows in view are drawn one by one. */
export function drawsBoxes(seen: Seen, view: FieldView): boolean {
  const pixels = seen.width * (view.width / (view.bounds[2] - view.bounds[0]));
  return seen.count <= FEW_BOXES || (seen.count <= MOST_BOXES && pixels >= LEAST_WIDTH);
}

/** Cells of a grid over `box`, which goes beyond the view: even on the screen. */
export function cellsOf(view: FieldView, box: LonLatBox): { readonly width: number; readonly height: number } {
  const across = (box[2] - box[0]) / (view.bounds[2] - view.bounds[0]);
  const whole = (cells: number): number => Math.max(1, Math.min(1024, Math.round(cells)));
  return { width: whole((view.width / CELL) * across), height: whole((view.height / CELL) * (1 + 2 * MARGIN)) };
}

/** Boxes as they should look: the more lie on each other and the more there are, the lighter. */
export function boxScene(chunks: readonly Chunk[], seen: Seen, view: FieldView): Scene {
  const pixels = seen.width * (view.width / (view.bounds[2] - view.bounds[0]));
  const overlap = (seen.count * pixels * pixels) / (view.width * view.height);
  return {
    chunks,
    density: null,
    fill: Math.max(0.015, 0.14 / Math.max(1, overlap)),
    edge: seen.count > 4000 ? 0.45 : seen.count > 800 ? 0.7 : 0.95,
  };
}
