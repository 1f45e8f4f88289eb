/** The commands of the manifest. Each works without arguments, and returns a value that tests can use. */

import { commands, Disposable, l10n, Uri, window, workspace, type Memento, type NotebookDocument } from 'vscode';
import { isAllowed, type Kernels } from './controller.js';
import { exportSubset } from './export-subset.js';
import type { Log } from './log.js';
import { newNotebook, openSample } from './notebooks.js';
import { openInMap } from './open-in-map.js';

/** What commands need of the extension around them. */
export interface CommandHost {
  readonly kernels: Kernels;
  readonly log: Log;
  readonly extensionPath: string;
  readonly extensionId: string;
  readonly memory: Memento;
}

/** The notebook a command is about: the one of the toolbar's argument, else the active one. */
export function notebookOf(argument: unknown): NotebookDocument | undefined {
  // SAFETY: the notebook toolbar passes this shape; each level is checked.
  const { notebookEditor } = (argument ?? {}) as { notebookEditor?: { notebookUri?: unknown } };
  const uri = notebookEditor?.notebookUri;
  const named =
    uri instanceof Uri ? workspace.notebookDocuments.find((n) => n.uri.toString() === uri.toString()) : undefined;
  return named ?? window.activeNotebookEditor?.notebook;
}

/** Registers all commands. A failure is one message that names what failed; details are in the log. */
export function registerCommands(host: CommandHost): Disposable {
  const { kernels, log, extensionPath } = host;
  const table: Readonly<Record<string, (argument?: unknown) => unknown>> = {
    newNotebook,
    openSample: (target) => openSample(extensionPath, target instanceof Uri ? target : undefined),
    useKernel: () => useKernel(kernels),
    restartKernel: (argument) => restart(kernels, notebookOf(argument)),
    restartAndRunAll: (argument) => restartAndRunAll(kernels, notebookOf(argument)),
    interruptKernel: (argument) => interrupt(kernels, notebookOf(argument)),
    openInMap: (file) => openInMap(kernels, file instanceof Uri ? file : undefined),
    exportSubset: (argument) => exportSubset(kernels, host.memory, notebookOf(argument)),
    walkthrough: () => commands.executeCommand('workbench.action.openWalkthrough', `${host.extensionId}#curate`, false),
    showLog: () => log.channel.show(),
    kernelActions: () => kernelActions(kernels, log),
  };
  return Disposable.from(
    ...Object.entries(table).map(([name, run]) =>
      commands.registerCommand(`nadir.${name}`, async (argument?: unknown) => {
        try {
          return await run(argument);
        } catch (error) {
          log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
          void log.offer(error instanceof Error ? error.message : String(error));
          return undefined;
        }
      }),
    ),
  );
}

async function useKernel(kernels: Kernels): Promise<boolean> {
  const editor = window.activeNotebookEditor;
  if (!editor) throw new Error(l10n.t('No notebook is open. Open an .ipynb file first.'));
  await kernels.select(editor);
  return kernels.isSelected(editor.notebook);
}

function needNotebook(notebook: NotebookDocument | undefined): NotebookDocument {
  if (!notebook) throw new Error(l10n.t('No notebook is open. Open an .ipynb file first.'));
  return notebook;
}

async function restart(kernels: Kernels, notebook: NotebookDocument | undefined): Promise<boolean> {
  const target = needNotebook(notebook);
  if (!(await isAllowed())) return false;
  await kernels.session(target).restart();
  return kernels.find(target)?.client.state.status === 'idle';
}

async function restartAndRunAll(kernels: Kernels, notebook: NotebookDocument | undefined): Promise<boolean> {
  const target = needNotebook(notebook);
  if (!(await restart(kernels, target))) return false;
  const cells = target.getCells().filter((cell) => kernels.runs(cell));
  await kernels.run(target, cells);
  return true;
}

async function interrupt(kernels: Kernels, notebook: NotebookDocument | undefined): Promise<boolean> {
  const session = kernels.find(needNotebook(notebook));
  await session?.interrupt();
  return session !== undefined;
}

async function kernelActions(kernels: Kernels, log: Log): Promise<void> {
  const [again, stop, show] = [l10n.t('Restart Kernel'), l10n.t('Interrupt Kernel'), l10n.t('Show Log')];
  const notebook = window.activeNotebookEditor?.notebook;
  const taken = await window.showQuickPick([again, stop, show], { placeHolder: l10n.t('Nadir kernel') });
  if (taken === again) await restart(kernels, notebook);
  if (taken === stop) await interrupt(kernels, notebook);
  if (taken === show) log.channel.show();
}
