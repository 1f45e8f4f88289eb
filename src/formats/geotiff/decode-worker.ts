/** Decodes blocks in a thread of its own: jobs of the pool in, rows out. A job that fails is repeated by its sender. */
import { parentPort } from 'node:worker_threads';
import { decodeRows, type RowsJob } from './decode-rows.js';
import { blocksWasm } from './wasm.js';
import type { Answer } from './decode-pool.js';

const wasm = blocksWasm();
// A job that cannot be read has no number to answer to; its sender sees that the thread has ended.
parentPort?.on('messageerror', () => process.exit(1));
parentPort?.on('message', (message: { readonly id: number; readonly job: RowsJob } | null) => {
  if (message === null) {
    // Nothing else keeps this thread.
    parentPort?.close();
    return;
  }
  const { id, job } = message;
  let answer: Answer = { id, done: null };
  try {
    if (wasm) answer = { id, done: decodeRows(wasm, job) };
  } catch {
    // The sender's own attempt tells what is wrong.
  }
  parentPort?.postMessage(answer, answer.done ? [answer.done.values.buffer as ArrayBuffer] : []);
});
parentPort?.postMessage({ id: -1, done: null } satisfies Answer);
