/** Planning and running an export in the notebook's kernel, with progress and cancel. */

import path from 'node:path';
import {
  commands,
  env,
  l10n,
  NotebookCellData,
  NotebookCellKind,
  NotebookEdit,
  ProgressLocation,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type NotebookDocument,
} from 'vscode';
import type { ExecuteSink } from '../../kernels/client-types.js';
import type { CellError } from '../../kernels/protocol.js';
import { cellView } from './cells.js';
import {
  createLineReader,
  exportCell,
  planCode,
  runCode,
  type ExportChoice,
  type ExportMessage,
} from './export-code.js';
import type { PlanLine } from './export-steps.js';
import { describePlan, describeProgress, describeReport } from './export-text.js';
import type { Session } from './session.js';

/** A sink that hands the wizard's lines over and keeps the error. */
function wizardSink(onMessage: (message: ExportMessage) => void): {
  sink: ExecuteSink;
  error: () => CellError | undefined;
} {
  const read = createLineReader(onMessage);
  let failure: CellError | undefined;
  const nothing = () => undefined;
  const sink: ExecuteSink = {
    started: nothing,
    stream: (name, text) => (name === 'stdout' ? read(text) : undefined),
    display: nothing,
    result: nothing,
    clear: nothing,
    error: (error) => (failure = error),
  };
  return { sink, error: () => failure };
}

/** The plan of an export: no pixel is read. Undefined when it was cancelled. @throws Error with the kernel's message. */
export function planExport(session: Session, choice: ExportChoice): Thenable<readonly PlanLine[] | undefined> {
  const title = l10n.t('Planning the export');
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (_bar, token) => {
      token.onCancellationRequested(() => void session.interrupt());
      let plan: unknown;
      const { sink, error } = wizardSink((message) => (plan = message.plan));
      const { status } = await session.runHidden(planCode(choice), sink);
      const failure = error();
      if (status === 'interrupted' || status === 'cancelled') return undefined;
      if (failure) throw new Error(failure.message);
      return describePlan(plan);
    },
  );
}

/** Exports, and offers what one does next. @returns the folder, or undefined when it was cancelled. */
export async function runExport(session: Session, choice: ExportChoice): Promise<string | undefined> {
  const base = session.notebook.isUntitled ? '' : path.dirname(session.notebook.uri.fsPath);
  const folder = path.resolve(base, choice.folder);
  let report: unknown;
  const title = l10n.t('Exporting to {0}', choice.folder);
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  const done = await window.withProgress(options, async (bar, token) => {
    token.onCancellationRequested(() => void session.interrupt());
    let shown = 0;
    const { sink, error } = wizardSink((message) => {
      report = message.report ?? report;
      const { text, percent } = describeProgress(message.progress);
      if (text === '') return;
      bar.report({ message: text, ...(percent === undefined ? {} : { increment: Math.max(0, percent - shown) }) });
      shown = Math.max(shown, percent ?? 0);
    });
    const { status } = await session.runHidden(runCode(choice), sink);
    const failure = error();
    if (status !== 'interrupted' && status !== 'cancelled' && failure) throw new Error(failure.message);
    return status === 'ok';
  });
  if (!done) {
    void window.showInformationMessage(
      l10n.t('Export stopped. Finished items are kept; export again and choose Resume.'),
    );
    return undefined;
  }
  void commands.executeCommand('setContext', 'nadir.hasExported', true);
  void offerNext(session.notebook, choice, folder, describeReport(report));
  return folder;
}

async function offerNext(
  notebook: NotebookDocument,
  choice: ExportChoice,
  folder: string,
  summary: string,
): Promise<void> {
  const [reveal, copy, insert] = [l10n.t('Reveal'), l10n.t('Copy Path'), l10n.t('Insert Cell')];
  const message = l10n.t('Exported {0} to {1}.', summary, choice.folder);
  const taken = await window.showInformationMessage(message, reveal, copy, insert);
  if (taken === reveal) await commands.executeCommand('revealInExplorer', Uri.file(path.join(folder, 'manifest.json')));
  if (taken === copy) await env.clipboard.writeText(folder);
  if (taken === insert) await insertExportCell(notebook, choice);
}

/** Appends the cell that performs the same export. */
export async function insertExportCell(notebook: NotebookDocument, choice: ExportChoice): Promise<void> {
  const imported = notebook
    .getCells()
    .some((cell) => /import\s*\{[^}]*\bexportDataset\b[^}]*\}\s*from\s*['"]nadir['"]/.test(cellView(cell).text));
  const cell = new NotebookCellData(NotebookCellKind.Code, exportCell(choice, !imported), 'typescript');
  const edit = new WorkspaceEdit();
  edit.set(notebook.uri, [NotebookEdit.insertCells(notebook.cellCount, [cell])]);
  await workspace.applyEdit(edit);
}
