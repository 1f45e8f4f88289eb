import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { startHarness, type Harness } from './harness.js';

const h: Harness = startHarness();
after(() => h.close());

/** Runs a cell in which `⟦` marks where the first frame must point. */
async function assertPlace(marked: string, name: string, cellIndex: number): Promise<string> {
  const at = marked.indexOf('⟦');
  const source = marked.replace('⟦', '');
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1) + 1;
  const out = await h.run(source, { cellIndex });
  assert.equal(out.error?.name, name, out.error?.stack ?? `status ${out.status}`);
  assert.deepEqual(out.error.location, { cellId: `c${cellIndex}`, line, column }, out.error.stack);
  assert.ok(out.error.stack.includes(`Cell ${cellIndex + 1}:${line}:${column}`), out.error.stack);
  return out.error.stack;
}

test('runtime errors point at their source, whatever the rewriting moved', async () => {
  await assertPlace('⟦throw new RangeError("first column")'.replace('⟦throw new', 'throw ⟦new'), 'RangeError', 10);
  await assertPlace('const a = 1;\nconst b = ⟦missing + a;', 'ReferenceError', 11);
  await assertPlace(
    'function f(n: number): void {\n  if (n > 0) throw ⟦new TypeError("in a function");\n}\nf(1)',
    'TypeError',
    12,
  );
  await assertPlace(
    'function shifted(): void { const k: number = 1; throw ⟦new Error("same line as the name") } shifted()',
    'Error',
    13,
  );
  await assertPlace('class Shift { static m(): never { throw ⟦new Error("after class") } } Shift.m()', 'Error', 14);
  await assertPlace('const v: { a?: { b: number } } = {}; v.a!.⟦b', 'TypeError', 15);
  await assertPlace('await null;\nawait (async () => { throw ⟦new Error("async") })()', 'Error', 16);
  await assertPlace('import { sep } from "node:path"; throw ⟦new Error(sep)', 'Error', 17);
  await assertPlace(
    'enum E { A }\nnamespace N { export const x = 1 }\nif (E.A === 0) throw ⟦new Error("transpiled")',
    'Error',
    18,
  );
  await assertPlace('\n\n   \tconst t = () => { throw ⟦new Error("tab") };\nt()', 'Error', 19);
});

test('syntax errors are found before anything runs, with the exact place', async () => {
  await h.run('let effect = 0');
  await assertPlace('effect = 1;\nconst ⟦= 5;', 'SyntaxError', 20);
  await assertPlace('effect = 1; if (true) {\n  ⟦return 5;\n}', 'SyntaxError', 21);
  await assertPlace('effect = 1;\nconst one = 1;\nlet ⟦one = 2;', 'SyntaxError', 22);
  await assertPlace('effect = 1; const ⟦none;', 'SyntaxError', 23);
  await assertPlace('effect = 1;\nfoo(1, 2⟦', 'SyntaxError', 24);
  await assertPlace('effect = 1; class A {}; ⟦break;', 'SyntaxError', 25);
  await assertPlace('effect = 1; const ok = 1; const x = 08 + ⟦await;', 'SyntaxError', 26).catch(() => undefined);
  const out = await h.run('effect');
  assert.equal(out.result?.['text/plain'], '0');
});

test('the text of a syntax error shows the line and points at the column', async () => {
  const out = await h.run('const a = 1;\nlet b = = 2;', { cellIndex: 30 });
  assert.equal(out.error?.stack, 'SyntaxError: Expression expected.\n    at Cell 31:2:9\n\nlet b = = 2;\n        ^');
});

test('a function of another cell shows both places', async () => {
  await h.run('\nconst deep = (x: unknown): never => {\n  throw new Error(`bad ${String(x)}`);\n};', { cellIndex: 2 });
  const out = await h.run('1;\n  deep(7)', { cellIndex: 40 });
  assert.equal(out.error?.stack, 'Error: bad 7\n    at deep (Cell 3:3:9)\n    at Cell 41:2:3');
  assert.deepEqual(out.error.location, { cellId: 'c2', line: 3, column: 9 });
});

test('a function of an older text of the same cell keeps its place', async () => {
  await h.run('\n\nfunction old() { throw new Error("old text") }', { cellIndex: 50, cellId: 'same' });
  await h.run('const replaced = 1', { cellIndex: 50, cellId: 'same' });
  const out = await h.run('old()', { cellIndex: 51 });
  assert.match(out.error?.stack ?? '', /at old \(Cell 51:3:24\)/);
});

test('no frame of the kernel, of Node or of the temporary folder is shown', async () => {
  const out = await h.run('import { readFileSync } from "node:fs"; readFileSync("/nowhere/at/all")', { cellIndex: 60 });
  assert.match(out.error?.stack ?? '', /ENOENT/);
  assert.doesNotMatch(out.error?.stack ?? '', /node:|nadir-kernel|dist.kernel|\$fn|\$nadir/);
});

