/** The `tensor` view: the pixels themselves down to single ones, with bands, stretch, dates and mask; or on the map. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TensorData } from '../../src/display/wire/payload.js';
import { drawPreview, showsClasses, type Classes, type Look } from '../pixels/draw.js';
import { Histogram } from '../pixels/histogram.js';
import { ImageViewer, isCamera, type Pixel } from '../pixels/image-viewer.js';
import { cycleLook, initialLook, isLook, LookControls } from '../pixels/look-controls.js';
import { RampLegend } from '../pixels/ramp-legend.js';
import { Readout, usePixelValues } from '../pixels/readout.js';
import type { Layer } from '../pixels/scene.js';
import { seriesLimits, type Limits } from '../pixels/stretch.js';
import { TileStore } from '../pixels/tiles.js';
import { DataTable } from '../shared/data-table.js';
import { Frame } from '../shared/frame.js';
import { Button, Empty, Facts, Segmented } from '../shared/ui.js';
import { isOneOf, useViewState, type ViewProps } from '../shared/view.js';
import { FramePlayer } from './frame-player.js';
import { isPlaced } from './geometry.js';
import { MapPane } from './map-pane.js';
import { oddity, statRows, STAT_COLUMNS, tensorFactsOf } from './tensor-words.js';
import { useBands } from './use-bands.js';
import { useFrames } from './use-frames.js';

const NONE: ReadonlySet<number> = new Set();
const NO_FEATURES: readonly never[] = [];
const NO_FRAMES: readonly never[] = [];
const isFrame = (v: unknown): v is number => typeof v === 'number' && Number.isInteger(v) && v >= 0;
const isFrameOrNone = (v: unknown): v is number | null => v === null || isFrame(v);
const isFlag = (v: unknown): v is boolean => typeof v === 'boolean';

/** Classes of a band of a tensor when it is shown alone. */
function classesOfBand(data: TensorData, band: number): Classes {
  if (data.rendering.classes && (band === data.rendering.bands[0] || !data.classBands)) return data.rendering.classes;
  return data.classBands?.find((c) => c.band === band)?.classes ?? null;
}

