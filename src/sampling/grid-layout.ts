/** Where chips stand in a tile (`sampling.md` §3), in pixels. */
import { overlaps, boxPolygon } from '../catalog/index.js';
import { SamplerError, type Shape2D } from '../core/index.js';
import { pixelBounds, type Tile } from './tile.js';

export type EdgeMode = 'shift' | 'pad' | 'shrink' | 'drop' | 'raise';

/** A chip along one axis: offset and length in pixels. */
export type Step = readonly [offset: number, length: number];

/**
 * Chips along one axis of extent W: `n = ceil((W − w)/s) + 1`, `o_k = min(k·s, W − w)`, and what `edge` makes of the last.
 * Empty when the extent is smaller than the chip under `shift` and `drop`.
 *
 * @throws {@link SamplerError} `uneven-tile` under `raise`.
 */
export function axisSteps(extent: number, size: number, stride: number, edge: EdgeMode): Step[] {
  const rest = extent - size;
  if (edge === 'raise' && (rest < 0 || rest % stride !== 0)) {
    throw new SamplerError(
      'uneven-tile',
      `A tile of ${extent} pixels is not covered exactly by chips of ${size} at stride ${stride}.`,
      { hint: "Use edge 'shift', 'pad', 'shrink' or 'drop'." },
    );
  }
  const overhangs = edge === 'pad' || edge === 'shrink';
  if (rest < 0 && !overhangs) return [];
  const count = rest < 0 ? 1 : edge === 'drop' ? Math.floor(rest / stride) + 1 : Math.ceil(rest / stride) + 1;
  const steps = Array.from({ length: count }, (_, k): Step => {
    const offset = overhangs ? k * stride : Math.min(k * stride, rest);
    return [offset, edge === 'shrink' ? Math.min(size, extent - offset) : size];
  });
  // With a stride beyond the chip the last offset may lie outside the tile: nothing of it would be inside.
  return overhangs ? steps.filter(([offset]) => offset < extent) : steps;
}

/** The chips of one tile, rows north to south, then columns west to east. */
export interface TileLayout {
  readonly tile: Tile;
  readonly rows: readonly Step[];
  readonly cols: readonly Step[];
  /** Numbers of the chips kept, row-major; null when all are. */
  readonly kept: Uint32Array | null;
  readonly count: number;
}

/** Position and size of the k-th chip of a layout. */
export function chipAt(
  { rows, cols, kept }: TileLayout,
  k: number,
): { readonly col: number; readonly row: number; readonly shape: Shape2D } {
  const number = kept ? (kept[k] ?? 0) : k;
  const [row, height] = rows[Math.floor(number / cols.length)] ?? [0, 0];
  const [col, width] = cols[number % cols.length] ?? [0, 0];
  return { col, row, shape: [height, width] };
}

/** Lays chips over a tile; those that do not meet a roi are left out. */
export function layTile(tile: Tile, edge: EdgeMode): TileLayout {
  const empty = tile.width === 0 || tile.height === 0;
  const rows = empty ? [] : axisSteps(tile.height, tile.chip[0], tile.stride[0], edge);
  const cols = empty ? [] : axisSteps(tile.width, tile.chip[1], tile.stride[1], edge);
  const all: TileLayout = { tile, rows, cols, kept: null, count: rows.length * cols.length };
  const { roi } = tile;
  if (!roi) return all;
  const kept = Uint32Array.from({ length: all.count }, (_, k) => k).filter((k) => {
    const { col, row, shape } = chipAt(all, k);
    const box = boxPolygon(pixelBounds(tile, col, row, shape));
    return roi.some((area) => overlaps(box, area));
  });
  return { ...all, kept, count: kept.length };
}
