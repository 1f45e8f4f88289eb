/**
 * The execution queue of one kernel, as a pure reducer: what to do is decided here, `client.ts` alone does it (`style.md`, marimo).
 *
 * First in, first out; a failure, an interrupt or the end of the child cancels what waits.
 */
import type { RunStatus } from './protocol.js';

export type QueuePhase = 'stopped' | 'starting' | 'ready';

export interface QueueState {
  readonly phase: QueuePhase;
  readonly waiting: readonly string[];
  readonly running:
    | { readonly runId: string; readonly hasStarted: boolean; readonly isResent: boolean; readonly isAborted: boolean }
    | undefined;
}

export type QueueEvent =
  | { readonly type: 'enqueue'; readonly runId: string }
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly runId: string }
  /** No `started` within its time. */
  | { readonly type: 'unheard'; readonly runId: string }
  | { readonly type: 'finished'; readonly runId: string; readonly status: RunStatus }
  | { readonly type: 'interrupt' }
  /** The child ended, or could not be started. */
  | { readonly type: 'gone' };

export type QueueCommand =
  | { readonly type: 'start' }
  | { readonly type: 'send'; readonly runId: string }
  | { readonly type: 'abort'; readonly runId: string }
  | { readonly type: 'settle'; readonly runId: string; readonly status: RunStatus }
  | { readonly type: 'cancel'; readonly runId: string }
  /** The child is gone in the middle of this run. */
  | { readonly type: 'lost'; readonly runId: string };

export const EMPTY_QUEUE: QueueState = { phase: 'stopped', waiting: [], running: undefined };

type Step = readonly [QueueState, readonly QueueCommand[]];

/** The next state and what to do, in order. Events about unknown runs change nothing. */
export function stepQueue(state: QueueState, event: QueueEvent): Step {
  switch (event.type) {
    case 'enqueue':
      return enqueue(state, event.runId);
    case 'ready':
      return next({ ...state, phase: 'ready' }, []);
    case 'started':
      return state.running?.runId === event.runId
        ? [{ ...state, running: { ...state.running, hasStarted: true } }, []]
        : [state, []];
    case 'unheard':
      return unheard(state, event.runId);
    case 'finished':
      return finished(state, event.runId, event.status);
    case 'interrupt': {
      const { running } = state;
      const abort: QueueCommand[] = running ? [{ type: 'abort', runId: running.runId }] : [];
      return [
        { ...state, waiting: [], running: running && { ...running, isAborted: true } },
        [...abort, ...cancelAll(state)],
      ];
    }
    case 'gone': {
      const { running } = state;
      const [first, ...others] = running ? [running.runId, ...state.waiting] : state.waiting;
      const lost: QueueCommand[] = first === undefined ? [] : [{ type: 'lost', runId: first }];
      return [EMPTY_QUEUE, [...lost, ...others.map((runId) => ({ type: 'cancel', runId }) as const)]];
    }
    default:
      return event satisfies never;
  }
}

function enqueue(state: QueueState, runId: string): Step {
  const waiting = [...state.waiting, runId];
  if (state.phase === 'stopped') return [{ ...state, phase: 'starting', waiting }, [{ type: 'start' }]];
  return next({ ...state, waiting }, []);
}

function unheard(state: QueueState, runId: string): Step {
  const { running } = state;
  if (running?.runId !== runId || running.hasStarted || running.isResent) return [state, []];
  const again: QueueCommand[] = [{ type: 'send', runId }];
  if (running.isAborted) again.push({ type: 'abort', runId });
  return [{ ...state, running: { ...running, isResent: true } }, again];
}

function finished(state: QueueState, runId: string, status: RunStatus): Step {
  if (state.running?.runId !== runId) return [state, []];
  const settle: QueueCommand = { type: 'settle', runId, status };
  const rest = { ...state, running: undefined };
  if (status === 'ok') return next(rest, [settle]);
  return [{ ...rest, waiting: [] }, [settle, ...cancelAll(state)]];
}

function cancelAll(state: QueueState): QueueCommand[] {
  return state.waiting.map((runId) => ({ type: 'cancel', runId }));
}

/** Sends the first of the waiting when the child is free. */
function next(state: QueueState, before: readonly QueueCommand[]): Step {
  const [first, ...waiting] = state.waiting;
  if (state.phase !== 'ready' || state.running || first === undefined) return [state, before];
  const running = { runId: first, hasStarted: false, isResent: false, isAborted: false };
  return [{ ...state, waiting, running }, [...before, { type: 'send', runId: first }]];
}
