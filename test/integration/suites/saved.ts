import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, nadir, openFile, runAll, runCell, textOf, until, workspaceFile } from '../support.js';

interface StoredOutput {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
interface StoredNotebook {
  readonly nbformat: number;
  readonly cells: readonly {
    readonly cell_type: string;
    readonly id?: string;
    readonly execution_count?: number | null;
    readonly outputs?: readonly StoredOutput[];
  }[];
}

describe('saved notebooks', () => {
  afterEach(closeAll);

  it('broken outputs open as readable text, and the next cell runs', async () => {
    const { kernels } = await nadir();
    const editor = await openFile('broken.ipynb');
    const [broken] = editor.notebook.getCells();
    assert.equal(broken!.outputs.length, 6);
    assert.match(textOf(broken!, 'text/plain'), /12 scenes \(saved text\)/);
    assert.equal(editor.notebook.isDirty, false);
    await until('our kernel is chosen', () => kernels.isSelected(editor.notebook));
    const alive = await runCell(editor, 1);
    assert.equal(textOf(alive, 'text/plain'), '42');
  });

  it('a save holds order, outputs and nothing of this machine', async () => {
    const { kernels } = await nadir();
    const editor = await openFile('saved.ipynb');
    await until('our kernel is chosen', () => kernels.isSelected(editor.notebook));
    await runAll(editor);
    await editor.notebook.save();
    const text = readFileSync(workspaceFile('saved.ipynb').fsPath, 'utf8');
    const stored = JSON.parse(text) as StoredNotebook;
    assert.equal(stored.nbformat, 4);
    assert.deepEqual(
      stored.cells.filter((c) => c.cell_type === 'code').map((c) => c.execution_count),
      [1, 2, 3],
    );
    const [result] = stored.cells[1]?.outputs ?? [];
    assert.ok(result, 'there is a result');
    assert.equal(result.output_type, 'execute_result');
    assert.equal(String(result.data?.['text/plain']), '2');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(!text.includes(folder!.uri.fsPath), 'no path of this machine');
    assert.ok(!text.includes('display_id'), 'no transient id');
  });
});
