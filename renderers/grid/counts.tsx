/** Counts of verdicts that are also the filter: always visible, told by word and sign as well as by colour. */
import type { JSX } from 'preact';
import type { CurationCounts } from '../shared/curation.js';
import { formatCount } from '../shared/format.js';
import { Icon, type IconName } from '../shared/icons.js';
import type { Filter } from './chip-list.js';

interface CountsProps {
  readonly counts: CurationCounts;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

/** Kept, rejected, undecided and tagged, each a button that shows only those. */
export function Counts({ counts, filter, onFilter }: CountsProps): JSX.Element {
  const choices: readonly {
    readonly value: Filter;
    readonly n: number;
    readonly word: string;
    readonly icon?: IconName;
  }[] = [
    { value: 'all', n: counts.total, word: 'all' },
    { value: 'keep', n: counts.kept, word: 'kept', icon: 'keep' },
    { value: 'reject', n: counts.rejected, word: 'rejected', icon: 'reject' },
    { value: 'undecided', n: counts.undecided, word: 'undecided', icon: 'undecided' },
    { value: 'tagged', n: counts.tagged, word: 'tagged', icon: 'tag' },
  ];
  return (
    <div class="counts" role="group" aria-label="Show">
      {choices.map((c) => (
        <button
          key={c.value}
          type="button"
          class={`count ${c.value}`}
          aria-pressed={filter === c.value}
          title={`Show ${c.word}`}
          onClick={() => onFilter(c.value)}
        >
          {c.icon && <Icon name={c.icon} />}
          <b>{formatCount(c.n)}</b> <span>{c.word}</span>
        </button>
      ))}
    </div>
  );
}

/** A thin bar of the shares of kept and rejected. */
export function CountBar({ counts }: { readonly counts: CurationCounts }): JSX.Element {
  const percent = (n: number): string => `${counts.total === 0 ? 0 : (100 * n) / counts.total}%`;
  return (
    <div class="count-bar" aria-hidden="true">
      <span class="kept" style={{ width: percent(counts.kept) }} />
      <span class="rejected" style={{ width: percent(counts.rejected) }} />
    </div>
  );
}
