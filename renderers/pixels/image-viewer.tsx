/** An image to zoom and pan down to single pixels; finer pixels come from the live kernel. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { themeColours } from '../shared/theme.js';
import { Button } from '../shared/ui.js';
import { bounded, fitCamera, toImage, toView, zoomedAt, type Camera, type Size } from './camera.js';
import { ScenePainter, wantedTiles, type Layer, type Scene } from './scene.js';
import { SplitHandle } from './split-handle.js';
import type { TileStore } from './tiles.js';

/** A rest of this length after a movement asks for tiles. */
const REST_MS = 50;
const HINT_MS = 1600;
/** Pixels under the pointer are outlined from this size on. */
const OUTLINED = 6;

export type Pixel = readonly [column: number, row: number];

interface ImageViewerProps {
  readonly image: Size;
  readonly layer: Layer;
  /** Another date, drawn to the right of a handle. */
  readonly other: Layer | null;
  readonly label: string;
  readonly levels: number;
  readonly tiles: TileStore | null;
  /** Changes when a tile has come. */
  readonly tileVersion: number;
  readonly showsMask: boolean;
  readonly camera: Camera | null;
  readonly onCamera: (camera: Camera | null) => void;
  readonly pixel: Pixel | null;
  readonly onPixel: (pixel: Pixel | null) => void;
  readonly children?: ComponentChildren;
}

