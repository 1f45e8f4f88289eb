import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { childPath, startHarness, until, valueOf } from './harness.js';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}

test('a crash ends the cell with KernelDiedError, cancels what waits, and a restart works', async () => {
  const h = startHarness();
  await h.run('const lost = 1');
  const dying = h.run('process.abort()');
  const waiting = h.run('2');
  const out = await dying;
  assert.equal(out.status, 'error');
  assert.equal(out.error?.name, 'KernelDiedError');
  assert.match(out.error.message, /SIGABRT/);
  assert.equal((await waiting).status, 'cancelled');
  assert.equal(h.died.length, 1);
  assert.equal(h.client.state.status, 'stopped');
  assert.equal(h.client.variables.size, 0);
  await h.client.restart();
  const next = await h.run('typeof lost');
  assert.equal(valueOf(next), "'undefined'");
  assert.equal(next.order, 1);
  await h.close();
});

test('a crash between cells is noticed, and the next cell starts a fresh child', async () => {
  const h = startHarness();
  await h.run('setTimeout(() => process.kill(process.pid, "SIGKILL"), 20)');
  await until(() => h.died.length === 1, 'the death to be noticed');
  assert.match(h.died[0]?.message ?? '', /stopped by the system, probably out of memory/);
  assert.equal(valueOf(await h.run('5')), '5');
  await h.close();
});

test('running out of memory names the limit and the setting', { timeout: 60_000 }, async () => {
  const h = startHarness({ maxHeapMB: 64 });
  const out = await h.run('const hoard: number[][] = []; for (;;) hoard.push(new Array(10_000).fill(1.5))');
  assert.equal(out.error?.name, 'OutOfMemoryError', out.error?.stack);
  assert.match(out.error.message, /64 MB \(setting nadir\.kernel\.maxHeapMB\)/);
  assert.equal(out.stderr, '', "the collector's trace is not cell output");
  assert.equal(valueOf(await h.run('6')), '6');
  await h.close();
});

test('a failed allocation of a typed array is an ordinary RangeError', async () => {
  const h = startHarness();
  const out = await h.run('new Float64Array(2 ** 50)');
  assert.equal(out.error?.name, 'RangeError');
  assert.equal(valueOf(await h.run('1')), '1');
  await h.close();
});

test('restart clears variables and the order, ends the running cell, and leaves no process', async () => {
  const h = startHarness();
  await h.run('const before = 1');
  const pid = h.client.pid ?? 0;
  let begun = '';
  const running = h.run('console.log("begun"); for (;;) {}', { onStream: (t) => (begun += t) });
  await until(() => begun !== '', 'the cell to run');
  await h.client.restart();
  assert.equal((await running).status, 'interrupted');
  assert.equal(isAlive(pid), false);
  const out = await h.run('typeof before');
  assert.equal(valueOf(out), "'undefined'");
  assert.equal(out.order, 1);
  const last = h.client.pid ?? 0;
  await h.close();
  assert.equal(isAlive(last), false);
});

test('a child that cannot start says why in the cell', async () => {
  const h = startHarness({ nodePath: '/nowhere/node' });
  const out = await h.run('1');
  assert.equal(out.status, 'error');
  assert.equal(out.error?.name, 'KernelStartError');
  await h.close();
  const homeless = startHarness({ cwd: '/nowhere/notebooks' });
  assert.match(
    (await homeless.run('1')).error?.message ?? '',
    /The working folder \/nowhere\/notebooks does not exist/,
  );
  await homeless.close();
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-bad-child-'));
  writeFileSync(path.join(folder, 'main.js'), 'console.error("boom at start"); process.exit(7)');
  const bad = startHarness({ childPath: path.join(folder, 'main.js') });
  const second = await bad.run('1');
  assert.equal(second.error?.name, 'KernelStartError');
  assert.match(second.error.stack, /exit code 7[\s\S]*boom at start/);
  await bad.close();
  rmSync(folder, { recursive: true });
});

test('killed at each message of a run, the queue settles and the notebook is usable', async () => {
  for (const when of ['started', 'display', 'finished'] as const) {
    const h = startHarness();
    await h.run('0');
    let settle: (() => void) | undefined;
    const killNow = (at: string): void => {
      if (at === when) process.kill(h.client.pid ?? 0, 'SIGKILL');
      settle?.();
    };
    const done = h.client.execute(
      { cellId: 'k', cellIndex: 0, source: 'console.log("s"); display(1); await 0; 2', language: 'typescript' },
      {
        started: () => killNow('started'),
        stream: () => killNow('stream'),
        display: () => killNow('display'),
        result: () => killNow('result'),
        clear: () => undefined,
        error: () => undefined,
      },
    );
    const queued = h.run('3');
    if (when === 'finished') void done.then(() => process.kill(h.client.pid ?? 0, 'SIGKILL'));
    await done;
    await queued;
    assert.equal(valueOf(await h.run('4')), '4', `killed at ${when}`);
    await h.close();
  }
});

test('a child whose host is gone ends by itself, also in the middle of a loop', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-host-gone-'));
  const host = path.join(folder, 'host.mjs');
  const client = path.resolve('dist-test/kernel-client-for-tests.mjs');
  const { build } = await import('esbuild');
  await build({
    entryPoints: ['kernels/client.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile: client,
    logLevel: 'error',
  });
  writeFileSync(
    host,
    `import { KernelClient } from ${JSON.stringify(pathToFileURL(client).href)};
const nothing = () => {};
const c = new KernelClient({ childPath: ${JSON.stringify(childPath)}, cwd: ${JSON.stringify(folder)}, notebookPath: null, interactive: false },
  { onState: nothing, onVariables: nothing, onUpdate: nothing, onLateStream: nothing, onRequest: async () => undefined, onLog: nothing });
c.execute({ cellId: 'a', cellIndex: 0, source: 'console.log("go"); for (;;) {}', language: 'typescript' },
  { started: nothing, stream: () => process.send(c.pid), display: nothing, result: nothing, clear: nothing, error: nothing });`,
  );
  const parent = fork(host, { stdio: 'ignore' });
  const pid = await new Promise<number>((resolve) => parent.once('message', (m) => resolve(Number(m))));
  assert.ok(isAlive(pid));
  parent.kill('SIGKILL');
  await until(() => !isAlive(pid), 'the child to end');
  rmSync(folder, { recursive: true, force: true });
});
