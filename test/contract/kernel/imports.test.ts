import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startHarness, valueOf, type Harness } from './harness.js';

const h: Harness = startHarness();
after(() => h.close());

function file(name: string, text: string): void {
  const full = path.join(h.folder, name);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
}

async function value(source: string): Promise<string | undefined> {
  const out = await h.run(source);
  assert.equal(out.status, 'ok', out.error?.stack);
  return valueOf(out);
}

before(() => {
  file('node_modules/esm-only/package.json', '{"name":"esm-only","type":"module","exports":{".":{"import":"./i.js"}}}');
  file('node_modules/esm-only/i.js', 'export const kind = "esm"; export default function hello() { return "hi" }');
  file('node_modules/cjs/package.json', '{"name":"cjs","main":"i.js"}');
  file('node_modules/cjs/i.js', 'module.exports = { kind: "cjs", dir: __dirname }; module.exports.answer = 42;');
});

test('ESM-only and CommonJS packages resolve from the notebook folder', async () => {
  assert.equal(await value('import hello, { kind } from "esm-only"; hello() + kind'), "'hiesm'");
  assert.equal(await value('import cjs, { answer } from "cjs"; [cjs.kind, answer]'), "[ 'cjs', 42 ]");
  assert.equal(await value('const { kind: k } = await import("esm-only"); k'), "'esm'");
  assert.equal(await value('require("cjs").answer'), '42');
  assert.match((await value('import.meta.resolve("esm-only")')) ?? '', /node_modules\/esm-only\/i\.js'$/);
});

test('names that Node does not find in a CommonJS module, and JSON of packages, can be imported', async () => {
  file('node_modules/cjs-names/package.json', '{"name":"cjs-names"}');
  // Oracle for the premise: Node finds no `hidden` in such a module.
  file('node_modules/cjs-names/index.js', 'const all = { hidden: 4 }; module.exports = all;');
  file('node_modules/cjs-names/data.json', '{"x":5}');
  assert.equal(await value('import { hidden } from "cjs-names"; hidden'), '4');
  assert.equal((await h.run('import { hiden } from "cjs-names"; hiden')).error?.name, 'ImportNameError');
  assert.equal(await value('import packed from "cjs-names/data.json"; packed.x'), '5');
  assert.equal(await value('import packed2 from "cjs-names/data.json" with { type: "json" }; packed2.x'), '5');
});

test('code made by eval may import', async () => {
  assert.equal(await value('typeof (await (0, eval)("import(\'node:fs\')")).readFileSync'), "'function'");
});

test('JSON files are read anew at each import', async () => {
  file('data.json', '{"a":1}');
  assert.equal(await value('import data from "./data.json"; data.a'), '1');
  file('data.json', '{"a":2}');
  assert.equal(await value('import data from "./data.json" with { type: "json" }; data.a'), '2');
  file('data.json', '{"a":');
  assert.match((await h.run('import data from "./data.json"')).error?.stack ?? '', /data\.json is not valid JSON/);
});

test('a relative TypeScript module reloads when it or what it imports was edited, else keeps its identity', async () => {
  file('deep/inner.ts', 'export interface Shape { a: number }\nexport const inner: number = 1;');
  file(
    'outer.ts',
    'import { inner, Shape } from "./deep/inner.js";\nimport { kind } from "esm-only";\nexport const token = {};\nexport enum Level { Low = 1 }\nexport const outer = (s?: Shape): string => `${inner}${kind}${Level.Low}${s?.a ?? ""}`;\nexport const url = import.meta.url;',
  );
  assert.equal(
    await value('import { outer, token, url } from "./outer.ts"; const token1 = token; outer({ a: 9 })'),
    "'1esm19'",
  );
  assert.match((await value('url')) ?? '', /\/outer\.ts'$/);
  assert.equal(await value('import { token } from "./outer.ts"; token === token1'), 'true');
  file('deep/inner.ts', 'export interface Shape { a: number }\nexport const inner: number = 2;');
  assert.equal(
    await value('import { outer, token } from "./outer.ts"; [outer(), token === token1]'),
    "[ '2esm1', false ]",
  );
  assert.equal(await value('(await import("./outer")).outer()'), "'2esm1'");
});

test('modules may import each other in a circle', async () => {
  file(
    'ring-a.ts',
    'import { b } from "./ring-b.ts"; export const a = (): number => 1; export const sum = (): number => a() + b();',
  );
  file('ring-b.ts', 'import { a } from "./ring-a.ts"; export const b = (): number => a() + 1;');
  assert.equal(await value('import { sum } from "./ring-a.ts"; sum()'), '3');
});

test('a syntax error in a module names file and line', async () => {
  file('broken.ts', 'export const a = 1;\nexport const = 2;');
  const out = await h.run('import { a } from "./broken.ts"');
  assert.equal(out.error?.name, 'SyntaxError');
  assert.match(out.error.stack, /at broken\.ts:2:14/);
});

test('a missing named import that is used throws ImportNameError with the nearest names', async () => {
  const out = await h.run('import { readFileSyn } from "node:fs";\nreadFileSyn("x")', { cellIndex: 5 });
  assert.equal(out.error?.name, 'ImportNameError');
  assert.match(out.error.message, /'node:fs' has no export named 'readFileSyn'\. Did you mean 'readFileSync'/);
  assert.deepEqual(out.error.location, { cellId: 'c5', line: 1, column: 1 });
});

test('a missing named import that is only a type is skipped; its later use as a value is explained', async () => {
  assert.equal(
    await value(
      'import { Stats, statSync } from "node:fs"; import type { Nope } from "nowhere"; const s: Nope | number = 1; typeof statSync',
    ),
    "'function'",
  );
  await h.run('import { loadRastr } from "esm-only"');
  const out = await h.run('loadRastr(1)');
  assert.equal(out.error?.name, 'ImportNameError');
});

test('a missing package or file says what to do', async () => {
  const pkg = await h.run('import x from "@scope/missing-pkg/sub"');
  assert.match(pkg.error?.message ?? '', /npm install @scope\/missing-pkg/);
  const missing = await h.run('import x from "./missing.ts"');
  assert.match(missing.error?.message ?? '', /Cannot find '\.\/missing\.ts'/);
  const builtin = await h.run('import { readFile } from "node:nothing"');
  assert.equal(builtin.status, 'error');
});

test('a plain JavaScript module that was edited reloads', async () => {
  file('plain.mjs', 'export const v = 1;');
  assert.equal(await value('import { v } from "./plain.mjs"; v'), '1');
  file('plain.mjs', 'export const v = 2;');
  assert.equal(await value('import { v } from "./plain.mjs"; v'), '2');
});
