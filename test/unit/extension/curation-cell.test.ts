import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CURATION_TAG,
  curationCode,
  curationMetadata,
  findCurationCell,
  importsCurate,
  mergeSteps,
  parseCuration,
  planCurationEdit,
  textHash,
  type CellView,
} from '../../../src/extension/curation-cell.js';
import { readCurationCode } from '../../../src/extension/curation-text.js';
import type { CurationState, CurationStep } from '../../../src/display/wire/payload.js';

const cell = (index: number, text: string, more: Partial<CellView> = {}): CellView => ({
  index,
  text,
  language: 'typescript',
  tags: [],
  nadir: undefined,
  ...more,
});
const IMPORT = "import { curate, gridSampler } from 'nadir';";
const rejectA: CurationState = { source: 'chips', steps: [{ op: 'reject', args: [['a'], 'haze'] }] };

test('steps become a chain of calls under one constant', () => {
  const code = curationCode(
    {
      source: 'chips',
      steps: [
        { op: 'reject', args: [['id1', 'id2'], 'haze'] },
        { op: 'tag', args: [['id3'], 'flood'] },
      ],
    },
    { withImport: true },
  );
  assert.equal(
    code,
    'import { curate } from \'nadir\';\nconst selection = curate(chips)\n  .reject(["id1", "id2"], "haze")\n  .tag(["id3"], "flood");',
  );
});

test('without steps the cell is the bare call', () => {
  assert.equal(curationCode({ source: 'chips', steps: [] }, { withImport: false }), 'const selection = curate(chips);');
});

test('neighbours of one kind and one reason merge, others stay apart and in order', () => {
  const merged = mergeSteps([
    { op: 'reject', args: [['a'], 'haze'] },
    { op: 'reject', args: [['b', 'a'], 'haze'] },
    { op: 'reject', args: [['c']] },
    { op: 'keep', args: [['a']] },
    { op: 'reject', args: [['d']] },
    { op: 'where', args: ['cloud < 20'] },
    { op: 'where', args: ['cloud < 10'] },
  ]);
  assert.deepEqual(merged, [
    { op: 'reject', args: [['a', 'b'], 'haze'] },
    { op: 'reject', args: [['c']] },
    { op: 'keep', args: [['a']] },
    { op: 'reject', args: [['d']] },
    { op: 'where', args: ['cloud < 20'] },
    { op: 'where', args: ['cloud < 10'] },
  ]);
});

test('text out of a payload stays inside its string literal', () => {
  const nasty = '"); process.exit(1); ("\n${x}`';
  const code = curationCode({ source: 'c', steps: [{ op: 'tag', args: [['x'], nasty] }] }, { withImport: false });
  const argument = /\.tag\(\["x"\], (.*)\);$/s.exec(code)?.[1] ?? '';
  assert.equal(JSON.parse(argument), nasty);
});

test('a long list of ids is broken into lines that fit a cell, and stays the same list', () => {
  const ids = Array.from({ length: 30 }, (_, i) => `chip-${1000 + i}`);
  const code = curationCode({ source: 'c', steps: [{ op: 'reject', args: [ids, 'haze'] }] }, { withImport: false });
  assert.ok(
    code.split('\n').every((line) => line.length <= 100),
    code,
  );
  const list = /\.reject\((\[[^\]]*\]), "haze"\);$/s.exec(code)?.[1] ?? '';
  assert.deepEqual(JSON.parse(list.replace(/,\s*\]$/, ']')), ids);
});

test('only a variable or a property path is a source', () => {
  for (const source of ['chips', 'a.b', '$x1', '_y.z.w'])
    assert.notEqual(typeof parseCuration({ source, steps: [] }), 'string');
  for (const source of ['f()', 'a;b', '', '1a', 'a b', 'a[0]', 'a.', '`x`', 7, null])
    assert.equal(typeof parseCuration({ source, steps: [] }), 'string', String(source));
});

test('an unknown step, or an argument that is no JSON, is refused', () => {
  for (const steps of [[{ op: 'constructor', args: [] }], [{ op: 'keep' }], [{ op: 'keep', args: [NaN] }], [null], 'x'])
    assert.equal(typeof parseCuration({ source: 'c', steps }), 'string');
});

test('an import of curate counts only under its own name and from nadir', () => {
  assert.ok(importsCurate([cell(0, IMPORT)]));
  assert.ok(importsCurate([cell(0, 'import {\n  buildRasterCatalog,\n  curate,\n} from "nadir";')]));
  assert.ok(!importsCurate([cell(0, "import { curate as pick } from 'nadir';")]));
  assert.ok(!importsCurate([cell(0, "import { curate } from './mine';")]));
  assert.ok(!importsCurate([cell(0, "// import { curate } from 'nadir';")]));
  assert.ok(!importsCurate([cell(0, IMPORT, { language: 'python' })]));
});

test('the first verdict inserts a cell below the output, with the import only when none is there', () => {
  assert.deepEqual(planCurationEdit([cell(0, IMPORT), cell(1, 'curate(chips)'), cell(2, 'x')], 1, 'd', rejectA), {
    kind: 'insert',
    index: 2,
    text: 'const selection = curate(chips)\n  .reject(["a"], "haze");',
    besideEdited: false,
  });
  const bare = planCurationEdit([cell(0, 'curate(chips)')], 0, 'd', rejectA);
  assert.ok(bare.kind === 'insert' && bare.text.startsWith("import { curate } from 'nadir';\n"));
});

