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
/** Round distances between labels: days below a month, then calendar months, so that a label stands at the day it names. */
const LABEL_DAYS = [1, 2, 5, 7, 14];
const LABEL_MONTHS = [1, 2, 3, 6, 12, 24, 60, 120];
const MONTH_DAYS = 30.4375;

/** Times to label and how many characters of the ISO date name them (10 = day, 7 = month, 4 = year). */
export function timelineLabels(
  from: number,
  to: number,
  most: number,
): { readonly times: number[]; readonly characters: number } {
  const spanDays = (to - from) / DAY;
  const everyDays = LABEL_DAYS.find((d) => spanDays / d <= most);
  const times: number[] = [];
  if (everyDays !== undefined) {
    for (let t = Math.ceil(from / DAY) * DAY; t < to; t += everyDays * DAY) times.push(t);
    return { times, characters: 10 };
  }
  const everyMonths = LABEL_MONTHS.find((m) => spanDays / (m * MONTH_DAYS) <= most) ?? 240;
  const first = new Date(from / 1000);
  // Counted from year 0, so that steps fall on January, or on decades.
  let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / everyMonths) * everyMonths;
  for (; ; month += everyMonths) {
    const t = Date.UTC(Math.floor(month / 12), month % 12, 1) * 1000;
    if (t >= to) return { times, characters: everyMonths % 12 === 0 ? 4 : 7 };
    if (t >= from) times.push(t);
  }
}

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
  const labels = timelineLabels(from, to, Math.max(2, (ref.current?.clientWidth ?? 480) / LABEL_PIXELS - 1));
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
        {labels.times.map((t) => (
          <span key={t} style={{ left: `clamp(28px, ${at(t) * 100}%, calc(100% - 28px))` }}>
            {formatTime(t, false).slice(0, labels.characters)}
          </span>
        ))}
      </div>
    </div>
  );
}
