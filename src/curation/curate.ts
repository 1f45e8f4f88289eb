/** `curate`: the start of a curated selection. */
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
  const set = itemsOf(value);
  return new CuratedSelection<T>({
    set,
    source: value,
    indexOf: new Map(set.items.map((item, i) => [item.id, i])),
    verdicts: new Uint8Array(set.items.length),
    notes: new Map(),
    tags: new Map(),
    steps: Object.freeze([]),
  });
}

/** The selection that a log of steps leads to. @throws what {@link curate} and the steps throw. */
export function replaySteps<T extends Curatable>(value: T, steps: Iterable<CurationStep>): CuratedSelection<T> {
  let selection = curate(value);
  for (const step of steps) selection = selection.apply(step);
  return selection;
}
