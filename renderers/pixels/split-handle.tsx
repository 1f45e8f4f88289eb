/** The handle between two dates of one place: dragged, or moved with the arrow keys. */
import type { JSX } from 'preact';

const STEP = 0.02;

/** A vertical line at a share of the width, from 0 to 1. */
export function SplitHandle({
  share,
  onShare,
}: {
  readonly share: number;
  readonly onShare: (share: number) => void;
}): JSX.Element {
  const to = (v: number): void => onShare(Math.max(0, Math.min(1, v)));
  return (
    <div
      class="split-handle"
      role="slider"
      tabIndex={0}
      aria-label="Border between the two dates"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      style={{ left: `${share * 100}%` }}
      onKeyDown={(e) => {
        const by = { ArrowLeft: -STEP, ArrowRight: STEP }[e.key];
        if (by === undefined) return;
        e.preventDefault();
        e.stopPropagation();
        to(share + by);
      }}
      onPointerDown={(e) => {
        e.stopPropagation();
        e.currentTarget.setPointerCapture(e.pointerId);
      }}
      onPointerMove={(e) => {
        if (!e.currentTarget.hasPointerCapture(e.pointerId)) return;
        const box = e.currentTarget.parentElement?.getBoundingClientRect();
        if (box) to((e.clientX - box.left) / Math.max(1, box.width));
      }}
    >
      <span aria-hidden="true">◂▸</span>
    </div>
  );
}
