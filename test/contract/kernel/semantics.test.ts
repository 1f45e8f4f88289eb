import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startHarness, valueOf, type Harness } from './harness.js';

const h: Harness = startHarness();
after(() => h.close());

async function value(source: string, language?: string): Promise<string | undefined> {
  const out = await h.run(source, language === undefined ? {} : { language });
  assert.equal(out.status, 'ok', out.error?.stack);
  return valueOf(out);
}

test('the first execution starts the child and counts from 1', async () => {
  assert.equal(h.client.state.status, 'stopped');
  const out = await h.run('1 + 1');
  assert.equal(out.order, 1);
  assert.equal(valueOf(out), '2');
  assert.equal((await h.run('2')).order, 2);
});

test('types are erased without moving code', async () => {
  assert.equal(
    await value(
      'type T = { a: number }; interface I extends T { b?: string }\nconst v = { a: 1 } satisfies T as I; (v!.a as number) + 1',
    ),
    '2',
  );
  assert.equal(
    await value(
      'function id<T extends object>(this: void, v: T, w?: T): T { return w ?? v }\nid<{ q: number }>({ q: 3 }).q',
    ),
    '3',
  );
  assert.equal(
    await value(
      'declare const nothing: number; declare function g(): void; abstract class A<T> { abstract x(): T; protected readonly z: number = 1; declare k: string }\ntypeof A',
    ),
    "'function'",
  );
});

test('a cell may end in a type assertion', async () => {
  for (const [source, expected] of [
    ['5 as number', '5'],
    ['({ a: 1 }) satisfies object', '{ a: 1 }'],
    ['let ta: number; ta = 4 as number', '4'],
    ['await Promise.resolve(3) as unknown as number // comment', '3'],
    ['((q: number) => q + 1 as number)(2)!', '3'],
    ['[1, 2].at(1) ?? 0 as number', '2'],
    ['typeof (Map<string, number>)', "'function'"],
    ['Map<string, number> === Map', 'true'],
    ['({ long: 1 })\n  .long as {\n    a: 1\n  }["a"]', '1'],
  ] as const)
    assert.equal(await value(source), expected, source);
});

test('a hashbang line is a comment, and names that nothing can do without are refused', async () => {
  assert.equal(await value('#!/usr/bin/env node\nconst hb: number = 5\nhb'), '5');
  for (const source of ['const undefined = 3', 'var eval = 1', 'let NaN = 3', 'function $nadir() {}']) {
    const out = await h.run(source);
    assert.equal(out.error?.name, 'SyntaxError', source);
    assert.match(out.error.message, /cannot be the name of a variable/);
  }
  assert.equal(await value('[undefined, NaN, eval("1 + 1")].length'), '3');
});

test('enums, namespaces, parameter properties and decorators run', async () => {
  assert.equal(
    await value('enum Band { Red = 4, Nir = 8 } const enum Small { One = 1 }\n[Band.Nir, Band[4], Small.One]'),
    "[ 8, 'Red', 1 ]",
  );
  assert.equal(
    await value(
      'class P { constructor(private readonly a: number, public b = 2) {} sum() { return this.a + this.b } }\nnew P(3).sum()',
    ),
    '5',
  );
  assert.equal(
    await value(
      'const log: string[] = []; function mark(_: unknown, c: ClassDecoratorContext) { log.push(String(c.name)) }\n@mark class Marked {}\nlog',
    ),
    "[ 'Marked' ]",
  );
  assert.equal(
    await value('namespace Geo { export const r = 6371; export function twice() { return r * 2 } }\nGeo.twice()'),
    '12742',
  );
});

test('using disposes at the end of the cell and stays local to it', async () => {
  const out = await h.run(
    'const order: string[] = [];\n{ }\nusing a = { [Symbol.dispose]() { order.push("a") } };\nawait using b = { async [Symbol.asyncDispose]() { order.push("b") } };\norder.push("body");\nconst after = 1;\norder.length',
  );
  assert.equal(valueOf(out), '1', out.error?.stack);
  assert.equal(await value('[...order, after, typeof a].join()'), "'body,b,a,1,undefined'");
});

test('top-level await and for await are allowed', async () => {
  assert.equal(
    await value(
      'const t = await new Promise<number>((r) => setTimeout(() => r(7), 5));\nlet s = 0; for await (const n of (async function* () { yield 1; yield 2 })()) s += n;\nt + s',
    ),
    '10',
  );
  assert.equal(await value('Promise.resolve("awaited")'), "'awaited'");
});

test('names declared in blocks and loops are local to the cell', async () => {
  assert.equal(await value('for (var i = 0; i < 3; i++) { var inner = i } i + inner'), '5');
  const out = await h.run('inner');
  assert.equal(out.error?.name, 'ReferenceError');
});

