/** The notebook controller: which notebooks it is proposed for, and what its runs do. */

import {
  commands,
  Disposable,
  EventEmitter,
  l10n,
  NotebookCellKind,
  NotebookControllerAffinity,
  notebooks,
  TabInputNotebook,
  window,
  workspace,
  type NotebookCell,
  type NotebookController,
  type NotebookDocument,
  type NotebookEditor,
} from 'vscode';
import type { ExecuteResult } from '../../kernels/client-types.js';
import { LANGUAGES } from './cells.js';
import type { Failures } from './diagnostics.js';
import { namesOurKernel, prefersOurKernel, stampNotebook } from './kernel-specs.js';
import type { Log } from './log.js';
import { Session } from './session.js';

/** Id of the controller; `notebookKernel` in `when` clauses is `<extension id>/<this>`. */
export const CONTROLLER_ID = 'nadir-typescript';

/** How long an editor is given to open before a kernel is chosen for it. */
const OPENING_MS = 200;
const BINDING_TRIES = 25;
/** How long a tab may be away while it is moved. */
const CLOSING_MS = 1000;

/** All kernels of this window, one a notebook. */
export class Kernels implements Disposable {
  readonly controller: NotebookController;
  readonly #sessions = new Map<NotebookDocument, Session>();
  readonly #selected = new WeakSet<NotebookDocument>();
  readonly #proposed = new WeakSet<NotebookDocument>();
  readonly #changed = new EventEmitter<NotebookDocument>();
  /** Fires when a session begins, ends, or changes its state. */
  readonly onDidChange = this.#changed.event;
  readonly #ranAll = new EventEmitter<NotebookDocument>();
  /** Fires when cells of a notebook have run. */
  readonly onDidRun = this.#ranAll.event;
  readonly #extensionId: string;
  readonly #childPath: string;
  readonly #log: Log;
  readonly #failures: Failures;
  readonly #parts: readonly { dispose(): unknown }[];

