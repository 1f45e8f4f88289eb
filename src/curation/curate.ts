/** `curate`: the start of a curated selection. */
import { kindOf } from '../core/index.js';
import type { CurationStep } from './step.js';
import { CuratedSelection } from './curated-selection.js';
import { itemsOf, type Curatable } from './items.js';

/**
 * A selection over a catalog (items are rows), the slices of a sampler, or a list of slices or tensors (items are chips).
 *
 * Nothing is decided yet. Item ids are those of rows, and for slices the first 16 hexadecimal digits of `slice.hash()`.
 *
 * @throws {@link SelectionError} `not-curatable`, `endless`; {@link CatalogError} `not-in-memory`.
 */
export function curate<T extends Curatable>(value: T): CuratedSelection<T> {
  const source = lasting(value);
  const set = itemsOf(source);
  return new CuratedSelection<T>({
    set,
    source,
    indexOf: new Map(set.items.map((item, i) => [item.id, i])),
    verdicts: new Uint8Array(set.items.length),
    notes: new Map(),
    tags: new Map(),
    steps: Object.freeze([]),
  });
}

/** What can be gone through once only, such as a generator, as a list: a selection is shown and exported later. */
function lasting(value: unknown): unknown {
  const isOnce = kindOf(value) === undefined && typeof value === 'object' && value !== null && 'next' in value;
  // SAFETY: what has `next` and an iterator is a synchronous iterator; itemsOf refuses the rest.
  return isOnce && Symbol.iterator in value ? [...(value as Iterable<unknown>)] : value;
}

/** The selection that a log of steps leads to. @throws what {@link curate} and the steps throw. */
export function replaySteps<T extends Curatable>(value: T, steps: Iterable<CurationStep>): CuratedSelection<T> {
  let selection = curate(value);
  for (const step of steps) selection = selection.apply(step);
  return selection;
}