const tagged = (index: number, text: string, datasetId = 'd', written = text): CellView =>
  cell(index, text, { tags: [CURATION_TAG], nadir: curationMetadata(datasetId, written)['nadir'] });

test('later verdicts edit the same cell, and undoing all of them leaves the bare call', () => {
  const text = curationCode(rejectA, { withImport: false });
  const cells = [cell(0, IMPORT), cell(1, 'curate(chips)'), tagged(2, text)];
  const two: CurationState = { source: 'chips', steps: [...rejectA.steps, { op: 'tag', args: [['b'], 'flood'] }] };
  const edit = planCurationEdit(cells, 1, 'd', two);
  assert.ok(edit.kind === 'replace' && edit.index === 2 && edit.text.includes('.tag(["b"], "flood")'));
  assert.deepEqual(planCurationEdit(cells, 1, 'd', { source: 'chips', steps: [] }), {
    kind: 'replace',
    index: 2,
    text: 'const selection = curate(chips);',
  });
  assert.deepEqual(planCurationEdit(cells, 1, 'd', rejectA), { kind: 'none' });
});

test('a hand-edited cell wins: a new cell goes behind it', () => {
  const cells = [
    cell(0, IMPORT),
    tagged(1, 'const selection = curate(chips); // mine', 'd', 'const selection = curate(chips);'),
    cell(2, 'z'),
  ];
  const edit = planCurationEdit(cells, 0, 'd', rejectA);
  assert.ok(edit.kind === 'insert' && edit.index === 2 && edit.besideEdited);
});

test('a text written in this session is ours even when undo took the metadata back', () => {
  const older = 'const selection = curate(chips);';
  const cells = [cell(0, IMPORT), tagged(1, older, 'd', 'something newer')];
  const edit = planCurationEdit(cells, 0, 'd', rejectA, (hash) => hash === textHash(older));
  assert.ok(edit.kind === 'replace' && edit.index === 1);
});

test('another data set gets a cell of its own', () => {
  const cells = [cell(0, IMPORT), tagged(1, curationCode(rejectA, { withImport: false }), 'other')];
  const edit = planCurationEdit(cells, 0, 'd', rejectA);
  assert.ok(edit.kind === 'insert' && edit.index === 1 && !edit.besideEdited);
});

test('no verdict and no cell changes nothing', () => {
  assert.deepEqual(planCurationEdit([cell(0, IMPORT)], 0, 'd', { source: 'chips', steps: [] }), { kind: 'none' });
});

test('a generated text reads back as the steps it was written from, whatever the ids and reasons hold', () => {
  const words = ['a', 'x"y', '\\', ');', '"); process.exit(1); ("', '\n', ' ', 'é', '${x}', '], [', '__proto__', ''];
  let seed = 12345;
  const next = (n: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const word = (): string => words[next(words.length)]! + words[next(words.length)]!;
  const list = (): string[] => Array.from({ length: 1 + next(25) }, word);
  for (let i = 0; i < 300; i++) {
    const steps: CurationStep[] = Array.from({ length: next(6) }, () => {
      const op = (['keep', 'reject', 'undecide', 'tag', 'untag', 'within', 'where'] as const)[next(7)]!;
      if (op === 'within')
        return {
          op,
          args: [
            [
              [-10.5, 46.25e-7],
              [11, 1e21],
            ],
            { buffer: word(), deep: { no: null } },
          ],
        };
      if (op === 'where') return { op, args: [word()] };
      return { op, args: op === 'keep' ? [list()] : [list(), word(), true] };
    });
    const state: CurationState = { source: 'scenes.chips', steps: mergeSteps(steps) };
    for (const withImport of [true, false]) {
      const text = curationCode(state, { withImport });
      assert.deepEqual(readCurationCode(text), state, text);
      assert.deepEqual(readCurationCode(text.replaceAll('\n', '\r\n')), state, 'line ends of another system');
    }
  }
});

test('a text that is not the generated one is not read', () => {
  for (const text of [
    '',
    'curate(chips)',
    'const selection = curate(chips)',
    'const selection = curate(f());',
    'const selection = curate(chips)\n  .reject(ids);',
    'const selection = curate(chips)\n  .reject(["a"]); // mine',
    'const selection = curate(chips)\n  .constructor("x");',
    'const selection = curate(chips)\n  .reject(["\\q"]);',
    'const selection = curate(chips)\n  .reject(["a" "b"]);',
    'const selection = curate(chips)\n  .reject([`a`]);',
    'const selection = curate(chips)\n  .reject([,]);',
  ])
    assert.equal(readCurationCode(text), undefined, text);
});

test('the generated cell is found by its data set; an edited one is named as such', () => {
  const text = curationCode(rejectA, { withImport: false });
  const found = findCurationCell([tagged(0, text), tagged(1, text, 'other')], 'd');
  assert.equal(found.own?.index, 0);
  const edited = findCurationCell([tagged(0, `${text} // mine`, 'd', text)], 'd');
  assert.deepEqual([edited.own, edited.edited?.index], [undefined, 0]);
  assert.deepEqual(findCurationCell([cell(0, text)], 'd'), { own: undefined, edited: undefined });
});
