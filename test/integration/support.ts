/** What the suites share: notebooks of the test workspace, and waiting for a condition with a deadline. */

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NadirExtension } from '../../src/extension/extension.js';

const EXTENSION_ID = 'nadir-eo.nadir';
const DEADLINE_MS = 15_000;
const OPENING_MS = 2000;

/** The test surface of the extension. */
export async function nadir(): Promise<NonNullable<NadirExtension['test']>> {
  const extension = vscode.extensions.getExtension<NadirExtension>(EXTENSION_ID);
  assert.ok(extension, `${EXTENSION_ID} is installed`);
  const { test } = await extension.activate();
  assert.ok(test, 'the test surface exists in test mode');
  return test;
}

/** Waits until `condition` holds or gives something; fails by name when the deadline passes. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | null,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false && value !== null) return value;
    if (Date.now() > end) assert.fail(`waited ${deadlineMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A file of the test workspace. */
export function workspaceFile(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the test workspace is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

/**
 * Opens a notebook of the test workspace in an editor, as a person does.
 *
 * Not by `openNotebookDocument`: the document would stay open for minutes after its editor is closed.
 */
export async function openFile(name: string): Promise<vscode.NotebookEditor> {
  const uri = workspaceFile(name);
  // The command is over when the editor is; in VS Code 1.100 it may never be over although the editor is there.
  let isOpened = false;
  const patience = Date.now() + OPENING_MS;
  void vscode.commands.executeCommand('vscode.openWith', uri, 'jupyter-notebook').then(() => (isOpened = true));
  return until(`${name} is shown`, () => {
    const active = vscode.window.activeNotebookEditor;
    return (isOpened || Date.now() > patience) && active?.notebook.uri.toString() === uri.toString() && active;
  });
}

/**
 * Shows a notebook and waits until the editor is there.
 *
 * Not for the promise of the call: in VS Code 1.100 it stays open for ever when an editor was closed just before.
 */
export async function show(document: vscode.NotebookDocument): Promise<vscode.NotebookEditor> {
  // Asking again for what is shown would open it once more, later, when a test has closed it.
  if (vscode.window.activeNotebookEditor?.notebook !== document) void vscode.window.showNotebookDocument(document);
  return until('the notebook is shown', () => {
    const active = vscode.window.activeNotebookEditor;
    return active?.notebook === document && active;
  });
}

let made = 0;

/**
 * A notebook of ours with the given cells, in a file of its own, shown, with our kernel chosen.
 *
 * No untitled one: the editor gives the name of a closed one to the next while it still lets go of it.
 */
export async function notebookWith(...sources: readonly string[]): Promise<vscode.NotebookEditor> {
  const name = `made-${made++}.ipynb`;
  const cells = sources.map((source, i) => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${i}`,
    metadata: {},
    outputs: [],
    source: source.split(/(?<=\n)/),
  }));
  const kernelspec = { name: 'nadir', display_name: 'Nadir TypeScript', language: 'typescript' };
  const metadata = { kernelspec, language_info: { name: 'typescript' } };
  const text = JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
  await vscode.workspace.fs.writeFile(workspaceFile(name), new TextEncoder().encode(text));
  const editor = await openFile(name);
  const { kernels } = await nadir();
  await until('our kernel is chosen', () => kernels.isSelected(editor.notebook));
  return editor;
}

/** Runs all cells that are ours and waits until the editor shows how they ended. */
export async function runAll(editor: vscode.NotebookEditor): Promise<void> {
  const { kernels } = await nadir();
  await run(
    editor,
    editor.notebook.getCells().filter((cell) => kernels.runs(cell)),
  );
}

/** Runs one cell and waits until the editor shows how it ended. */
export async function runCell(editor: vscode.NotebookEditor, index: number): Promise<vscode.NotebookCell> {
  const cell = editor.notebook.cellAt(index);
  await run(editor, [cell]);
  return cell;
}

/** Cells that were cancelled before their turn show nothing; the others show a new summary when they have ended. */
async function run(editor: vscode.NotebookEditor, cells: readonly vscode.NotebookCell[]): Promise<void> {
  const { kernels } = await nadir();
  const before = cells.map((cell) => cell.executionSummary);
  const results = await kernels.run(editor.notebook, cells);
  for (const [i, cell] of cells.entries())
    if (results[i]?.status !== 'cancelled')
      await until(
        `cell ${cell.index} has ended`,
        () => cell.executionSummary !== before[i] && cell.executionSummary?.success !== undefined,
      );
}

/** Text of all items of one type of a cell, in order. */
export function textOf(cell: vscode.NotebookCell, ...mimes: readonly string[]): string {
  const decoder = new TextDecoder();
  return cell.outputs
    .flatMap((o) => o.items)
    .filter((i) => mimes.includes(i.mime))
    .map((i) => decoder.decode(i.data))
    .join('');
}

export const STDOUT = 'application/vnd.code.notebook.stdout';
export const STDERR = 'application/vnd.code.notebook.stderr';
export const ERROR = 'application/vnd.code.notebook.error';

/** The error of a failed cell. */
export function errorOf(cell: vscode.NotebookCell): { name: string; message: string; stack: string } {
  const text = textOf(cell, ERROR);
  assert.notEqual(text, '', `cell ${cell.index} has an error output`);
  return JSON.parse(text) as { name: string; message: string; stack: string };
}

/** Closes every editor without a question. */
export async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.notebookDocuments)
    if (document.isDirty) {
      await show(document);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await until(
    'no editor is open',
    () =>
      vscode.window.visibleNotebookEditors.length === 0 &&
      vscode.window.tabGroups.all.every((g) => g.tabs.length === 0),
  );
}
