/** Histograms of the shown bands; the limits of the stretch are two handles on the axis and two numbers below. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Preview } from '../../src/display/wire/payload.js';
import { formatNumber, formatPercent } from '../shared/format.js';
import { Button } from '../shared/ui.js';
import { bandValidity } from './decode.js';
import type { Look } from './draw.js';
import { bandLimits, histogram, type Limits } from './stretch.js';

const BINS = 96;
const WIDTH = 200;
const HEIGHT = 64;
const CHANNELS = ['r', 'g', 'b'] as const;
const NAMES = ['red', 'green', 'blue'] as const;

interface HistogramProps {
  readonly preview: Preview;
  readonly look: Look;
  readonly limits: readonly Limits[];
  /** Called with new limits of one shown band. */
  readonly onLimits: (slot: number, limits: Limits) => void;
}

/** The axis: most values with some room, and the limits wherever they are. */
function rangeOf(preview: Preview, look: Look, limits: readonly Limits[]): Limits {
  const each = look.bands.map((b): Limits => {
    const [low, high] = bandLimits(preview, b, 'p2-98');
    const room = (high - low) / 2;
    const stats = preview.bands[b]?.stats;
    return [Math.max(low - room, stats?.min ?? low), Math.min(high + room, stats?.max ?? high)];
  });
  const all = [...each, ...limits];
  return [Math.min(...all.map((l) => l[0])), Math.max(...all.map((l) => l[1]))];
}

/** One outline per shown band over a common axis; the shaded part is what the stretch spreads over the colours. */
export function Histogram({ preview, look, limits, onLimits }: HistogramProps): JSX.Element | null {
  const [isLog, setLog] = useState(false);
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, look.bands.length - 1);
  const range = rangeOf(preview, look, limits);
  const paths = useMemo(() => {
    if (!(range[1] > range[0])) return null;
    const counts = look.bands.map((b) => histogram(preview, b, range, BINS));
    const size = (n: number): number => (isLog ? Math.log1p(n) : n);
    // The end bins hold everything beyond and would dwarf the rest.
    const most = Math.max(1, ...counts.map((c) => Math.max(...c.subarray(1, BINS - 1))));
    const point = (n: number, i: number): string =>
      `L${(((i + 0.5) * WIDTH) / BINS).toFixed(2)} ${(HEIGHT - Math.min(1, size(n) / size(most)) * (HEIGHT - 4)).toFixed(2)}`;
    return counts.map((c) => `M0 ${HEIGHT}${[...c].map(point).join('')}L${WIDTH} ${HEIGHT}Z`);
  }, [preview, look.bands.join(), range.join(), isLog]);
  const valid = useMemo(() => validPart(preview, look), [preview, look.bands.join()]);
  if (!paths || valid === 0) return null;
  const [low, high] = range;
  const share = (v: number): number => Math.max(0, Math.min(1, (v - low) / (high - low)));
  const names = look.bands.map((b) => preview.bands[b]?.name ?? '');
  const [a, b] = limits[active] ?? [low, high];
  const isRgb = look.bands.length === 3;
  const least = (high - low) / 1000;
  const set = (end: 0 | 1, value: number): void => {
    if (!Number.isFinite(value)) return;
    onLimits(active, end === 0 ? [Math.min(value, b - least), b] : [a, Math.max(value, a + least)]);
  };
  return (
    <figure class="histogram">
      <div class="stretch-axis">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Histogram of ${names.join(', ')}, ${formatNumber(low)} to ${formatNumber(high)}`}
        >
          <rect
            class="limits"
            x={share(a) * WIDTH}
            y={0}
            width={Math.max(1, (share(b) - share(a)) * WIDTH)}
            height={HEIGHT}
          />
          {paths.map((d, i) => (
            <path key={i} class={isRgb ? `h-${CHANNELS[i] ?? ''}` : 'h-one'} d={d} />
          ))}
        </svg>
        {([a, b] as const).map((v, end) => (
          <Handle
            key={end}
            label={`${end === 0 ? 'Low' : 'High'} limit of ${names[active] ?? ''}`}
            value={v}
            range={range}
            at={share(v)}
            onValue={(next) => set(end as 0 | 1, next)}
          />
        ))}
      </div>
      <figcaption>
        <span>{formatNumber(low, 3)}</span>
        <span class="muted ellipsis">
          {isRgb ? '' : `${names[0] ?? ''} · `}
          {formatPercent(valid)} valid
        </span>
        <span>{formatNumber(high, 3)}</span>
      </figcaption>
      <div class="limits-edit">
        {isRgb &&
          CHANNELS.map((channel, i) => (
            <Button
              key={channel}
              text={channel.toUpperCase()}
              label={`${channel.toUpperCase()}: limits of ${NAMES[i] ?? ''} (${names[i] ?? ''})`}
              pressed={i === active}
              class={`band-${channel}`}
              onClick={() => setChosen(i)}
            />
          ))}
        <NumberBox label={`Low limit of ${names[active] ?? ''}, number`} value={a} onValue={(v) => set(0, v)} />
        <NumberBox label={`High limit of ${names[active] ?? ''}, number`} value={b} onValue={(v) => set(1, v)} />
        <Button text="log" label="log: counts on a logarithmic scale" pressed={isLog} onClick={() => setLog(!isLog)} />
      </div>
    </figure>
  );
}

/** Share of preview pixels where all shown bands are valid. */
function validPart(preview: Preview, look: Look): number {
  const masks = look.bands.flatMap((b) => {
    const band = preview.bands[b];
    return band ? [bandValidity(preview, band)] : [];
  });
  const size = preview.width * preview.height;
  let good = 0;
  for (let i = 0; i < size; i++) if (masks.every((m) => m?.[i] !== 0)) good++;
  return good / size;
}

interface HandleProps {
  readonly label: string;
  readonly value: number;
  readonly range: Limits;
  /** Place on the axis, 0–1. */
  readonly at: number;
  readonly onValue: (value: number) => void;
}

function Handle({ label, value, range, at, onValue }: HandleProps): JSX.Element {
  const span = range[1] - range[0];
  return (
    <div
      class="limit-handle"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={range[0]}
      aria-valuemax={range[1]}
      aria-valuenow={value}
      aria-valuetext={formatNumber(value)}
      title={`${label}: ${formatNumber(value)}`}
      style={{ left: `${at * 100}%` }}
      onKeyDown={(e) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[e.key];
        if (by === undefined) return;
        e.preventDefault();
        e.stopPropagation();
        onValue(value + (by * span * (e.shiftKey ? 10 : 1)) / 100);
      }}
      onPointerDown={(e) => {
        e.preventDefault();
        e.currentTarget.focus({ preventScroll: true });
        e.currentTarget.setPointerCapture(e.pointerId);
      }}
      onPointerMove={(e) => {
        if (!e.currentTarget.hasPointerCapture(e.pointerId)) return;
        const box = e.currentTarget.parentElement?.getBoundingClientRect();
        if (box) onValue(range[0] + Math.max(0, Math.min(1, (e.clientX - box.left) / Math.max(1, box.width))) * span);
      }}
    />
  );
}

function NumberBox({
  label,
  value,
  onValue,
}: {
  readonly label: string;
  readonly value: number;
  readonly onValue: (value: number) => void;
}): JSX.Element {
  return (
    <input
      type="number"
      step="any"
      aria-label={label}
      title={label}
      value={String(Number(value.toPrecision(4)))}
      onChange={(e) => onValue(e.currentTarget.valueAsNumber)}
    />
  );
}
