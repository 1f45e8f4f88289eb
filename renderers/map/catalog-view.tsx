/** The `catalog` view: footprints on a map, timeline, table, details of the item that was clicked. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { TimeFilter } from '../../src/display/wire/message.js';
import { useDataset } from '../grid/use-dataset.js';
import { handleVerdictKey } from '../grid/verdict-keys.js';
import { hasBit, bitIndices } from '../shared/bits.js';
import { copyText } from '../shared/clipboard.js';
import { countsOf, verdictOf } from '../shared/curation.js';
import { DataTable } from '../shared/data-table.js';
import { formatInterval, plural } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { Live } from '../shared/live.js';
import { Empty, Pill, Segmented } from '../shared/ui.js';
import { isOneOf, useViewState, type ViewProps } from '../shared/view.js';
import { ColumnsView } from './columns-view.js';
import { Details } from './details.js';
import { isPlaced, unionBox } from './geometry.js';
import { Histogram } from './field/histogram.js';
import { Legend } from './legend.js';
import { MapPane } from './map-pane.js';
import { useMapRows } from './use-map-rows.js';
import { Summary } from './summary.js';
import { Timeline } from './timeline.js';
import { rowFacts } from './words.js';

/** Property names of rows in the order in which they first appear. */
export function propertyNames(rows: readonly { readonly properties: Readonly<Record<string, unknown>> }[]): string[] {
  return [...new Set(rows.flatMap((r) => Object.keys(r.properties)))];
}

/** The view: of row objects, or of columns where there are too many for objects. */
export function CatalogView(props: ViewProps<'catalog'>): JSX.Element {
  return props.payload.data.columns ? <ColumnsView {...props} /> : <RowsView {...props} />;
}

