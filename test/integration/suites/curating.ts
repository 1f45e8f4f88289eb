import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CurationStep } from '../../../src/display/wire/payload.js';
import { closeAll, nadir, notebookWith, runCell, textOf } from '../support.js';

/** A view's message, as the renderer sends it. */
async function send(editor: vscode.NotebookEditor, steps: readonly CurationStep[]): Promise<void> {
  const { views } = await nadir();
  const viewId = 'cell-0:0';
  const args = { source: 'chips', datasetId: 'sha256:test', steps };
  const reply = await views.answer(editor, { v: 1, viewId, requestId: 'r', op: 'steps', args });
  assert.equal(reply.ok, true, reply.error);
}

const REJECT: CurationStep = { op: 'reject', args: [['a'], 'haze'] };
const SLICES = `import { curate, days, GeoSlice } from 'nadir';
const chips = [0, 1, 2].map((i) => GeoSlice.create({
  bounds: [500000 + 640 * i, 5000000, 500640 + 640 * i, 5000640], crs: 'EPSG:32632', resolution: 10, interval: days('2024-06-01', '2024-06-01'),
}));`;

describe('curating', () => {
  afterEach(closeAll);

  it('the first verdict inserts a tagged TypeScript cell below the output, later ones edit it', async () => {
    const editor = await notebookWith("import { curate } from 'nadir';", '"below"');
    await send(editor, [REJECT]);
    const cell = editor.notebook.cellAt(1);
    assert.equal(cell.document.getText(), 'const selection = curate(chips)\n  .reject(["a"], "haze");');
    assert.equal(cell.document.languageId, 'typescript');
    const { metadata } = cell.metadata as { metadata?: { tags?: unknown; nadir?: { datasetId?: unknown } } };
    assert.ok(metadata, 'the cell has metadata');
    assert.deepEqual(metadata.tags, ['nadir-curation']);
    assert.equal(metadata.nadir?.datasetId, 'sha256:test');
    assert.equal(editor.notebook.cellCount, 3);

    await send(editor, [REJECT, { op: 'tag', args: [['b'], 'flood'] }]);
    assert.equal(editor.notebook.cellCount, 3, 'no second cell');
    assert.match(editor.notebook.cellAt(1).document.getText(), /\.tag\(\["b"\], "flood"\);$/);

    await send(editor, []);
    assert.equal(editor.notebook.cellAt(1).document.getText(), 'const selection = curate(chips);');
  });

  it('one undo takes the last gesture back, and the next gesture still edits the same cell', async () => {
    const editor = await notebookWith("import { curate } from 'nadir';");
    await send(editor, [REJECT]);
    await send(editor, [REJECT, { op: 'reject', args: [['b']] }]);
    await vscode.commands.executeCommand('undo');
    const text = editor.notebook.cellAt(1).document.getText();
    assert.equal(text, 'const selection = curate(chips)\n  .reject(["a"], "haze");');
    await send(editor, [REJECT, { op: 'reject', args: [['c']] }]);
    assert.equal(editor.notebook.cellCount, 2);
    assert.match(editor.notebook.cellAt(1).document.getText(), /\["c"\]/);
  });

  it('a hand-edited cell stays; a new one follows it', async () => {
    const editor = await notebookWith("import { curate } from 'nadir';");
    await send(editor, [REJECT]);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(editor.notebook.cellAt(1).document.uri, new vscode.Position(0, 0), '// mine\n');
    await vscode.workspace.applyEdit(edit);
    await send(editor, [REJECT, { op: 'reject', args: [['b']] }]);
    assert.equal(editor.notebook.cellCount, 3);
    assert.match(editor.notebook.cellAt(1).document.getText(), /^\/\/ mine/);
    assert.match(editor.notebook.cellAt(2).document.getText(), /\.reject\(\["b"\]\);$/);
  });

  it('the variable `selection` follows the verdicts, and running the cell gives the same', async () => {
    const editor = await notebookWith(
      `${SLICES}\nchips.map((s) => s.hash().slice(0, 16)).join()`,
      '`${selection.kept.length},${selection.rejected.length},${selection.undecided.length}`',
    );
    const made = await runCell(editor, 0);
    const ids = textOf(made, 'text/plain').replaceAll(/['"]/g, '').split(',');
    assert.equal(ids.length, 3, textOf(made, 'text/plain', 'application/vnd.code.notebook.error'));
    const [first, second] = ids as [string, string, string];
    await send(editor, [
      { op: 'reject', args: [[first]] },
      { op: 'keep', args: [[second]] },
    ]);
    const counts = editor.notebook.getCells().at(-1)!;
    const seen = await runCell(editor, counts.index);
    assert.match(textOf(seen, 'text/plain', 'application/vnd.code.notebook.error'), /1,1,1/);
    await runCell(editor, 1);
    const again = await runCell(editor, counts.index);
    assert.match(textOf(again, 'text/plain', 'application/vnd.code.notebook.error'), /1,1,1/);
  });

  it('an expression that is no variable is refused with a sentence', async () => {
    const { views } = await nadir();
    const editor = await notebookWith('1');
    const args = { source: 'process.exit()', datasetId: 'd', steps: [REJECT] };
    const reply = await views.answer(editor, { v: 1, viewId: 'x:0', requestId: 'r', op: 'steps', args });
    assert.equal(reply.ok, false);
    assert.match(reply.error ?? '', /named value/);
    assert.equal(editor.notebook.cellCount, 1);
  });
});
