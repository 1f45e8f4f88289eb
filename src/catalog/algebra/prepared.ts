/** Footprints made ready for being compared with many others. */
import type { Bounds } from '../../core/index.js';
import { encodeWkb } from '../../formats/geoparquet/index.js';
import { boxPolygon, footprintBounds, isBox, type Area } from '../geometry.js';
import type { MultiPolygon, Polygon } from '../types.js';
import { edgesOf, type Edges } from './edges.js';
import { repairFootprint } from './repair.js';

/** A valid footprint with what comparing it needs. */
export class PreparedFootprint {
  readonly area: Polygon | MultiPolygon;
  readonly bounds: Bounds;
  readonly box: boolean;
  #edges: Edges | undefined;
  #wkb: Uint8Array | undefined;

  constructor(footprint: Area) {
    this.box = isBox(footprint);
    this.area = this.box ? boxPolygon(footprintBounds(footprint)) : repairFootprint(footprint);
    this.bounds = footprintBounds(this.area);
  }

  get edges(): Edges {
    return (this.#edges ??= edgesOf(this.area));
  }
  /** Little-endian WKB: the order in which two footprints are fed to a clipper. */
  get wkb(): Uint8Array {
    return (this.#wkb ??= encodeWkb(this.area));
  }
}

const known = new WeakMap<Area, PreparedFootprint>();

/** The prepared form of a footprint, kept as long as the footprint itself. */
export function prepareFootprint(footprint: Area): PreparedFootprint {
  let prepared = known.get(footprint);
  if (!prepared) known.set(footprint, (prepared = new PreparedFootprint(footprint)));
  return prepared;
}
