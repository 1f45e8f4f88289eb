/** The smallest box on the globe around many boxes, also where they lie on both sides of the antimeridian. */
import type { LonLatBox } from '../wire/payload.js';

/** Bins of longitude, one degree each. */
const BINS = 360;

/** Which degrees of longitude boxes touch, and the latitudes between which they lie. */
export class BoxArc {
  readonly #taken = new Uint8Array(BINS);
  south = Infinity;
  north = -Infinity;

  /** Adds a box of degrees; NaN adds nothing. */
  add(west: number, south: number, east: number, north: number): void {
    if (!(west <= east && south <= north)) return;
    if (south < this.south) this.south = south;
    if (north > this.north) this.north = north;
    const from = Math.floor(west);
    const to = Math.min(Math.floor(east), from + BINS - 1);
    for (let d = from; d <= to; d++) this.#taken[(((d + 180) % BINS) + BINS) % BINS] = 1;
  }

  /** A meridian in the middle of the widest free arc; −180 when it is one of the widest; null when there is no free arc. */
  cut(): number | null {
    let [best, cut] = [0, -1];
    // Twice around, so that arcs across ±180 are seen whole.
    for (let d = 0, run = 0; d < 2 * BINS; d++) {
      run = this.#taken[d % BINS] === 0 ? Math.min(BINS, run + 1) : 0;
      if (run > best) [best, cut] = [run, d - run / 2 + 0.5];
    }
    if (best === 0) return null;
    const touchesEdge = this.#taken[0] === 0 || this.#taken[BINS - 1] === 0;
    return touchesEdge && best < BINS / 2 ? -180 : (cut % BINS) - 180;
  }
}

/** West, south, east, north around boxes of degrees (NaN boxes do not count); null without any. */
export function boxAround(boxes: Float32Array, arc: BoxArc): LonLatBox | null {
  if (!(arc.south <= arc.north)) return null;
  const cut = arc.cut();
  if (cut === null) return [-180, arc.south, 180, arc.north];
  let [west, east] = [Infinity, -Infinity];
  for (let o = 0; o < boxes.length; o += 4) {
    const [w, e] = [boxes[o] ?? NaN, boxes[o + 2] ?? NaN];
    if (!(w <= e)) continue;
    const turn = w < cut ? 360 : w >= cut + 360 ? -360 : 0;
    if (w + turn < west) west = w + turn;
    if (e + turn > east) east = e + turn;
  }
  const turn = west >= 180 ? -360 : 0;
  const round = (v: number): number => Math.round(v * 1e6) / 1e6;
  return [round(west + turn), round(arc.south), round(Math.min(east, west + 360) + turn), round(arc.north)];
}
