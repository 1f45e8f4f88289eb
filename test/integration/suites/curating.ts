import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StepsResult } from '../../../src/display/wire/message.js';
import type { CurationStep } from '../../../src/display/wire/payload.js';
import { closeAll, nadir, notebookWith, openFile, runCell, textOf, until } from '../support.js';

/** A view's message, as the renderer sends it. */
async function ask(editor: vscode.NotebookEditor, more: Record<string, unknown>): Promise<StepsResult> {
  const { views } = await nadir();
  const viewId = 'cell-0:0';
  const args = { source: 'chips', datasetId: 'sha256:test', ...more };
  const reply = await views.answer(editor, { v: 1, viewId, requestId: 'r', op: 'steps', args });
  assert.equal(reply.ok, true, reply.error);
  return reply.result as StepsResult;
}

const send = (editor: vscode.NotebookEditor, steps: readonly CurationStep[]) => ask(editor, { steps });
/** What a view asks when it begins. */
const begin = (editor: vscode.NotebookEditor) => ask(editor, { query: true });

const REJECT: CurationStep = { op: 'reject', args: [['a'], 'haze'] };
const TAG: CurationStep = { op: 'tag', args: [['b'], 'flood'] };
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

  it('a view that begins later gets the steps of the cell, and its next verdict keeps them, also after reopening', async () => {
    const editor = await notebookWith("import { curate } from 'nadir';");
    const name = editor.notebook.uri.path.split('/').at(-1)!;
    assert.equal((await begin(editor)).steps, null, 'there is no cell yet');
    assert.equal(editor.notebook.cellCount, 1, 'a question writes nothing');
    const pending = send(editor, [REJECT]);
    assert.deepEqual((await begin(editor)).steps, [REJECT], 'also while they are about to be written');
    await pending;
    await send(editor, [REJECT, TAG]);
    assert.deepEqual((await begin(editor)).steps, [REJECT, TAG]);

    await editor.notebook.save();
    await closeAll();
    const again = await openFile(name);
    const { steps } = await begin(again);
    assert.deepEqual(steps, [REJECT, TAG]);
    await send(again, [...steps, { op: 'keep', args: [['c']] }]);
    assert.equal(again.notebook.cellCount, 2, 'the same cell');
    const text = again.notebook.cellAt(1).document.getText();
    assert.match(text, /\.reject\(\["a"\], "haze"\)\s+\.tag\(\["b"\], "flood"\)\s+\.keep\(\["c"\]\);$/);
  });

  it('a view that begins beside a hand-edited cell is told so and gets no steps', async () => {
    const editor = await notebookWith("import { curate } from 'nadir';");
    await send(editor, [REJECT]);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(editor.notebook.cellAt(1).document.uri, new vscode.Position(0, 0), '// mine\n');
    await vscode.workspace.applyEdit(edit);
    const { steps, note } = await begin(editor);
    assert.equal(steps, null);
    assert.match(note ?? '', /edited by hand/);
    await send(editor, [TAG]);
    assert.deepEqual((await begin(editor)).steps, [TAG], 'the new cell counts from now on');
  });

  it('without a kernel the cell is written all the same, and the view says that the kernel is not running', async () => {
    const editor = await notebookWith(
      "import { curate } from 'nadir';",
      'process.kill(process.pid, "SIGKILL");\nawait new Promise(() => {});',
    );
    assert.match((await send(editor, [REJECT])).note ?? '', /kernel not running/, 'it has not been started');
    assert.equal(editor.notebook.cellCount, 3);
    const { kernels } = await nadir();
    await kernels.run(editor.notebook, [editor.notebook.cellAt(0)]);
    assert.equal((await send(editor, [REJECT, TAG])).note, null, 'it runs');
    await kernels.run(editor.notebook, [editor.notebook.cellAt(2)]);
    await until('the kernel has ended', () => kernels.find(editor.notebook)?.client.state.status === 'stopped');
    assert.match((await send(editor, [REJECT, TAG, { op: 'keep', args: [['c']] }])).note ?? '', /kernel not running/);
    assert.match(editor.notebook.cellAt(1).document.getText(), /\.keep\(\["c"\]\);$/);
    await vscode.commands.executeCommand('notifications.clearAll');
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
