/** Order and choice of chips: by verdict, then by a score. */
import type { ChipItem } from '../../src/display/wire/payload.js';
import { verdictOf, type CurationModel, type Verdict } from '../shared/curation.js';

export const SORTS = [
  { value: 'order', label: 'as given' },
  { value: 'date', label: 'date' },
  { value: 'valid', label: 'valid fraction' },
  { value: 'id', label: 'id' },
] as const;
export type SortName = (typeof SORTS)[number]['value'];

export type Filter = 'all' | Verdict | 'tagged';

/** Chips of a filter in the order of a sort; items of equal score keep their order. */
export function arrangeChips(
  items: readonly ChipItem[],
  model: CurationModel,
  filter: Filter,
  sort: SortName,
): ChipItem[] {
  const row = (item: ChipItem): number => model.indexOf.get(item.id) ?? -1;
  const tagged = (i: number): boolean =>
    [...model.tags.values()].some((bits) => (((bits[i >>> 5] ?? 0) >>> (i & 31)) & 1) === 1);
  const shown = items.filter(
    (item) => filter === 'all' || (filter === 'tagged' ? tagged(row(item)) : verdictOf(model, row(item)) === filter),
  );
  const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const late = Number.POSITIVE_INFINITY;
  switch (sort) {
    case 'order':
      return shown;
    case 'date':
      return shown.sort((a, b) => (a.startMicros ?? late) - (b.startMicros ?? late) || 0);
    case 'valid':
      return shown.sort((a, b) => (b.validFraction ?? -1) - (a.validFraction ?? -1));
    case 'id':
      return shown.sort((a, b) => text(a.id, b.id));
    default:
      return sort satisfies never;
  }
}

/** Tags that the number keys 1–9 give, where the dataset has none of its own yet. */
export const QUICK_TAGS = ['cloud', 'haze', 'snow', 'water', 'crop', 'forest', 'urban', 'artefact', 'check'] as const;
