/**
 * Control worker: answers the host while the main thread is blocked. It sends heartbeats, terminates blocked cells on request, and ends
 * the process when the host is gone.
 */
import { Session } from 'node:inspector';
import { connect } from 'node:net';
import { workerData } from 'node:worker_threads';
import { parseToControl, type FromControl } from '../protocol.js';
import { BLOCKED_MS } from './limits.js';
import { runNumber } from './run.js';
import { SLOT } from './watch.js';

// SAFETY: main.ts starts this worker with exactly these fields.
const { shared, socketPath, token } = workerData as { shared: Int32Array; socketPath: string; token: string };

const POLL_MS = 25;
/** An interrupt is given up after this long, in ms; the host then offers Restart. */
const GIVE_UP_MS = 3000;
/** A main thread that blocks outside any run (a timer of an ended cell) is terminated after this long, in ms. */
const STRAY_BLOCKED_MS = 1000;

let lastBeat = -1;
let lastChange = performance.now();

function blockedMs(): number {
  const beat = Atomics.load(shared, SLOT.beat);
  const now = performance.now();
  if (beat !== lastBeat) {
    lastBeat = beat;
    lastChange = now;
  }
  return now - lastChange;
}
setInterval(blockedMs, POLL_MS);

const session = new Session();
session.connectToMainThread();

const socket = connect(socketPath, () => {
  socket.write(`${token}\n`);
  send({ type: 'ready' });
  setInterval(beat, 1000);
});
// Without its host a child has no purpose; only a signal ends it when the main thread is blocked.
socket.on('close', () => process.kill(process.pid, 'SIGKILL'));
socket.on('error', () => process.kill(process.pid, 'SIGKILL'));

function send(message: FromControl): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

function beat(): void {
  send({ type: 'beat', rss: process.memoryUsage.rss(), blockedMs: Math.round(blockedMs()) });
}

let rest = '';
socket.setEncoding('utf8');
socket.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) onLine(line);
});

function onLine(line: string): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return; // a malformed line asks for nothing
  }
  const message = parseToControl(value);
  if (message?.type === 'ping') beat();
  else if (message?.type === 'interrupt') interrupt(message.runId);
}

function interrupt(runId: string): void {
  const wanted = runNumber(runId);
  const until = performance.now() + GIVE_UP_MS;
  let wasActive = false;
  const timer = setInterval(() => {
    const current = Atomics.load(shared, SLOT.active);
    const active = current === wanted;
    wasActive ||= active;
    // Another cell has begun: it was not asked to stop.
    if (current !== 0 && !active) {
      clearInterval(timer);
      return;
    }
    const blocked = blockedMs();
    if (performance.now() > until || (wasActive && !active && blocked < BLOCKED_MS)) {
      clearInterval(timer);
      return;
    }
    if (blocked < (active ? BLOCKED_MS : STRAY_BLOCKED_MS) || Atomics.load(shared, SLOT.hooks) !== 0) return;
    Atomics.store(shared, SLOT.terminated, wanted);
    session.post('Runtime.terminateExecution');
    lastChange = performance.now();
    send({ type: 'terminated', runId });
  }, POLL_MS);
}
