import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, errorOf, nadir, notebookWith, runCell, textOf, until } from '../support.js';

const WITHIN_MS = 1000 * (process.env['CI'] ? 3 : 1);

describe('stopping', () => {
  afterEach(closeAll);

  for (const [what, loop] of [
    ['a blocked loop', 'while (true) {}'],
    ['a sleeping cell', 'await new Promise((r) => setTimeout(r, 60_000));'],
  ] as const)
    it(`Interrupt ends ${what} within a second and keeps the variables`, async () => {
      const { kernels } = await nadir();
      const editor = await notebookWith('const kept = 41;', loop, 'kept + 1');
      await runCell(editor, 0);
      const running = kernels.run(editor.notebook, [editor.notebook.cellAt(1)]);
      await until('the cell runs', () => kernels.find(editor.notebook)?.client.state.cellId !== undefined);
      await new Promise((resolve) => setTimeout(resolve, 300)); // Let the loop block the kernel for real.
      const begin = Date.now();
      await vscode.commands.executeCommand('nadir.interruptKernel');
      await running;
      const took = Date.now() - begin;
      assert.ok(took <= WITHIN_MS, `it took ${took} ms`);
      const last = await runCell(editor, 2);
      assert.equal(textOf(last, 'text/plain'), '42');
    });

  it('Interrupt empties the queue', async () => {
    const { kernels } = await nadir();
    const editor = await notebookWith('while (true) {}', 'console.log("never")');
    const running = kernels.run(editor.notebook, editor.notebook.getCells());
    await until('the cell runs', () => kernels.find(editor.notebook)?.client.state.cellId !== undefined);
    await vscode.commands.executeCommand('nadir.interruptKernel');
    await running;
    assert.equal(editor.notebook.cellAt(1).outputs.length, 0);
  });

  it('a crash costs the kernel only: the cell says so and Restart works', async () => {
    const { kernels } = await nadir();
    const editor = await notebookWith(
      'const lost = 1;',
      'process.kill(process.pid, "SIGKILL");\nawait new Promise(() => {});',
      'typeof lost',
    );
    await runCell(editor, 0);
    const crashed = await runCell(editor, 1);
    assert.match(errorOf(crashed).name, /KernelDiedError|OutOfMemoryError/);
    assert.equal(editor.notebook.cellCount, 3, 'the notebook is not harmed');
    await vscode.commands.executeCommand('nadir.restartKernel');
    await until('the kernel is idle', () => kernels.find(editor.notebook)?.client.state.status === 'idle');
    const after = await runCell(editor, 2);
    assert.match(textOf(after, 'text/plain'), /undefined/);
    assert.equal(after.executionSummary?.executionOrder, 1, 'the order starts again');
  });

  it('Restart and Run All runs everything in a fresh kernel', async () => {
    const editor = await notebookWith('globalThis.n = (globalThis.n ?? 0) + 1;', 'globalThis.n');
    await runCell(editor, 0);
    await vscode.commands.executeCommand('nadir.restartAndRunAll');
    await until('the last cell has ended', () => editor.notebook.cellAt(1).executionSummary?.success);
    assert.equal(textOf(editor.notebook.cellAt(1), 'text/plain'), '1');
  });
});
