import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startHarness, until, valueOf, type Harness } from './harness.js';

const h: Harness = startHarness();
after(() => h.close());

/** `kernel.md` §11: 500 ms, with factor 3 for shared machines; the brief's promise is 1 s. */
const LIMIT_MS = 1500;

const LOOPS: readonly (readonly [string, string])[] = [
  ['a loop', 'while (true) {}'],
  ['a microtask loop', 'while (true) await null;'],
  ['a loop with try and finally', 'for (;;) { try { for (;;) {} } finally { continue } }'],
  ['Atomics.wait', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
  ['a runaway regular expression', '/^(a+)+$/.test("a".repeat(40) + "b");'],
  ['an endless promise', 'await new Promise(() => {});'],
  ['a loop in a timer', 'await new Promise(() => setTimeout(() => { while (true) {} }, 10));'],
  ['a loop in a getter of the value', '({ [Symbol.for("Jupyter.display")]() { while (true) {} } })'],
];

for (const [name, source] of LOOPS) {
  test(`${name} stops, variables stay, and the next cell runs`, async () => {
    await h.run('const kept = { n: 41 }');
    let output = '';
    const running = h.run(`const inside = 1; console.log("begun");\n${source}`, { onStream: (t) => (output += t) });
    await until(() => output.includes('begun'), 'the cell to begin');
    await new Promise((r) => setTimeout(r, 60));
    const t0 = performance.now();
    assert.equal(await h.client.interrupt(), 'settled');
    const took = performance.now() - t0;
    const out = await running;
    assert.equal(out.status, 'interrupted');
    assert.equal(out.error?.name, 'InterruptError');
    assert.ok(took < LIMIT_MS, `took ${Math.round(took)} ms`);
    const next = performance.now();
    assert.equal(valueOf(await h.run('kept.n + inside')), '42');
    assert.ok(performance.now() - next < 1000, `the next cell took ${Math.round(performance.now() - next)} ms`);
  });
}

test('work that listens to the signal ends with its reason', async () => {
  const running = h.run(
    'signal.addEventListener("abort", () => globalThis.heard = signal.reason.name); await new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)))',
  );
  await new Promise((r) => setTimeout(r, 100));
  await h.client.interrupt();
  assert.equal((await running).status, 'interrupted');
  assert.equal(valueOf(await h.run('globalThis.heard')), "'InterruptError'");
});

test('a loop in a timer of an ended cell does not block the kernel for good', async () => {
  await h.run('setTimeout(() => { while (true) {} }, 50)');
  await new Promise((r) => setTimeout(r, 100));
  const waiting = h.run('1');
  await new Promise((r) => setTimeout(r, 100));
  await h.client.interrupt();
  await waiting;
  assert.equal(valueOf(await h.run('2')), '2');
});

test('interrupting an idle kernel does nothing', async () => {
  assert.equal(await h.client.interrupt(), 'idle');
  assert.equal(valueOf(await h.run('3')), '3');
});

test('an interrupt while the first cell waits for the child cancels it', async () => {
  const fresh = startHarness();
  const first = fresh.run('1');
  assert.equal(await fresh.client.interrupt(), 'settled');
  assert.equal((await first).status, 'cancelled');
  assert.equal(valueOf(await fresh.run('2')), '2');
  await fresh.close();
});

test('with an async_hooks hook of the user the kernel is not terminated: restart is offered', async () => {
  const fresh = startHarness();
  await fresh.run('import { createHook } from "node:async_hooks"; createHook({ init() {} }).enable();');
  const running = fresh.run('while (true) {}');
  await new Promise((r) => setTimeout(r, 100));
  assert.equal(await fresh.client.interrupt(), 'unresponsive');
  await fresh.client.restart();
  await running;
  assert.equal(valueOf(await fresh.run('4')), '4');
  assert.deepEqual(fresh.died, []);
  await fresh.close();
});

test('20 interrupts at random moments lose nothing', async () => {
  const seed = 20261120;
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  await h.run('let counter = 0; const marker = {};  const same = marker;');
  for (let i = 0; i < 20; i++) {
    const kind =
      [
        'for (;;) counter++',
        'for (;;) { counter++; await null }',
        'for (;;) { counter++; await new Promise((r) => setTimeout(r, 1)) }',
        'counter++; "x".repeat(1e6).replace(/x/g, (c) => c + counter++)',
      ][i % 4] ?? '';
    const running = h.run(kind);
    await new Promise((r) => setTimeout(r, random() * 150));
    await h.client.interrupt();
    const out = await running;
    assert.ok(['interrupted', 'ok'].includes(out.status), `seed ${seed}, round ${i}: ${out.status}`);
    assert.equal(valueOf(await h.run('marker === same')), 'true', `seed ${seed}, round ${i}`);
  }
  assert.deepEqual(h.died, []);
});
