/** Chips on a regular grid over every tile (`sampling.md` §3). */
import { ArgumentError, checkOptionNames, startTask, warn, type GeoSlice, type Shape2D } from '../core/index.js';
import type { GeoCatalog } from '../catalog/index.js';
import { chipAt, layTile, type EdgeMode, type TileLayout } from './grid-layout.js';
import { sliceSequence, type SliceOrigin } from './sequence.js';
import { checkCommon, COMMON_OPTIONS, makeTiles, sliceOfTile } from './tile.js';
import type { GridSamplerOptions, SkippedRow, SliceSequence } from './types.js';

const EDGES: readonly string[] = ['shift', 'pad', 'shrink', 'drop', 'raise'] satisfies EdgeMode[];

/** The chips of all layouts in order, found by index through running totals. */
class GridOrigin implements SliceOrigin {
  readonly length: number;
  readonly #layouts: readonly TileLayout[];
  /** Number of the first chip of each layout. */
  readonly #starts: Float64Array;

  constructor(layouts: readonly TileLayout[]) {
    this.#layouts = layouts;
    this.#starts = new Float64Array(layouts.length);
    let total = 0;
    layouts.forEach((layout, i) => {
      this.#starts[i] = total;
      total += layout.count;
    });
    this.length = total;
  }

  at(index: number): GeoSlice {
    let [low, high] = [0, this.#layouts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? Infinity) <= index) low = middle;
      else high = middle - 1;
    }
    // SAFETY: index < length, so a layout holds it.
    return slice(this.#layouts[low] as TileLayout, index - (this.#starts[low] ?? 0));
  }

  *iterate(): Generator<GeoSlice> {
    for (const layout of this.#layouts) for (let k = 0; k < layout.count; k++) yield slice(layout, k);
  }
}

function slice(layout: TileLayout, k: number): GeoSlice {
  const { col, row, shape } = chipAt(layout, k);
  return sliceOfTile(layout.tile, col, row, shape, layout.tile.interval);
}

/** Leaves out chips whose key came before. */
function withoutRepeats(layouts: readonly TileLayout[]): TileLayout[] {
  const seen = new Set<string>();
  return layouts.map((layout) => {
    const fresh = Array.from({ length: layout.count }, (_, k) => k).filter((k) => {
      const { key } = slice(layout, k);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
    const kept = Uint32Array.from(fresh, (k) => layout.kept?.[k] ?? k);
    return { ...layout, kept, count: kept.length };
  });
}

/** Lays all tiles; those without a chip are listed as skipped. */
export function layTiles(
  tiles: readonly TileLayout['tile'][],
  edge: EdgeMode,
): { readonly layouts: readonly TileLayout[]; readonly skipped: readonly SkippedRow[] } {
  const layouts = tiles.map((tile) => layTile(tile, edge));
  const skipped = layouts.flatMap((l): SkippedRow[] => {
    if (l.rows.length === 0 || l.cols.length === 0) return [{ row: l.tile.row, reason: 'smaller-than-chip', count: 1 }];
    const outside = l.rows.length * l.cols.length - l.count;
    return outside > 0 ? [{ row: l.tile.row, reason: 'outside-roi', count: outside }] : [];
  });
  return { layouts, skipped };
}

/** Why there is no chip at all: an empty sequence would say nothing. */
function whyEmpty(skipped: readonly SkippedRow[], [height, width]: Shape2D): string {
  const outside = skipped.filter((s) => s.reason === 'outside-roi').length;
  const why =
    skipped.length === 0
      ? 'the catalog has no row, or none in the time of interest'
      : outside === skipped.length
        ? `all ${outside} rows lie outside the roi`
        : `no tile holds a chip of ${height} × ${width}; edge: 'pad' or a smaller chipSize gives some`;
  return `gridSampler lays no chip: ${why}.`;
}

/**
 * The chips of a regular grid over every row: catalog row order, then north to south, then west to east. Slices carry the
 * row's interval (within `toi`).
 *
 * @throws {@link ArgumentError} for contradictory options; {@link SamplerError} `uneven-tile` with `edge: 'raise'`; the
 * signal's reason when cancelled.
 */
export async function gridSampler(catalog: GeoCatalog, o: GridSamplerOptions): Promise<SliceSequence> {
  checkOptionNames('gridSampler', o, [...COMMON_OPTIONS, 'stride', 'edge', 'dedupe']);
  const sizes = checkCommon(o);
  const edge = o.edge ?? 'shift';
  if (!EDGES.includes(edge))
    throw new ArgumentError('bad-edge', `edge is one of ${EDGES.join(', ')}; got ${JSON.stringify(o.edge)}.`);
  const task = startTask('Laying chips', o);
  try {
    const rows = await catalog.toArray(task.signal ? { signal: task.signal } : {});
    const made = makeTiles(catalog, rows, o, sizes);
    const { layouts, skipped } = layTiles(made.tiles, edge);
    const kept = o.dedupe === true ? withoutRepeats(layouts) : layouts;
    task.throwIfAborted();
    const origin = new GridOrigin(kept);
    const leftOut = [...made.skipped, ...skipped];
    if (origin.length === 0) warn(whyEmpty(leftOut, sizes.chip));
    return sliceSequence(origin, {
      seed: null,
      skipped: Object.freeze(leftOut),
      catalog,
      shard: o.shard,
    });
  } finally {
    task.end();
  }
}