test('cells are strict: assigning to an unknown name fails', async () => {
  const out = await h.run('neverDeclared = 1');
  assert.equal(out.error?.name, 'ReferenceError');
  assert.match(out.error.message, /neverDeclared is not defined/);
});

test('assignments before a failure stay', async () => {
  const out = await h.run('const kept = 5; throw new Error("later"); const lost = 6;');
  assert.equal(out.status, 'error');
  assert.equal(await value('[kept, lost]'), '[ 5, undefined ]');
});

test('the value is the last expression; undefined and void show nothing; a semicolon does not hide it', async () => {
  assert.equal(await value('1; 2;'), '2');
  assert.equal(await value('3 // a comment'), '3');
  assert.equal(await value('4\n;\ninterface X {}'), '4');
  assert.equal(await value('undefined'), undefined);
  assert.equal(await value('void 5'), undefined);
  assert.equal(await value('const shown = 5'), undefined);
  assert.equal(await value(''), undefined);
  assert.equal(await value('// only a comment'), undefined);
  assert.equal(await value('"use strict"'), "'use strict'");
  assert.equal(await value('({ a: 1 })'), '{ a: 1 }');
  assert.equal(await value('const w = 1;\n`a${w}b`'), "'a1b'");
});

test('automatic semicolons keep their meaning', async () => {
  assert.equal(await value('let m\n(() => 1)()'), '1');
  assert.equal(await value('var n = 1\nvar o\n[1, 2].length'), '2');
  assert.equal(await value('const f = () => 2\nclass C {}\nconst g = f\n;(g)()'), '2');
});

test('destructuring, defaults and exports declare variables', async () => {
  assert.equal(
    await value(
      'export const { a, b: [c, ...rest], ...others } = { a: 1, b: [2, 3, 4], d: 5, e: 6 };\nexport default a',
    ),
    '1',
  );
  assert.equal(await value('[a, c, rest, others]'), '[ 1, 2, [ 3, 4 ], { d: 5, e: 6 } ]');
  assert.equal(await value('export { a }; export type { T } from "./nowhere"; const fn = () => {}; fn.name'), "'fn'");
});

test('functions are hoisted within their cell', async () => {
  assert.equal(await value('early();\nfunction early() { return 1 }\nearly() + 1'), '2');
});

test('JavaScript cells run and share the variables', async () => {
  await h.run('const shared: number = 20');
  assert.equal(await value('const js = shared + 1; js', 'javascript'), '21');
});

test('import.meta names the notebook', async () => {
  assert.match((await value('import.meta.url')) ?? '', /^'file:.*test\.ipynb'$/);
  assert.equal(await value('import.meta.dirname === process.cwd()'), 'true');
});

test('process.exit ends the cell, not the kernel', async () => {
  await h.run('const before = 1');
  const out = await h.run('process.exit(3); 1');
  assert.equal(out.error?.name, 'ProcessExitError');
  assert.equal(await value('before'), '1');
});

test('an async generator as value replaces its display and the last value stays', async () => {
  const out = await h.run(
    '(async function* () { for (let i = 0; i <= 40; i++) { yield i; await new Promise((r) => setTimeout(r, 5)) } })()',
  );
  assert.equal(out.status, 'ok', out.error?.stack);
  assert.equal(valueOf(out), '0');
  assert.equal(String(h.updates.at(-1)?.bundle['text/plain']), '40');
  assert.ok(h.updates.length <= 12, `${h.updates.length} updates in about 0.25 s`);
});

test('a captured variable in a hot loop costs at most ten times a local', async () => {
  const out = await h.run(
    'let hot = 0; const t0 = performance.now(); for (let i = 0; i < 2e6; i++) hot += i; const global = performance.now() - t0;\n(() => { let local = 0; const t1 = performance.now(); for (let i = 0; i < 2e6; i++) local += i; return [global < 200, local === hot] })()',
  );
  assert.equal(valueOf(out), '[ true, true ]');
});

test('500 cells in a row all answer, each with its own value', async () => {
  for (let i = 0; i < 500; i++) assert.equal(await value(`${i} * 2`), String(i * 2));
});

test('variables are described after each cell without running getters', async () => {
  await h.run(
    'const big = new Float32Array(1000); const obj = { get boom() { throw new Error("ran") }, ok: 1 }; class Cls {} const str = "text"',
  );
  await new Promise((r) => setTimeout(r, 50));
  const of = (name: string): unknown => h.client.variables.get(name);
  assert.deepEqual(of('big'), {
    name: 'big',
    kind: 'typedarray',
    type: 'Float32Array',
    summary: 'Float32Array(1000)',
    bytes: 4000,
  });
  assert.deepEqual(of('str'), { name: 'str', kind: 'string', type: 'string', summary: "'text'" });
  assert.match(JSON.stringify(of('obj')), /boom: \[Getter\]/);
  assert.match(JSON.stringify(of('Cls')), /"kind":"class"/);
});
