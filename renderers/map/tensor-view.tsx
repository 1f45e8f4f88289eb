/** The `tensor` view: the pixels themselves, with band, stretch and ramp controls, draped on the map on demand. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CursorLine } from '../pixels/cursor.js';
import { drawPreview, showsClasses, type Look } from '../pixels/draw.js';
import { Histogram } from '../pixels/histogram.js';
import { cycleLook, initialLook, isLook, LookControls } from '../pixels/look-controls.js';
import { PreviewCanvas } from '../pixels/preview-canvas.js';
import { RampLegend } from '../pixels/ramp-legend.js';
import { bandLimits } from '../pixels/stretch.js';
import { DataTable } from '../shared/data-table.js';
import { formatNumber, formatPercent, formatTime } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { Empty, Facts, Segmented } from '../shared/ui.js';
import { isOneOf, useViewState, type ViewProps } from '../shared/view.js';
import { isPlaced } from './geometry.js';
import { MapPane } from './map-pane.js';
import { useBands } from './use-bands.js';

const NONE: ReadonlySet<number> = new Set();
const NO_FEATURES: readonly never[] = [];

/** The view. */
export function TensorView({ payload, host }: ViewProps<'tensor'>): JSX.Element {
  const { data, viewId } = payload;
  const frames = data.frames && data.frames.length > 0 ? data.frames : [data.preview];
  const [frame, setFrame] = useViewState<number>(
    host,
    viewId,
    'frame',
    0,
    (v): v is number => typeof v === 'number' && Number.isInteger(v) && v >= 0,
  );
  const inline = frames[Math.min(frame, frames.length - 1)] ?? data.preview;
  // The payload holds the first bands; where the names agree, the others can be asked for by index.
  const bandNames = useMemo(
    () =>
      inline.bands.every((b, i) => b.name === data.bandNames[i]) ? data.bandNames : inline.bands.map((b) => b.name),
    [inline, data],
  );
  const first = useMemo(() => initialLook(data.rendering, bandNames.length), [data]);
  const [wanted, setLook] = useViewState<Look>(host, viewId, 'look', first, isLook);
  const [tab, setTab] = useViewState<'image' | 'map' | 'table'>(
    host,
    viewId,
    'tab',
    'image',
    isOneOf(['image', 'map', 'table']),
  );
  const [pixel, setPixel] = useState<readonly [number, number] | null>(null);
  const { preview, look, isStopped } = useBands(host, viewId, payload.datasetId, inline, frame, wanted);
  const limits = useMemo(() => look.bands.map((b) => bandLimits(preview, b, look.stretch)), [preview, look]);
  const { classes } = data.rendering;

  const canvas = useRef<HTMLCanvasElement | null>(null);
  const [version, setVersion] = useState(0);
  useEffect(() => {
    if (tab !== 'map') return;
    canvas.current ??= document.createElement('canvas');
    drawPreview(canvas.current, preview, look, limits, classes);
    setVersion((n) => n + 1);
  }, [tab, preview, look, limits, classes]);
  const drape = useMemo(
    () => (version > 0 && canvas.current ? { canvas: canvas.current, corners: data.corners } : null),
    [version > 0, data.corners],
  );

  if (preview.bands.length === 0) {
    return (
      <Frame payload={payload} host={host}>
        <Empty icon="image">This array has no bands to show.</Empty>
      </Frame>
    );
  }
  const facts = [
    { label: 'shape', value: data.dims.map((d, i) => `${d} ${data.shape[i] ?? '?'}`).join(' × ') },
    { label: 'type', value: data.dtype },
    { label: 'CRS', value: data.crs },
    {
      label: 'pixel',
      value: `${formatNumber(Math.abs(data.transform[0]))} × ${formatNumber(Math.abs(data.transform[4]))}`,
    },
    { label: 'valid', value: formatPercent(data.validFraction) },
    ...(preview.step > 1 ? [{ label: 'preview', value: `every ${formatNumber(preview.step)} px` }] : []),
    ...(data.times && data.times.length === 1 ? [{ label: 'time', value: formatTime(data.times[0] ?? null) }] : []),
  ];
  const statRows = preview.bands.map((b) => [
    b.name,
    b.stats?.min ?? null,
    b.stats?.p2 ?? null,
    b.stats?.mean ?? null,
    b.stats?.p98 ?? null,
    b.stats?.max ?? null,
  ]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    if (target instanceof HTMLSelectElement || target instanceof HTMLInputElement) {
      event.stopPropagation();
      return;
    }
    const key = event.key.toLowerCase();
    if ((key !== 'b' && key !== 's') || event.ctrlKey || event.metaKey || event.altKey) return;
    setLook(cycleLook(wanted, bandNames.length, key, data.rendering.bands));
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={`${data.shape.join(' × ')} ${data.dtype} · ${data.crs}`}
      onKeyDown={onKeyDown}
      notice={isStopped ? 'kernel stopped: saved view' : null}
      controls={
        <>
          {tab !== 'table' && <LookControls look={wanted} bandNames={bandNames} classes={classes} onChange={setLook} />}
          <Segmented
            label="Show as"
            compact
            choices={[
              { value: 'image', label: 'Image', icon: 'image' },
              ...(isPlaced({ bbox: data.bbox, outline: [] })
                ? [{ value: 'map' as const, label: 'Map', icon: 'map' as const }]
                : []),
              { value: 'table', label: 'Table', icon: 'table' },
            ]}
            value={tab}
            onChange={setTab}
          />
        </>
      }
      status={
        tab === 'image' ? (
          <CursorLine preview={preview} transform={data.transform} crs={data.crs} pixel={pixel} classes={classes} />
        ) : undefined
      }
    >
      <div class="split">
        <div class="column">
          {tab === 'image' && (
            <div class="image-pane">
              <PreviewCanvas
                large
                preview={preview}
                look={look}
                limits={limits}
                classes={classes}
                label={payload.alt}
                onPoint={setPixel}
              />
            </div>
          )}
          {tab === 'map' && (
            <MapPane
              host={host}
              viewId={viewId}
              label={payload.alt}
              box={data.bbox}
              features={NO_FEATURES}
              hover={-1}
              selected={NONE}
              drape={drape}
              drapeVersion={version}
              onHover={() => undefined}
              onPick={() => undefined}
            />
          )}
          {tab === 'table' && (
            <DataTable
              label={`Bands of ${payload.title}`}
              columns={['band', 'min', 'p2', 'mean', 'p98', 'max']}
              rows={statRows}
            />
          )}
          {frames.length > 1 && (
            <div class="player">
              <input
                type="range"
                min={0}
                max={frames.length - 1}
                value={Math.min(frame, frames.length - 1)}
                aria-label="Time"
                onInput={(e) => setFrame(Number(e.currentTarget.value))}
              />
              <span class="mono nowrap">
                {formatTime(data.times?.[frame] ?? null)} · {Math.min(frame, frames.length - 1) + 1} / {frames.length}
              </span>
            </div>
          )}
        </div>
        <div class="side" tabIndex={0} role="group" aria-label="Legend and facts">
          {!showsClasses(look, classes) && <Histogram preview={preview} look={look} limits={limits} />}
          <RampLegend look={look} limits={limits} classes={classes} bandNames={preview.bands.map((b) => b.name)} />
          <hr />
          <Facts facts={facts} />
        </div>
      </div>
    </Frame>
  );
}
