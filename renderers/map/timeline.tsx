/** Dates of items on one axis; dragging selects a span of time. */
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { formatTime } from '../shared/format.js';

export interface TimelineItem {
  readonly row: number;
  readonly startMicros: number | null;
  readonly endMicros: number | null;
  readonly state: 'keep' | 'reject' | 'undecided';
}

interface TimelineProps {
  readonly items: readonly TimelineItem[];
  readonly hover: number;
  readonly selected: ReadonlySet<number>;
  readonly onHover: (row: number) => void;
  readonly onSelect: (rows: readonly number[]) => void;
}

const DAY = 86_400e6;
/** Share of the axis left free on both sides, so that the first and last marks are whole. */
const MARGIN = 0.03;
/** A drag shorter than this share is a click. */
const MIN_BRUSH = 0.004;

/** Room of one date label in CSS pixels. */
const LABEL_PIXELS = 84;
/** Round distances between labels, in days. */
const LABEL_DAYS = [1, 2, 5, 7, 14, 30.4375, 61, 91.31, 182.6, 365.25, 730.5, 1826.25, 3652.5];

/** The axis: one mark an item, stacked lines of the same day are drawn taller. */
export function Timeline({ items, hover, selected, onHover, onSelect }: TimelineProps): JSX.Element | null {
  const ref = useRef<HTMLDivElement>(null);
  const [brush, setBrush] = useState<readonly [number, number] | null>(null);
  const dated = useMemo(() => items.filter((i) => i.startMicros !== null), [items]);
  const [from, to] = useMemo(() => {
    let low = Infinity;
    let high = -Infinity;
    for (const i of dated) {
      low = Math.min(low, i.startMicros ?? low);
      high = Math.max(high, i.endMicros ?? i.startMicros ?? high);
    }
    const pad = Math.max(DAY / 2, (high - low) * MARGIN);
    return [low - pad, high + pad];
  }, [dated]);
  if (dated.length === 0) return null;

  const at = (micros: number): number => (micros - from) / (to - from);
  const spanDays = (to - from) / DAY;
  const every =
    LABEL_DAYS.find((d) => spanDays / d <= Math.max(2, (ref.current?.clientWidth ?? 480) / LABEL_PIXELS - 1)) ?? 7305;
  const labels: number[] = [];
  for (let t = Math.ceil(from / DAY) * DAY; t < to && labels.length < 20; t += every * DAY) labels.push(t);
  const share = (event: PointerEvent): number => {
    const box = ref.current?.getBoundingClientRect();
    return box && box.width > 0 ? Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) : 0;
  };
  const nearest = (s: number): number => {
    const best = dated.reduce<{ row: number; d: number }>(
      (b, i) => {
        const mid = at(((i.startMicros ?? 0) + (i.endMicros ?? i.startMicros ?? 0)) / 2);
        return Math.abs(mid - s) < b.d ? { row: i.row, d: Math.abs(mid - s) } : b;
      },
      { row: -1, d: 0.02 },
    );
    return best.row;
  };
  const finish = (): void => {
    if (!brush) return;
    const [a, b] = [Math.min(...brush), Math.max(...brush)];
    setBrush(null);
    if (b - a < MIN_BRUSH) {
      const row = nearest(a);
      onSelect(row < 0 ? [] : [row]);
      return;
    }
    onSelect(
      dated.filter((i) => at(i.endMicros ?? i.startMicros ?? 0) >= a && at(i.startMicros ?? 0) <= b).map((i) => i.row),
    );
  };
  return (
    <div class="timeline">
      <div
        ref={ref}
        class="timeline-axis"
        role="img"
        aria-label={`Timeline from ${formatTime(from, false)} to ${formatTime(to, false)} with ${dated.length} dated items; drag to select`}
        title="Drag to select a span of time"
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          setBrush([share(e), share(e)]);
        }}
        onPointerMove={(e) => {
          if (brush) setBrush([brush[0], share(e)]);
          else onHover(nearest(share(e)));
        }}
        onPointerUp={finish}
        onPointerLeave={() => onHover(-1)}
      >
        {dated.map((i) => (
          <span
            key={i.row}
            class={`mark ${i.state} ${selected.has(i.row) ? 'selected' : ''} ${hover === i.row ? 'hovered' : ''}`}
            style={{
              left: `${at(i.startMicros ?? 0) * 100}%`,
              width: `${Math.max(0, at(i.endMicros ?? i.startMicros ?? 0) - at(i.startMicros ?? 0)) * 100}%`,
            }}
          />
        ))}
        {brush && (
          <span
            class="brush"
            style={{ left: `${Math.min(...brush) * 100}%`, width: `${Math.abs(brush[1] - brush[0]) * 100}%` }}
          />
        )}
      </div>
      <div class="timeline-labels" aria-hidden="true">
        {labels.map((t) => (
          <span key={t} style={{ left: `clamp(28px, ${at(t) * 100}%, calc(100% - 28px))` }}>
            {every >= 300
              ? formatTime(t, false).slice(0, 4)
              : every > 20
                ? formatTime(t, false).slice(0, 7)
                : formatTime(t, false)}
          </span>
        ))}
      </div>
    </div>
  );
}
