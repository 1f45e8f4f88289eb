/** What the signs on the map mean. */
import type { JSX } from 'preact';
import { formatCount } from '../shared/format.js';

export interface LegendEntry {
  readonly state: 'keep' | 'reject' | 'undecided';
  readonly word: string;
  readonly count: number;
}

/** The legend, over the map's upper right corner. */
export function Legend({ entries }: { readonly entries: readonly LegendEntry[] }): JSX.Element {
  return (
    <div class="legend">
      {entries.map((e) => (
        <span key={e.state} class="legend-entry">
          <span class={`swatch ${e.state}`} aria-hidden="true" />
          {e.word} <b>{formatCount(e.count)}</b>
        </span>
      ))}
    </div>
  );
}
