/** The status line under an image: native coordinates, and the value of every band under the pointer. */
import type { JSX } from 'preact';
import type { Preview } from '../../src/display/wire/payload.js';
import { formatNumber } from '../shared/format.js';
import { valueAt } from './decode.js';
import type { Classes } from './draw.js';
import { nativeAt } from './native.js';

/** Bands that fit on one line; the others are counted. */
const MAX_BANDS = 8;

interface CursorProps {
  readonly preview: Preview;
  readonly transform: readonly [number, number, number, number, number, number];
  readonly crs: string;
  readonly pixel: readonly [column: number, row: number] | null;
  readonly classes: Classes;
  readonly name?: string;
}

/** The line. Without a pixel it says what to do. */
export function CursorLine({ preview, transform, crs, pixel, classes, name }: CursorProps): JSX.Element {
  if (!pixel) return <span class="muted">Point at a pixel to read its values</span>;
  const [column, row] = pixel;
  const [x, y] = nativeAt(transform, preview.step, column, row);
  const digits = Math.abs(transform[0]) < 0.01 ? 6 : Math.abs(transform[0]) < 1 ? 3 : 1;
  const values = preview.bands.slice(0, MAX_BANDS).map((band) => {
    const value = valueAt(preview, band, column, row);
    // Without classes a reduced preview holds means of blocks, not the values of single pixels.
    const about = preview.step > 1 && classes === null ? '≈ ' : '';
    const named = classes?.find((c) => value !== null && c.value === Math.round(value))?.name;
    return {
      band: band.name,
      text:
        value === null
          ? 'no data'
          : named !== undefined && named !== String(value)
            ? `${formatNumber(value)} ${named}`
            : `${about}${formatNumber(value)}`,
    };
  });
  const isMasked = values.length > 0 && values.every((v) => v.text === 'no data');
  return (
    <>
      {name !== undefined && <span class="strong">{name}</span>}
      <span class="mono">
        {x.toFixed(digits)} {y.toFixed(digits)}
      </span>
      <span class="muted">{crs}</span>
      {isMasked ? (
        <span class="strong">no data</span>
      ) : (
        values.map((v, i) => (
          <span key={i} class="value">
            <span class="muted">{v.band}</span> <span class="mono">{v.text}</span>
          </span>
        ))
      )}
      {preview.bands.length > MAX_BANDS && <span class="muted">+{preview.bands.length - MAX_BANDS} bands</span>}
    </>
  );
}
