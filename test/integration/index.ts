/** Entry of the suites inside the extension host: runs mocha, prints one line a test, writes the results as JSON. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';

const TIMEOUT_MS = 30_000;

interface TestResult {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  readonly error?: string;
}

/** Mocha's own reporters write for a terminal; lines are printed below. */
class Silent extends Mocha.reporters.Base {}

/** Called by the editor. Rejects when a test has failed, which becomes the exit code of the run. */
export async function run(): Promise<void> {
  const grep = process.env['NADIR_TEST_GREP'];
  const mocha = new Mocha({ ui: 'bdd', reporter: Silent, timeout: TIMEOUT_MS, ...(grep ? { grep } : {}) });
  mocha.suite.emit('pre-require', globalThis, 'nadir', mocha);
  await import('./suites/opening.js');
  await import('./suites/running.js');
  await import('./suites/stopping.js');
  await import('./suites/updating.js');
  await import('./suites/curating.js');
  await import('./suites/commands.js');
  await import('./suites/mapping.js');
  await import('./suites/neighbours.js');
  await import('./suites/saved.js');

  const results: TestResult[] = [];
  const failures = await new Promise<number>((resolve) => {
    const add = (test: Mocha.Test, state: TestResult['state'], error?: Error) => {
      results.push({
        title: test.fullTitle(),
        state,
        durationMs: test.duration ?? 0,
        ...(error ? { error: error.stack ?? error.message } : {}),
      });
      console.log(`TEST ${state} ${test.fullTitle()} (${test.duration ?? 0} ms)`);
      if (error)
        for (const line of (error.stack ?? error.message).split('\n').slice(0, 12)) console.log(`TEST   ${line}`);
    };
    mocha
      .run(resolve)
      .on('pass', (test) => add(test, 'passed'))
      .on('pending', (test) => add(test, 'skipped'))
      .on('fail', (test, error: Error) => add(test, 'failed', error));
  });
  const count = (state: TestResult['state']) => results.filter((r) => r.state === state).length;
  const summary = {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    vscode: vscode.version,
    node: process.version,
    results,
  };
  const file = process.env['NADIR_TEST_RESULTS'];
  if (file) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(summary, null, 1)}\n`);
  }
  console.log(
    `TEST done: VS Code ${vscode.version}, Node ${process.version}: ${summary.passed} passed, ${summary.failed} failed`,
  );
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
