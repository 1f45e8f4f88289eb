/** Histograms of the shown bands, with the limits of the stretch marked by the axis itself. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Preview } from '../../src/display/wire/payload.js';
import { formatNumber } from '../shared/format.js';
import type { Look } from './draw.js';
import { histogram, sortedSample, type Limits } from './stretch.js';

const BINS = 64;
const WIDTH = 200;
const HEIGHT = 56;

/** One outline per shown band over a common axis; the shaded part is what the stretch spreads over the colours. */
export function Histogram({
  preview,
  look,
  limits,
}: {
  readonly preview: Preview;
  readonly look: Look;
  readonly limits: readonly Limits[];
}): JSX.Element | null {
  const shapes = useMemo(() => {
    // The stretch and a quarter of its length to each side: a few clouds must not squeeze the ground into one bin.
    const samples = look.bands.map((b) => sortedSample([preview], b));
    const low = Math.min(...limits.map((l) => l[0] - (l[1] - l[0]) / 4));
    const high = Math.max(...limits.map((l) => l[1] + (l[1] - l[0]) / 4));
    const range: [number, number] = [
      Math.max(low, Math.min(...samples.map((s) => s[0] ?? low))),
      Math.min(high, Math.max(...samples.map((s) => s.at(-1) ?? high))),
    ];
    if (!(range[1] > range[0])) return null;
    const counts = look.bands.map((b) => histogram(preview, b, range, BINS));
    // The end bins hold everything beyond and would dwarf the rest.
    const most = Math.max(1, ...counts.map((c) => Math.max(...c.subarray(1, BINS - 1))));
    const paths = counts.map(
      (c) =>
        `M0 ${HEIGHT}${[...c].map((n, i) => `L${((i + 0.5) * WIDTH) / BINS} ${HEIGHT - Math.min(1, n / most) * (HEIGHT - 4)}`).join('')}L${WIDTH} ${HEIGHT}Z`,
    );
    return { range, paths };
  }, [preview, look.bands, limits]);
  if (!shapes) return null;
  const [low, high] = shapes.range;
  const x = (v: number): number => Math.max(0, Math.min(WIDTH, ((v - low) / (high - low)) * WIDTH));
  const names = look.bands.map((b) => preview.bands[b]?.name ?? '').join(', ');
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram of ${names}, ${formatNumber(low)} to ${formatNumber(high)}`}
      >
        {limits.slice(0, 1).map(([a, b]) => (
          <rect key="limits" class="limits" x={x(a)} y={0} width={Math.max(1, x(b) - x(a))} height={HEIGHT} />
        ))}
        {shapes.paths.map((d, i) => (
          <path key={i} class={look.bands.length === 3 ? `h-${['r', 'g', 'b'][i] ?? ''}` : 'h-one'} d={d} />
        ))}
      </svg>
      <figcaption>
        <span>{formatNumber(low, 3)}</span>
        <span class="muted">{names}</span>
        <span>{formatNumber(high, 3)}</span>
      </figcaption>
    </figure>
  );
}
