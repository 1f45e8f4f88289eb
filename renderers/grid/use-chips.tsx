/**
 * The chip grid as parts: `chips` and `curation` arrange the same grid, controls, counts, status line and panels in
 * different frames, so the state they share lives here once.
 */
import type { JSX } from 'preact';
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import type { ChipItem, ChipsData, Payload, Preview } from '../../src/display/wire/payload.js';
import { centred } from '../../src/display/wire/ramp.js';
import { CursorLine } from '../pixels/cursor.js';
import type { Look } from '../pixels/draw.js';
import { cycleLook, initialLook, isLook, LookControls } from '../pixels/look-controls.js';
import { commonLimits, type Limits } from '../pixels/stretch.js';
import { copyText } from '../shared/clipboard.js';
import {
  countsOf,
  tagsOf,
  targetRows,
  verdictOf,
  type CurationCounts,
  type CurationModel,
} from '../shared/curation.js';
import type { Host } from '../shared/host.js';
import { Live } from '../shared/live.js';
import type { Dataset } from '../shared/store.js';
import { Button, Select } from '../shared/ui.js';
import { useSignalValue } from '../shared/use-signal.js';
import { isNumber, isOneOf, useViewState } from '../shared/view.js';
import { ChipDetail } from './chip-detail.js';
import { ChipGrid } from './chip-grid.js';
import { arrangeChips, SORTS, type Filter, type SortName } from './chip-list.js';
import { Counts } from './counts.js';
import { HelpPanel, TagPanel } from './panels.js';
import { useDataset } from './use-dataset.js';
import { usePixels } from './use-pixels.js';
import { handleVerdictKey, quickTags } from './verdict-keys.js';

/** Sides of a chip in CSS pixels that the size control offers. */
const SIZES = [72, 96, 144, 208] as const;

export interface ChipParts {
  readonly dataset: Dataset;
  readonly model: CurationModel;
  readonly numbers: CurationCounts;
  readonly shown: readonly ChipItem[];
  readonly controls: JSX.Element;
  readonly verdictControls: JSX.Element;
  readonly counts: JSX.Element;
  readonly grid: JSX.Element;
  readonly status: JSX.Element;
  readonly overlay: JSX.Element;
  readonly notice: string | null;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly open: (id: string) => void;
}

const NO_CHIPS: Readonly<Record<Filter, string>> = {
  all: 'There are no chips.',
  keep: 'Nothing is kept yet. Press K on a chip, or use its ✓ button.',
  reject: 'Nothing is rejected yet. Press R on a chip, or use its ✕ button.',
  undecided: 'Everything is decided.',
  tagged: 'Nothing is tagged yet. Press T or 1–9 on a chip.',
};

