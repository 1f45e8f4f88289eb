import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNadirError } from '../../../src/core/errors.js';
import { jsonFault } from '../../../kernels/json-fault.js';
import { notebookText, parseNotebook } from '../../../kernels/notebook.js';

const cell = (over: object = {}): object => ({
  cell_type: 'code',
  id: 'a',
  metadata: {},
  source: ['1\n', '2'],
  outputs: [],
  execution_count: null,
  ...over,
});
const book = (cells: unknown, over: object = {}): string =>
  JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells, ...over });

test('a broken notebook says what is wrong and where', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /not valid JSON at line 1, column 1/],
    ['{\n "cells": [,]\n}', /not valid JSON at line 2, column 12/],
    ['[]', /no JSON object/],
    ['{}', /'nbformat' is missing/],
    ['{"nbformat":3,"worksheets":[]}', /nbformat 3 is not supported/],
    [book('x'), /'cells' is not a list/],
    [book([cell(), 5]), /cell 2 is not an object/],
    [book([cell({ cell_type: 'heading' })]), /cell 1 has the unknown cell_type "heading"/],
    [book([cell({ source: [1] })]), /cell 1 has no source text/],
    [book([cell({ outputs: {} })]), /the outputs of cell 1 are not a list/],
    [book([], { metadata: [] }), /'metadata' is not an object/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseNotebook(text, 'x.ipynb'),
      (e) => isNadirError(e, 'FormatError') && e.code === 'bad-notebook' && message.test(e.message),
      text.slice(0, 60),
    );
  }
});

test('the place of a JSON fault is the first character that cannot go on', () => {
  for (const [text, at] of [
    ['[1,]', 3],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['[1 2]', 3],
    ['nul', 0],
    ['[1', 2],
    ['{}}', 2],
    ['["a\nb"]', 1],
    ['[01]', 2],
    ['[}', 1],
  ] as const)
    assert.equal(jsonFault(text), at, text);
});

test('2000 mutated notebooks end in a notebook or in a typed error', () => {
  const valid = book([
    cell({ outputs: [{ output_type: 'stream', name: 'stdout', text: ['x'] }] }),
    { cell_type: 'markdown', metadata: { tags: ['t'] }, source: '# a' },
  ]);
  let seed = 3;
  const random = (n: number): number =>
    Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n);
  for (let i = 0; i < 2000; i++) {
    const at = random(valid.length);
    const insert = ['', '"', '{', 'null', '[]', '\u0000', '9'][random(7)] ?? '';
    const text = valid.slice(0, at) + insert + valid.slice(at + random(6));
    try {
      notebookText(parseNotebook(text, 'x.ipynb'));
    } catch (error) {
      assert.ok(isNadirError(error, 'FormatError'), `seed 3, mutant ${i}: ${String(error)}`);
    }
  }
});

test('broken outputs are kept as they are', () => {
  const broken = [null, 5, { output_type: 'stream' }, { output_type: 'new-kind', transient: 1 }];
  const saved = JSON.parse(notebookText(parseNotebook(book([cell({ outputs: broken })]), 'x'))) as {
    cells: { outputs: unknown[] }[];
  };
  assert.deepEqual(saved.cells[0]?.outputs, broken);
});

test('reading and writing twice gives the same bytes; the indent of the file stays; transient keys go', () => {
  const text = JSON.stringify(
    JSON.parse(
      book(
        [
          cell({
            outputs: [
              {
                output_type: 'display_data',
                data: { 'text/plain': ['b', 'a'] },
                metadata: { z: 1, a: 2 },
                transient: { display_id: 'x' },
              },
            ],
          }),
        ],
        { zeta: 1, alpha: { b: 1, a: 2 } },
      ),
    ),
    undefined,
    4,
  );
  const once = notebookText(parseNotebook(text, 'x'));
  assert.equal(notebookText(parseNotebook(once, 'x')), once);
  assert.ok(once.startsWith('{\n    "alpha": {\n        "a": 2,\n        "b": 1\n    },\n    "cells"'));
  assert.ok(!once.includes('transient'));
  assert.ok(once.endsWith('}\n'));
});

test('missing or doubled ids become stable ones', () => {
  const text = book([cell(), cell(), cell({ id: 'not valid!' }), cell({ id: undefined })]);
  const ids = parseNotebook(text, 'x').cells.map((c) => c.id);
  assert.equal(new Set(ids).size, 4);
  assert.equal(ids[0], 'a');
  assert.deepEqual(
    parseNotebook(text, 'x').cells.map((c) => c.id),
    ids,
  );
});

test('the language is that of the cell, else of the notebook, else TypeScript', () => {
  const of = (metadata: object, over: object = {}): string | undefined =>
    parseNotebook(book([cell(over)], { metadata }), 'x').cells[0]?.language;
  assert.equal(of({}), 'typescript');
  assert.equal(of({ kernelspec: { language: 'python' } }), 'python');
  assert.equal(of({ language_info: { name: 'TypeScript' } }), 'typescript');
  assert.equal(
    of({ kernelspec: { language: 'python' } }, { metadata: { vscode: { languageId: 'javascript' } } }),
    'javascript',
  );
});
