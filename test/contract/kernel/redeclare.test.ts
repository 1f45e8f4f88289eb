import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startHarness, valueOf, type Harness } from './harness.js';

const h: Harness = startHarness();
after(() => h.close());

/** How each kind of declaration gives `x` a value, and an expression that is true when `x` is that value. */
const KINDS = [
  { kind: 'const', source: 'const x = 1;', check: 'x === 1' },
  { kind: 'let', source: 'let x = "let";', check: 'x === "let"' },
  { kind: 'let without a value', source: 'let x: number;', check: 'x === undefined' },
  { kind: 'var', source: 'var x = 3n;', check: 'x === 3n' },
  { kind: 'destructured', source: 'const { a: x } = { a: true };', check: 'x === true' },
  {
    kind: 'function',
    source: 'function x(n: number): number { return n <= 0 ? 0 : x(n - 1) + 2 }',
    check: 'x(3) === 6 && x.name === "x"',
  },
  { kind: 'async function', source: 'async function x() { return 4 }', check: '(await x()) === 4' },
  { kind: 'class', source: 'class x { static s = 5 }', check: 'x.s === 5 && x.name === "x"' },
  { kind: 'abstract class', source: 'abstract class x { static s = 6 }', check: 'x.s === 6' },
  { kind: 'enum', source: 'enum x { A, B }', check: 'x.B === 1 && Object.keys(x).length === 4' },
  { kind: 'namespace', source: 'namespace x { export const v = 7 }', check: 'x.v === 7' },
  { kind: 'import', source: 'import { sep as x } from "node:path";', check: 'x === "/" || x === "\\\\"' },
  { kind: 'namespace import', source: 'import * as x from "node:path";', check: 'typeof x.join === "function"' },
  { kind: 'default import', source: 'import x from "node:os";', check: 'typeof x.cpus === "function"' },
];

test('any kind of declaration may replace any other, and earlier closures see the new value', async () => {
  for (const before of KINDS) {
    for (const next of KINDS) {
      const first = await h.run(`${before.source}\nfunction seen() { return x }\n${before.check}`);
      assert.equal(valueOf(first), 'true', `${before.kind}: ${first.error?.stack ?? valueOf(first) ?? 'no value'}`);
      const second = await h.run(next.source);
      assert.equal(second.status, 'ok', `${before.kind} → ${next.kind}: ${second.error?.stack ?? ''}`);
      const check = await h.run(`(${next.check}) && seen() === x`);
      assert.equal(valueOf(check), 'true', `${before.kind} → ${next.kind}: ${check.error?.stack ?? ''}`);
    }
  }
});

test('let without a value resets at each run, var keeps its value', async () => {
  await h.run('let p = 1; var q = 1;');
  assert.equal(valueOf(await h.run('let p; var q; [p, q]')), '[ undefined, 1 ]');
});

test('names of globals and environment probes are variables without becoming globals', async () => {
  const names = [
    'window',
    'document',
    'self',
    'location',
    'process',
    'define',
    'Deno',
    'fetch',
    'name',
    'undefined2',
    'console2',
    'performance',
    'display',
    'html',
  ];
  for (const name of names) {
    const out = await h.run(
      `const ${name} = 41; const use${name} = () => ${name} + 1; function in${name}(${name}) { return ${name} } [${name}, use${name}(), in${name}(1), { ${name} }.${name}, (({ ${name} }) => ${name})({ ${name}: 9 })].join()`,
    );
    assert.equal(valueOf(out), "'41,42,1,41,9'", `${name}: ${out.error?.stack ?? ''}`);
  }
  const later = await h.run(
    '[window, fetch, typeof globalThis.window, typeof globalThis.fetch, typeof globalThis.Deno, typeof globalThis.process].join()',
  );
  assert.equal(valueOf(later), "'41,41,undefined,function,undefined,object'");
  const changed = await h.run('window = 5; window++; ({ window } = { window: window + 1 }); window');
  assert.equal(valueOf(changed), '7');
});

test('a hundred cells that redeclare one name leave the last value', async () => {
  for (let i = 0; i < 100; i++) await h.run(`const many = ${i};`, { cellIndex: 3 });
  assert.equal(valueOf(await h.run('many')), '99');
});
