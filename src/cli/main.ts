#!/usr/bin/env node
/** Entry of `nadir`: signals, streams and the exit code of this process. */
import { fileURLToPath } from 'node:url';
import { EXIT } from './exit-code.js';
import { runCli } from './program.js';

const controller = new AbortController();
const listeners: ((count: number) => void)[] = [];
let interrupts = 0;

process.on('SIGINT', () => {
  interrupts++;
  controller.abort(new Error('Interrupted.'));
  for (const listener of listeners) listener(interrupts);
  // Whatever hangs after the second one must not hold the terminal.
  if (interrupts > 2) process.exit(EXIT.interrupted);
});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe, for example `head`, has seen enough.
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  onInterrupt: (listener) => void listeners.push(listener),
  childPath: fileURLToPath(new URL('./kernel/main.js', import.meta.url)),
});
