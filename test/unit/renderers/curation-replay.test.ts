/** The renderer's reducer and the library's selection mean the same by the same steps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createModel,
  reduce,
  tagsOf,
  verdictOf,
  type CurationAction,
  type CurationModel,
} from '../../../renderers/shared/curation.js';
import { createRandom, GeoSlice } from '../../../src/core/index.js';
import { curate, replaySteps, type CuratedSelection, type CurationStep } from '../../../src/curation/index.js';

const slices = Array.from({ length: 40 }, (_, i) =>
  GeoSlice.create({
    bounds: [500000 + i * 100, 5000000, 500100 + i * 100, 5000100],
    crs: 'EPSG:32631',
    resolution: 10,
  }),
);
const ids = curate(slices).ids;
const TAGS = ['flood', 'haze', 'snow'];
const NAMES = { keep: 'kept', reject: 'rejected', undecided: 'undecided' } as const;

type Random = ReturnType<typeof createRandom>;
const some = (random: Random): number[] => Array.from({ length: 1 + random.int(6) }, () => random.int(ids.length));

function action(random: Random): CurationAction {
  const rows = some(random);
  const tag = TAGS[random.int(TAGS.length)]!;
  switch (random.int(10)) {
    case 0:
      return { type: 'undo' };
    case 1:
      return { type: 'redo' };
    case 2:
      return { type: 'tag', rows, tag };
    case 3:
      return { type: 'untag', rows, tag };
    case 4:
      return { type: 'select', rows, mode: 'toggle' };
    case 5:
      return { type: 'move', row: rows[0]! };
    default:
      return { type: 'verdict', rows, verdict: (['keep', 'reject', 'undecided'] as const)[random.int(3)]! };
  }
}

const ofModel = (m: CurationModel): unknown => ids.map((id, i) => [id, NAMES[verdictOf(m, i)], tagsOf(m, i).sort()]);
const ofSelection = (s: CuratedSelection): unknown =>
  ids.map((id) => [id, s.verdictOf(id), [...(s.tags[id] ?? [])].sort()]);

test('the step log of random gestures, replayed by the library, gives what the renderer shows', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = createRandom(seed, 'gestures');
    let model = createModel(ids);
    for (let i = 0; i < 40; i++) model = reduce(model, action(random));
    assert.deepEqual(ofSelection(replaySteps(slices, model.steps)), ofModel(model), `seed ${seed}`);
    // And once more through the cell: what the kernel then displays starts the next model.
    const selection = replaySteps(slices, JSON.parse(JSON.stringify(model.steps)) as CurationStep[]);
    const again = createModel(ids, { source: 'slices', steps: selection.steps });
    assert.deepEqual(ofModel(again), ofModel(model), `seed ${seed}, displayed again`);
  }
});

test('gestures on top of steps written by hand agree, several tags, notes and rules among them', () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = createRandom(seed, 'by hand');
    const pick = (): string[] => some(random).map((i) => ids[i]!);
    const start = curate(slices)
      .reject(pick(), 'haze')
      .tag(pick(), 'flood', 'snow')
      .where(`xmin < ${500000 + random.int(40) * 100}`)
      .keep(pick())
      .untag(pick(), 'snow', 'haze')
      .undecide(pick());
    const idsOf = (verdict: string): string[] => ids.filter((id) => start.verdictOf(id) === verdict);
    let model = createModel(ids, {
      source: 'slices',
      steps: start.steps,
      verdicts: { kept: idsOf('kept'), rejected: idsOf('rejected'), tags: start.tags },
    });
    assert.deepEqual(ofModel(model), ofSelection(start), `seed ${seed}, at the start`);
    for (let i = 0; i < 20; i++) model = reduce(model, action(random));
    assert.deepEqual(ofSelection(replaySteps(slices, model.steps)), ofModel(model), `seed ${seed}`);
  }
});

test('a step with several tags counts for all of them', () => {
  const start = curate(slices).tag([ids[3]!], 'flood', 'snow').untag([ids[3]!], 'flood', 'haze');
  const model = createModel(ids, { source: 'slices', steps: start.steps });
  assert.deepEqual(ofModel(model), ofSelection(start));
});

test('a generator is curated once and shown and exported later', () => {
  const selection = curate(slices.values());
  assert.deepEqual(selection.ids, ids);
  assert.equal([...(selection.source as Iterable<GeoSlice>)].length, slices.length);
});
