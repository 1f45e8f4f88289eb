/**
 * The way out of a view: requests to the kernel through notebook messaging, and view state that survives scrolling.
 * Everything a view knows about its host is here; views never touch the renderer context.
 */
import type { ViewReply, ViewRequest } from '../../src/display/wire/payload.js';
import { parseReply } from '../../src/display/wire/message.js';
import type { RendererContext } from 'vscode-notebook-renderer';

/** After this long without an answer a kernel counts as stopped. */
const REPLY_TIMEOUT_MS = 20_000;
/** Requests of one view that may be under way at once; newer ones wait. */
const MAX_IN_FLIGHT = 4;
/** View states kept, and the largest one. */
const MAX_STATES = 64;
const MAX_STATE_CHARS = 4096;

/** Nobody can answer: no messaging, no kernel, or no reply in time. */
export class NoKernelError extends Error {
  constructor() {
    super('kernel stopped: saved view');
  }
}

export interface Host {
  readonly hasMessaging: boolean;
  /** Posts without expecting an answer. */
  post(viewId: string, op: ViewRequest['op'], args: unknown): void;
  /** The result of a request. @throws {NoKernelError} when nobody answers; `Error` when the kernel refuses. */
  ask(viewId: string, op: ViewRequest['op'], args: unknown, signal?: AbortSignal): Promise<unknown>;
  readState(viewId: string): Readonly<Record<string, unknown>>;
  writeState(viewId: string, patch: Readonly<Record<string, unknown>>): void;
}

interface States {
  readonly views: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly order: readonly string[];
}

function statesFrom(value: unknown): States {
  if (typeof value !== 'object' || value === null || !('views' in value) || !('order' in value))
    return { views: {}, order: [] };
  const { views, order } = value;
  if (typeof views !== 'object' || views === null || !Array.isArray(order)) return { views: {}, order: [] };
  // SAFETY: we are the only writer of this renderer's state; entries are read key by key with type checks.
  return { views: views as States['views'], order: order.filter((v): v is string => typeof v === 'string') };
}

/** The host behind a renderer context, with or without messaging. */
export function createHost(context: RendererContext<unknown>): Host {
  const hasMessaging = context.postMessage !== undefined && context.onDidReceiveMessage !== undefined;
  const waiting = new Map<string, (reply: ViewReply) => void>();
  const inFlight = new Map<string, number>();
  const queues = new Map<string, (() => void)[]>();
  let states = statesFrom(context.getState());
  let serial = 0;

  context.onDidReceiveMessage?.((message: unknown) => {
    const parsed = parseReply(message);
    if (!parsed.ok) return;
    waiting.get(parsed.value.requestId)?.(parsed.value);
  });

  function send(viewId: string, op: ViewRequest['op'], args: unknown): string {
    const requestId = `${Date.now().toString(36)}-${(serial += 1)}`;
    const request: ViewRequest = { v: 1, viewId, requestId, op, args };
    context.postMessage?.(request);
    return requestId;
  }

  async function turn(viewId: string): Promise<void> {
    const n = inFlight.get(viewId) ?? 0;
    if (n >= MAX_IN_FLIGHT) {
      // Newest first: what came into view last is what the user looks at. A slot handed over stays counted.
      await new Promise<void>((go) => queues.set(viewId, [go, ...(queues.get(viewId) ?? [])]));
      return;
    }
    inFlight.set(viewId, n + 1);
  }

  function done(viewId: string): void {
    const [next, ...rest] = queues.get(viewId) ?? [];
    queues.set(viewId, rest);
    if (next) next();
    else inFlight.set(viewId, Math.max(0, (inFlight.get(viewId) ?? 1) - 1));
  }

  return {
    hasMessaging,
    post(viewId, op, args) {
      send(viewId, op, args);
    },
    async ask(viewId, op, args, signal) {
      if (!hasMessaging) throw new NoKernelError();
      // Verdicts never wait behind pixels that a busy kernel has yet to read.
      const isQueued = op !== 'steps';
      if (isQueued) await turn(viewId);
      try {
        signal?.throwIfAborted();
        return await new Promise<unknown>((resolve, reject) => {
          const requestId = send(viewId, op, args);
          const finish = (act: () => void): void => {
            clearTimeout(timer);
            waiting.delete(requestId);
            signal?.removeEventListener('abort', onAbort);
            act();
          };
          const onAbort = (): void =>
            finish(() => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted')));
          const timer = setTimeout(() => finish(() => reject(new NoKernelError())), REPLY_TIMEOUT_MS);
          signal?.addEventListener('abort', onAbort);
          waiting.set(requestId, (reply) =>
            finish(() => {
              if (reply.ok) resolve(reply.result);
              else
                reject(
                  reply.error === undefined || /no kernel|not running/i.test(reply.error)
                    ? new NoKernelError()
                    : new Error(reply.error),
                );
            }),
          );
        });
      } finally {
        if (isQueued) done(viewId);
      }
    },
    readState: (viewId) => states.views[viewId] ?? {},
    writeState(viewId, patch) {
      const view = { ...states.views[viewId], ...patch };
      if (JSON.stringify(view).length > MAX_STATE_CHARS) return;
      const order = [...states.order.filter((v) => v !== viewId), viewId].slice(-MAX_STATES);
      const kept = Object.entries({ ...states.views, [viewId]: view }).filter(([id]) => order.includes(id));
      states = { views: Object.fromEntries(kept), order };
      context.setState(states);
    },
  };
}
