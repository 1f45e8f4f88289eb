/** A map with its overlays: graticule labels, zoom buttons, scale bar, locator, and what to do when it is not live. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LonLat, LonLatBox } from '../../src/display/wire/payload.js';
import { formatDegrees } from '../shared/format.js';
import type { Host } from '../shared/host.js';
import { Button } from '../shared/ui.js';
import { useSignalValue } from '../shared/use-signal.js';
import type { MapField } from './field/field.js';
import { METRES_PER_DEGREE, scaleBar, ticks, type MapFeature } from './geometry.js';
import { Locator } from './locator.js';
import { MapSurface, type Camera, type Drape, type MapView } from './surface.js';

interface MapPaneProps {
  readonly host: Host;
  readonly viewId: string;
  readonly label: string;
  readonly box: LonLatBox | null;
  readonly features: readonly MapFeature[];
  readonly hover: number;
  readonly selected: ReadonlySet<number>;
  /** Rows drawn from columns; `features` then only mark some of them. */
  readonly field?: MapField | null;
  readonly drape?: Drape | null;
  /** Changes when the pixels of the drape have changed. */
  readonly drapeVersion?: unknown;
  readonly onHover: (row: number) => void;
  readonly onPick: (rows: readonly number[], event: MouseEvent) => void;
  readonly children?: ComponentChildren;
}

/** Least distance of labels along the bottom. */
const LABEL_PIXELS = 48;
/** Longest scale bar in CSS pixels. */
const SCALE_PIXELS = 110;
/** How long the hint on the wheel stays. */
const HINT_MS = 1600;

function isCamera(value: unknown): value is Camera {
  if (typeof value !== 'object' || value === null || !('center' in value) || !('zoom' in value)) return false;
  const { center, zoom } = value;
  return (
    Array.isArray(center) &&
    center.length === 2 &&
    center.every((v) => Number.isFinite(v)) &&
    typeof zoom === 'number' &&
    Number.isFinite(zoom)
  );
}

/** Names a place, so that a camera is known to belong to it. */
function boxKey(box: LonLatBox | null): string {
  return box === null ? '' : box.join(' ');
}

/** Labels along the bottom and the left edge, in HTML: the style has no glyphs. */
function GraticuleLabels({ view, surface }: { readonly view: MapView; readonly surface: MapSurface }): JSX.Element {
  const [, south, , north] = view.bounds;
  // Where one Earth is seen whole, nothing is written beside it.
  const [west, east] = surface.isSingleWorld
    ? [Math.max(-180, view.bounds[0]), Math.min(180, view.bounds[2])]
    : [view.bounds[0], view.bounds[2]];
  const [, lat] = view.center;
  const [lon] = view.center;
  const xs = ticks(west, east, view.step).flatMap((v) => {
    const x = surface.project([v, lat])?.[0] ?? -1;
    return x > 40 && x < view.width - 30 ? [{ v, x }] : [];
  });
  const every = Math.ceil(LABEL_PIXELS / Math.max(1, (xs[1]?.x ?? Infinity) - (xs[0]?.x ?? 0)));
  const ys = ticks(Math.max(-84, south), Math.min(84, north), view.step).flatMap((v) => {
    const y = surface.project([lon, v])?.[1] ?? -1;
    return y > 32 && y < view.height - 24 ? [{ v, y }] : [];
  });
  return (
    <div class="graticule" aria-hidden="true">
      {xs
        .filter(({ v }) => Math.round(v / view.step) % every === 0)
        .map(({ v, x }) => (
          <span key={`x${v}`} class="lon" style={{ left: `${x}px` }}>
            {formatDegrees(v, 'lon', view.step)}
          </span>
        ))}
      {ys.map(({ v, y }) => (
        <span key={`y${v}`} class="lat" style={{ top: `${y}px` }}>
          {formatDegrees(v, 'lat', view.step)}
        </span>
      ))}
    </div>
  );
}

function ScaleBar({ view }: { readonly view: MapView }): JSX.Element {
  const degreesPerPixel = (view.bounds[2] - view.bounds[0]) / Math.max(1, view.width);
  const { label, pixels } = scaleBar(
    degreesPerPixel * METRES_PER_DEGREE * Math.cos((view.center[1] * Math.PI) / 180),
    SCALE_PIXELS,
  );
  return (
    <div class="scale" style={{ width: `${pixels}px` }} aria-hidden="true">
      {label}
    </div>
  );
}

