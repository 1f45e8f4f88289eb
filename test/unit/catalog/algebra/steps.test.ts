import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSteps, SLICE_MS, type Steps } from '../../../../src/catalog/algebra/steps.js';
import { startTask, type Progress } from '../../../../src/core/index.js';

/** A computation longer than one slice, that pauses every few rows. */
function* slow(total: number): Steps<string> {
  const until = performance.now() + 3 * SLICE_MS;
  for (let done = 0; performance.now() < until; done = Math.min(done + 1, total - 1))
    yield { done, total, unit: 'rows' };
  return 'made';
}

test('the last progress of a long computation is its whole', async () => {
  const seen: Progress[] = [];
  const task = startTask('Testing', { onProgress: (p) => seen.push(p) });
  assert.equal(await runSteps(slow(10), task), 'made');
  task.end();
  assert.ok(seen.length >= 2, `${seen.length} reports`);
  assert.deepEqual(seen.at(-1), { done: 10, total: 10, unit: 'rows' });
  assert.ok(seen.slice(0, -1).every((p) => p.done < 10));
});
