/** One notebook and its kernel: runs in order, outputs, interrupt, restart, end. */

import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  commands,
  EventEmitter,
  l10n,
  workspace,
  type NotebookCell,
  type NotebookController,
  type NotebookDocument,
} from 'vscode';
import { KernelClient } from '../../kernels/client.js';
import type {
  ExecuteRequest,
  ExecuteResult,
  ExecuteSink,
  KernelEvents,
  KernelState,
} from '../../kernels/client-types.js';
import type { CellError } from '../../kernels/protocol.js';
import { cellIdOf, findCell, LANGUAGES } from './cells.js';
import { CellRun } from './cell-run.js';
import type { Failures } from './diagnostics.js';
import { Displays } from './displays.js';
import type { Log } from './log.js';
import { displayOutput, errorOutput, streamOutput } from './output.js';
import { answerRequest } from './requests.js';
import { kernelSettings } from './settings.js';

/** What a session needs of the extension around it. */
export interface SessionHost {
  readonly controller: NotebookController;
  readonly childPath: string;
  readonly log: Log;
  readonly failures: Failures;
}

/** The kernel of one notebook document. The child starts with the first execution. */
export class Session {
  readonly notebook: NotebookDocument;
  readonly #host: SessionHost;
  readonly #displays: Displays;
  readonly #client: KernelClient;
  readonly #stateChanged = new EventEmitter<KernelState>();
  readonly onDidChangeState = this.#stateChanged.event;

  constructor(notebook: NotebookDocument, host: SessionHost) {
    this.notebook = notebook;
    this.#host = host;
    const log = (text: string) => host.log.write('warn', text);
    this.#displays = new Displays(host.controller, log);
    this.#client = new KernelClient(kernelOptions(notebook, host.childPath), this.#events(log));
  }

  get client(): KernelClient {
    return this.#client;
  }

  /** Queues a cell and resolves when it has ended. Failures of the cell are its outputs, never rejections. */
  async run(cell: NotebookCell): Promise<ExecuteResult> {
    const execution = this.#host.controller.createNotebookCellExecution(cell);
    const run = new CellRun(execution, {
      started: () => {
        this.#host.failures.clear(cell);
        this.#displays.begin(execution);
      },
      displayed: (id, at, output) => this.#displays.add(id, at, output),
      failed: (at, error) => this.#failed(at, error),
      log: (text) => this.#host.log.write('warn', text),
    });
    const request: ExecuteRequest = {
      cellId: cellIdOf(cell),
      cellIndex: cell.index,
      source: cell.document.getText(),
      language: cell.document.languageId,
    };
    const result = LANGUAGES.includes(request.language)
      ? await this.#client.execute(request, run)
      : refuseLanguage(run, request.language);
    this.#displays.end(execution, run.end(result.status === 'cancelled' ? undefined : result.status === 'ok'));
    return result;
  }

  /** Runs code that belongs to no cell, for the interface (the plan and the run of an export). */
  runHidden(source: string, sink: ExecuteSink): Promise<ExecuteResult> {
    return this.#client.execute(
      { cellId: 'nadir-interface', cellIndex: this.notebook.cellCount, source, language: 'typescript' },
      sink,
    );
  }

  /** Stops the running cell and empties the queue; variables stay. A kernel that does not react is offered for restart. */
  async interrupt(): Promise<void> {
    if ((await this.#client.interrupt()) !== 'unresponsive') return;
    const restart = l10n.t('Restart Kernel');
    const message = l10n.t('The cell has not stopped within three seconds. Restarting ends it; variables are lost.');
    if ((await this.#host.log.offer(message, restart)) === restart) await this.restart();
  }

  /** A fresh kernel: variables and execution order are gone, outputs stay. */
  async restart(): Promise<void> {
    try {
      await this.#client.restart();
    } catch (error) {
      await this.#startFailed(error instanceof Error ? error.message : String(error));
    }
  }

  async dispose(): Promise<void> {
    this.#stateChanged.dispose();
    await this.#client.dispose();
  }

  #events(log: (text: string) => void): KernelEvents {
    const late = (cellId: string, output: Parameters<Displays['append']>[1]) => {
      const cell = findCell(this.notebook, cellId);
      if (cell) this.#displays.append(cell, output);
      else log(`late output of a cell that is gone: ${cellId}`);
    };
    return {
      onState: (state) => this.#stateChanged.fire(state),
      onVariables: () => undefined, // Commands read `client.variables` when they run.
      onUpdate: (id, bundle, metadata) => this.#displays.update(id, bundle, metadata),
      onLateStream: (cellId, name, text) => late(cellId, (e) => e.appendOutput(streamOutput(name, text))),
      onLateError: (cellId, error) => late(cellId, (e) => e.appendOutput(errorOutput(error))),
      onLateDisplay: (cellId, bundle, metadata, displayId) => {
        const output = displayOutput(bundle, metadata, displayId);
        const cell = findCell(this.notebook, cellId);
        if (cell && displayId !== undefined) this.#displays.add(displayId, cell, output);
        late(cellId, (e) => e.appendOutput(output));
      },
      onRequest: answerRequest,
      onLog: (level, text) => this.#host.log.write(level, text),
      onDied: (error) => void this.#died(error),
    };
  }

  #failed(cell: NotebookCell, error: CellError): void {
    this.#host.failures.add(cell, error);
    if (error.name === 'KernelStartError') void this.#startFailed(error.message);
  }

  async #startFailed(message: string): Promise<void> {
    const [retry, choose] = [l10n.t('Retry'), l10n.t('Choose Node…')];
    const taken = await this.#host.log.offer(l10n.t('The kernel did not start: {0}', message), retry, choose);
    if (taken === retry) await this.restart();
    if (taken === choose) await commands.executeCommand('workbench.action.openSettings', 'nadir.kernel.nodePath');
  }

  async #died(error: CellError): Promise<void> {
    const restart = l10n.t('Restart Kernel');
    const name = path.basename(this.notebook.uri.path);
    const message = l10n.t('{0}: {1} The notebook is unharmed.', name, error.message);
    if ((await this.#host.log.offer(message, restart)) === restart) await this.restart();
  }
}

function refuseLanguage(run: CellRun, language: string): ExecuteResult {
  const message = l10n.t('This cell is written in {0}. The Nadir kernel runs TypeScript and JavaScript.', language);
  run.started(0);
  run.error({ name: 'UnsupportedLanguage', message, stack: message });
  return { status: 'error', durationMs: 0 };
}

function kernelOptions(notebook: NotebookDocument, childPath: string) {
  const { nodePath, ...rest } = kernelSettings(notebook.uri);
  const onDisk = notebook.uri.scheme === 'file' && !notebook.isUntitled;
  const folder = workspace.getWorkspaceFolder(notebook.uri) ?? workspace.workspaceFolders?.[0];
  return {
    childPath,
    ...rest,
    ...(nodePath === undefined ? {} : { nodePath }),
    cwd: onDisk ? path.dirname(notebook.uri.fsPath) : folder?.uri.scheme === 'file' ? folder.uri.fsPath : tmpdir(),
    notebookPath: onDisk ? notebook.uri.fsPath : null,
    interactive: true,
  };
}
