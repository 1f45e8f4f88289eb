import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countsOf,
  createModel,
  mergeStep,
  reduce,
  tagsOf,
  targetRows,
  verdictOf,
  type CurationAction,
  type CurationModel,
} from '../../../renderers/shared/curation.js';
import { random } from '../../renderers/fixtures.js';

const ids = Array.from({ length: 70 }, (_, i) => `chip-${i}`);

function run(actions: readonly CurationAction[], start = createModel(ids)): CurationModel {
  return actions.reduce(reduce, start);
}

/** Plain facts of a model, without history. */
function facts(m: CurationModel): unknown {
  return {
    verdicts: m.ids.map((_, i) => verdictOf(m, i)),
    tags: m.ids.map((_, i) => tagsOf(m, i)),
    selected: [...m.selected],
    steps: m.steps,
  };
}

test('neighbouring verdicts of one kind become one step', () => {
  const m = run([
    { type: 'verdict', rows: [3], verdict: 'reject' },
    { type: 'verdict', rows: [40], verdict: 'reject' },
    { type: 'verdict', rows: [1, 2], verdict: 'keep' },
    { type: 'verdict', rows: [69], verdict: 'reject' },
  ]);
  assert.deepEqual(m.steps, [
    { op: 'reject', args: [['chip-3', 'chip-40']] },
    { op: 'keep', args: [['chip-1', 'chip-2']] },
    { op: 'reject', args: [['chip-69']] },
  ]);
  assert.deepEqual(countsOf(m), { kept: 2, rejected: 3, undecided: 65, tagged: 0, selected: 0, total: 70 });
});

test('tags merge only with the same tag, verdicts only with the same reason', () => {
  const m = run([
    { type: 'tag', rows: [1], tag: 'flood' },
    { type: 'tag', rows: [2], tag: 'flood' },
    { type: 'tag', rows: [2], tag: 'haze' },
  ]);
  assert.deepEqual(
    m.steps.map((s) => s.args),
    [
      [['chip-1', 'chip-2'], 'flood'],
      [['chip-2'], 'haze'],
    ],
  );
  assert.deepEqual(tagsOf(m, 2), ['flood', 'haze']);
  const withReason = mergeStep([{ op: 'reject', args: [['a'], 'haze'] }], { op: 'reject', args: [['b']] });
  assert.equal(withReason.length, 2);
});

test('a verdict that changes nothing leaves no step', () => {
  const m = run([{ type: 'verdict', rows: [5], verdict: 'undecided' }]);
  assert.equal(m.steps.length, 0);
  assert.equal(m.revision, 0);
});

test('undo and redo walk through verdicts, tags and the steps they leave', () => {
  const done: CurationAction[] = [
    { type: 'verdict', rows: [0, 1], verdict: 'keep' },
    { type: 'tag', rows: [1], tag: 'x' },
    { type: 'verdict', rows: [1], verdict: 'reject' },
  ];
  const states = done.map((_, i) => run(done.slice(0, i + 1)));
  let m = states[2]!;
  m = reduce(m, { type: 'undo' });
  assert.deepEqual(facts(m), facts(states[1]!));
  m = reduce(m, { type: 'undo' });
  assert.deepEqual(facts(m), facts(states[0]!));
  m = reduce(reduce(m, { type: 'redo' }), { type: 'redo' });
  assert.deepEqual(facts(m), facts(states[2]!));
  assert.equal(reduce(m, { type: 'redo' }), m, 'nothing to redo');
});

