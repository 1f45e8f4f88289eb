import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timelineLabels } from '../../../renderers/map/timeline.js';

const micros = (day: string): number => Date.parse(`${day}T00:00:00Z`) * 1000;
const shown = (from: string, to: string, most: number): string[] => {
  const { times, characters } = timelineLabels(micros(from), micros(to), most);
  return times.map((t) => new Date(t / 1000).toISOString().slice(0, characters));
};

test('months are labelled on their first day, years on the first of January', () => {
  assert.deepEqual(shown('2024-03-31', '2024-09-27', 6), [
    '2024-04',
    '2024-05',
    '2024-06',
    '2024-07',
    '2024-08',
    '2024-09',
  ]);
  assert.deepEqual(shown('2024-03-31', '2024-09-27', 3), ['2024-05', '2024-07', '2024-09']);
  assert.deepEqual(shown('2015-06-23', '2019-02-01', 4), ['2016', '2017', '2018', '2019']);
  const { times } = timelineLabels(micros('2024-03-31'), micros('2024-09-27'), 6);
  assert.ok(times.every((t) => new Date(t / 1000).getUTCDate() === 1));
});

test('short spans are labelled by day', () => {
  assert.deepEqual(shown('2024-06-13', '2024-06-17', 6), ['2024-06-13', '2024-06-14', '2024-06-15', '2024-06-16']);
  assert.deepEqual(shown('2024-06-14', '2024-07-10', 6), [
    '2024-06-14',
    '2024-06-19',
    '2024-06-24',
    '2024-06-29',
    '2024-07-04',
    '2024-07-09',
  ]);
});

test('the number of labels stays near what fits, also for a century', () => {
  for (const to of ['2024-01-03', '2024-03-01', '2025-01-01', '2035-01-01', '2124-01-01']) {
    const n = shown('2024-01-01', to, 5).length;
    assert.ok(n >= 1 && n <= 6, `${to}: ${n}`);
  }
});
