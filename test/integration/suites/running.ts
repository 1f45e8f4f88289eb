import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  closeAll,
  errorOf,
  notebookWith,
  openFile,
  nadir,
  runAll,
  runCell,
  show,
  STDERR,
  STDOUT,
  textOf,
  until,
} from '../support.js';

describe('running', () => {
  afterEach(closeAll);

  it('runs all cells in order, with one output per stretch of a stream', async () => {
    const { kernels } = await nadir();
    const editor = await openFile('hello.ipynb');
    await until('our kernel is chosen', () => kernels.isSelected(editor.notebook));
    await runAll(editor);
    const [, add, print, again] = editor.notebook.getCells();
    assert.equal(textOf(add!, 'text/plain'), '2');
    assert.equal(textOf(print!, STDOUT), 'out one\nout two\nout three\n');
    assert.equal(textOf(print!, STDERR), 'err\n');
    assert.equal(textOf(again!, 'text/plain'), '21', 'a constant may be declared again');
    assert.deepEqual(
      [add, print, again].map((c) => c!.executionSummary?.executionOrder),
      [1, 2, 3],
    );
    const order = print!.outputs.map((o) => o.items[0]?.mime);
    assert.ok(order.length <= 3, `consecutive text shares an output: ${order.join(', ')}`);
    const { timing } = add!.executionSummary ?? {};
    assert.ok(timing && timing.endTime >= timing.startTime, 'start and end are recorded');
  });

  it('the Run All of the workbench runs our cells', async () => {
    const editor = await notebookWith('const x = 6;', 'x * 7');
    await vscode.commands.executeCommand('notebook.execute');
    await until('the last cell has ended', () => editor.notebook.cellAt(1).executionSummary?.success);
    assert.equal(textOf(editor.notebook.cellAt(1), 'text/plain'), '42');
  });

  it('keeps many chunks of one stream in one output', async () => {
    const editor = await notebookWith(
      'for (let i = 0; i < 40; i++) { console.log("line " + i); await new Promise((r) => setTimeout(r, 10)); }',
    );
    const cell = await runCell(editor, 0);
    assert.equal(cell.outputs.length, 1);
    assert.equal(textOf(cell, STDOUT).trim().split('\n').length, 40);
  });

  it('an error names the cell line, carries no host frame, and is a diagnostic until the next run', async () => {
    const editor = await notebookWith('const ok = 1;\nthrow new RangeError("too wide");');
    const cell = await runCell(editor, 0);
    const error = errorOf(cell);
    assert.equal(error.name, 'RangeError');
    assert.equal(error.message, 'too wide');
    assert.match(error.stack, /Cell 1:2:7/);
    assert.doesNotMatch(error.stack, /extensionHost|node:internal|dist\/kernel|extension\.cjs/);
    assert.equal(cell.executionSummary?.success, false);
    const uri = cell.document.uri;
    const [diagnostic] = await until('a diagnostic is there', () => atLeastOne(vscode.languages.getDiagnostics(uri)));
    assert.equal(diagnostic!.range.start.line, 1);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(1, 0, 1, 100), 'ok');
    await vscode.workspace.applyEdit(edit);
    await runCell(editor, 0);
    await until('the diagnostic is gone', () => ours(vscode.languages.getDiagnostics(uri)).length === 0);
  });

  it('a failure cancels the cells that wait', async () => {
    const editor = await notebookWith('throw new Error("stop")', 'console.log("never")');
    await runAll(editor);
    const [first, second] = editor.notebook.getCells();
    assert.equal(first!.executionSummary?.success, false);
    assert.equal(second!.executionSummary?.success, undefined);
    assert.equal(second!.outputs.length, 0);
  });

  it('imports the bundled library without anything installed', async () => {
    const editor = await notebookWith("import { GeoSlice } from 'nadir';\ntypeof GeoSlice");
    const cell = await runCell(editor, 0);
    assert.match(textOf(cell, 'text/plain', 'application/vnd.code.notebook.error'), /function/);
  });

  it('the first run writes kernel and language into an anonymous notebook, and only the run does', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, '1', 'typescript'),
    ]);
    const document = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    const editor = await show(document);
    const { kernels } = await nadir();
    await vscode.commands.executeCommand('nadir.useKernel');
    await until('our kernel is chosen', () => kernels.isSelected(document));
    assert.equal(kernelName(document), undefined);
    await runCell(editor, 0);
    assert.equal(kernelName(document), 'nadir');
  });

  it('a picture of a cell is saved as base64 and text as text', async () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const editor = await notebookWith(
      `({ [Symbol.for('Jupyter.display')]: () => ({ 'image/png': '${png}', 'text/plain': 'one pixel' }) })`,
    );
    const cell = await runCell(editor, 0);
    const item = cell.outputs[0]?.items.find((i) => i.mime === 'image/png');
    assert.equal(Buffer.from(item?.data ?? []).toString('base64'), png);
    assert.equal(textOf(cell, 'text/plain'), 'one pixel');
  });
});

function ours(all: readonly vscode.Diagnostic[]): readonly vscode.Diagnostic[] {
  return all.filter((d) => d.source === 'Nadir');
}

function atLeastOne(all: readonly vscode.Diagnostic[]): readonly vscode.Diagnostic[] | undefined {
  return ours(all).length > 0 ? ours(all) : undefined;
}

function kernelName(document: vscode.NotebookDocument): unknown {
  const { metadata } = document.metadata as { metadata?: { kernelspec?: { name?: unknown } } };
  return metadata?.kernelspec?.name;
}
