/** Footprints made ready for being compared with many others. */
import type { Bounds } from '../../core/index.js';
import { encodeWkb } from '../../formats/geoparquet/index.js';
import { boxPolygon, footprintBounds, isBox, polygonsOf, type Area } from '../geometry.js';
import { orientation } from '../orientation.js';
import type { MultiPolygon, Polygon } from '../types.js';
import { edgesOf, nextEdge, type Edges } from './edges.js';
import { repairFootprint } from './repair.js';

/** A valid footprint with what comparing it needs. */
export class PreparedFootprint {
  readonly area: Polygon | MultiPolygon;
  readonly bounds: Bounds;
  readonly box: boolean;
  #edges: Edges | undefined;
  #convex: boolean | undefined;
  #wkb: Uint8Array | undefined;

  constructor(footprint: Area) {
    this.box = isBox(footprint);
    this.area = this.box ? boxPolygon(footprintBounds(footprint)) : repairFootprint(footprint);
    this.bounds = footprintBounds(this.area);
  }

  get edges(): Edges {
    return (this.#edges ??= edgesOf(this.area));
  }
  /** One ring that nowhere turns right. */
  get convex(): boolean {
    return (this.#convex ??= this.box || turnsLeft(this.area, this.edges));
  }
  /** Little-endian WKB: the order in which two footprints are fed to a clipper. */
  get wkb(): Uint8Array {
    return (this.#wkb ??= encodeWkb(this.area));
  }
}

function turnsLeft(area: Area, edges: Edges): boolean {
  if (polygonsOf(area).flat().length !== 1) return false;
  const { at, count } = edges;
  for (let e = 0; e < count; e++) {
    const next = nextEdge(edges, e) * 4;
    // SAFETY: four numbers an edge.
    const [ax, ay, bx, by] = at.subarray(e * 4, e * 4 + 4) as unknown as [number, number, number, number];
    if (orientation(ax, ay, bx, by, at[next + 2] ?? NaN, at[next + 3] ?? NaN) < 0) return false;
  }
  return true;
}

const known = new WeakMap<Area, PreparedFootprint>();

/** The prepared form of a footprint, kept as long as the footprint itself. */
export function prepareFootprint(footprint: Area): PreparedFootprint {
  let prepared = known.get(footprint);
  if (!prepared) known.set(footprint, (prepared = new PreparedFootprint(footprint)));
  return prepared;
}
