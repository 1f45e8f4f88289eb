/** A preview drawn on a canvas; reports which preview pixel the pointer is on. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Preview } from '../../src/display/wire/payload.js';
import { drawPreview, type Classes, type Look } from './draw.js';
import type { Limits } from './stretch.js';

interface PreviewCanvasProps {
  readonly preview: Preview;
  readonly look: Look;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
  readonly label: string;
  /** Preview column and row under the pointer, null when it leaves. */
  readonly onPoint?: (pixel: readonly [column: number, row: number] | null) => void;
}

/** The canvas. Its CSS size comes from the style of its parent. */
export function PreviewCanvas({ preview, look, limits, classes, label, onPoint }: PreviewCanvasProps): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (ref.current) drawPreview(ref.current, preview, look, limits, classes);
  }, [preview, look, limits, classes]);
  const point = (event: PointerEvent): void => {
    const box = ref.current?.getBoundingClientRect();
    if (!box || !onPoint || box.width === 0) return;
    // The picture keeps its shape inside the box (object-fit: contain).
    const scale = Math.min(box.width / preview.width, box.height / preview.height);
    const x = (event.clientX - box.left - (box.width - preview.width * scale) / 2) / scale;
    const y = (event.clientY - box.top - (box.height - preview.height * scale) / 2) / scale;
    const inside = x >= 0 && y >= 0 && x < preview.width && y < preview.height;
    onPoint(inside ? [Math.floor(x), Math.floor(y)] : null);
  };
  return (
    <canvas
      ref={ref}
      class="pixels"
      role="img"
      aria-label={label}
      onPointerMove={onPoint && point}
      onPointerLeave={onPoint && (() => onPoint(null))}
    />
  );
}
