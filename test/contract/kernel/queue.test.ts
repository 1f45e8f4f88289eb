import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startHarness, until, valueOf } from './harness.js';

test('50 queued cells run in order; a failure in the middle cancels the rest', async () => {
  const h = startHarness();
  const outs = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      h.run(i === 25 ? 'throw new Error("middle")' : `globalThis.order = [...(globalThis.order ?? []), ${i}]; ${i}`),
    ),
  );
  assert.deepEqual(
    outs.map((o) => o.status),
    Array.from({ length: 50 }, (_, i) => (i < 25 ? 'ok' : i === 25 ? 'error' : 'cancelled')),
  );
  assert.deepEqual(
    outs.slice(0, 26).map((o) => o.order),
    Array.from({ length: 26 }, (_, i) => i + 1),
  );
  assert.ok(outs.slice(26).every((o) => o.order === undefined && o.log.length === 0));
  assert.equal(valueOf(await h.run('globalThis.order.length')), '25');
  await h.close();
});

test('an interrupt cancels what waits', async () => {
  const h = startHarness();
  await h.run('0');
  const running = h.run('for (;;) {}');
  const waiting = [h.run('1'), h.run('2')];
  await new Promise((r) => setTimeout(r, 100));
  await h.client.interrupt();
  assert.equal((await running).status, 'interrupted');
  assert.deepEqual(
    (await Promise.all(waiting)).map((o) => o.status),
    ['cancelled', 'cancelled'],
  );
  await h.close();
});

test('states go from stopped over starting and busy to idle, with memory', async () => {
  const h = startHarness();
  const first = h.run('await new Promise((r) => setTimeout(r, 30)); 1', { cellId: 'states' });
  assert.equal(h.client.state.status, 'starting');
  await until(() => h.client.state.status === 'busy', 'busy');
  assert.equal(h.client.state.cellId, 'states');
  await first;
  assert.equal(h.client.state.status, 'idle');
  await until(() => (h.client.state.rss ?? 0) > 10_000_000, 'a heartbeat with memory');
  const blocked = h.run('const until = Date.now() + 4200; while (Date.now() < until);');
  await until(() => h.client.state.status === 'blocked', 'blocked', 5000);
  assert.ok((h.client.state.blockedMs ?? 0) >= 2000);
  await blocked;
  await h.close();
  assert.equal(h.client.state.status, 'stopped');
});

test('setVariable sets a variable without disturbing a running cell', async () => {
  const h = startHarness();
  await h.run('const scenes = ["a", "b"]');
  const running = h.run('await new Promise((r) => setTimeout(r, 200)); console.log("still here"); 5');
  await until(() => h.client.state.status === 'busy', 'busy');
  h.client.setVariable('selection', { rows: [1, 2] });
  h.client.setVariable('not a name', 1);
  const out = await running;
  assert.equal(out.stdout, 'still here\n');
  assert.equal(valueOf(out), '5');
  assert.equal(valueOf(await h.run('selection.rows.length')), '2');
  assert.equal(h.client.variables.get('selection')?.kind, 'object');
  await until(() => h.logs.some((l) => l.includes("'not a name' is no name")), 'the refusal in the log');
  await h.close();
});

test('a curation becomes a variable: its steps replayed on the curated value, and only known steps', async () => {
  // A copy of the child beside a stand-in for the library.
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-dist-'));
  cpSync('dist/kernel', path.join(folder, 'kernel'), { recursive: true });
  cpSync('dist/typescript.cjs', path.join(folder, 'typescript.cjs'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(path.join(folder, 'kernel'), { recursive: true });
  writeFileSync(
    path.join(folder, 'index.js'),
    'class S { constructor(of, log) { this.of = of; this.log = log } keep(ids) { return new S(this.of, [...this.log, ["keep", ids]]) } tag(ids, t) { return new S(this.of, [...this.log, ["tag", ids, t]]) } constructorX() {} }\nexport function curate(v) { return new S(v, []) }\nexport const marker = "bundled";',
  );
  const h = startHarness({ childPath: path.join(folder, 'kernel/main.js') });
  assert.equal(valueOf(await h.run('import { marker } from "nadir"; marker')), "'bundled'");
  await h.run('const scenes = ["a", "b"]');
  h.client.setVariable('selection', {
    kind: 'curation',
    source: 'scenes',
    steps: [
      { op: 'keep', args: [['a']] },
      { op: 'tag', args: [['b'], 'haze'] },
    ],
  });
  await until(() => h.client.variables.has('selection'), 'the variable');
  assert.equal(
    valueOf(await h.run('[selection.of === scenes, JSON.stringify(selection.log)]')),
    `[ true, '[["keep",["a"]],["tag",["b"],"haze"]]' ]`,
  );
  h.client.setVariable('evil', { kind: 'curation', source: 'scenes', steps: [{ op: 'constructorX', args: [] }] });
  h.client.setVariable('gone', { kind: 'curation', source: 'nowhere', steps: [] });
  await until(() => h.logs.some((l) => l.includes("'nowhere' does not exist")), 'the failure in the log');
  assert.equal(valueOf(await h.run('evil.kind')), "'curation'", 'a step that is not known is data, never a call');
  await h.close();
  rmSync(folder, { recursive: true, force: true });
});
