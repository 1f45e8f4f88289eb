/** A catalog in numbers: counts, place, time, and how often each CRS, band set and data type occurs. */
import type { JSX } from 'preact';
import type { CatalogData, Facet } from '../../src/display/wire/payload.js';
import { formatCount, formatInterval, formatPercent, plural } from '../shared/format.js';
import { Facts } from '../shared/ui.js';
import { boxText } from './words.js';

function FacetTable({ facet, total }: { readonly facet: Facet; readonly total: number }): JSX.Element {
  return (
    <section>
      <h4>
        {facet.label}
        {facet.rows < total && <span class="muted"> in a sample of {plural(facet.rows, 'row')}</span>}
      </h4>
      <table class="plain facet">
        <tbody>
          {facet.values.map((v, i) => (
            <tr key={i}>
              <td class="facet-value" title={v.value}>
                {v.value}
              </td>
              <td class="number">{facet.rows < total ? formatPercent(v.count / facet.rows) : formatCount(v.count)}</td>
              <td class="facet-share" aria-hidden="true">
                <span style={{ width: `${(v.count / Math.max(1, facet.rows)) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {facet.others > 0 && <p class="muted">and {plural(facet.others, 'other value')}</p>}
    </section>
  );
}

/** The summary. */
export function Summary({ data }: { readonly data: CatalogData }): JSX.Element {
  const { counts, interval, bbox } = data;
  const facts = [
    { label: 'rows', value: formatCount(counts.rows) },
    { label: 'dated', value: formatCount(counts.dated) },
    { label: 'static', value: formatCount(counts.static) },
    { label: 'skipped', value: plural(counts.skipped, 'file') },
    { label: 'time', value: interval ? formatInterval(interval.startMicros, interval.endMicros) : 'no dates' },
    { label: 'place', value: bbox ? boxText(bbox) : 'nowhere' },
    { label: 'CRS', value: data.crs },
  ];
  return (
    <div class="report summary" tabIndex={0} role="group" aria-label="Summary">
      <Facts facts={facts} />
      <div class="facets">
        {(data.facets ?? []).map((f) => (
          <FacetTable key={f.label} facet={f} total={counts.rows} />
        ))}
      </div>
    </div>
  );
}
