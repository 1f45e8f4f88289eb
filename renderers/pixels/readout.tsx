/** The status line under a viewer: native coordinates and values of the pixel; exact ones once the kernel has answered. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { parsePixelResult, type PixelValue } from '../../src/display/wire/tile.js';
import type { Preview, PreviewBand, TensorData } from '../../src/display/wire/payload.js';
import { formatNumber } from '../shared/format.js';
import type { Host } from '../shared/host.js';
import { valueAt } from './decode.js';
import type { Classes } from './draw.js';
import type { Pixel } from './image-viewer.js';
import { nativeAt } from './native.js';

/** Bands that fit on one line; the others are counted. */
const MAX_BANDS = 8;
/** A pointer that rests this long is worth a question. */
const REST_MS = 60;

/** Exact values of all bands at a pixel from the kernel; null until they are there, or when nobody answers. */
export function usePixelValues(
  host: Host,
  viewId: string,
  datasetId: string,
  frame: number,
  pixel: Pixel | null,
  isWanted: boolean,
): readonly PixelValue[] | null {
  const [answer, setAnswer] = useState<{ readonly key: string; readonly values: readonly PixelValue[] } | null>(null);
  const key = pixel ? `${frame}/${pixel.join('/')}` : '';
  const isAsking = useRef(false);
  const latest = useRef({ key, pixel });
  latest.current = { key, pixel };
  useEffect(() => {
    if (!pixel || !isWanted || !host.hasMessaging) return undefined;
    // One question at a time, each for the pixel that the pointer is on by then.
    const ask = async (): Promise<void> => {
      const { key: asked, pixel: at } = latest.current;
      if (isAsking.current || !at) return;
      isAsking.current = true;
      try {
        const args = { datasetId, frame, column: at[0], row: at[1] };
        const parsed = parsePixelResult(await host.ask(viewId, 'detail', args));
        if (parsed.ok) setAnswer({ key: asked, values: parsed.value });
      } catch {
        // The values of the preview stay.
        return;
      } finally {
        isAsking.current = false;
      }
      if (latest.current.key !== asked) void ask();
    };
    const timer = setTimeout(() => void ask(), REST_MS);
    return () => clearTimeout(timer);
  }, [key, isWanted]);
  return answer?.key === key ? answer.values : null;
}

interface ReadoutProps {
  readonly data: TensorData;
  readonly preview: Preview;
  readonly pixel: Pixel | null;
  readonly exact: readonly PixelValue[] | null;
  /** Band indices in the order of interest: shown ones first. */
  readonly shown: readonly number[];
  readonly bandNames: readonly string[];
  /** What is here of a band by its index. */
  readonly bandAt: (band: number) => PreviewBand | undefined;
  readonly classesOf: (band: number) => Classes;
}

/** The line. Without a pixel it says what to do. */
export function Readout({
  data,
  preview,
  pixel,
  exact,
  shown,
  bandNames,
  bandAt,
  classesOf,
}: ReadoutProps): JSX.Element {
  if (!pixel) return <span class="muted">Point at a pixel to read its values; click the image and scroll to zoom</span>;
  const [column, row] = pixel;
  const [x, y] = nativeAt(data.transform, 1, column, row);
  const digits = Math.abs(data.transform[0]) < 0.01 ? 6 : Math.abs(data.transform[0]) < 1 ? 3 : 1;
  const [height = 1, width = 1] = data.shape.slice(-2);
  const at = [
    Math.min(preview.width - 1, Math.floor((column * preview.width) / width)),
    Math.min(preview.height - 1, Math.floor((row * preview.height) / height)),
  ] as const;
  const order = [...new Set([...shown, ...bandNames.keys()])];
  const known = order.filter((b) => exact !== null || bandAt(b) !== undefined);
  const values = known.slice(0, MAX_BANDS).map((b) => {
    const band = bandAt(b);
    const value = exact ? (exact[b]?.value ?? null) : band ? valueAt(preview, band, ...at) : null;
    const classes = classesOf(b);
    const named = classes?.find((c) => value !== null && c.value === Math.round(value))?.name;
    const unit = data.units?.[b] ?? '';
    const about = exact === null && preview.step > 1 && classes === null ? '≈ ' : '';
    const number = value === null ? 'no data' : `${about}${formatNumber(value)}${unit === '' ? '' : ` ${unit}`}`;
    return {
      name: bandNames[b] ?? '',
      text: named === undefined || named === String(value) ? number : `${number} ${named}`,
    };
  });
  const isMasked = values.length > 0 && values.every((v) => v.text === 'no data');
  return (
    <>
      <span class="mono">
        {x.toFixed(digits)} {y.toFixed(digits)}
      </span>
      <span class="muted">{data.crs.length > 24 ? `${data.crs.slice(0, 23)}…` : data.crs}</span>
      <span class="muted">
        col {column} row {row}
      </span>
      {isMasked ? (
        <span class="strong">no data</span>
      ) : (
        values.map((v, i) => (
          <span key={i} class="value">
            <span class="muted">{v.name}</span> <span class="mono">{v.text}</span>
          </span>
        ))
      )}
      {bandNames.length > values.length && <span class="muted">+{bandNames.length - values.length} bands</span>}
    </>
  );
}
