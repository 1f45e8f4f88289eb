/** The dates of a series: a slider, one step back and forth, and play. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatTime } from '../shared/format.js';
import { Button, Select } from '../shared/ui.js';

/** How long a date is seen while playing. */
const FRAME_MS = 700;
/** Dates that the list of the second one holds. */
const MOST_CHOICES = 1000;

interface FramePlayerProps {
  readonly count: number;
  readonly frame: number;
  readonly times: readonly number[] | null;
  /** True when a date can be shown at once. */
  readonly isHere: (frame: number) => boolean;
  readonly onFrame: (frame: number) => void;
  /** Date beside the shown one, null when none is. */
  readonly other: number | null;
  readonly onOther: (frame: number | null) => void;
  readonly isPlaying: boolean;
  readonly onPlaying: (isPlaying: boolean) => void;
}

/** The player. */
export function FramePlayer(props: FramePlayerProps): JSX.Element {
  const { count, frame, times, isHere, onFrame, other, onOther, isPlaying, onPlaying: setPlaying } = props;
  const next = (frame + 1) % count;
  useEffect(() => {
    // A date that is under way is waited for, so that none is skipped.
    if (!isPlaying || !isHere(next)) return undefined;
    const timer = setTimeout(() => onFrame(next), FRAME_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, frame, isHere(next)]);
  const dateOf = (k: number): string => formatTime(times?.[k] ?? null, false);
  const go = (to: number): void => {
    setPlaying(false);
    onFrame((to + count) % count);
  };
  return (
    <div class="player">
      <Button
        icon={isPlaying ? 'pause' : 'play'}
        label={isPlaying ? 'Pause (P)' : 'Play (P)'}
        onClick={() => setPlaying(!isPlaying)}
      />
      <Button icon="previous" label="Date before (,)" onClick={() => go(frame - 1)} />
      <Button icon="next" label="Date after (.)" onClick={() => go(frame + 1)} />
      <input
        type="range"
        min={0}
        max={count - 1}
        value={frame}
        aria-label="Time"
        aria-valuetext={dateOf(frame)}
        onInput={(e) => go(Number(e.currentTarget.value))}
      />
      <span class="mono nowrap">
        {dateOf(frame)} · {frame + 1} / {count}
      </span>
      <Select
        label="Compare with, right of the handle"
        prefix="beside"
        value={other === null ? '' : String(other)}
        choices={[
          { value: '', label: 'none' },
          ...Array.from({ length: Math.min(count, MOST_CHOICES) }, (_, k) => ({ value: String(k), label: dateOf(k) })),
        ]}
        onChange={(v) => onOther(v === '' ? null : Number(v))}
      />
    </div>
  );
}
