/** Pairs of rows of two tables, as columns: what `intersect` makes its rows of (`catalog.md` §5). */
import type { Bounds, Interval, RunningTask } from '../../core/index.js';
import { decodeWkb, encodeWkb } from '../../formats/geoparquet/index.js';
import { boxPolygon, footprintBounds, isBox } from '../geometry.js';
import type { CatalogTable } from '../table.js';
import type { MultiPolygon, Polygon } from '../types.js';
import { clipPrepared } from './clip.js';
import type { PreparedRows } from './row-index.js';
import { runSteps, runSync, type Steps } from './steps.js';

/** Computed clips are kept up to this size; further ones are computed again when they are asked for. */
const KEPT_BYTES = 256 * 2 ** 20;
/** Clips between two offers to pause. */
const STRIDE = 64;

/**
 * Pairs in left-major order, right rows ascending. Row numbers are those of the tables, not positions in a view.
 *
 * What costs is computed when first asked for: a count needs no clip. Both tables are in one CRS, the left's.
 */
export class RowPairs {
  readonly length: number;
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly #a: CatalogTable;
  readonly #b: CatalogTable;
  readonly #footprints: readonly [left: PreparedRows, right: PreparedRows];
  readonly #spatialOnly: boolean;
  #times: { readonly starts: Float64Array; readonly ends: Float64Array } | undefined;
  #boxes: Float64Array | undefined;
  #boxed: Uint8Array | undefined;
  /** Clips of pairs that are not both boxes, once computed. */
  #clipBytes = 0;
  readonly #clips = new Map<number, Uint8Array>();

  constructor(
    sides: readonly [left: PreparedRows, right: PreparedRows],
    rows: { readonly left: Uint32Array; readonly right: Uint32Array },
    spatialOnly: boolean,
  ) {
    this.#footprints = sides;
    [this.#a, this.#b] = [sides[0].table, sides[1].table];
    this.left = rows.left;
    this.right = rows.right;
    this.length = rows.left.length;
    this.#spatialOnly = spatialOnly;
  }

  /** Microseconds: later start; −Infinity where both are static. `spatialOnly` keeps the left's. */
  get starts(): Float64Array {
    return this.#spans().starts;
  }
  /** Microseconds: earlier end; Infinity where both are static. */
  get ends(): Float64Array {
    return this.#spans().ends;
  }
  /** Envelopes of the clips, four numbers a pair. */
  get boxes(): Float64Array {
    this.#measure();
    // SAFETY: just computed.
    return this.#boxes as Float64Array;
  }
  /** 1 where the clip is the rectangle of its envelope. */
  get boxed(): Uint8Array {
    this.#measure();
    // SAFETY: just computed.
    return this.#boxed as Uint8Array;
  }

  interval(k: number): Interval | null {
    const [start, end] = [this.starts[k] ?? NaN, this.ends[k] ?? NaN];
    return start === -Infinity ? null : { start, end };
  }

  /** Common part of the two footprints. */
  geometry(k: number): Polygon | MultiPolygon {
    const box = this.#commonBox(k);
    if (box) return boxPolygon(box);
    return decodeWkb(this.wkb(k), 'intersect');
  }

  /** Common part of the two footprints as little-endian WKB. */
  wkb(k: number): Uint8Array {
    const known = this.#clips.get(k);
    if (known) return known;
    const box = this.#commonBox(k);
    if (box) return encodeWkb(boxPolygon(box));
    // SAFETY: k < length.
    const [i, j] = [this.left[k] as number, this.right[k] as number];
    const [lefts, rights] = this.#footprints;
    const clip = clipPrepared(lefts.get(i), rights.get(j));
    if (!clip) throw new RangeError(`Pair ${k} shares no area.`);
    const bytes = encodeWkb(clip);
    this.#clipBytes += bytes.byteLength;
    if (this.#clipBytes <= KEPT_BYTES) this.#clips.set(k, bytes);
    return bytes;
  }

  /** The common part of two rectangles; null for other footprints. */
  #commonBox(k: number): Bounds | null {
    const [a, b] = [this.#a, this.#b];
    // SAFETY: pairs name rows of the tables; four numbers a row.
    const [i, j] = [this.left[k] as number, this.right[k] as number];
    if (a.boxed[i] !== 1 || b.boxed[j] !== 1) return null;
    const [s, t] = [a.boxes, b.boxes];
    return [
      Math.max(s[i * 4] as number, t[j * 4] as number),
      Math.max(s[i * 4 + 1] as number, t[j * 4 + 1] as number),
      Math.min(s[i * 4 + 2] as number, t[j * 4 + 2] as number),
      Math.min(s[i * 4 + 3] as number, t[j * 4 + 3] as number),
    ];
  }

  #spans(): { readonly starts: Float64Array; readonly ends: Float64Array } {
    if (this.#times) return this.#times;
    const starts = new Float64Array(this.length);
    const ends = new Float64Array(this.length);
    for (let k = 0; k < this.length; k++) {
      // SAFETY: pairs name rows of the tables.
      const [i, j] = [this.left[k] as number, this.right[k] as number];
      const [start, end] = [this.#a.starts[i] as number, this.#a.ends[i] as number];
      starts[k] = this.#spatialOnly ? start : Math.max(start, this.#b.starts[j] as number);
      ends[k] = this.#spatialOnly ? end : Math.min(end, this.#b.ends[j] as number);
    }
    return (this.#times = { starts, ends });
  }

  /** Computes the envelopes with turns of the event loop in between; else they are computed at once when asked for. */
  async measure(task: RunningTask): Promise<void> {
    if (!this.#boxes) await runSteps(this.#measureSteps(), task);
  }

  #measure(): void {
    if (!this.#boxes) runSync(this.#measureSteps());
  }

  *#measureSteps(): Steps<void> {
    const boxes = new Float64Array(this.length * 4);
    const boxed = new Uint8Array(this.length);
    for (let k = 0; k < this.length; k++) {
      const box = this.#commonBox(k);
      if (box) {
        boxes.set(box, k * 4);
        boxed[k] = 1;
        continue;
      }
      if (k % STRIDE === 0) yield { done: k, total: this.length, unit: 'rows' };
      const clip = this.geometry(k);
      boxes.set(footprintBounds(clip), k * 4);
      boxed[k] = isBox(clip) ? 1 : 0;
    }
    this.#boxes = boxes;
    this.#boxed = boxed;
  }
}
