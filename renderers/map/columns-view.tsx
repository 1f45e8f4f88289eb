/** The `catalog` view of many rows: density or boxes by zoom, a histogram of time, a table page by page, a summary. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { parseDetailResult, type TimeFilter } from '../../src/display/wire/message.js';
import type { FootprintRow, LonLatBox } from '../../src/display/wire/payload.js';
import { copyText } from '../shared/clipboard.js';
import { DataTable } from '../shared/data-table.js';
import { formatCell, formatCount, formatInterval, formatTime, plural } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { Live } from '../shared/live.js';
import { Button, Pill, Segmented, type Fact } from '../shared/ui.js';
import { useSignalValue } from '../shared/use-signal.js';
import { isOneOf, useViewState, type ViewProps } from '../shared/view.js';
import { Details } from './details.js';
import { boxOf, factOf, timesOf } from './field/chunk.js';
import { Field } from './field/field.js';
import { FieldLegend } from './field/field-legend.js';
import { Histogram } from './field/histogram.js';
import { PagedTable, type ColumnSort } from './field/paged-table.js';
import { useRows } from './field/use-rows.js';
import type { MapFeature } from './geometry.js';
import { MapPane } from './map-pane.js';
import { Summary } from './summary.js';
import { boxText, rowFacts } from './words.js';

/** Numbers of the marked features on the map. */
const [HOVERED, OPENED] = [1, 2];
const TABS = ['map', 'table', 'summary', 'skipped'] as const;
const MARKED = new Set([OPENED]);

/** A row that is open: what the payload knows of it at once, all of it when the kernel has answered. */
interface Open {
  readonly number: number;
  readonly place: string;
  readonly box: LonLatBox | null;
  readonly facts: readonly Fact[];
  readonly row: FootprintRow | null;
}