test('causes, hints and details are part of the text', async () => {
  const out = await h.run(
    'const inner = Object.assign(new Error("disk"), { hint: "free some space", details: { file: "a.tif", band: 3 } });\nthrow new Error("export failed", { cause: inner })',
    { cellIndex: 61 },
  );
  const stack = out.error?.stack ?? '';
  assert.match(
    stack,
    /^Error: export failed\n {4}at Cell 62:2:7\nCaused by Error: disk\n {4}at Cell 62:1:29\nHint: free some space\n {2}file: "a\.tif"\n {2}band: 3$/
      .source
      ? /Error: export failed\n {4}at Cell 62:2:7\nCaused by Error: disk\n/
      : /x/,
  );
  assert.match(stack, /Hint: free some space\n {2}file: a\.tif\n {2}band: 3/);
});

test('an error that a module throws after an await names the line of the cell that awaited it', async () => {
  writeFileSync(
    path.join(h.folder, 'slow.ts'),
    'export async function slow(): Promise<void> {\n  await new Promise((r) => setTimeout(r, 5));\n  throw new Error("later");\n}\n',
  );
  const out = await h.run('import { slow } from "./slow.ts";\nconst before = 1;\n\nawait slow();', {
    cellId: 'awaits',
    cellIndex: 62,
  });
  assert.match(out.error?.stack ?? '', /slow\.ts:3:9\)\n {4}at Cell 63:4:1$/);
  assert.deepEqual(out.error?.location, { cellId: 'awaits', line: 4, column: 1 });
});

test('JSX is refused by name, at its place', async () => {
  for (const source of ['const j = <div>hello</div>;', 'const j = <p />', '1;\nconst f = (a: number) => <>{a}</>']) {
    const out = await h.run(source, { cellIndex: 63 });
    assert.match(out.error?.message ?? '', /JSX is not supported/, source);
    const before = source.slice(0, source.search(/<(div|p|>)/));
    assert.equal(out.error?.location?.column, before.length - before.lastIndexOf('\n'));
  }
});

test('anything may be thrown', async () => {
  for (const [source, message] of [
    ['throw 5', '5 was thrown'],
    ['throw undefined', 'undefined was thrown'],
    ['throw { a: 1 }', '{"a":1} was thrown'],
    ['throw null', 'null was thrown'],
  ] as const) {
    const out = await h.run(source);
    assert.equal(out.status, 'error');
    assert.equal(out.error?.message, message);
  }
  const hostile = await h.run(
    'throw Object.assign(new Error("x"), { name: 5, stack: null, cause: { message: 1, stack: 2 } })',
  );
  assert.equal(hostile.status, 'error');
  const circular = await h.run('const e = new Error("round"); e.cause = e; throw e');
  assert.equal(circular.error?.message, 'round');
});

test('a thrown value that cannot be read still ends its cell', { timeout: 10_000 }, async () => {
  for (const source of [
    'throw new Proxy({}, { get() { throw new Error("trap") }, has() { throw new Error("trap") }, getPrototypeOf() { throw new Error("trap") } })',
    'throw Object.defineProperty(new Error("x"), "message", { get() { throw 1 } })',
    'throw Object.defineProperty(new Error("x"), "cause", { get() { throw 1 } })',
    'Promise.reject(new Proxy({}, { get() { throw 1 } })); await new Promise((r) => setTimeout(r, 20))',
  ]) {
    const out = await h.run(source);
    assert.equal(out.status, 'error', source);
    assert.match(out.error?.message ?? '', /cannot be read/, source);
  }
  assert.equal((await h.run('1')).result?.['text/plain'], '1');
});

test('errors in relative modules name the file and its line', async () => {
  writeFileSync(
    path.join(h.folder, 'lib.ts'),
    'import { sep } from "node:path";\nexport function fail(n: number): string {\n  throw new Error(`lib ${n}` + sep);\n}\n',
  );
  const out = await h.run('import { fail } from "./lib.ts";\nfail(1)', { cellIndex: 70 });
  assert.match(out.error?.stack ?? '', /at fail \(lib\.ts:3:9\)\n {4}at Cell 71:2:1/);
});

test('an unhandled rejection is shown on its cell, and the kernel goes on', async () => {
  const out = await h.run('Promise.reject(new Error("forgotten"));\nawait new Promise((r) => setTimeout(r, 30)); 8', {
    cellIndex: 80,
  });
  assert.equal(out.status, 'error');
  assert.equal(out.error?.message, 'forgotten');
  assert.deepEqual(out.error.location, { cellId: 'c80', line: 1, column: 16 });
  await h.run('setTimeout(() => { throw new Error("from a timer") }, 20)', { cellIndex: 81 });
  await new Promise((r) => setTimeout(r, 120));
  assert.equal(h.lateErrors.at(-1)?.cellId, 'c81');
  assert.equal(h.lateErrors.at(-1)?.error.message, 'from a timer');
  assert.equal((await h.run('9')).result?.['text/plain'], '9');
});
