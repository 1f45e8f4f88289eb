import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { parseFromKernel, parseToKernel, PROTOCOL_VERSION, type FromKernel } from '../../../kernels/protocol.js';
import { childPath, testNode, until } from './harness.js';

const SEED = 7;

/** A valid message with one thing about it changed. */
function mutate(message: Record<string, unknown>, random: () => number): unknown {
  const copy = structuredClone(message);
  const keys = Object.keys(copy);
  const key = keys[Math.floor(random() * keys.length)] ?? 'type';
  const junk: unknown[] = [
    undefined,
    null,
    0,
    -1,
    NaN,
    1e308,
    '',
    '\u0000',
    'x'.repeat(1000),
    [],
    {},
    [[]],
    true,
    new Uint8Array(3),
    new Map(),
    new Date(0),
    { __proto__: null },
    JSON.parse('{"__proto__":{"a":1}}'),
  ];
  const pick = junk[Math.floor(random() * junk.length)];
  const kind = random();
  if (kind < 0.15) return pick ?? null;
  if (kind < 0.35) delete copy[key];
  else copy[key] = pick;
  return copy;
}

test('10 000 malformed messages never crash the child, and it still answers', { timeout: 60_000 }, async () => {
  let state = SEED;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-proto-'));
  const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => undefined)).listen(
    path.join(folder, 's'),
  );
  const child = fork(childPath, [], {
    execPath: testNode.nodePath ?? process.execPath,
    serialization: 'advanced',
    execArgv: ['--experimental-import-meta-resolve'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NADIR_CONTROL_SOCKET: path.join(folder, 's'),
      NADIR_CONTROL_TOKEN: 't',
      NADIR_KERNEL_FOLDER: path.join(folder, 'k'),
    },
    cwd: folder,
  });
  after(() => child.kill('SIGKILL'));
  const received: FromKernel[] = [];
  child.on('message', (m) => {
    const parsed = parseFromKernel(m);
    assert.ok(parsed, 'the child sends well-formed messages only');
    received.push(parsed);
  });
  child.send({
    type: 'init',
    version: PROTOCOL_VERSION,
    notebookPath: null,
    maxInlineBytes: 1000,
    secrets: {},
    interactive: false,
  });
  await until(() => received.some((m) => m.type === 'ready'), 'ready', 10_000);
  const valid: Record<string, unknown>[] = [
    { type: 'execute', runId: 'run-9', cellId: 'a', cellIndex: 0, source: '1', language: 'typescript' },
    { type: 'abort', runId: 'run-1' },
    { type: 'reply', requestId: 'q0', value: 1 },
    { type: 'setVariable', name: 'v', value: 1 },
    { type: 'detail', viewId: 'v', requestId: 'd', op: 'rows', args: {} },
  ];
  for (let i = 0; i < 10_000; i++) child.send(mutate(valid[i % valid.length] ?? {}, random) as object);
  child.send({
    type: 'execute',
    runId: 'run-final',
    cellId: 'z',
    cellIndex: 0,
    source: '6 * 7',
    language: 'typescript',
  });
  await until(
    () => received.some((m) => m.type === 'finished' && m.runId === 'run-final'),
    `seed ${SEED}: the last cell to finish`,
    30_000,
  );
  assert.ok(received.some((m) => m.type === 'result' && m.runId === 'run-final' && m.bundle['text/plain'] === '42'));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.send({ type: 'shutdown' });
  await gone;
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the guards accept every message they describe and refuse what lacks a field', () => {
  const to = [
    { type: 'init', version: 1, notebookPath: null, maxInlineBytes: 1, secrets: { a: 'b' }, interactive: true },
    { type: 'execute', runId: 'r', cellId: 'c', cellIndex: 0, source: '', language: 'typescript' },
    { type: 'abort', runId: 'r' },
    { type: 'reply', requestId: 'q', value: undefined },
    { type: 'setVariable', name: 'n', value: { any: 1 } },
    { type: 'detail', viewId: 'v', requestId: 'd', op: 'o', args: null },
    { type: 'shutdown' },
  ];
  for (const message of to) assert.equal(parseToKernel(message), message, message.type);
  const from = [
    { type: 'ready', version: 1, node: '20', pid: 1 },
    { type: 'stream', runId: 'r', name: 'stdout', text: '' },
    {
      type: 'error',
      runId: 'r',
      error: { name: 'E', message: 'm', stack: 's', location: { cellId: 'c', line: 1, column: 1 } },
    },
    {
      type: 'variables',
      changed: [{ name: 'a', kind: 'k', type: 't', summary: 's', hints: { band: ['B04'] } }],
      removed: ['b'],
    },
  ];
  for (const message of from) {
    assert.equal(parseFromKernel(message), message, message.type);
    for (const key of Object.keys(message))
      assert.equal(parseFromKernel({ ...message, [key]: Symbol('x') }), undefined, `${message.type}.${key}`);
  }
  for (const value of [
    undefined,
    null,
    1,
    'ready',
    [],
    { type: 'toString' },
    { type: '__proto__' },
    { type: 'constructor' },
  ]) {
    assert.equal(parseToKernel(value), undefined);
    assert.equal(parseFromKernel(value), undefined);
  }
});
