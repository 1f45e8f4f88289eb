/** The frame of every view: region, toolbar, body, status line, and a bottom edge that resizes. */
import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Payload } from '../../src/display/wire/payload.js';
import type { Host } from './host.js';
import { Pill } from './ui.js';

/** Bounds of a height that the user sets, in CSS pixels. */
const MIN_HEIGHT = 120;
const MAX_HEIGHT = 1600;
const KEY_STEP = 20;

interface FrameProps {
  readonly payload: Payload;
  readonly host: Host;
  readonly subtitle?: string;
  readonly controls?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly status?: ComponentChildren;
  /** Instead of the payload's own remark on what was left out; null for none. */
  readonly truncated?: ComponentChildren;
  /** "kernel stopped: saved view" and the like. */
  readonly notice?: string | null;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly class?: string;
}

function ResizeEdge({ payload, host }: { readonly payload: Payload; readonly host: Host }): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const outer = (): HTMLElement | null => {
    const root = ref.current?.getRootNode();
    return root instanceof ShadowRoot && root.host instanceof HTMLElement ? root.host : null;
  };
  const apply = (height: number): void => {
    const element = outer();
    if (!element) return;
    const clamped = Math.round(Math.max(MIN_HEIGHT, Math.min(MAX_HEIGHT, height)));
    element.style.height = `${clamped}px`;
    host.writeState(payload.viewId, { height: clamped });
  };
  return (
    <div
      ref={ref}
      class="resize"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of this output"
      aria-valuemin={MIN_HEIGHT}
      aria-valuemax={MAX_HEIGHT}
      aria-valuenow={outer()?.clientHeight ?? 400}
      tabIndex={0}
      onKeyDown={(e) => {
        if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
        e.preventDefault();
        e.stopPropagation();
        apply((outer()?.clientHeight ?? 400) + (e.key === 'ArrowDown' ? KEY_STEP : -KEY_STEP));
      }}
      onPointerDown={(e) => {
        const edge = e.currentTarget;
        const start = outer()?.clientHeight ?? 400;
        const from = e.clientY;
        edge.setPointerCapture(e.pointerId);
        edge.onpointermove = (move) => apply(start + move.clientY - from);
        edge.onpointerup = () => {
          edge.onpointermove = null;
          edge.onpointerup = null;
        };
      }}
    />
  );
}

/** A view in its frame. */
export function Frame({
  payload,
  host,
  subtitle,
  controls,
  children,
  status,
  notice,
  truncated,
  onKeyDown,
  class: extra,
}: FrameProps): JSX.Element {
  return (
    <div
      class={`frame ${extra ?? ''}`}
      role="region"
      aria-label={payload.alt || payload.title}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div class="bar">
        <div class="heading">
          <span class="title" title={payload.title}>
            {payload.title}
          </span>
          {subtitle !== undefined && <span class="subtitle">{subtitle}</span>}
          {truncated}
          {truncated === undefined && payload.truncated !== null && (
            <Pill title="The output holds a part of the data; counts are of all of it">{payload.truncated}</Pill>
          )}
          {notice != null && <Pill icon="info">{notice}</Pill>}
        </div>
        <div class="controls">{controls}</div>
      </div>
      <div class="body">{children}</div>
      {status !== undefined && <div class="status">{status}</div>}
      <ResizeEdge payload={payload} host={host} />
    </div>
  );
}
