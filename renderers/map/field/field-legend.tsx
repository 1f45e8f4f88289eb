/** What a map of many rows shows: single boxes or their density, and of how many rows. */
import type { JSX } from 'preact';
import { formatCount, plural } from '../../shared/format.js';
import type { Shown } from './choice.js';

interface FieldLegendProps {
  readonly shown: Shown;
  readonly total: number;
  /** Rows that the file holds. */
  readonly inline: number;
}

/** The legend, over the map's upper left corner. */
export function FieldLegend({ shown, total, inline }: FieldLegendProps): JSX.Element {
  const ofFile = shown.of === 'file' ? ` of the ${formatCount(inline)} in this file` : '';
  const here =
    shown.count === null
      ? `${formatCount(total)} in all`
      : `${shown.as === 'density' ? formatCount(shown.count) : plural(shown.count, 'footprint')} in view${ofFile}`;
  return (
    <div class="legend" role="note">
      {shown.as === 'density' ? (
        <span
          class="legend-entry"
          title="How many footprints touch each cell, by the logarithm of the number. Zoom in to see them singly."
        >
          1<span class="density-bar" aria-hidden="true" />
          <b>{formatCount(shown.most)}</b> footprints per cell
        </span>
      ) : (
        <span class="legend-entry">
          <span class="swatch undecided" aria-hidden="true" />
          each box is one footprint
        </span>
      )}
      <span class="legend-entry muted">{here}</span>
    </div>
  );
}
