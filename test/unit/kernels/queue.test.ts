import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_QUEUE, stepQueue, type QueueCommand, type QueueEvent, type QueueState } from '../../../kernels/queue.js';

/** State and all commands after a list of events. */
function play(
  events: readonly QueueEvent[],
  from: QueueState = EMPTY_QUEUE,
): { state: QueueState; commands: QueueCommand[] } {
  let state = from;
  const commands: QueueCommand[] = [];
  for (const event of events) {
    const [next, more] = stepQueue(state, event);
    state = next;
    commands.push(...more);
  }
  return { state, commands };
}

const enqueue = (runId: string): QueueEvent => ({ type: 'enqueue', runId });
const started = (runId: string): QueueEvent => ({ type: 'started', runId });
const finished = (runId: string, status: 'ok' | 'error' | 'interrupted' = 'ok'): QueueEvent => ({
  type: 'finished',
  runId,
  status,
});
const ready: QueueEvent = { type: 'ready' };

test('the first cell starts the child, and nothing is sent before it is ready', () => {
  assert.deepEqual(play([enqueue('a'), enqueue('b')]).commands, [{ type: 'start' }]);
  assert.deepEqual(play([enqueue('a'), enqueue('b'), ready]).commands, [
    { type: 'start' },
    { type: 'send', runId: 'a' },
  ]);
});

test('cells run one after another in the order of their arrival', () => {
  const { commands, state } = play([
    enqueue('a'),
    ready,
    enqueue('b'),
    started('a'),
    finished('a'),
    started('b'),
    finished('b'),
  ]);
  assert.deepEqual(commands, [
    { type: 'start' },
    { type: 'send', runId: 'a' },
    { type: 'settle', runId: 'a', status: 'ok' },
    { type: 'send', runId: 'b' },
    { type: 'settle', runId: 'b', status: 'ok' },
  ]);
  assert.deepEqual(state, { phase: 'ready', waiting: [], running: undefined });
});

test('a failure cancels what waits', () => {
  const { commands } = play([enqueue('a'), enqueue('b'), enqueue('c'), ready, finished('a', 'error')]);
  assert.deepEqual(commands.slice(2), [
    { type: 'settle', runId: 'a', status: 'error' },
    { type: 'cancel', runId: 'b' },
    { type: 'cancel', runId: 'c' },
  ]);
});

test('an interrupt aborts the running cell and cancels what waits; before the start it only cancels', () => {
  assert.deepEqual(play([enqueue('a'), enqueue('b'), ready, { type: 'interrupt' }]).commands.slice(2), [
    { type: 'abort', runId: 'a' },
    { type: 'cancel', runId: 'b' },
  ]);
  assert.deepEqual(play([enqueue('a'), { type: 'interrupt' }, ready]).commands, [
    { type: 'start' },
    { type: 'cancel', runId: 'a' },
  ]);
});

test('an unheard cell is sent once more, with its abort, and never a third time', () => {
  const unheard: QueueEvent = { type: 'unheard', runId: 'a' };
  assert.deepEqual(play([enqueue('a'), ready, unheard, unheard]).commands.slice(2), [{ type: 'send', runId: 'a' }]);
  assert.deepEqual(play([enqueue('a'), ready, { type: 'interrupt' }, unheard]).commands.slice(2), [
    { type: 'abort', runId: 'a' },
    { type: 'send', runId: 'a' },
    { type: 'abort', runId: 'a' },
  ]);
  assert.deepEqual(play([enqueue('a'), ready, started('a'), unheard]).commands.slice(2), []);
});

test('the end of the child loses the running cell, cancels the others, and the next cell starts a new child', () => {
  const { state, commands } = play([enqueue('a'), enqueue('b'), ready, { type: 'gone' }]);
  assert.deepEqual(commands.slice(2), [
    { type: 'lost', runId: 'a' },
    { type: 'cancel', runId: 'b' },
  ]);
  assert.deepEqual(play([enqueue('c')], state).commands, [{ type: 'start' }]);
});

test('every cell is settled exactly once, whatever happens (2000 random histories)', () => {
  let seed = 42;
  const random = (n: number): number =>
    Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n);
  for (let round = 0; round < 2000; round++) {
    let state = EMPTY_QUEUE;
    const settled = new Map<string, number>();
    let next = 0;
    const apply = (event: QueueEvent): void => {
      const [after, commands] = stepQueue(state, event);
      state = after;
      for (const c of commands)
        if (c.type === 'settle' || c.type === 'cancel' || c.type === 'lost')
          settled.set(c.runId, (settled.get(c.runId) ?? 0) + 1);
    };
    for (let i = 0; i < 40; i++) {
      const id = state.running?.runId ?? `r${random(next + 1)}`;
      const events: QueueEvent[] = [
        enqueue(`r${next}`),
        ready,
        started(id),
        finished(id, (['ok', 'error', 'interrupted'] as const)[random(3)] ?? 'ok'),
        { type: 'interrupt' },
        { type: 'gone' },
        { type: 'unheard', runId: id },
      ];
      const event = events[random(events.length)] ?? ready;
      if (event.type === 'enqueue') next++;
      if (event.type !== 'ready' || state.phase === 'starting') apply(event);
    }
    apply({ type: 'gone' });
    assert.equal(settled.size, next, `seed 42, round ${round}`);
    assert.ok(
      [...settled.values()].every((n) => n === 1),
      `seed 42, round ${round}`,
    );
  }
});
