/** The `geoslice` view: one box on the map beside its facts. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { copyText } from '../shared/clipboard.js';
import { formatInterval, formatNumber } from '../shared/format.js';
import { Frame } from '../shared/frame.js';
import { Button, Empty, Facts } from '../shared/ui.js';
import type { ViewProps } from '../shared/view.js';
import { boxText } from './words.js';
import { isPlaced } from './geometry.js';
import { MapPane } from './map-pane.js';

const NONE: ReadonlySet<number> = new Set();

/** Length of a side: pixels times resolution, with km where it reads better. */
export function extentText(
  shape: readonly [number, number],
  resolution: readonly [number, number],
  crs: string,
): string {
  const isDegrees = /^(EPSG:4326|OGC:CRS84)$/i.test(crs);
  const [w, h] = [shape[1] * Math.abs(resolution[0]), shape[0] * Math.abs(resolution[1])];
  if (isDegrees) return `${formatNumber(w)}° × ${formatNumber(h)}°`;
  return Math.max(w, h) >= 10_000
    ? `${formatNumber(w / 1000)} × ${formatNumber(h / 1000)} km`
    : `${formatNumber(w)} × ${formatNumber(h)} m`;
}

/** The view. */
export function GeoSliceView({ payload, host }: ViewProps<'geoslice'>): JSX.Element {
  const { data } = payload;
  const features = useMemo(
    () => [{ row: 0, bbox: data.bbox, outline: data.outline, state: 'undecided' as const }],
    [data],
  );
  const [xmin, ymin, xmax, ymax] = data.bounds;
  const facts = [
    { label: 'CRS', value: data.crs },
    { label: 'x', value: `${formatNumber(xmin, 9)} – ${formatNumber(xmax, 9)}` },
    { label: 'y', value: `${formatNumber(ymin, 9)} – ${formatNumber(ymax, 9)}` },
    { label: 'resolution', value: `${formatNumber(data.resolution[0])} × ${formatNumber(data.resolution[1])}` },
    { label: 'shape', value: `${data.shape[0]} × ${data.shape[1]} px` },
    { label: 'extent', value: extentText(data.shape, data.resolution, data.crs) },
    {
      label: 'interval',
      value: data.interval ? formatInterval(data.interval.startMicros, data.interval.endMicros) : 'none',
    },
    { label: 'lon/lat', value: boxText(data.bbox) },
  ];
  const copy = (): void => copyText(host, payload.viewId, JSON.stringify(data.bounds), () => undefined);
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={`${data.shape[0]} × ${data.shape[1]} px · ${data.crs}`}
      controls={<Button icon="copy" label="Copy bounds" text="Copy bounds" onClick={copy} />}
    >
      <div class="split">
        {isPlaced(data) ? (
          <MapPane
            host={host}
            viewId={payload.viewId}
            label={payload.alt}
            box={data.bbox}
            features={features}
            hover={-1}
            selected={NONE}
            onHover={() => undefined}
            onPick={() => undefined}
          />
        ) : (
          <Empty icon="map">This CRS has no place in longitude and latitude.</Empty>
        )}
        <div class="side" tabIndex={0} role="group" aria-label="Facts">
          <Facts facts={facts} />
        </div>
      </div>
    </Frame>
  );
}