/** The view. */
export function TensorView({ payload, host }: ViewProps<'tensor'>): JSX.Element {
  const { data, viewId, datasetId } = payload;
  const state = <T,>(key: string, initial: T, accept: (v: unknown) => v is T): [T, (v: T) => void] =>
    useViewState(host, viewId, key, initial, accept);
  const [storedFrame, setFrame] = state('frame', 0, isFrame);
  const [storedOther, setOther] = state<number | null>('beside', null, isFrameOrNone);
  const [isPlaying, setPlaying] = useState(false);
  const [tab, setTab] = state<'image' | 'map' | 'table'>('tab', 'image', isOneOf(['image', 'map', 'table']));
  const [showsMask, setShowsMask] = state('mask', false, isFlag);
  const [camera, setCamera] = state('view', null, isCamera);
  const [pixel, setPixel] = useState<Pixel | null>(null);

  const asked = [storedFrame, ...(storedOther === null ? [] : [storedOther]), ...(isPlaying ? [storedFrame + 1] : [])];
  const frames = useFrames(host, viewId, datasetId, data, asked);
  const frame = Math.min(storedFrame, frames.count - 1);
  const other = storedOther !== null && storedOther < frames.count && storedOther !== frame ? storedOther : null;
  // A date that is not here yet leaves the one before on the screen.
  const lastHere = useRef(0);
  if (frames.at(frame)) lastHere.current = frame;
  const shownFrame = frames.at(lastHere.current) ? lastHere.current : 0;
  const inline = frames.at(shownFrame) ?? data.preview;
  // The payload holds the first bands; where the names agree, the others can be asked for by index.
  const bandNames = useMemo(
    () =>
      inline.bands.every((b, i) => b.name === data.bandNames[i]) ? data.bandNames : inline.bands.map((b) => b.name),
    [inline, data],
  );
  const first = useMemo(() => initialLook(data.rendering, bandNames.length), [data]);
  const [wanted, setLook] = state<Look>('look', first, isLook);
  const { preview, look, bands, bandAt, isStopped } = useBands(host, viewId, datasetId, inline, shownFrame, wanted);
  const dates = data.frames ?? NO_FRAMES;
  const limits = useMemo(() => seriesLimits(dates, preview, look), [dates, preview, look]);
  const classes = bands.length === 1 ? classesOfBand(data, bands[0] ?? 0) : null;

  const [height, width] = [data.shape.at(-2) ?? 1, data.shape.at(-1) ?? 1];
  const image = useMemo(() => ({ width, height }), [width, height]);
  const [tileVersion, setTileVersion] = useState(0);
  const levels = data.levels ?? (frames.count > 1 && inline.step > 1 ? Math.ceil(Math.log2(inline.step)) : 0);
  const tiles = useMemo(
    () => (levels > 0 ? new TileStore(host, viewId, datasetId, () => setTileVersion((n) => n + 1)) : null),
    [host, viewId, datasetId, levels > 0],
  );
  useEffect(() => () => tiles?.destroy(), [tiles]);
  const layer = useMemo(
    (): Layer => ({ preview, look, bands, frame: shownFrame, limits, classes }),
    [preview, look, bands, shownFrame, limits, classes],
  );
  const otherPreview = other === null ? null : frames.at(other);
  const otherLayer = useMemo((): Layer | null => {
    if (other === null || !otherPreview || !look.bands.every((b) => otherPreview.bands[b])) return null;
    // The same limits, or a difference of light would look like one of the ground.
    return { preview: otherPreview, look, bands, frame: other, limits, classes };
  }, [other, otherPreview, look, bands, limits, classes]);

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
  const exact = usePixelValues(host, viewId, datasetId, shownFrame, pixel, payload.live && tab === 'image');

  if (preview.bands.length === 0) {
    return (
      <Frame payload={payload} host={host}>
        <Empty icon="image">This array has no bands to show.</Empty>
      </Frame>
    );
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    if (target instanceof HTMLSelectElement || target instanceof HTMLInputElement) {
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const step = (by: number) => (): void => setFrame((frame + by + frames.count) % frames.count);
    const series: Readonly<Record<string, () => void>> =
      frames.count > 1 ? { p: () => setPlaying(!isPlaying), ',': step(-1), '.': step(1) } : {};
    const act =
      key === 'b' || key === 's'
        ? () => setLook(cycleLook(wanted, bandNames.length, key, data.rendering.bands))
        : key === 'm'
          ? () => setShowsMask(!showsMask)
          : series[key];
    if (!act) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  };
  const setLimits = (slot: number, next: Limits): void =>
    setLook({
      ...wanted,
      stretch: 'manual',
      limits: limits.map((l, i) => (i === slot ? next : l)),
    });
  const stopped = isStopped || frames.isStopped || tiles?.isStopped === true;
  const note = oddity(preview, look, bandNames, bands, classes);
  const isLoading = tiles !== null && tiles.outstanding > 0;
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={`${data.shape.join(' × ')} ${data.dtype} · ${data.crs.slice(0, 40)}`}
      onKeyDown={onKeyDown}
      notice={stopped ? 'kernel stopped: saved view' : null}
      controls={
        <>
          {tab !== 'table' && (
            <LookControls
              look={wanted}
              bandNames={bandNames}
              classes={classes}
              rgb={data.rendering.bands}
              onChange={setLook}
            />
          )}
          {tab === 'image' && data.validFraction < 1 && (
            <Button
              text="Mask"
              label="Mask: hatch pixels without data (M)"
              pressed={showsMask}
              onClick={() => setShowsMask(!showsMask)}
            />
          )}
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
          <Readout
            data={data}
            preview={preview}
            pixel={pixel}
            exact={exact}
            shown={bands}
            bandNames={bandNames}
            bandAt={bandAt}
            classesOf={(b) => classesOfBand(data, b)}
          />
        ) : undefined
      }
    >
      <div class="split">
        <div class="column">
          {tab === 'image' && (
            <ImageViewer
              image={image}
              layer={layer}
              other={otherLayer}
              label={payload.alt}
              levels={levels}
              tiles={tiles}
              tileVersion={tileVersion}
              showsMask={showsMask && data.validFraction < 1}
              camera={camera}
              onCamera={setCamera}
              pixel={pixel}
              onPixel={setPixel}
            >
              {note !== null && (
                <p class="image-note" role="note">
                  {note}
                </p>
              )}
              {isLoading && <div class="loading" aria-hidden="true" />}
            </ImageViewer>
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
            <DataTable label={`Bands of ${payload.title}`} columns={STAT_COLUMNS} rows={statRows(data, preview)} />
          )}
          {frames.count > 1 && (
            <FramePlayer
              count={frames.count}
              frame={frame}
              times={data.times}
              isHere={(k) => frames.at(k) !== null}
              onFrame={setFrame}
              other={other}
              onOther={setOther}
              isPlaying={isPlaying}
              onPlaying={setPlaying}
            />
          )}
        </div>
        <div class="side" tabIndex={0} role="group" aria-label="Legend and facts">
          {!showsClasses(look, classes) && (
            <Histogram preview={preview} look={look} limits={limits} onLimits={setLimits} />
          )}
          <RampLegend
            look={look}
            limits={limits}
            classes={classes}
            bandNames={preview.bands.map((b) => b.name)}
            unit={data.units?.[bands[0] ?? 0] ?? ''}
            preview={preview}
          />
          <hr />
          <Facts facts={tensorFactsOf(data, preview)} />
        </div>
      </div>
    </Frame>
  );
}
