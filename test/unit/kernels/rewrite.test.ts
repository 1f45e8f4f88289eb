import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileCell } from '../../../kernels/child/compile-cell.js';
import { editDistance, nearestNames } from '../../../kernels/child/nearest-names.js';
import { applyEdits, columnBefore } from '../../../kernels/child/text-edits.js';

const options = { language: 'typescript', filename: '', renamed: [], globals: new Set(['fetch']), nodeMajor: 20 };

test('the code has one prefix line, and every later line has its number', () => {
  const source = 'import { a } from "x";\nconst b: number = 1,\n  c = 2;\nfunction f() {}\nclass D {}\nb';
  const lines = compileCell(source, options).code.split('\n');
  assert.equal(lines.length, source.split('\n').length + 2);
  assert.match(lines[0] ?? '', /^\(async\(\)=>\{"use strict";.*f=\$nadir\.fn\(f\$fn,"f"\);.*\$nadir\.import\("x"/);
  assert.deepEqual(lines.slice(2), [
    ';0,   b         = 1,',
    '  c = 2;',
    'function f$fn() {}',
    ';D=class D {};',
    'return(b)',
    '})()',
  ]);
});

test('columns of the edited text map back to the source, at every place of a line', () => {
  const source = 'class A {} function f(x) { return x } let u; u';
  const compiled = compileCell(source, options);
  const edited = applyEdits(compiled.edited, compiled.edits);
  // Oracle: characters that no edit touched are found again at the mapped column.
  for (const word of ['A {', '(x)', 'return x', '} let'.slice(0, 1)]) {
    const at = edited.indexOf(word);
    assert.equal(columnBefore(compiled.edited, compiled.edits, 0, at), source.indexOf(word), word);
  }
});

test('names of globals are stored apart, also in shorthand properties, and shadowing is respected', () => {
  const { code, names } = compileCell(
    'const fetch = 1; const o = { fetch }; function g(fetch) { return fetch } const { fetch: h } = o; fetch',
    options,
  );
  assert.deepEqual(names[0], { name: 'fetch', stored: 'fetch$nb' });
  assert.match(
    code,
    /\{ fetch:fetch\$nb \}; function g\$fn\(fetch\) \{ return fetch \} ;0, {3}\{ fetch: h \} = o; return\(fetch\$nb\)/,
  );
});

test('edit distance agrees with the plain recursion', () => {
  const plain = (a: string, b: string): number =>
    a === ''
      ? b.length
      : b === ''
        ? a.length
        : Math.min(
            plain(a.slice(1), b) + 1,
            plain(a, b.slice(1)) + 1,
            plain(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
          );
  for (const [a, b] of [
    ['', 'abc'],
    ['kitten', 'sitting'],
    ['load', 'laod'],
    ['same', 'same'],
    ['abcd', 'dcba'],
  ] as const)
    assert.equal(editDistance(a, b), plain(a, b), `${a} ${b}`);
  assert.deepEqual(nearestNames('loadRastr', ['loadRaster', 'loadRasterTimeseries', 'curate', 'loadVector']), [
    'loadRaster',
  ]);
});