/** The parts of a chip view for one payload. */
export function useChips(
  payload: Payload<'chips' | 'curation', ChipsData>,
  host: Host,
  defaultSize: number,
): ChipParts {
  const { data, viewId, datasetId } = payload;
  const { dataset, model } = useDataset(host, viewId, datasetId, data.items, data.curation);
  const pixels = usePixels(host, viewId, datasetId);
  const bandNames = useMemo(
    () => data.items.find((i) => i.preview)?.preview?.bands.map((b) => b.name) ?? data.bandNames,
    [data],
  );
  const first = useMemo(() => initialLook(data.rendering, bandNames.length), [data, bandNames]);
  const [look, setLook] = useViewState<Look>(host, viewId, 'look', first, isLook);
  const [sort, setSort] = useViewState<SortName>(host, viewId, 'sort', 'order', isOneOf(SORTS.map((s) => s.value)));
  const [filter, setFilter] = useViewState<Filter>(
    host,
    viewId,
    'filter',
    'all',
    isOneOf(['all', 'keep', 'reject', 'undecided', 'tagged']),
  );
  const [size, setSize] = useViewState<number>(host, viewId, 'size', defaultSize, isNumber);
  const [openId, setOpenId] = useState<string | null>(null);
  const [panel, setPanel] = useState<'help' | 'tag' | null>(null);
  const [spoken, setSpoken] = useState('');
  const [pointed, setPointed] = useState<{
    item: ChipItem;
    pixel: readonly [number, number];
    preview: Preview | null;
  } | null>(null);
  const writesCode = useSignalValue(dataset.writesCode);
  const note = useSignalValue(dataset.note);

  const limits = useMemo((): readonly Limits[] => {
    const previews = data.items.flatMap((i) => pixels.of(i) ?? []);
    return look.bands.map((b) => centred(look.ramp, commonLimits(previews, b, look.stretch)));
  }, [data, look]);
  const shown = useMemo(
    () => arrangeChips(data.items, model, filter, sort),
    [data, model.kept, model.rejected, model.tags, filter, sort],
  );
  const numbers = countsOf(model);
  const say = useCallback((text: string) => setSpoken(text), []);
  const pixelsNow = useRef(pixels);
  pixelsNow.current = pixels;
  const onPoint = useCallback(
    (item: ChipItem, pixel: readonly [number, number] | null) =>
      setPointed(pixel ? { item, pixel, preview: pixelsNow.current.of(item) } : null),
    [],
  );
  const open = useCallback(
    (id: string) => {
      const row = dataset.model.peek().indexOf.get(id);
      if (row !== undefined) dataset.dispatch({ type: 'move', row });
      setOpenId(id);
    },
    [dataset],
  );

  const rowsShown = (): number[] => shown.flatMap((i) => model.indexOf.get(i.id) ?? []);
  const stepTo = (by: number): void => {
    const rows = rowsShown();
    const at = rows.indexOf(dataset.model.peek().cursor);
    const row = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (row === undefined) return;
    dataset.dispatch({ type: 'move', row });
    if (openId !== null) setOpenId(model.ids[row] ?? null);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    const isTyping = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (isTyping) {
      event.stopPropagation();
      return;
    }
    let handled = handleVerdictKey(event, {
      dataset,
      visibleRows: rowsShown,
      onAdvance: () => stepTo(1),
      onTag: () => setPanel('tag'),
      onHelp: () => setPanel(panel === 'help' ? null : 'help'),
      say,
    });
    const key = event.key.toLowerCase();
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!handled && isPlain && (key === 'b' || key === 's')) {
      setLook(cycleLook(look, bandNames.length, key, data.rendering.bands));
      handled = true;
    }
    if (!handled && isPlain && openId !== null && (key === 'arrowleft' || key === 'arrowright')) {
      stepTo(key === 'arrowleft' ? -1 : 1);
      handled = true;
    }
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const opened = openId === null ? undefined : data.items.find((i) => i.id === openId);
  const openedRow = opened ? (model.indexOf.get(opened.id) ?? -1) : -1;
  const sizeAt = Math.max(
    0,
    SIZES.findIndex((s) => s >= size),
  );
  return {
    dataset,
    model,
    numbers,
    shown,
    open,
    onKeyDown,
    notice: pixels.isStopped
      ? [note, 'kernel stopped: saved view'].filter((n) => n !== null).join(' · ')
      : note !== null
        ? note
        : data.curation && !host.hasMessaging
          ? 'verdicts stay in this view: no kernel'
          : null,
    controls: (
      <>
        <LookControls look={look} bandNames={bandNames} classes={data.rendering.classes} onChange={setLook} />
        <Select
          label="Sort by"
          prefix="Sort"
          value={sort}
          choices={SORTS}
          onChange={(v) => setSort(SORTS.find((s) => s.value === v)?.value ?? 'order')}
        />
      </>
    ),
    verdictControls: (
      <>
        {numbers.selected > 1 && <span class="muted nowrap">{numbers.selected} selected</span>}
        <Button
          icon="undo"
          label="Undo (Ctrl/Cmd+Z)"
          disabled={model.past.length === 0}
          onClick={() => dataset.dispatch({ type: 'undo' })}
        />
        <Button
          icon="redo"
          label="Redo (Ctrl/Cmd+Shift+Z)"
          disabled={model.future.length === 0}
          onClick={() => dataset.dispatch({ type: 'redo' })}
        />
        <Button icon="tag" label="Tag… (T)" onClick={() => setPanel('tag')} />
        <span class="divider" />
        <Button
          icon="minus"
          label="Smaller chips"
          disabled={sizeAt === 0}
          onClick={() => setSize(SIZES[sizeAt - 1] ?? 72)}
        />
        <Button
          icon="plus"
          label="Larger chips"
          disabled={sizeAt === SIZES.length - 1}
          onClick={() => setSize(SIZES[sizeAt + 1] ?? 208)}
        />
        <Button icon="help" label="Keyboard (?)" onClick={() => setPanel('help')} />
      </>
    ),
    counts: <Counts counts={numbers} filter={filter} onFilter={setFilter} />,
    grid: (
      <ChipGrid
        label={payload.title}
        items={shown}
        dataset={dataset}
        model={model}
        pixels={pixels}
        look={look}
        limits={limits}
        classes={data.rendering.classes}
        size={size}
        emptyText={NO_CHIPS[filter]}
        onOpen={open}
        onPoint={onPoint}
        say={say}
      />
    ),
    status: (
      <>
        {pointed?.preview ? (
          <CursorLine
            preview={pointed.preview}
            transform={pointed.item.transform}
            crs={pointed.item.crs}
            pixel={pointed.pixel}
            classes={data.rendering.classes}
            name={pointed.item.title || pointed.item.id}
          />
        ) : (
          <span class="muted">
            Point at a pixel to read its values · Enter: detail · K keep, R reject, U undecided · ? keys
          </span>
        )}
        <span class="grow" />
        {data.curation && writesCode && (
          <span
            class="muted nowrap"
            title={`Verdicts become steps on curate(${data.curation.source}) in the cell below`}
          >
            writes to code
          </span>
        )}
      </>
    ),
    overlay: (
      <>
        {opened && (
          <ChipDetail
            item={opened}
            preview={pixels.detail(opened)}
            position={`${shown.indexOf(opened) + 1} of ${shown.length}`}
            verdict={verdictOf(model, openedRow)}
            tags={tagsOf(model, openedRow)}
            look={look}
            limits={limits}
            classes={data.rendering.classes}
            onVerdict={(verdict) => dataset.dispatch({ type: 'verdict', rows: [openedRow], verdict })}
            onStep={stepTo}
            onTag={() => setPanel('tag')}
            onCopy={() => copyText(host, viewId, opened.id, say)}
            onClose={() => setOpenId(null)}
            onShown={() => {
              setPointed(null);
              pixels.wantDetail(opened);
            }}
            onPoint={(pixel) => setPointed(pixel ? { item: opened, pixel, preview: pixels.detail(opened) } : null)}
          />
        )}
        {panel === 'help' && <HelpPanel onClose={() => setPanel(null)} />}
        {panel === 'tag' && (
          <TagPanel
            count={targetRows(model).length}
            quick={quickTags(dataset)}
            onTag={(tag) => dataset.dispatch({ type: 'tag', rows: targetRows(model), tag })}
            onClose={() => setPanel(null)}
          />
        )}
        <Live text={spoken} />
      </>
    ),
  };
}
