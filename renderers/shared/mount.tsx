/** From notebook output items to views: one shadow root per output, heights first, nothing left behind. */
import { render, type ComponentType, type JSX } from 'preact';
import type { OutputItem, RendererApi, RendererContext } from 'vscode-notebook-renderer';
import { isProblem, parsePayload, type AnyPayload, type PayloadProblem } from '../../src/display/wire/parse.js';
import type { PayloadKind } from '../../src/display/wire/payload.js';
import { Boundary, Fallback } from './fallback.js';
import { createHost, type Host } from './host.js';
import { styleSheet } from './style-sheet.js';
import { watchTheme } from './theme.js';
import type { ViewProps } from './view.js';

/** Largest payload that is read at all. */
const MAX_PAYLOAD_BYTES = 10_000_000;
/** Height of a fallback, in CSS pixels. */
const FALLBACK_HEIGHT = 132;

/** A view of one kind and the height it has before anything is drawn. */
export interface ViewOf<K extends PayloadKind> {
  readonly view: ComponentType<ViewProps<K>>;
  readonly height: (payload: AnyPayload & { readonly kind: K }, width: number) => number;
}

export type Views = { readonly [K in PayloadKind]?: ViewOf<K> };

interface Mounted {
  readonly element: HTMLElement;
  readonly shadow: ShadowRoot;
}

function read(item: OutputItem): AnyPayload | PayloadProblem {
  const bytes = item.data().byteLength;
  if (bytes > MAX_PAYLOAD_BYTES)
    return {
      problem: `it has ${Math.round(bytes / 1e6)} MB and at most 10 MB are read`,
      alt: '',
      title: '',
      newer: false,
    };
  try {
    return parsePayload(item.json());
  } catch {
    return { problem: 'it is not valid JSON', alt: '', title: '', newer: false };
  }
}

function rawOf(item: OutputItem): string {
  const text = item.text();
  try {
    // SAFETY: JSON.parse of untrusted text; printed as text and nothing else.
    return JSON.stringify(JSON.parse(text) as unknown, null, 1);
  } catch {
    return text;
  }
}

/** The renderer API over the given views. */
export function createRenderer(context: RendererContext<unknown>, views: Views): RendererApi {
  const host = createHost(context);
  const mounted = new Map<string, Mounted>();
  const roots = new WeakMap<HTMLElement, ShadowRoot>();
  watchTheme();

  function draw(
    payload: AnyPayload,
    item: OutputItem,
    element: HTMLElement,
  ): { height: number; content: JSX.Element } | null {
    const entry = views[payload.kind];
    if (!entry) return null;
    // SAFETY: `views[payload.kind]` is typed by the same kind as the payload; TypeScript cannot correlate the two.
    const { view: View, height } = entry as unknown as {
      view: ComponentType<{ payload: AnyPayload; host: Host }>;
      height: (payload: AnyPayload, width: number) => number;
    };
    const stored = host.readState(payload.viewId)['height'];
    const fallback = (reason: string): JSX.Element => (
      <Fallback alt={payload.alt} title={payload.title} reason={reason} newer={false} raw={() => rawOf(item)} />
    );
    return {
      height:
        typeof stored === 'number' && stored >= 40 && stored <= 4000 ? stored : height(payload, element.clientWidth),
      content: (
        <Boundary key={payload.kind} fallback={fallback}>
          <View payload={payload} host={host} />
        </Boundary>
      ),
    };
  }

  function unmount(id: string): void {
    const entry = mounted.get(id);
    if (!entry) return;
    mounted.delete(id);
    // Another item may have taken over the same element in the meantime.
    if ([...mounted.values()].some((m) => m.shadow === entry.shadow)) return;
    render(null, entry.shadow);
  }

  return {
    renderOutputItem(item, element, signal) {
      if (signal.aborted) return;
      const parsed = read(item);
      const drawn = isProblem(parsed) ? null : draw(parsed, item, element);
      element.style.display = 'block';
      element.style.height = `${drawn?.height ?? FALLBACK_HEIGHT}px`;
      let shadow = roots.get(element) ?? element.shadowRoot;
      if (!shadow) {
        shadow = element.attachShadow({ mode: 'open' });
        shadow.adoptedStyleSheets = [styleSheet()];
        shadow.addEventListener('wheel', keepWheel, { passive: true });
      }
      roots.set(element, shadow);
      mounted.set(item.id, { element, shadow });
      if (drawn) {
        render(drawn.content, shadow);
        return;
      }
      const problem = isProblem(parsed)
        ? parsed
        : {
            problem: `this renderer has no view of kind ${parsed.kind}`,
            alt: parsed.alt,
            title: parsed.title,
            newer: false,
          };
      element.style.height = 'auto';
      element.style.minHeight = `${FALLBACK_HEIGHT}px`;
      render(
        <Fallback
          alt={problem.alt}
          title={problem.title}
          reason={problem.problem}
          newer={problem.newer}
          raw={() => rawOf(item)}
        />,
        shadow,
      );
    },
    disposeOutputItem(id) {
      if (id === undefined) for (const known of [...mounted.keys()]) unmount(known);
      else unmount(id);
    },
  };
}

/**
 * Keeps the wheel inside a list that can still scroll. The notebook looks for scrollable parents of the event's target,
 * which outside a shadow root is its host, and would scroll the page as well.
 */
function keepWheel(event: Event): void {
  if (!(event instanceof WheelEvent)) return;
  for (const node of event.composedPath()) {
    if (node instanceof ShadowRoot) return;
    if (!(node instanceof HTMLElement) || node.scrollHeight <= node.clientHeight + 1) continue;
    const overflow = getComputedStyle(node).overflowY;
    if (overflow !== 'auto' && overflow !== 'scroll') continue;
    const canScroll =
      event.deltaY < 0 ? node.scrollTop > 0 : node.scrollTop + node.clientHeight < node.scrollHeight - 1;
    if (canScroll) {
      event.stopPropagation();
      return;
    }
  }
}
