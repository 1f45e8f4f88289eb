/** The sequences that samplers give: finite or endless, indexed, divided into shards. */
import { DISPLAY_METHOD, displayObject, KIND, SamplerError, type GeoSlice, type Seed } from '../core/index.js';
import type { GeoCatalog } from '../catalog/index.js';
import type { SkippedRow, SliceSequence } from './types.js';

/** Key under which a sequence names the catalog it was drawn from: displays and curation look there. */
export const SEQUENCE_CATALOG = Symbol.for('nadir.catalog');

/** Where the slices of all shards come from. */
export interface SliceOrigin {
  /** Of all shards; may be Infinity. */
  readonly length: number;
  at(index: number): GeoSlice;
  /** Slices from the first on, as many as there are. Remembers nothing, so that endless sequences need no memory. */
  iterate(): Iterable<GeoSlice>;
}

interface SequenceFacts {
  readonly seed: Seed | null;
  readonly skipped: readonly SkippedRow[];
  readonly catalog: GeoCatalog;
  readonly shard: { readonly index: number; readonly count: number } | undefined;
}

/** Slices in a fixed order. */
class Slices implements SliceSequence {
  readonly length: number;
  readonly seed: Seed | null;
  readonly skipped: readonly SkippedRow[];
  readonly #origin: SliceOrigin;
  readonly #first: number;
  readonly #step: number;

  constructor(origin: SliceOrigin, facts: SequenceFacts) {
    this.#origin = origin;
    this.#first = facts.shard?.index ?? 0;
    this.#step = facts.shard?.count ?? 1;
    this.length = Math.max(0, Math.ceil((origin.length - this.#first) / this.#step));
    this.seed = facts.seed;
    this.skipped = facts.skipped;
    Object.defineProperty(this, SEQUENCE_CATALOG, { value: facts.catalog, enumerable: false });
    Object.freeze(this);
  }

  get [KIND](): 'samples' {
    return 'samples';
  }

  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }

  /** One line for lists of variables. */
  toString(): string {
    return `${this.length} ${this.length === 1 ? 'chip' : 'chips'}`;
  }

  at(index: number): GeoSlice {
    const k = index < 0 ? this.length + index : index;
    if (!Number.isInteger(k) || k < 0 || k >= this.length) {
      throw new SamplerError('out-of-range', `There is no slice ${index}; the sequence has ${this.length}.`, {
        details: { index, length: this.length },
      });
    }
    return this.#origin.at(this.#first + k * this.#step);
  }

  *[Symbol.iterator](): Generator<GeoSlice> {
    let k = 0;
    for (const slice of this.#origin.iterate()) if (k++ % this.#step === this.#first) yield slice;
  }
}

/** The sequence of an origin's slices, or of one shard of them. */
export function sliceSequence(origin: SliceOrigin, facts: SequenceFacts): SliceSequence {
  return new Slices(origin, facts);
}
