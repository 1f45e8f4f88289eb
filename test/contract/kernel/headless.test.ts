import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { runNotebook, type RunControl, type RunEvent } from '../../../kernels/headless.js';
import { parseParameter } from '../../../kernels/parameters.js';
import { childPath, testNode } from './harness.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nadir headless-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface TestCell {
  type?: string;
  source: string;
  tags?: string[];
  language?: string;
  outputs?: unknown[];
}

function write(name: string, cells: TestCell[], metadata: object = {}): string {
  const file = path.join(folder, name);
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata,
    cells: cells.map((c, i) => ({
      cell_type: c.type ?? 'code',
      id: `cell${i}`,
      metadata: {
        ...(c.tags ? { tags: c.tags } : {}),
        ...(c.language === undefined ? {} : { vscode: { languageId: c.language } }),
      },
      source: c.source,
      ...(c.type === undefined ? { outputs: c.outputs ?? [], execution_count: null } : {}),
    })),
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

interface Saved {
  nbformat_minor: number;
  metadata: { kernelspec?: { name: string } };
  cells: {
    cell_type: string;
    source: string[];
    outputs?: Record<string, unknown>[];
    execution_count?: number | null;
    metadata: { tags?: string[] };
  }[];
}

const read = (file: string): Saved => JSON.parse(readFileSync(file, 'utf8')) as Saved;

test('a notebook runs from start to end, and the file is what the editor would save', async () => {
  const file = write('plain.ipynb', [
    { type: 'markdown', source: '# Title\n\nText' },
    { source: 'const a: number = 2;\nconsole.log("hello");\nconsole.error("oops"); console.log("again")' },
    {
      source:
        'display({ [Symbol.for("Jupyter.display")]: () => ({ "image/png": "AAAA", "text/plain": "p\\nq" }) });\na * 21',
    },
    { source: 'print(1)', language: 'python' },
  ]);
  const out = path.join(folder, 'plain.out.ipynb');
  const events: RunEvent[] = [];
  const report = await runNotebook({ path: file, childPath, ...testNode, out, onOutput: (e) => events.push(e) });
  assert.equal(report.status, 'ok');
  assert.deepEqual([report.ran, report.notRun], [2, 0]);
  const text = readFileSync(out, 'utf8');
  assert.equal(
    text,
    `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "cell0",
   "metadata": {},
   "source": [
    "# Title\\n",
    "\\n",
    "Text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "cell1",
   "metadata": {},
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "hello\\n"
     ]
    },
    {
     "name": "stderr",
     "output_type": "stream",
     "text": [
      "oops\\n"
     ]
    },
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "again\\n"
     ]
    }
   ],
   "source": [
    "const a: number = 2;\\n",
    "console.log(\\"hello\\");\\n",
    "console.error(\\"oops\\"); console.log(\\"again\\")"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 2,
   "id": "cell2",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "image/png": "AAAA",
      "text/plain": [
       "p\\n",
       "q"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    },
    {
     "data": {
      "text/plain": [
       "42"
      ]
     },
     "execution_count": 2,
     "metadata": {},
     "output_type": "execute_result"
    }
   ],
   "source": [
    "display({ [Symbol.for(\\"Jupyter.display\\")]: () => ({ \\"image/png\\": \\"AAAA\\", \\"text/plain\\": \\"p\\\\nq\\" }) });\\n",
    "a * 21"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "cell3",
   "metadata": {
    "vscode": {
     "languageId": "python"
    }
   },
   "outputs": [],
   "source": [
    "print(1)"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "Nadir TypeScript",
   "language": "typescript",
   "name": "nadir"
  },
  "language_info": {
   "codemirror_mode": "typescript",
   "file_extension": ".ts",
   "mimetype": "text/x.typescript",
   "name": "typescript"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`,
  );
  assert.ok(events.some((e) => e.type === 'warning' && e.text.includes('python')));
});

test('parameters replace those of the tagged cell; a second run replaces the first injection', async () => {
  const file = write('params.ipynb', [
    { source: 'const aoi = "none"; let limit = 1;', tags: ['parameters'] },
    { source: '`${aoi} ${limit} ${typeof limit}`' },
  ]);
  const out = path.join(folder, 'params.out.ipynb');
  await runNotebook({
    path: file,
    childPath,
    ...testNode,
    out,
    params: { aoi: parseParameter('Alps'), limit: parseParameter('20') },
  });
  const first = read(out);
  assert.deepEqual(
    first.cells.map((c) => c.metadata.tags?.[0]),
    ['parameters', 'injected-parameters', undefined],
  );
  assert.deepEqual(first.cells[1]?.source, ['// Parameters\n', 'const aoi = "Alps";\n', 'const limit = 20;']);
  assert.deepEqual((first.cells[2]?.outputs?.[0]?.['data'] as Record<string, unknown>)['text/plain'], [
    "'Alps 20 number'",
  ]);
  await runNotebook({ path: out, childPath, ...testNode, out, params: { limit: [1, 2] } });
  const second = read(out);
  assert.equal(second.cells.length, 3);
  assert.deepEqual((second.cells[2]?.outputs?.[0]?.['data'] as Record<string, unknown>)['text/plain'], [
    "'none 1,2 object'",
  ]);
  await assert.rejects(
    runNotebook({ path: file, childPath, ...testNode, params: { lmit: 1 } }),
    /does not declare 'lmit'/,
  );
});

test('a failing cell stops the run, the rest has no stale output, and the first error is reported', async () => {
  const file = write('fail.ipynb', [
    { source: '1' },
    { source: '\nthrow new TypeError("bad tile")' },
    { source: '3', outputs: [{ output_type: 'stream', name: 'stdout', text: 'stale' }] },
  ]);
  const out = path.join(folder, 'fail.out.ipynb');
  const report = await runNotebook({ path: file, childPath, ...testNode, out });
  assert.equal(report.status, 'failed');
  assert.deepEqual([report.ran, report.notRun], [2, 1]);
  assert.equal(report.firstError?.cellIndex, 1);
  assert.match(report.firstError.error.stack, /TypeError: bad tile\n {4}at Cell 2:2:7/);
  const saved = read(out);
  assert.deepEqual(saved.cells[1]?.outputs, [
    {
      output_type: 'error',
      ename: 'TypeError',
      evalue: 'bad tile',
      traceback: ['TypeError: bad tile\n', '    at Cell 2:2:7'],
    },
  ]);
  assert.deepEqual(saved.cells[2]?.outputs, []);
  const going = await runNotebook({ path: file, childPath, ...testNode, keepGoing: true });
  assert.deepEqual([going.status, going.ran, going.notRun], ['failed', 3, 0]);
});

test('input throws InputUnavailableError', async () => {
  const report = await runNotebook({
    path: write('input.ipynb', [{ source: 'await input("name?")' }]),
    childPath,
    ...testNode,
  });
  assert.equal(report.firstError?.error.name, 'InputUnavailableError');
});

test('the time limit ends an endless cell, and the output is written', async () => {
  const out = path.join(folder, 'slow.out.ipynb');
  const report = await runNotebook({
    path: write('slow.ipynb', [{ source: 'console.log("begun"); for (;;) {}' }, { source: '2' }]),
    childPath,
    ...testNode,
    out,
    timeoutS: 4,
  });
  assert.equal(report.status, 'timeout');
  assert.deepEqual(
    read(out).cells[0]?.outputs?.map((o) => o['output_type']),
    ['stream', 'error'],
  );
});

test('an interrupt from outside ends the run as interrupted', async () => {
  let control: RunControl | undefined;
  const report = await runNotebook({
    path: write('int.ipynb', [{ source: 'console.log("x"); for (;;) {}' }]),
    childPath,
    ...testNode,
    onStart: (c) => (control = c),
    onOutput: (e) => e.type === 'stream' && void control?.interrupt(),
  });
  assert.equal(report.status, 'interrupted');
});

test('parameters keep what JSON would change, and text of subprocesses and timers is said and saved', async () => {
  assert.equal(parseParameter('1e400'), '1e400');
  assert.deepEqual(parseParameter('[1,2]'), [1, 2]);
  const out = path.join(folder, 'sub.out.ipynb');
  const said: string[] = [];
  await runNotebook({
    path: write('sub.ipynb', [
      {
        source:
          'import { execFileSync } from "node:child_process"; execFileSync(process.execPath, ["-e", "console.log(\'sub\')"], { stdio: "inherit" }); setTimeout(() => console.log("tick"), 20); void 0',
      },
    ]),
    childPath,
    ...testNode,
    out,
    onOutput: (e) => e.type === 'stream' && said.push(e.text),
  });
  const text = JSON.stringify(read(out).cells[0]?.outputs);
  for (const word of ['sub', 'tick']) {
    assert.match(text, new RegExp(word));
    assert.match(said.join(''), new RegExp(word));
  }
});

test('a kernel that dies is a failure with its reason', async () => {
  const report = await runNotebook({
    path: write('die.ipynb', [{ source: 'process.abort()' }, { source: '1' }]),
    childPath,
    ...testNode,
  });
  assert.equal(report.status, 'failed');
  assert.equal(report.firstError?.error.name, 'KernelDiedError');
});

test('updates and late text end up in their cell', async () => {
  const out = path.join(folder, 'late.out.ipynb');
  await runNotebook({
    path: write('late.ipynb', [
      { source: 'const d = display("old"); setTimeout(() => { console.log("tick"); d.update("new") }, 120); void 0' },
      { source: 'await new Promise((r) => setTimeout(r, 400))' },
    ]),
    childPath,
    ...testNode,
    out,
  });
  const outputs = read(out).cells.flatMap((c) => c.outputs ?? []);
  assert.ok(JSON.stringify(outputs).includes("'new'"));
  assert.ok(JSON.stringify(outputs).includes('tick'));
});
