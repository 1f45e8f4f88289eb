/** A preview drawn on a canvas; reports which preview pixel the pointer is on. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Preview } from '../../src/display/wire/payload.js';
import { drawPreview, type Classes, type Look } from './draw.js';
import type { Limits } from './stretch.js';

interface PreviewCanvasProps {
  readonly preview: Preview;
  readonly look: Look;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
  readonly label: string;
  /** Fills its parent and keeps the shape of the picture; otherwise the size comes from the parent. */
  readonly large?: boolean;
  /** Preview column and row under the pointer, null when it leaves. */
  readonly onPoint?: (pixel: readonly [column: number, row: number] | null) => void;
}

/** The canvas. */
export function PreviewCanvas({
  preview,
  look,
  limits,
  classes,
  label,
  large,
  onPoint,
}: PreviewCanvasProps): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
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
  const canvas = (
    <canvas
      ref={ref}
      class="pixels"
      role="img"
      aria-label={label}
      style={{ '--ratio': String(preview.width / preview.height) }}
      onPointerMove={onPoint && point}
      onPointerLeave={onPoint && (() => onPoint(null))}
    />
  );
  return large === true ? <div class="image-box">{canvas}</div> : canvas;
}