test('replaying the steps of a model gives its verdicts and tags', () => {
  const rand = random(77);
  let m = createModel(ids);
  const actions: CurationAction[] = [];
  for (let i = 0; i < 400; i++) {
    const rows = Array.from({ length: 1 + Math.floor(rand() * 4) }, () => Math.floor(rand() * ids.length));
    const dice = rand();
    const action: CurationAction =
      dice < 0.5
        ? { type: 'verdict', rows, verdict: (['keep', 'reject', 'undecided'] as const)[Math.floor(rand() * 3)]! }
        : dice < 0.65
          ? { type: 'tag', rows, tag: `t${Math.floor(rand() * 3)}` }
          : dice < 0.75
            ? { type: 'untag', rows, tag: `t${Math.floor(rand() * 3)}` }
            : dice < 0.85
              ? { type: 'undo' }
              : dice < 0.9
                ? { type: 'redo' }
                : { type: 'select', rows, mode: 'toggle' };
    actions.push(action);
    m = reduce(m, action);
  }
  const replayed = createModel(ids, { source: 'x', steps: m.steps });
  assert.deepEqual(
    replayed.ids.map((_, i) => verdictOf(replayed, i)),
    m.ids.map((_, i) => verdictOf(m, i)),
  );
  assert.deepEqual(
    replayed.ids.map((_, i) => tagsOf(replayed, i).sort()),
    m.ids.map((_, i) => tagsOf(m, i).sort()),
  );
  assert.deepEqual(facts(run(actions)), facts(m), 'the same actions give the same state');
});

test('states are not changed in place', () => {
  const before = createModel(ids);
  const copy = structuredClone([before.kept, before.rejected, before.selected]);
  run(
    [
      { type: 'verdict', rows: [1], verdict: 'keep' },
      { type: 'select', rows: [1, 2], mode: 'add' },
    ],
    before,
  );
  assert.deepEqual([before.kept, before.rejected, before.selected], copy);
});

test('selection replaces, adds and toggles; verdicts go to it when the cursor is in it', () => {
  let m = run([
    { type: 'select', rows: [1, 2, 3], mode: 'replace' },
    { type: 'select', rows: [3, 4], mode: 'toggle', cursor: 2 },
  ]);
  assert.deepEqual(targetRows(m), [1, 2, 4]);
  m = reduce(m, { type: 'move', row: 10 });
  assert.deepEqual(targetRows(m), [10]);
});

test('a view with other items extends the model and keeps its verdicts', () => {
  const m = reduce(run([{ type: 'verdict', rows: [69], verdict: 'keep' }]), {
    type: 'extend',
    ids: ['chip-1', 'new-a', 'new-b'],
  });
  assert.equal(m.ids.length, 72);
  assert.equal(verdictOf(m, 69), 'keep');
  const after = reduce(m, { type: 'verdict', rows: [71], verdict: 'reject' });
  assert.equal(verdictOf(after, 71), 'reject');
  assert.equal(verdictOf(reduce(after, { type: 'undo' }), 71), 'undecided');
});

test('rules come from the verdicts of the payload, and stay first in the log', () => {
  const m = createModel(ids, {
    source: 'x',
    steps: [{ op: 'where', args: ['cloud < 20'] }],
    verdicts: { kept: ['chip-1'], rejected: ['chip-2', 'gone'], tags: { 'chip-3': ['a'] } },
  });
  assert.deepEqual([verdictOf(m, 1), verdictOf(m, 2), tagsOf(m, 3)], ['keep', 'reject', ['a']]);
  const next = reduce(m, { type: 'verdict', rows: [5], verdict: 'keep' });
  assert.deepEqual(
    next.steps.map((s) => s.op),
    ['where', 'keep'],
  );
});

test('a gesture on 100 000 rows takes less than 50 ms', () => {
  const many = createModel(Array.from({ length: 100_000 }, (_, i) => `r${i}`));
  const rows = many.ids.map((_, i) => i);
  const start = performance.now();
  const m = reduce(many, { type: 'select', rows, mode: 'replace' });
  reduce(m, { type: 'hover', row: 5 });
  countsOf(m);
  // Three times the limit of renderers.md §6, for a busy machine.
  assert.ok(performance.now() - start < 150);
  assert.equal(countsOf(m).selected, 100_000);
});