/** The view. */
export function ColumnsView({ payload, host }: ViewProps<'catalog'>): JSX.Element {
  const { data, viewId, datasetId } = payload;
  const field = useMemo(() => new Field(host, payload), [payload]);
  useEffect(() => () => field.destroy(), [field]);
  const shown = useSignalValue(field.shown);
  const loading = useSignalValue(field.loading);
  const isWhole = useSignalValue(field.isWhole);
  const isAlone = useSignalValue(field.isAlone);
  const [tab, setTab] = useViewState<(typeof TABS)[number]>(host, viewId, 'tab', 'map', isOneOf(TABS));
  const [time, setTime] = useState<TimeFilter | null>(null);
  const [sort, setSort] = useState<ColumnSort | null>(null);
  const [hover, setHover] = useState(-1);
  const [open, setOpen] = useState<Open | null>(null);
  const [spoken, setSpoken] = useState('');
  const inline = data.columns?.length ?? 0;
  const total = data.counts.rows;
  const rows = useRows({ host, viewId, datasetId, field, isAlone, total, time, sort });

  const filter = (next: TimeFilter | null): void => {
    setTime(next);
    field.setTime(next);
    setSpoken(next ? `time from ${formatTime(next[0], false)} to ${formatTime(next[1], false)}` : 'all times');
  };
  /** Asks the kernel for all facts of a row; without an answer what is known stays. */
  const complete = async (number: number, address: { row: number } | { sample: number }): Promise<void> => {
    try {
      const parsed = parseDetailResult(await host.ask(viewId, 'detail', { datasetId, ...address }));
      const row = parsed.ok ? parsed.value.row : null;
      if (row)
        setOpen((now) =>
          now?.number === number ? { ...now, row, box: row.bbox, facts: rowFacts(row), place: row.id } : now,
        );
    } catch {
      field.isAlone.value = true;
    }
  };
  const show = (number: number): void => {
    const ref = field.refOf(number);
    if (!ref) return;
    const { chunk, i } = ref;
    const box = boxOf(chunk, i);
    const id = factOf(chunk, 'id', i);
    const address = field.addressOf(number);
    const name =
      typeof id === 'string' ? id : address && 'row' in address ? `row ${formatCount(address.row)}` : 'one row';
    const facts = [
      { label: 'time', value: formatInterval(...timesOf(chunk, i)) },
      { label: 'bounds', value: box ? boxText(box) : 'nowhere' },
      ...[...chunk.facts.keys()].map((label) => ({ label, value: formatCell(factOf(chunk, label, i)) })),
    ];
    setOpen({ number, place: name, box, facts, row: null });
    if (!isAlone && address) void complete(number, address);
  };
  const onPick = (numbers: readonly number[]): void => {
    // Clicking again on a stack of footprints goes to the one below.
    const next = numbers[(numbers.indexOf(open?.number ?? -1) + 1) % Math.max(1, numbers.length)];
    if (next === undefined) setOpen(null);
    else show(next);
  };
  const hovered = hover < 0 ? null : field.refOf(hover);
  const hoverBox = hovered && boxOf(hovered.chunk, hovered.i);
  const features = useMemo((): MapFeature[] => {
    const marks: MapFeature[] = [];
    if (hoverBox) marks.push({ row: HOVERED, bbox: hoverBox, outline: [], state: 'undecided' });
    if (open?.box) marks.push({ row: OPENED, bbox: open.box, outline: open.row?.outline ?? [], state: 'undecided' });
    return marks;
  }, [hover, open]);

  const subtitle = [
    data.interval && formatInterval(data.interval.startMicros, data.interval.endMicros),
    data.counts.static > 0 && data.counts.dated > 0 ? `${formatCount(data.counts.static)} static` : '',
    data.crs,
  ]
    .filter(Boolean)
    .join(' · ');
  const what = loading ? (
    <Pill>
      loading {formatCount(loading.done)} of {formatCount(loading.total)}
    </Pill>
  ) : isWhole ? undefined : (
    <Pill title="The output holds a part of the rows; counts, density and histogram are of all of them">
      showing {formatCount(inline)} of {formatCount(total)}
      {!isAlone && (
        <button type="button" class="pill-button" onClick={() => void field.loadAll()}>
          Load all
        </button>
      )}
    </Pill>
  );
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={subtitle}
      truncated={what ?? null}
      notice={payload.live && isAlone ? 'kernel stopped: saved view' : null}
      controls={
        <>
          {time && (
            <Button
              icon="close"
              text={`${formatTime(time[0], false)} – ${formatTime(time[1], false)}`}
              label="Show all times"
              class="secondary"
              onClick={() => filter(null)}
            />
          )}
          {data.counts.skipped > 0 && <Pill icon="warning">{plural(data.counts.skipped, 'file')} skipped</Pill>}
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
        ) : (
          <div class="column">
            {tab === 'table' ? (
              <PagedTable
                label={payload.title}
                {...rows}
                sort={sort}
                onSort={setSort}
                onRowClick={(row) => {
                  if (isAlone) show(row.key);
                  else {
                    setOpen({
                      number: row.key,
                      place: String(row.cells['id'] ?? row.key),
                      box: null,
                      facts: [],
                      row: null,
                    });
                    void complete(row.key, { row: row.key });
                  }
                }}
                current={open?.number ?? -1}
              />
            ) : (
              <MapPane
                host={host}
                viewId={viewId}
                label={payload.alt}
                box={data.bbox}
                features={features}
                field={field}
                hover={hover < 0 ? -1 : HOVERED}
                selected={MARKED}
                onHover={setHover}
                onPick={onPick}
              >
                {shown && <FieldLegend shown={shown} total={total} inline={inline} />}
              </MapPane>
            )}
            {data.histogram && <Histogram histogram={data.histogram} time={time} onTime={filter} />}
          </div>
        )}
        {open && tab !== 'summary' && tab !== 'skipped' && (
          <Details
            title={open.place}
            position={open.row ? '' : isAlone ? 'from the file' : ''}
            facts={open.facts}
            onStep={(by) => show(open.number + by)}
            onCopy={() => copyText(host, viewId, open.place, setSpoken)}
            onClose={() => setOpen(null)}
          />
        )}
      </div>
      <Live text={spoken} />
    </Frame>
  );
}