function RowsView({ payload, host }: ViewProps<'catalog'>): JSX.Element {
  const { data, viewId, datasetId } = payload;
  const { dataset, model } = useDataset(host, viewId, datasetId, data.rows, null);
  const [tab, setTab] = useViewState<'map' | 'table' | 'summary' | 'skipped'>(
    host,
    viewId,
    'tab',
    'map',
    isOneOf(['map', 'table', 'summary', 'skipped']),
  );
  const [openId, setOpenId] = useState<string | null>(null);
  const [time, setTime] = useState<TimeFilter | null>(null);
  const [spoken, setSpoken] = useState('');
  const { modelRow, rowOf, features } = useMapRows(data.rows, model);
  const selected = useMemo(
    () => new Set(bitIndices(model.selected).flatMap((m) => rowOf.get(m) ?? [])),
    [model.selected, rowOf],
  );
  const hover = rowOf.get(model.hover) ?? -1;
  const box = data.bbox ?? unionBox(data.rows.filter(isPlaced).map((r) => r.bbox));
  const columns = useMemo(() => ['id', 'start', 'end', ...propertyNames(data.rows)], [data]);
  const cells = useMemo(
    () =>
      data.rows.map((r) => [
        r.id,
        r.startMicros === null ? null : formatInterval(r.startMicros, r.startMicros),
        r.endMicros === null ? null : formatInterval(r.endMicros, r.endMicros),
        ...columns.slice(3).map((c) => r.properties[c] ?? null),
      ]),
    [data, columns],
  );
  const timelineItems = useMemo(
    () =>
      features.map((f, i) => ({
        row: i,
        startMicros: data.rows[i]?.startMicros ?? null,
        endMicros: data.rows[i]?.endMicros ?? null,
        state: f.state,
      })),
    [features, data],
  );

  const toModel = (rows: readonly number[]): number[] => rows.map((r) => modelRow[r] ?? -1).filter((m) => m >= 0);
  const onHover = (row: number): void => dataset.dispatch({ type: 'hover', row: row < 0 ? -1 : (modelRow[row] ?? -1) });
  const select = (rows: readonly number[], isToggle = false): void => {
    dataset.dispatch({ type: 'select', rows: toModel(rows), mode: isToggle ? 'toggle' : 'replace' });
  };
  const show = (row: number, event?: MouseEvent): void => {
    select([row], event?.ctrlKey === true || event?.metaKey === true);
    setOpenId(data.rows[row]?.id ?? null);
  };
  const openAt = data.rows.findIndex((r) => r.id === openId);
  const opened = data.rows[openAt];
  /** Selects the rows of a span of time; with none chosen any more, nothing. */
  const choose = (span: TimeFilter | null): void => {
    setTime(span);
    select(
      data.rows.flatMap((r, i) =>
        span && r.startMicros !== null && r.startMicros <= span[1] && (r.endMicros ?? r.startMicros) >= span[0]
          ? [i]
          : [],
      ),
    );
  };
  const onPick = (rows: readonly number[], event: MouseEvent): void => {
    // Clicking again on a stack of footprints goes to the one below.
    const next = rows[(rows.indexOf(openAt) + 1) % Math.max(1, rows.length)];
    if (next !== undefined) show(next, event);
    else {
      setOpenId(null);
      select([]);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isOurs = handleVerdictKey(event, {
      dataset,
      visibleRows: () => modelRow,
      onAdvance: () => undefined,
      onTag: () => undefined,
      onHelp: () => undefined,
      say: setSpoken,
    });
    if (isOurs) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const counts = countsOf(model);
  const { dated, static: timeless, skipped } = data.counts;
  const subtitle = [
    data.interval && formatInterval(data.interval.startMicros, data.interval.endMicros),
    timeless > 0 && dated > 0 ? `${timeless} static` : '',
    data.crs,
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={subtitle}
      onKeyDown={onKeyDown}
      controls={
        <>
          {skipped > 0 && <Pill icon="warning">{plural(skipped, 'file')} skipped</Pill>}
          <Segmented
            label="Show as"
            choices={[
              { value: 'map', label: 'Map', icon: 'map' },
              { value: 'table', label: 'Table', icon: 'table' },
              { value: 'summary', label: 'Summary', icon: 'info' },
              ...(data.skipped.length > 0
                ? [{ value: 'skipped' as const, label: 'Skipped', icon: 'warning' as const }]
                : []),
            ]}
            value={tab}
            onChange={setTab}
          />
        </>
      }
    >
      <div class="split">
        {tab === 'summary' ? (
          <Summary data={data} />
        ) : tab === 'skipped' ? (
          <DataTable
            label="Skipped files"
            columns={['item', 'code', 'message', 'hint']}
            rows={data.skipped.map((s) => [s.item, s.code, s.message, s.hint])}
          />
        ) : tab === 'table' ? (
          <DataTable
            label={payload.title}
            columns={columns}
            rows={cells}
            rowClass={(r) =>
              `${selected.has(r) ? 'selected' : ''} ${hover === r ? 'hovered' : ''} ${verdictOf(model, modelRow[r] ?? -1)}`
            }
            onRowClick={show}
            onRowHover={onHover}
            current={openAt}
          />
        ) : data.rows.length === 0 ? (
          <Empty icon="map">The catalog has no items.</Empty>
        ) : (
          <div class="column">
            <MapPane
              host={host}
              viewId={viewId}
              label={payload.alt}
              box={box}
              features={features}
              hover={hover}
              selected={selected}
              onHover={onHover}
              onPick={onPick}
            >
              {counts.kept + counts.rejected > 0 && (
                <Legend
                  entries={[
                    {
                      state: 'keep',
                      word: 'kept',
                      count: data.rows.filter((_, i) => hasBit(model.kept, modelRow[i] ?? -1)).length,
                    },
                    {
                      state: 'reject',
                      word: 'rejected',
                      count: data.rows.filter((_, i) => hasBit(model.rejected, modelRow[i] ?? -1)).length,
                    },
                    {
                      state: 'undecided',
                      word: 'undecided',
                      count: data.rows.filter((_, i) => verdictOf(model, modelRow[i] ?? -1) === 'undecided').length,
                    },
                  ]}
                />
              )}
            </MapPane>
            {data.histogram ? (
              <Histogram histogram={data.histogram} time={time} onTime={choose} />
            ) : (
              <Timeline items={timelineItems} hover={hover} selected={selected} onHover={onHover} onSelect={select} />
            )}
          </div>
        )}
        {opened && (
          <Details
            title={opened.id}
            position={`${openAt + 1} of ${data.rows.length}`}
            facts={rowFacts(opened)}
            onStep={(by) => show(Math.max(0, Math.min(data.rows.length - 1, openAt + by)))}
            onCopy={() => copyText(host, viewId, opened.id, setSpoken)}
            onClose={() => setOpenId(null)}
          />
        )}
      </div>
      <Live text={spoken} />
    </Frame>
  );
}