/** The pane. The surface lives as long as it does. */
export function MapPane(props: MapPaneProps): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const [surface, setSurface] = useState<MapSurface | null>(null);
  const [pointer, setPointer] = useState<LonLat | null>(null);
  const [isHinting, setHinting] = useState(false);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!ref.current) return undefined;
    const { camera: stored, cameraBox } = props.host.readState(props.viewId);
    // A cell that was run again may show another place: a camera left over from the old one would show nothing.
    const isSamePlace = cameraBox === boxKey(props.box);
    const made = new MapSurface(ref.current, {
      label: props.label,
      box: props.box,
      camera: isSamePlace && isCamera(stored) ? stored : null,
      onCamera: (camera) =>
        latest.current.host.writeState(latest.current.viewId, { camera, cameraBox: boxKey(latest.current.box) }),
      onHover: (row) => latest.current.onHover(row),
      onPick: (rows, event) => latest.current.onPick(rows, event),
      onPointer: setPointer,
    });
    setSurface(made);
    return () => made.destroy();
  }, []);
  const place = boxKey(props.box);
  const shownPlace = useRef(place);
  useEffect(() => {
    if (!surface || shownPlace.current === place) return;
    shownPlace.current = place;
    surface.fit(latest.current.box);
  }, [surface, place]);
  useEffect(() => surface?.setField(props.field ?? null), [surface, props.field]);
  useEffect(() => surface?.setFeatures(props.features), [surface, props.features]);
  useEffect(() => surface?.setHover(props.hover), [surface, props.hover]);
  useEffect(() => surface?.setSelected(props.selected), [surface, props.selected]);
  useEffect(() => surface?.setDrape(props.drape ?? null), [surface, props.drape, props.drapeVersion]);

  useEffect(() => {
    if (!isHinting) return undefined;
    const timer = setTimeout(() => setHinting(false), HINT_MS);
    return () => clearTimeout(timer);
  }, [isHinting]);

  return (
    <div
      class="map-pane"
      onWheel={(e) => setHinting(!isFocused(e.currentTarget))}
      onPointerDown={() => setHinting(false)}
      onKeyDown={(e) => {
        if (e.key.toLowerCase() !== 'f' || e.ctrlKey || e.metaKey || e.altKey) return;
        e.preventDefault();
        e.stopPropagation();
        surface?.fit(props.box);
      }}
    >
      <div ref={ref} class="map-host" />
      {surface && <Overlays surface={surface} box={props.box} pointer={pointer} />}
      {isHinting && (
        <div class="map-hint" aria-hidden="true">
          Click the map, then scroll to zoom
        </div>
      )}
      {props.children}
    </div>
  );
}

/** True when the map has the focus, and with it the wheel. */
function isFocused(pane: HTMLElement): boolean {
  const root = pane.getRootNode();
  return root instanceof ShadowRoot && root.activeElement !== null && pane.contains(root.activeElement);
}

function Overlays({
  surface,
  box,
  pointer,
}: {
  readonly surface: MapSurface;
  readonly box: LonLatBox | null;
  readonly pointer: LonLat | null;
}): JSX.Element {
  const view = useSignalValue(surface.view);
  const status = useSignalValue(surface.status);
  if (status === 'none')
    return <div class="map-message">This window has no WebGL, so there is no map. The table shows the same items.</div>;
  return (
    <>
      {view && <GraticuleLabels view={view} surface={surface} />}
      <div class="map-buttons">
        <Button icon="plus" label="Zoom in (+)" onClick={() => surface.zoom(1)} />
        <Button icon="minus" label="Zoom out (−)" onClick={() => surface.zoom(-1)} />
        <Button icon="fit" label="Fit everything (F)" onClick={() => surface.fit(box)} />
      </div>
      {view && (
        <div class="map-corner">
          {pointer && (
            <span class="pointer mono">
              {formatDegrees(pointer[1], 'lat')} {formatDegrees(pointer[0], 'lon')}
            </span>
          )}
          <ScaleBar view={view} />
        </div>
      )}
      {view && <Locator view={view} />}
      {status === 'lost' && (
        <button type="button" class="map-restore" onClick={() => void surface.revive()}>
          Click to restore the map
        </button>
      )}
    </>
  );
}
