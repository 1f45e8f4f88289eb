import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, nadir, notebookWith, openFile, runCell, until } from '../support.js';

describe('opening', () => {
  afterEach(closeAll);

  it('activates within 50 ms', async () => {
    const { activationMs } = await nadir();
    const limit = 50 * (process.env['CI'] ? 3 : 1);
    assert.ok(activationMs <= limit, `activation took ${activationMs.toFixed(1)} ms, the budget is ${limit} ms`);
  });

  it('leaves a notebook clean and starts no kernel', async () => {
    const { kernels } = await nadir();
    const { notebook } = await openFile('hello.ipynb');
    await until('our kernel is chosen', () => kernels.isSelected(notebook));
    assert.equal(notebook.isDirty, false);
    assert.equal(kernels.find(notebook), undefined);
  });

  it('chooses our kernel by itself when the file names it, with another kernel around', async () => {
    const other = vscode.notebooks.createNotebookController('other', 'jupyter-notebook', 'Other');
    other.supportedLanguages = ['python', 'typescript'];
    other.executeHandler = () => undefined;
    try {
      const { kernels } = await nadir();
      const { notebook } = await openFile('hello.ipynb');
      await until('our kernel is chosen', () => kernels.isSelected(notebook));
    } finally {
      other.dispose();
    }
  });

  it('a new curation notebook has our kernel and TypeScript cells', async () => {
    const notebook = await vscode.commands.executeCommand<vscode.NotebookDocument>('nadir.newNotebook');
    const { kernels } = await nadir();
    await until('our kernel is chosen', () => kernels.isSelected(notebook));
    assert.equal(notebook.cellAt(0).document.languageId, 'typescript');
    assert.equal(kernels.find(notebook), undefined, 'nothing has run');
  });

  it('the kernel ends with its notebook', async () => {
    const { kernels } = await nadir();
    const editor = await notebookWith('1');
    await runCell(editor, 0);
    const pid = kernels.find(editor.notebook)?.client.pid;
    assert.ok(pid, 'the kernel has a process');
    await closeAll();
    await until(
      'the process has ended',
      () => {
        // VS Code 1.100 may carry out an opening that it kept pending only now; then the tab is there again, and so is its kernel.
        const isBack = vscode.window.tabGroups.all.some((group) => group.tabs.length > 0);
        if (isBack) void vscode.commands.executeCommand('workbench.action.closeAllEditors');
        return !isAlive(pid);
      },
      10_000,
    );
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // No such process.
  }
}
