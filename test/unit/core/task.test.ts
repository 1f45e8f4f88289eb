import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mapConcurrent, startTask, warn, warnOnce, type NadirHost, type Progress } from '../../../src/core/index.js';

const HOST = Symbol.for('nadir.host');

/** Runs with a host as a kernel installs one. */
async function withHost(host: Partial<NadirHost>, run: () => void | Promise<void>): Promise<void> {
  const globals = globalThis as { [HOST]?: unknown };
  globals[HOST] = { signal: () => undefined, progress: () => undefined, warn: () => undefined, ...host };
  try {
    await run();
  } finally {
    delete globals[HOST];
  }
}

describe('mapConcurrent', () => {
  test('results keep input order and at most the given number runs at once', async () => {
    let [running, most] = [0, 0];
    const result = await mapConcurrent([30, 5, 20, 1, 10, 2], 3, async (ms, i) => {
      most = Math.max(most, ++running);
      await new Promise((r) => setTimeout(r, ms));
      running--;
      return `${i}:${ms}`;
    });
    assert.deepEqual(result, ['0:30', '1:5', '2:20', '3:1', '4:10', '5:2']);
    assert.equal(most, 3);
  });

  test('the first failure rejects the whole after the calls under way have ended, and no further item starts', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const work = mapConcurrent([0, 1, 2, 3, 4, 5], 2, async (i) => {
      started.push(i);
      await new Promise((r) => setTimeout(r, i === 0 ? 5 : 20));
      if (i === 0) throw new Error('bad item');
      ended.push(i);
    });
    await assert.rejects(work, /bad item/);
    assert.deepEqual(started, [0, 1]);
    assert.deepEqual(ended, [1]);
  });

  test('cancelling rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = mapConcurrent(
      [...Array(100).keys()],
      2,
      async (i) => {
        if (i === 3) controller.abort(reason);
        await Promise.resolve();
      },
      controller.signal,
    );
    await assert.rejects(work, (e) => e === reason);
  });
});

describe('long tasks', () => {
  test("the signal of the running cell is the default, the caller's goes before it", async () => {
    const [cell, own] = [new AbortController(), new AbortController()];
    await withHost({ signal: () => cell.signal }, () => {
      assert.equal(startTask('x').signal, cell.signal);
      assert.equal(startTask('x', { signal: own.signal }).signal, own.signal);
    });
    assert.equal(startTask('x').signal, undefined);
  });

  test('a short task shows no bar, and one with its own onProgress never does', async () => {
    const bars: string[] = [];
    const seen: Progress[] = [];
    await withHost(
      { progress: (label) => (bars.push(label), { update: () => undefined, done: () => undefined }) },
      () => {
        const quick = startTask('quick');
        quick.report({ done: 1, total: 2, unit: 'files' });
        quick.end();
        startTask('own', { onProgress: (p) => seen.push(p) }).report({ done: 2, unit: 'files' });
      },
    );
    assert.deepEqual(bars, []);
    assert.deepEqual(seen, [{ done: 2, unit: 'files' }]);
  });

  test('a task of over a second shows one bar and ends it', async () => {
    const events: string[] = [];
    await withHost(
      {
        progress: (label) => (
          events.push(label),
          { update: (p) => void events.push(`${p.done}`), done: () => void events.push('done') }
        ),
      },
      async () => {
        const task = startTask('slow');
        task.report({ done: 1, unit: 'files' });
        await new Promise((r) => setTimeout(r, 1050));
        task.report({ done: 2, unit: 'files' });
        task.report({ done: 3, unit: 'files' });
        task.end();
      },
    );
    assert.deepEqual(events, ['slow', '2', '3', 'done']);
  });
});

describe('warnings', () => {
  test('they go to the host, and a repeated one is said once a cell run', async () => {
    const said: string[] = [];
    let cell = new AbortController();
    await withHost({ warn: (m) => void said.push(m), signal: () => cell.signal }, () => {
      warn('a');
      warnOnce('k', 'b');
      warnOnce('k', 'b');
      cell = new AbortController();
      warnOnce('k', 'b');
    });
    assert.deepEqual(said, ['a', 'b', 'b']);
  });
});
