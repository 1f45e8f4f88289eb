import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, nadir, notebookWith, openFile, runCell, STDOUT, textOf, until, workspaceFile } from '../support.js';

describe('a Python notebook beside ours', () => {
  afterEach(closeAll);

  it('keeps its kernel, outputs, bytes and clean flag', async () => {
    const python = vscode.notebooks.createNotebookController('python3', 'jupyter-notebook', 'Python 3');
    python.supportedLanguages = ['python'];
    python.executeHandler = () => undefined;
    try {
      const { kernels } = await nadir();
      const before = readFileSync(workspaceFile('python.ipynb').fsPath);
      const other = await openFile('python.ipynb');
      const editor = await notebookWith('1 + 1');
      await runCell(editor, 0);
      assert.equal(kernels.isSelected(other.notebook), false);
      assert.equal(kernels.find(other.notebook), undefined);
      assert.equal(other.notebook.isDirty, false);
      assert.equal(textOf(other.notebook.cellAt(0), STDOUT), '1\n');
      assert.ok(before.equals(readFileSync(workspaceFile('python.ipynb').fsPath)));
    } finally {
      python.dispose();
    }
  });

  it('two of our notebooks have kernels of their own', async () => {
    const { kernels } = await nadir();
    const [one, two] = [await notebookWith('const x = 1;'), await notebookWith('typeof x')];
    await runCell(one, 0);
    const cell = await runCell(two, 0);
    assert.match(textOf(cell, 'text/plain'), /undefined/);
    await until(
      'two processes',
      () => kernels.find(one.notebook)?.client.pid !== kernels.find(two.notebook)?.client.pid,
    );
  });
});
