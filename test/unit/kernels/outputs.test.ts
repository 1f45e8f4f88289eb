import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputBuilder, overwritten } from '../../../kernels/outputs.js';

test('text goes to one output per stretch of one stream', () => {
  const b = new OutputBuilder();
  b.started(1);
  b.stream('stdout', 'a\nb');
  b.stream('stdout', 'c\n');
  b.stream('stderr', 'e');
  b.display({ 'text/plain': 'd' }, {});
  b.stream('stderr', 'f');
  assert.deepEqual(
    b.outputs().map((o) => (o.output_type === 'stream' ? [o.name, o.text] : o.output_type)),
    [['stdout', ['a\n', 'bc\n']], ['stderr', ['e']], 'display_data', ['stderr', ['f']]],
  );
});

test('text types become lines, images stay base64, JSON stays a value, and a result carries its count', () => {
  const b = new OutputBuilder();
  b.started(7);
  b.result(
    {
      'application/vnd.nadir.tensor.v1+json': { a: ['x\ny'] },
      'image/png': 'QUJD',
      'image/svg+xml': '<svg>\n</svg>',
      'text/html': '<b>\n</b>',
    },
    { 'image/png': { width: 5 } },
  );
  assert.deepEqual(b.outputs(), [
    {
      output_type: 'execute_result',
      execution_count: 7,
      metadata: { 'image/png': { width: 5 } },
      data: {
        'application/vnd.nadir.tensor.v1+json': { a: ['x\ny'] },
        'image/png': 'QUJD',
        'image/svg+xml': '<svg>\n</svg>',
        'text/html': ['<b>\n', '</b>'],
      },
    },
  ]);
});

test('clear removes at once, or waits for the next output', () => {
  const b = new OutputBuilder();
  b.stream('stdout', 'a');
  b.clear(true);
  assert.equal(b.outputs().length, 1);
  b.stream('stdout', 'b');
  assert.deepEqual(b.outputs(), [{ output_type: 'stream', name: 'stdout', text: ['b'] }]);
  b.clear(false);
  assert.deepEqual(b.outputs(), []);
});

test('an update changes its display, an empty one removes it, an unknown id changes nothing', () => {
  const b = new OutputBuilder();
  b.display({ 'text/plain': 'old' }, {}, 'id');
  assert.equal(b.update('other', { 'text/plain': 'x' }, {}), false);
  assert.equal(b.update('id', { 'text/plain': 'new' }, {}), true);
  assert.deepEqual(b.outputs()[0], { output_type: 'display_data', data: { 'text/plain': ['new'] }, metadata: {} });
  b.update('id', {}, {});
  assert.deepEqual(b.outputs(), []);
});

test('trimming keeps the first characters over all stretches and never half a character', () => {
  const b = new OutputBuilder();
  b.stream('stdout', 'abc');
  b.stream('stderr', 'de🛰');
  b.trimText(6);
  assert.deepEqual(
    b.outputs().map((o) => (o.output_type === 'stream' ? o.text : [])),
    [['abc'], ['de']],
  );
});

test('carriage returns and backspaces are applied as a terminal does', () => {
  // Independent oracle: a terminal as a list of columns, one character at a time.
  const terminal = (text: string): string =>
    text
      .split('\n')
      .map((line) => {
        const row: string[] = [];
        let at = 0;
        for (const c of line) {
          if (c === '\r') at = 0;
          else row[at++] = c;
        }
        return row.join('');
      })
      .join('\n');
  for (const text of ['0 %\r50 %\r100 %\n', 'long line\rX\nnext', '\r\n\ra\r\n', 'abc\rde\rf', 'a\r\rb\n'])
    assert.equal(overwritten(text), terminal(text), JSON.stringify(text));
  assert.equal(overwritten('abd\bc\n'), 'abc\n');
  assert.equal(overwritten('50 %\r'), '50 %\r', 'what follows will overwrite');
});

test('100 000 progress lines are reduced in less than a second', () => {
  const text = Array.from({ length: 100_000 }, (_, i) => `\r${i} of 100000`).join('');
  const t0 = performance.now();
  assert.equal(overwritten(text), '99999 of 100000');
  assert.ok(performance.now() - t0 < 1000);
});