  constructor(extensionId: string, childPath: string, log: Log, failures: Failures) {
    this.#extensionId = extensionId;
    this.#childPath = childPath;
    this.#log = log;
    this.#failures = failures;
    this.controller = notebooks.createNotebookController(CONTROLLER_ID, 'jupyter-notebook', 'Nadir TypeScript');
    this.controller.supportedLanguages = [...LANGUAGES];
    this.controller.supportsExecutionOrder = true;
    this.controller.description = l10n.t('Earth observation in TypeScript');
    this.controller.executeHandler = (cells, notebook) => void this.run(notebook, cells);
    this.controller.interruptHandler = (notebook) => this.#sessions.get(notebook)?.interrupt();
    for (const notebook of workspace.notebookDocuments) this.#propose(notebook);
    this.#parts = [
      this.controller,
      this.#changed,
      this.#ranAll,
      this.controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
        if (selected) this.#selected.add(notebook);
        else this.#selected.delete(notebook);
        this.#changed.fire(notebook);
      }),
      workspace.onDidOpenNotebookDocument((notebook) => this.#propose(notebook)),
      workspace.onDidCloseNotebookDocument((notebook) => void this.#close(notebook)),
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.some((tab) => tab.input instanceof TabInputNotebook))
          setTimeout(() => this.#closeHidden(), CLOSING_MS);
      }),
      window.onDidChangeVisibleNotebookEditors((editors) => {
        for (const editor of editors) this.#bind(editor);
      }),
    ];
    for (const editor of window.visibleNotebookEditors) this.#bind(editor);
  }

  /** Whether our kernel is the chosen one of a notebook. */
  isSelected(notebook: NotebookDocument): boolean {
    return this.#selected.has(notebook);
  }

  /** The session of a notebook that has run, if any. */
  find(notebook: NotebookDocument): Session | undefined {
    return this.#sessions.get(notebook);
  }

  /** The session of a notebook; made now if there is none. It starts nothing by itself. */
  session(notebook: NotebookDocument): Session {
    const existing = this.#sessions.get(notebook);
    if (existing) return existing;
    const session = new Session(notebook, {
      controller: this.controller,
      childPath: this.#childPath,
      log: this.#log,
      failures: this.#failures,
    });
    session.onDidChangeState(() => this.#changed.fire(notebook));
    this.#sessions.set(notebook, session);
    this.#changed.fire(notebook);
    return session;
  }

  /** Whether a cell is one that the kernel runs. */
  runs(cell: NotebookCell): boolean {
    return cell.kind === NotebookCellKind.Code && LANGUAGES.includes(cell.document.languageId);
  }

  /** Runs cells in order. A failure or an interrupt cancels those that wait. */
  async run(notebook: NotebookDocument, cells: readonly NotebookCell[]): Promise<readonly ExecuteResult[]> {
    if (!(await isAllowed())) return [];
    this.#selected.add(notebook); // A run proves it, also when the window bound us before it told us of the notebook.
    await stampNotebook(notebook);
    const session = this.session(notebook);
    const results = await Promise.all(cells.map((cell) => session.run(cell)));
    this.#ranAll.fire(notebook);
    return results;
  }

  /** Chooses our kernel for the notebook of an editor. */
  async select(editor: NotebookEditor): Promise<void> {
    if (this.isSelected(editor.notebook)) return;
    const kernel = { notebookEditor: editor, id: CONTROLLER_ID, extension: this.#extensionId };
    await commands.executeCommand('notebook.selectKernel', kernel);
  }

  dispose(): void {
    for (const session of this.#sessions.values()) void session.dispose();
    this.#sessions.clear();
    for (const part of this.#parts) part.dispose();
  }

  #propose(notebook: NotebookDocument): void {
    if (notebook.notebookType !== 'jupyter-notebook' || !prefersOurKernel(notebook)) return;
    this.controller.updateNotebookAffinity(notebook, NotebookControllerAffinity.Preferred);
  }

  /** A notebook that names our kernel gets it once, without a question; a later choice of the person stays. */
  #bind({ notebook }: NotebookEditor): void {
    if (this.#proposed.has(notebook) || !namesOurKernel(notebook)) return;
    this.#proposed.add(notebook);
    // Not while the editor opens: choosing a kernel then can leave the editor half open for ever (seen in VS Code 1.100).
    setTimeout(() => void this.#choose(notebook, BINDING_TRIES), OPENING_MS);
  }

  /** The window may not know our controller yet when it has just been made, hence the tries. */
  async #choose(notebook: NotebookDocument, tries: number): Promise<void> {
    const editor = window.visibleNotebookEditors.find((e) => e.notebook === notebook);
    if (!editor) {
      this.#proposed.delete(notebook); // Hidden meanwhile: the next time it is shown will do.
      return;
    }
    await this.select(editor);
    this.#log.write(
      'debug',
      `kernel of ${notebook.uri.path}: ${this.isSelected(notebook) ? 'chosen' : 'not chosen yet'}`,
    );
    if (tries > 1) setTimeout(() => void (this.isSelected(notebook) || this.#choose(notebook, tries - 1)), OPENING_MS);
  }

  /** A closed tab ends its kernel: the window may keep the document for minutes. A tab that moved is there again. */
  #closeHidden(): void {
    const inputs = window.tabGroups.all.flatMap((group) => group.tabs.map((tab) => tab.input));
    const shown = new Set(inputs.flatMap((i) => (i instanceof TabInputNotebook ? [i.uri.toString()] : [])));
    for (const notebook of this.#sessions.keys()) if (!shown.has(notebook.uri.toString())) void this.#close(notebook);
  }

  async #close(notebook: NotebookDocument): Promise<void> {
    const session = this.#sessions.get(notebook);
    this.#sessions.delete(notebook);
    await session?.dispose();
  }
}

/** Running needs a trusted workspace; a refusal is one message with the way out. */
export async function isAllowed(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = l10n.t('Manage Trust');
  const message = l10n.t('Cells do not run in a restricted workspace. Saved outputs stay readable.');
  if ((await window.showWarningMessage(message, manage)) === manage)
    await commands.executeCommand('workbench.trust.manage');
  return false;
}
