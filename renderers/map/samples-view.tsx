/** The `samples` view: chip boxes on the map in sampling order, played as an animation, with yield and skips. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useDataset } from '../grid/use-dataset.js';
import { bitIndices } from '../shared/bits.js';
import { DataTable } from '../shared/data-table.js';
import { verdictOf } from '../shared/curation.js';
import { formatInterval, formatPercent, plural } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { Button, Empty, Facts, Pill, Segmented } from '../shared/ui.js';
import { isOneOf, useViewState, type ViewProps } from '../shared/view.js';
import { isPlaced, unionBox } from './geometry.js';
import { MapPane } from './map-pane.js';

/** The animation lasts about this long, however many chips there are. */
const PLAY_MS = 5000;
const FRAME_MS = 60;

/** The view. */
export function SamplesView({ payload, host }: ViewProps<'samples'>): JSX.Element {
  const { data, viewId, datasetId } = payload;
  const { dataset, model } = useDataset(host, viewId, datasetId, data.items, null);
  const [tab, setTab] = useViewState<'map' | 'table'>(host, viewId, 'tab', 'map', isOneOf(['map', 'table']));
  const [until, setUntil] = useState(data.items.length);
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    setUntil(data.items.length);
    setPlaying(false);
  }, [data]);
  useEffect(() => {
    if (!isPlaying) return undefined;
    const step = Math.max(1, Math.round((data.items.length * FRAME_MS) / PLAY_MS));
    const timer = setInterval(
      () => setUntil((n) => Math.min(data.items.length, n + step)),
      Math.max(FRAME_MS, Math.min(500, PLAY_MS / Math.max(1, data.items.length))),
    );
    return () => clearInterval(timer);
  }, [isPlaying, data]);
  useEffect(() => {
    if (until >= data.items.length) setPlaying(false);
  }, [until]);

  const modelRow = useMemo(() => data.items.map((r) => model.indexOf.get(r.id) ?? -1), [data, model.indexOf]);
  const rowOf = useMemo(() => new Map(modelRow.map((m, i) => [m, i])), [modelRow]);
  const features = useMemo(
    () =>
      data.items
        .slice(0, until)
        .map((r, i) => ({ row: i, bbox: r.bbox, outline: r.outline, state: verdictOf(model, modelRow[i] ?? -1) })),
    [data, until, model.kept, model.rejected, modelRow],
  );
  const selected = useMemo(
    () =>
      new Set(
        isPlaying || until < data.items.length
          ? [until - 1]
          : bitIndices(model.selected).flatMap((m) => rowOf.get(m) ?? []),
      ),
    [model.selected, rowOf, until, isPlaying],
  );
  const box = data.bbox ?? unionBox(data.items.filter(isPlaced).map((i) => i.bbox));
  const skipped = data.skipped.reduce((n, s) => n + s.count, 0);
  const hover = rowOf.get(model.hover) ?? -1;
  const onHover = (row: number): void => dataset.dispatch({ type: 'hover', row: row < 0 ? -1 : (modelRow[row] ?? -1) });
  const pick = (row: number | undefined): void =>
    dataset.dispatch({
      type: 'select',
      rows: row === undefined ? [] : [modelRow[row] ?? -1].filter((m) => m >= 0),
      mode: 'replace',
    });
  const play = (): void => {
    if (!isPlaying && until >= data.items.length) setUntil(0);
    setPlaying(!isPlaying);
  };
  const facts = [
    { label: 'chips', value: String(data.length) },
    { label: 'chip size', value: data.chipSize ? `${data.chipSize[0]} × ${data.chipSize[1]} px` : '–' },
    { label: 'seed', value: data.seed ?? 'none (grid)' },
    { label: 'CRS', value: data.crs },
    {
      label: 'yield',
      value:
        data.length + skipped === 0
          ? '–'
          : `${formatPercent(data.length / (data.length + skipped))} of ${data.length + skipped}`,
    },
  ];
  const active = hover >= 0 ? hover : ([...selected][0] ?? -1);
  const item = data.items[active];
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={[plural(data.length, 'chip'), data.chipSize && `${data.chipSize[0]} × ${data.chipSize[1]} px`, data.crs]
        .filter(Boolean)
        .join(' · ')}
      controls={
        <>
          {skipped > 0 && <Pill icon="info">{skipped} skipped</Pill>}
          <Segmented
            label="Show as"
            choices={[
              { value: 'map', label: 'Map', icon: 'map' },
              { value: 'table', label: 'Table', icon: 'table' },
            ]}
            value={tab}
            onChange={setTab}
          />
        </>
      }
      status={
        item ? (
          <span class="mono">{`${active + 1}. ${item.id} · ${formatInterval(item.startMicros, item.endMicros)}`}</span>
        ) : (
          <span class="muted">Point at a chip to see which one it is</span>
        )
      }
    >
      <div class="split">
        {tab === 'table' ? (
          <DataTable
            label={payload.title}
            columns={['order', 'id', 'time', 'west', 'south', 'east', 'north']}
            rows={data.items.map((i, k) => [k + 1, i.id, formatInterval(i.startMicros, i.endMicros), ...i.bbox])}
            rowClass={(r) => `${selected.has(r) ? 'selected' : ''} ${hover === r ? 'hovered' : ''}`}
            onRowClick={pick}
            onRowHover={onHover}
          />
        ) : data.items.length === 0 ? (
          <Empty icon="map">The sampler gave no chips. The list beside says why.</Empty>
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
              onPick={(rows) => pick(rows[0])}
            />
            <div class="player">
              <Button
                icon={isPlaying ? 'pause' : 'play'}
                label={isPlaying ? 'Pause' : 'Play in sampling order'}
                onClick={play}
              />
              <input
                type="range"
                min={0}
                max={data.items.length}
                value={until}
                aria-label="Chips shown, in sampling order"
                onInput={(e) => {
                  setPlaying(false);
                  setUntil(Number(e.currentTarget.value));
                }}
              />
              <span class="mono nowrap">
                {until} / {data.items.length}
              </span>
            </div>
          </div>
        )}
        <div class="side" tabIndex={0} role="group" aria-label="Yield">
          <Facts facts={facts} />
          <h4>Skipped</h4>
          {data.skipped.length === 0 ? (
            <p class="muted">Nothing was skipped.</p>
          ) : (
            <table class="mini">
              <tbody>
                {data.skipped.map((s, i) => (
                  <tr key={i}>
                    <td title={s.item}>
                      {s.reason}
                      <div class="muted ellipsis">{s.item}</div>
                    </td>
                    <td class="number">{s.count}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      </div>
    </Frame>
  );
}
