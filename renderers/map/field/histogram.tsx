/** Rows over time as columns of counts; a span of time is chosen by dragging or by keys, and filters the map and the table. */
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TimeFilter } from '../../../src/display/wire/message.js';
import type { TimeHistogram } from '../../../src/display/wire/payload.js';
import { formatCount, formatTime } from '../../shared/format.js';
import { timelineLabels } from '../timeline.js';

interface HistogramProps {
  readonly histogram: TimeHistogram;
  readonly time: TimeFilter | null;
  readonly onTime: (time: TimeFilter | null) => void;
}

/** Least width of a column and room of one label, in CSS pixels. */
const COLUMN = 4;
const LABEL = 84;
const PAGE = 10;

/** Bins put together so that each is at least `COLUMN` pixels wide, a whole number of bins to each. */
export function columnsOf(
  histogram: TimeHistogram,
  pixels: number,
): { readonly size: number; readonly counts: number[] } {
  const { counts } = histogram;
  const together = Math.max(1, Math.ceil((counts.length * COLUMN) / Math.max(1, pixels)));
  const out: number[] = [];
  for (let k = 0; k < counts.length; k += together)
    out.push(counts.slice(k, k + together).reduce((sum, c) => sum + c, 0));
  return { size: together, counts: out };
}

/** The strip under the map. */
export function Histogram({ histogram, time, onTime }: HistogramProps): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const anchor = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  const { startMicros: from, endMicros: to } = histogram;
  const { size, counts } = useMemo(() => columnsOf(histogram, width), [histogram, width]);
  const most = useMemo(() => counts.reduce((a, b) => Math.max(a, b), 0), [counts]);
  const bin = (to - from) / histogram.counts.length;
  /** Where column c begins; the last one ends with the axis. */
  const edge = (c: number): number => Math.min(to, from + c * size * bin);
  const share = (micros: number): number => (micros - from) / (to - from);
  const columnAt = (event: PointerEvent): number => {
    const box = ref.current?.getBoundingClientRect();
    const at = box && box.width > 0 ? (event.clientX - box.left) / box.width : 0;
    return Math.max(0, Math.min(counts.length - 1, Math.floor((at * (to - from)) / (size * bin))));
  };
  const spanOf = (a: number, b: number): TimeFilter => [edge(Math.min(a, b)), edge(Math.max(a, b) + 1) - 1];
  const labels = timelineLabels(from, to, Math.max(2, width / LABEL - 1));
  const shown: TimeFilter | null = drag ? spanOf(...drag) : time;
  const words = (c: number): string => {
    const [a, b] = spanOf(c, c);
    const [first, last] = [formatTime(a, bin < 86_400e6), formatTime(b, bin < 86_400e6)];
    return `${first === last ? first : `${first} – ${last}`}: ${formatCount(counts[c] ?? 0)}`;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -PAGE,
      PageDown: PAGE,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(counts.length - 1, (pointed ?? (step > 0 ? -1 : counts.length)) + step));
      if (event.shiftKey) {
        anchor.current ??= pointed ?? next;
        onTime(spanOf(anchor.current, next));
      } else anchor.current = null;
      setPointed(next);
    } else if (event.key === 'Enter' && pointed !== null) onTime(spanOf(pointed, pointed));
    else if (event.key === 'Escape' && time) onTime(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const area = useMemo(
    () =>
      counts
        .map((count, c) =>
          count === 0 ? '' : `M${c} 1V${(1 - Math.max(0.04, count / Math.max(1, most))).toFixed(4)}H${c + 0.82}V1z`,
        )
        .join(''),
    [counts, most],
  );
  return (
    <div class="timeline">
      <div
        ref={ref}
        class="timeline-axis histogram-axis"
        role="slider"
        tabIndex={0}
        aria-label="Rows over time: arrow keys move, with Shift they choose a span, Enter chooses a column, Escape shows all"
        aria-valuemin={0}
        aria-valuemax={counts.length - 1}
        aria-valuenow={pointed ?? 0}
        aria-valuetext={pointed === null ? `${formatTime(from, false)} – ${formatTime(to - 1, false)}` : words(pointed)}
        onKeyDown={onKeyDown}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          setDrag([columnAt(e), columnAt(e)]);
        }}
        onPointerMove={(e) => {
          const c = columnAt(e);
          setPointed(c);
          if (drag) setDrag([drag[0], c]);
        }}
        onPointerUp={() => {
          if (!drag) return;
          // A click shows all again, or the column that was clicked.
          onTime(drag[0] === drag[1] && time ? null : spanOf(...drag));
          setDrag(null);
        }}
        onPointerLeave={() => {
          if (!drag) setPointed(null);
        }}
        onBlur={() => setPointed(null)}
      >
        <svg
          viewBox={`0 0 ${(histogram.counts.length / size).toFixed(4)} 1`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <path d={area} />
        </svg>
        {shown && (
          <>
            <span class="histogram-off" style={{ left: 0, width: `${share(shown[0]) * 100}%` }} />
            <span class="histogram-off" style={{ left: `${share(shown[1]) * 100}%`, right: 0 }} />
            <span
              class="brush"
              style={{ left: `${share(shown[0]) * 100}%`, width: `${(share(shown[1]) - share(shown[0])) * 100}%` }}
            />
          </>
        )}
        {pointed !== null && (
          <>
            <span
              class="histogram-cursor"
              style={{
                left: `${share(edge(pointed)) * 100}%`,
                width: `${(share(edge(pointed + 1)) - share(edge(pointed))) * 100}%`,
              }}
            />
            <span
              class="histogram-tip"
              style={{ left: `clamp(80px, ${share(edge(pointed + 0.5)) * 100}%, calc(100% - 80px))` }}
            >
              {words(pointed)}
            </span>
          </>
        )}
      </div>
      <div class="timeline-labels" aria-hidden="true">
        {labels.times.map((t) => (
          <span key={t} style={{ left: `clamp(28px, ${share(t) * 100}%, calc(100% - 28px))` }}>
            {formatTime(t, false).slice(0, labels.characters)}
          </span>
        ))}
      </div>
    </div>
  );
}
