/** A view goes on from what the notebook says already (`renderers.md` §6): verdicts of an earlier session are never dropped. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CurationState, CurationStep } from '../../../src/display/wire/payload.js';
import { tagsOf, verdictOf } from '../../../renderers/shared/curation.js';
import { NoKernelError, type Host } from '../../../renderers/shared/host.js';
import { openDataset, openDatasetCount, STEP_DELAY_MS, type Dataset } from '../../../renderers/shared/store.js';

const ids = Array.from({ length: 70 }, (_, i) => `chip-${i}`);
const START: CurationState = { source: 'chips', steps: [] };
const REJECTED: readonly CurationStep[] = [
  { op: 'reject', args: [['chip-40', 'chip-3']] },
  { op: 'tag', args: [['chip-5'], 'flood'] },
];

interface Asked {
  readonly args: { readonly query?: boolean; readonly steps?: readonly CurationStep[] };
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A host whose answers the test gives by hand. */
function fakeHost(hasMessaging = true): { host: Host; asked: Asked[] } {
  const asked: Asked[] = [];
  const host: Host = {
    hasMessaging,
    post: () => assert.fail('everything is asked, so that notes come back'),
    ask: (_viewId, op, args) => {
      assert.equal(op, 'steps');
      // SAFETY: the store sends these two forms.
      return new Promise((resolve, reject) => asked.push({ args: args as Asked['args'], resolve, reject }));
    },
    readState: () => ({}),
    writeState: () => undefined,
  };
  return { host, asked };
}

const settled = (): Promise<void> => new Promise((go) => setImmediate(go));

function open(t: TestContext, host: Host, state: CurationState = START): Dataset {
  const dataset = openDataset('d', ids, state);
  dataset.connect(host, 'cell:0', state);
  t.after(() => dataset.release());
  return dataset;
}

function timers(t: TestContext): () => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return async () => {
    t.mock.timers.tick(STEP_DELAY_MS);
    await settled();
  };
}

test('a view asks once, shows the verdicts of the cell, and the next verdict is written behind them', async (t) => {
  const pass = timers(t);
  const { host, asked } = fakeHost();
  const dataset = open(t, host);
  assert.deepEqual(
    asked.map((a) => a.args),
    [{ source: 'chips', datasetId: 'd', query: true }],
  );
  asked[0]!.resolve({ steps: REJECTED, note: null });
  await settled();
  const model = dataset.model.value;
  assert.deepEqual(
    [3, 40, 4].map((i) => verdictOf(model, i)),
    ['reject', 'reject', 'undecided'],
  );
  assert.deepEqual(tagsOf(model, 5), ['flood']);
  dataset.dispatch({ type: 'verdict', rows: [7], verdict: 'keep' });
  await pass();
  assert.deepEqual(asked[1]!.args.steps, [...REJECTED, { op: 'keep', args: [['chip-7']] }]);
  assert.equal(asked.length, 2);
});

test('gestures made before the answer wait for it and come behind its steps; undo takes back only them', async (t) => {
  const pass = timers(t);
  const { host, asked } = fakeHost();
  const dataset = open(t, host);
  dataset.dispatch({ type: 'select', rows: [9], mode: 'replace' });
  dataset.dispatch({ type: 'verdict', rows: [3], verdict: 'keep' });
  dataset.dispatch({ type: 'verdict', rows: [8], verdict: 'reject' });
  dataset.dispatch({ type: 'undo' });
  await pass();
  assert.equal(asked.length, 1, 'nothing is written before the answer');
  asked[0]!.resolve({ steps: REJECTED, note: null });
  await settled();
  assert.deepEqual(asked[1]!.args.steps, [...REJECTED, { op: 'keep', args: [['chip-3']] }]);
  assert.equal(dataset.model.value.cursor, 9);
  dataset.dispatch({ type: 'undo' });
  dataset.dispatch({ type: 'undo' });
  assert.deepEqual(dataset.model.value.steps, REJECTED);
});

test('a view that goes before the answer still writes its gestures behind the steps of the cell', async (t) => {
  timers(t);
  const { host, asked } = fakeHost();
  const dataset = openDataset('d', ids, START);
  dataset.connect(host, 'cell:0', START);
  dataset.dispatch({ type: 'verdict', rows: [7], verdict: 'keep' });
  dataset.release();
  assert.equal(openDatasetCount(), 1, 'it waits for the answer');
  const again = openDataset('d', ids, START);
  again.connect(host, 'cell:0', START);
  assert.equal(again, dataset, 'a view that comes back goes on with it');
  again.release();
  asked[0]!.resolve({ steps: REJECTED, note: null });
  await settled();
  assert.deepEqual(asked[1]!.args.steps, [...REJECTED, { op: 'keep', args: [['chip-7']] }]);
  assert.equal(asked.length, 2);
  assert.equal(openDatasetCount(), 0);
});

test('without an answer the view starts from its output and writes as before', async (t) => {
  const pass = timers(t);
  for (const fail of [
    (a: Asked) => a.reject(new NoKernelError()),
    (a: Asked) => a.reject(new Error('The message holds a step that is no curation step.')),
    (a: Asked) => a.resolve({ steps: [{ op: 'constructor', args: [] }], note: null }),
    (a: Asked) => a.resolve(undefined),
    (a: Asked) => a.resolve({ steps: null, note: null }),
  ]) {
    const { host, asked } = fakeHost();
    const dataset = openDataset('d', ids, { ...START, steps: REJECTED });
    dataset.connect(host, 'cell:0', START);
    dataset.dispatch({ type: 'verdict', rows: [7], verdict: 'keep' });
    fail(asked[0]!);
    await settled();
    await pass();
    assert.deepEqual(asked[1]!.args.steps, [...REJECTED, { op: 'keep', args: [['chip-7']] }]);
    dataset.release();
  }
  const { host, asked } = fakeHost(false);
  open(t, host).dispatch({ type: 'verdict', rows: [7], verdict: 'keep' });
  await pass();
  assert.equal(asked.length, 0, 'no messaging, no messages');
});

test('what the host notes is shown until the next answer', async (t) => {
  const pass = timers(t);
  const { host, asked } = fakeHost();
  const dataset = open(t, host);
  asked[0]!.resolve({ steps: null, note: 'edited by hand' });
  await settled();
  assert.equal(dataset.note.value, 'edited by hand');
  dataset.dispatch({ type: 'verdict', rows: [7], verdict: 'keep' });
  await pass();
  asked[1]!.resolve({ written: true, note: null });
  await settled();
  assert.equal(dataset.note.value, null);
});

test('rules keep the verdicts that the kernel gave when the log goes on from them', async (t) => {
  const state: CurationState = {
    source: 'chips',
    steps: [
      { op: 'where', args: ['cloud < 20'] },
      { op: 'reject', args: [['chip-2']] },
    ],
    verdicts: { kept: ['chip-1'], rejected: ['chip-2', 'chip-60'], tags: {} },
  };
  const { host, asked } = fakeHost();
  const dataset = open(t, host, state);
  const log = [state.steps[0]!, { op: 'reject', args: [['chip-2', 'chip-9']] }, { op: 'keep', args: [['chip-60']] }];
  asked[0]!.resolve({ steps: log, note: null });
  await settled();
  const model = dataset.model.value;
  assert.deepEqual(
    [1, 2, 9, 60, 61].map((i) => verdictOf(model, i)),
    ['keep', 'reject', 'reject', 'keep', 'undecided'],
  );
  assert.deepEqual(model.steps, log);
});