/** The viewer. */
export function ImageViewer(props: ImageViewerProps): JSX.Element {
  const { image, layer, other, levels, tiles, tileVersion, showsMask, camera: stored, onCamera, pixel } = props;
  const pane = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useMemo(() => new ScenePainter(), []);
  const [view, setView] = useState<Size | null>(null);
  const [split, setSplit] = useState(0.5);
  const [isHinting, setHinting] = useState(false);
  const drag = useRef<{ x: number; y: number; camera: Camera } | null>(null);
  const camera = view ? bounded(stored ?? fitCamera(image, view), image, view) : null;

  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    const measure = (): void => {
      if (element.clientWidth > 0) setView({ width: element.clientWidth, height: element.clientHeight });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const scene: Scene | null =
    view && camera
      ? { image, camera, view, levels, tiles, deviceRatio: Math.max(1, globalThis.devicePixelRatio) }
      : null;
  const place = camera && view ? [camera.x, camera.y, camera.scale, view.width, view.height].join() : '';

  // One drawing per frame, however many pointer events come.
  useLayoutEffect(() => {
    if (!scene) return undefined;
    const draw = (): void => {
      const parts = [{ layer, from: 0 }];
      if (other) parts.push({ layer: other, from: split * scene.view.width });
      if (canvas.current) painter.draw(canvas.current, scene, parts, showsMask ? themeColours().rejected : null);
    };
    const frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [place, layer, other, split, showsMask, tileVersion]);

  useEffect(() => {
    if (!tiles || !scene) return undefined;
    const ask = (): void => {
      const layers = other ? [layer, other] : [layer];
      tiles.want(layers.flatMap((l) => wantedTiles(scene, l)));
    };
    const timer = setTimeout(ask, REST_MS);
    return () => clearTimeout(timer);
  }, [place, layer.frame, layer.bands.join(), layer.preview, other?.frame, tiles]);

  useEffect(() => {
    if (!isHinting) return undefined;
    const timer = setTimeout(() => setHinting(false), HINT_MS);
    return () => clearTimeout(timer);
  }, [isHinting]);

  const zoom = (factor: number, at?: readonly [number, number]): void => {
    if (!camera || !view) return;
    onCamera(zoomedAt(camera, factor, at?.[0] ?? view.width / 2, at?.[1] ?? view.height / 2, image, view));
  };
  const fit = (): void => onCamera(null);
  const oneToOne = (): void => {
    if (camera && view) zoom(1 / Math.max(1, globalThis.devicePixelRatio) / camera.scale);
  };
  const at = (event: MouseEvent): readonly [number, number] => {
    const box = pane.current?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  };
  const point = (event: PointerEvent): void => {
    if (!camera || !view) return;
    if (drag.current) {
      const from = drag.current;
      const [u0, v0] = toImage(from.camera, 0, 0, image, view);
      const [u1, v1] = toImage(from.camera, event.clientX - from.x, event.clientY - from.y, image, view);
      onCamera(bounded({ ...from.camera, x: from.camera.x - (u1 - u0), y: from.camera.y - (v1 - v0) }, image, view));
      return;
    }
    const [u, v] = toImage(camera, ...at(event), image, view);
    const isInside = u >= 0 && v >= 0 && u < image.width && v < image.height;
    props.onPixel(isInside ? [Math.floor(u), Math.floor(v)] : null);
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0 || !camera) return;
    drag.current = { x: event.clientX, y: event.clientY, camera };
    canvas.current?.setPointerCapture(event.pointerId);
  };
  const wheel = (event: WheelEvent): void => {
    const root = pane.current?.getRootNode();
    const hasFocus = root instanceof ShadowRoot && root.activeElement === canvas.current;
    // The wheel belongs to the notebook until the image has the focus; a pinch is always meant for the image.
    if (!hasFocus && !event.ctrlKey) {
      setHinting(true);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    zoom(2 ** (-Math.max(-240, Math.min(240, event.deltaY * lines)) / (event.ctrlKey ? 60 : 180)), at(event));
  };
  useEffect(() => {
    // Preact listens passively; a zoom must be able to keep the page where it is.
    const element = pane.current;
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  });
  const key = (event: KeyboardEvent): void => {
    if (!camera || !view || event.ctrlKey || event.metaKey || event.altKey) return;
    const move: Readonly<Record<string, Pixel>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const by = move[event.key];
    const act = { '+': () => zoom(2), '=': () => zoom(2), '-': () => zoom(0.5), f: fit, F: fit, '1': oneToOne }[
      event.key
    ];
    if (!by && !act) return;
    event.preventDefault();
    event.stopPropagation();
    act?.();
    if (!by) return;
    // The pixel under the keys moves by what can be told apart, and the image follows it.
    const step = Math.max(1, Math.round((event.shiftKey ? 64 : 8) / Math.max(camera.scale, event.shiftKey ? 0 : 8)));
    const [c, r] = pixel ?? [Math.floor(camera.x), Math.floor(camera.y)];
    const next: Pixel = [
      Math.max(0, Math.min(image.width - 1, c + by[0] * step)),
      Math.max(0, Math.min(image.height - 1, r + by[1] * step)),
    ];
    props.onPixel(next);
    const [x, y] = toView(camera, next[0] + 0.5, next[1] + 0.5, image, view);
    if (x < 12 || y < 12 || x > view.width - 12 || y > view.height - 12)
      onCamera(bounded({ ...camera, x: next[0] + 0.5, y: next[1] + 0.5 }, image, view));
  };

  const [left, top] = camera && view ? toView(camera, 0, 0, image, view) : [0, 0];
  const [right, bottom] = camera && view ? toView(camera, image.width, image.height, image, view) : [0, 0];
  return (
    <div class="image-pane viewer" ref={pane}>
      {view && (
        <div
          class="checker"
          aria-hidden="true"
          style={{
            left: `${Math.max(0, left)}px`,
            top: `${Math.max(0, top)}px`,
            width: `${Math.max(0, Math.min(view.width, right) - Math.max(0, left))}px`,
            height: `${Math.max(0, Math.min(view.height, bottom) - Math.max(0, top))}px`,
          }}
        />
      )}
      <canvas
        ref={canvas}
        class="pixels"
        role="application"
        aria-label={`${props.label}. Arrow keys read pixels, plus and minus zoom, F fits.`}
        tabIndex={0}
        onPointerMove={point}
        onPointerDown={press}
        onPointerUp={() => (drag.current = null)}
        onPointerCancel={() => (drag.current = null)}
        onPointerLeave={() => drag.current === null && props.onPixel(null)}
        onDblClick={(e) => zoom(e.shiftKey ? 0.5 : 2, at(e))}
        onKeyDown={key}
      />
      {camera && view && pixel && camera.scale >= OUTLINED && <PixelBox {...{ camera, view, image, pixel }} />}
      {other && view && <SplitHandle share={split} onShare={setSplit} />}
      <div class="map-buttons">
        <Button icon="plus" label="Zoom in (+)" onClick={() => zoom(2)} />
        <Button icon="minus" label="Zoom out (−)" onClick={() => zoom(0.5)} />
        <Button icon="fit" label="Fit the image (F)" onClick={fit} />
        <Button text="1:1" label="1:1, one pixel per screen pixel (1)" onClick={oneToOne} />
      </div>
      {camera && view && stored !== null && (
        <div class="zoom-level" aria-hidden="true">
          {zoomText(camera.scale * Math.max(1, globalThis.devicePixelRatio))}
        </div>
      )}
      {isHinting && (
        <div class="map-hint" aria-hidden="true">
          Click the image, then scroll to zoom
        </div>
      )}
      {props.children}
    </div>
  );
}

/** "1:1", "1:4" when four pixels share one of the screen, "8:1" when one takes eight. */
function zoomText(scale: number): string {
  const digits = (v: number): string => (v < 10 ? String(Number(v.toFixed(1))) : String(Math.round(v)));
  return scale >= 1 ? `${digits(scale)}:1` : `1:${digits(1 / scale)}`;
}

function PixelBox({
  camera,
  view,
  image,
  pixel,
}: {
  readonly camera: Camera;
  readonly view: Size;
  readonly image: Size;
  readonly pixel: Pixel;
}): JSX.Element {
  const [left, top] = toView(camera, pixel[0], pixel[1], image, view);
  const [right, bottom] = toView(camera, pixel[0] + 1, pixel[1] + 1, image, view);
  return (
    <div
      class="pixel-box"
      aria-hidden="true"
      style={{ left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` }}
    />
  );
}

/** Guard of a stored camera. */
export function isCamera(value: unknown): value is Camera | null {
  if (value === null) return true;
  if (typeof value !== 'object' || !('x' in value) || !('y' in value) || !('scale' in value)) return false;
  return [value.x, value.y, value.scale].every((v) => typeof v === 'number' && Number.isFinite(v)) && value.scale !== 0;
}
