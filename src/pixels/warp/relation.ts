/** What a source grid and a lattice have to do with each other, whichever window of the lattice is loaded. */
import type { GeoSlice } from '../../core/index.js';
import { coordinateMapper, type CoordinateMapper, type TransformMode } from './coordinates.js';
import type { Lattice } from './lattice.js';
import { sourceScale, type SourceGrid } from './source-grid.js';

/** The mapping from lattice to source pixels, and how many source pixels a lattice pixel spans. */
export interface GridRelation {
  readonly mapper: CoordinateMapper;
  readonly scale: readonly [columns: number, rows: number];
}

/** Relations kept: each holds the knots that its windows asked for, up to a few MB. */
const MAX_RELATIONS = 32;

/** Relations of the grids met last: neighbouring chips share knots, and projecting them is the cost of a warp. */
export class RelationCache {
  readonly #held = new Map<string, GridRelation>();

  /** The relation of a key, made unless it is held. */
  get(key: string, make: () => GridRelation): GridRelation {
    const held = this.#held.get(key);
    // Reinserting moves it to the young end: a Map keeps insertion order.
    this.#held.delete(key);
    const relation = held ?? make();
    this.#held.set(key, relation);
    const oldest = this.#held.keys().next();
    if (this.#held.size > MAX_RELATIONS && oldest.done !== true) this.#held.delete(oldest.value);
    return relation;
  }
}

/** The relation of a source to the lattice of a slice, which depends on nothing else of the slice. */
export function planRelation(
  source: SourceGrid,
  slice: Pick<GeoSlice, 'resolution' | 'crs'>,
  lattice: Lattice,
  mode: TransformMode,
  cache?: RelationCache,
): GridRelation {
  const make = (): GridRelation => ({
    mapper: coordinateMapper(source, slice.crs, lattice, mode),
    scale: sourceScale(source, slice),
  });
  if (!cache) return make();
  const { x, y } = lattice;
  const numbers = [...source.transform, source.width, source.height, x.step, x.phase, y.step, y.phase];
  return cache.get(`${numbers.join()} ${mode} ${source.crs.canonical} ${slice.crs.canonical}`, make);
}
