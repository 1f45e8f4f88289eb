/** A small map of the world's part around the view, with a mark where the view is: at regional zooms land has no shape. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { css, themeColours, themeVersion } from '../shared/theme.js';
import { useSignalValue } from '../shared/use-signal.js';
import { countryAt, loadBasemap, type Basemap } from './basemap.js';
import type { MapView } from './surface.js';

/** Size in CSS pixels on wide and on narrow maps, and degrees of longitude that the width shows. */
const WIDE = { width: 112, height: 76 };
const NARROW = { width: 80, height: 54 };
const NARROW_VIEW = 480;
const SPAN = 44;
/** Views wider than this show their surroundings themselves. */
const MAX_VIEW_DEGREES = 24;
/** Smallest mark in pixels. */
const MIN_MARK = 5;

/** The inset, with the name of the country under the centre; nothing when the view is wide. */
export function Locator({ view }: { readonly view: MapView }): JSX.Element | null {
  const ref = useRef<HTMLCanvasElement>(null);
  const [basemap, setBasemap] = useState<Basemap | null>(null);
  const theme = useSignalValue(themeVersion);
  const size = view.width < NARROW_VIEW ? NARROW : WIDE;
  const isUseful = view.bounds[2] - view.bounds[0] < MAX_VIEW_DEGREES;
  // Redrawn when the view has moved by a tenth of a locator pixel or so, not on every frame.
  const [lon, lat] = [Number(view.center[0].toFixed(2)), Number(view.center[1].toFixed(2))];
  const span = Number((view.bounds[2] - view.bounds[0]).toFixed(2));

  useEffect(() => {
    let isCurrent = true;
    void loadBasemap('110m').then((b) => {
      if (isCurrent) setBasemap(b);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  useEffect(() => {
    const canvas = ref.current;
    if (canvas && basemap && isUseful) drawLocator(canvas, basemap, view, size);
  }, [basemap, isUseful, lon, lat, span, theme, size]);

  if (!isUseful) return null;
  const country = basemap && countryAt(basemap, lon, lat);
  return (
    <div class="locator" role="img" aria-label={country === null ? 'Where on Earth this is' : `In or near ${country}`}>
      <canvas ref={ref} style={{ width: `${size.width}px`, height: `${size.height}px` }} />
      {country && <span>{country}</span>}
    </div>
  );
}

function drawLocator(
  canvas: HTMLCanvasElement,
  basemap: Basemap,
  view: MapView,
  { width: fullWidth, height: fullHeight }: typeof WIDE,
): void {
  const t = themeColours();
  const ratio = globalThis.devicePixelRatio;
  canvas.width = fullWidth * ratio;
  canvas.height = fullHeight * ratio;
  const context = canvas.getContext('2d');
  if (!context) return;
  const [lon, lat] = view.center;
  // Equirectangular around the centre, true to shape there.
  const sx = fullWidth / SPAN;
  const sy = sx / Math.max(0.2, Math.cos((lat * Math.PI) / 180));
  const px = (x: number): number => fullWidth / 2 + (((x - lon + 540) % 360) - 180) * sx;
  const py = (y: number): number => fullHeight / 2 - (y - lat) * sy;
  context.scale(ratio, ratio);
  context.fillStyle = css(t.water);
  context.fillRect(0, 0, fullWidth, fullHeight);
  context.fillStyle = css(t.land);
  context.strokeStyle = css(t.coast);
  context.lineWidth = 0.75;
  for (const ring of basemap.rings) {
    let previous: number | null = null;
    context.beginPath();
    for (const [x = 0, y = 0] of ring) {
      const at = px(x);
      // A ring that wraps around the far side of the Earth is cut there.
      if (previous === null || Math.abs(at - previous) > 180 * sx) context.moveTo(at, py(y));
      else context.lineTo(at, py(y));
      previous = at;
    }
    context.fill();
    context.stroke();
  }
  const [w, s, e, n] = view.bounds;
  const width = Math.max(MIN_MARK, (e - w) * sx);
  const height = Math.max(MIN_MARK, (n - s) * sy);
  context.strokeStyle = css(t.highlight);
  context.fillStyle = css(t.highlight, 0.3);
  context.lineWidth = 1.5;
  context.fillRect(fullWidth / 2 - width / 2, fullHeight / 2 - height / 2, width, height);
  context.strokeRect(fullWidth / 2 - width / 2, fullHeight / 2 - height / 2, width, height);
}
