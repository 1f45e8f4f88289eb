/** The `curation` view: map, chips, timeline and table of the same items: one model, so hover, selection and verdicts are shared. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { CountBar } from '../grid/counts.js';
import { useChips } from '../grid/use-chips.js';
import { bitIndices } from '../shared/bits.js';
import { tagsOf, verdictOf } from '../shared/curation.js';
import { DataTable } from '../shared/data-table.js';
import { formatInterval, plural } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { Button } from '../shared/ui.js';
import { isOneOf, useViewState, type ViewProps } from '../shared/view.js';
import { propertyNames } from './catalog-view.js';
import { isPlaced, unionBox } from './geometry.js';
import { Legend } from './legend.js';
import { MapPane } from './map-pane.js';
import { useMapRows } from './use-map-rows.js';
import { Timeline } from './timeline.js';

const VERDICT_WORDS = { keep: 'kept', reject: 'rejected', undecided: 'undecided' } as const;

/** The view. */
export function CurationView({ payload, host }: ViewProps<'curation'>): JSX.Element {
  const { data, viewId } = payload;
  const chips = useChips(payload, host, 96);
  const { dataset, model, shown, numbers } = chips;
  const [table, setTable] = useViewState<'open' | 'closed'>(host, viewId, 'table', 'open', isOneOf(['open', 'closed']));
  const { modelRow, rowOf, features } = useMapRows(data.items, model);
  const selected = useMemo(
    () => new Set([...bitIndices(model.selected), model.cursor].flatMap((m) => rowOf.get(m) ?? [])),
    [model.selected, model.cursor, rowOf],
  );
  const box = useMemo(() => unionBox(data.items.filter(isPlaced).map((i) => i.bbox)), [data]);
  const hover = rowOf.get(model.hover) ?? -1;
  const names = useMemo(() => propertyNames(data.items).slice(0, 8), [data]);
  const columns = useMemo(() => ['verdict', 'id', 'time', 'valid', 'tags', ...names], [names]);
  const rows = useMemo(
    () =>
      shown.map((item) => [
        VERDICT_WORDS[verdictOf(model, model.indexOf.get(item.id) ?? -1)],
        item.id,
        formatInterval(item.startMicros, item.endMicros),
        item.validFraction,
        tagsOf(model, model.indexOf.get(item.id) ?? -1).join(', '),
        ...names.map((n) => item.properties[n] ?? null),
      ]),
    [shown, model.kept, model.rejected, model.tags, names],
  );
  const timelineItems = useMemo(
    () =>
      features.map((f, i) => ({
        row: i,
        startMicros: data.items[i]?.startMicros ?? null,
        endMicros: data.items[i]?.endMicros ?? null,
        state: f.state,
      })),
    [features, data],
  );

  const onHover = (row: number): void => dataset.dispatch({ type: 'hover', row: row < 0 ? -1 : (modelRow[row] ?? -1) });
  const select = (list: readonly number[], isToggle = false): void =>
    dataset.dispatch({
      type: 'select',
      rows: list.map((r) => modelRow[r] ?? -1).filter((m) => m >= 0),
      mode: isToggle ? 'toggle' : 'replace',
    });
  const shownRow = (r: number): number => model.indexOf.get(shown[r]?.id ?? '') ?? -1;
  const what = { catalog: 'item', samples: 'chip', chips: 'chip' }[data.of];
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={plural(data.count, what)}
      controls={chips.controls}
      status={chips.status}
      notice={chips.notice}
      onKeyDown={chips.onKeyDown}
    >
      <div class="bar second">
        {chips.counts}
        <span class="grow" />
        {chips.verdictControls}
        <Button
          icon="table"
          label={table === 'open' ? 'Hide the table' : 'Show the table'}
          pressed={table === 'open'}
          onClick={() => setTable(table === 'open' ? 'closed' : 'open')}
        />
      </div>
      <CountBar counts={numbers} />
      <div class="curation">
        <div class="curation-map">
          <MapPane
            host={host}
            viewId={viewId}
            label={payload.alt}
            box={box}
            features={features}
            hover={hover}
            selected={selected}
            onHover={onHover}
            onPick={(list, event) => select(list.slice(0, 1), event.ctrlKey || event.metaKey)}
          >
            <Legend
              entries={[
                { state: 'keep', word: 'kept', count: numbers.kept },
                { state: 'reject', word: 'rejected', count: numbers.rejected },
                { state: 'undecided', word: 'undecided', count: numbers.undecided },
              ]}
            />
          </MapPane>
          <Timeline items={timelineItems} hover={hover} selected={selected} onHover={onHover} onSelect={select} />
        </div>
        <div class="curation-chips">{chips.grid}</div>
      </div>
      {table === 'open' && (
        <div class="curation-table">
          <DataTable
            label={`Items of ${payload.title}`}
            columns={columns}
            rows={rows}
            rowClass={(r) =>
              `${verdictOf(model, shownRow(r))} ${shownRow(r) === model.cursor || selected.has(rowOf.get(shownRow(r)) ?? -1) ? 'selected' : ''} ${model.hover >= 0 && model.hover === shownRow(r) ? 'hovered' : ''}`
            }
            onRowClick={(r, event) =>
              dataset.dispatch({
                type: 'select',
                rows: [shownRow(r)],
                mode: event.ctrlKey || event.metaKey ? 'toggle' : 'replace',
              })
            }
            onRowHover={(r) => dataset.dispatch({ type: 'hover', row: r < 0 ? -1 : shownRow(r) })}
            current={shown.findIndex((i) => model.indexOf.get(i.id) === model.cursor)}
          />
        </div>
      )}
      {chips.overlay}
    </Frame>
  );
}
