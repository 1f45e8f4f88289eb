/** New notebooks of ours: the one to start with, the sample, and the one behind Open in Map. */

import { cp, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  l10n,
  NotebookCellData,
  NotebookCellKind,
  NotebookData,
  Uri,
  window,
  workspace,
  type Disposable,
  type NotebookDocument,
  type NotebookEditor,
} from 'vscode';
import { NOTEBOOK_METADATA } from './kernel-specs.js';

const NBFORMAT = { major: 4, minor: 5 } as const;
const SAMPLE = 'quickstart.ipynb';
const STARTER = `import { buildRasterCatalog, curate, exportDataset, gridSampler } from 'nadir';

// A folder of GeoTIFFs; the date is read out of each file name.
const scenes = await buildRasterCatalog('scenes/**/*.tif', { filenameRegex: '(?<date>\\\\d{8})' });
scenes`;

/** An untitled notebook with the given code, shown in an editor. Nothing runs. */
export async function showNotebook(sources: readonly string[]): Promise<NotebookEditor> {
  const cells = sources.map((source) => new NotebookCellData(NotebookCellKind.Code, source, 'typescript'));
  const data = new NotebookData(cells);
  data.metadata = { metadata: NOTEBOOK_METADATA, nbformat: NBFORMAT.major, nbformat_minor: NBFORMAT.minor };
  const notebook = await workspace.openNotebookDocument('jupyter-notebook', data);
  return show(notebook);
}

/** Shows a notebook. The call of VS Code 1.100 may stay open for ever although the editor is there, hence the event. */
async function show(notebook: NotebookDocument): Promise<NotebookEditor> {
  let listener: Disposable | undefined;
  const active = new Promise<NotebookEditor>((resolve) => {
    listener = window.onDidChangeActiveNotebookEditor((editor) => {
      if (editor?.notebook === notebook) resolve(editor);
    });
  });
  try {
    return await Promise.race([window.showNotebookDocument(notebook), active]);
  } finally {
    listener?.dispose();
  }
}

/** A notebook to start with. */
export async function newNotebook(): Promise<NotebookDocument> {
  return (await showNotebook([STARTER])).notebook;
}

/**
 * Copies the sample into a folder and opens it; an earlier copy is opened as it is.
 *
 * @returns the notebook, or undefined when no folder was chosen.
 */
export async function openSample(extensionPath: string, target?: Uri): Promise<NotebookDocument | undefined> {
  const folder = target ?? (await chooseFolder());
  if (!folder) return undefined;
  const copy = path.join(folder.fsPath, 'nadir-sample');
  if (!(await exists(path.join(copy, SAMPLE)))) {
    const bundled = path.join(extensionPath, 'media', 'sample');
    const source = (await exists(path.join(bundled, SAMPLE))) ? bundled : path.join(extensionPath, 'examples');
    await cp(source, copy, { recursive: true, filter: (name) => !/(?:^|[\\/])(?:out|node_modules)$/.test(name) });
  }
  const notebook = await workspace.openNotebookDocument(Uri.file(path.join(copy, SAMPLE)));
  await show(notebook);
  return notebook;
}

async function chooseFolder(): Promise<Uri | undefined> {
  const open = workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file');
  if (open) return open.uri;
  const [chosen] =
    (await window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: l10n.t('Copy Sample Here'),
    })) ?? [];
  return chosen;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false, // Not there, or not ours to see: either way it cannot be opened.
  );
}
