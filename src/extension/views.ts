/** The host's end of the views: details from the kernel, gestures into code, clipboard. */

import {
  commands,
  Disposable,
  env,
  l10n,
  notebooks,
  type NotebookEditor,
  type NotebookRendererMessaging,
} from 'vscode';
import type { StepsResult } from '../display/wire/message.js';
import type { ViewReply, ViewRequest } from '../display/wire/payload.js';
import { cellOfView } from './cells.js';
import type { Kernels } from './controller.js';
import { parseCuration } from './curation-cell.js';
import { CurationWriter } from './curation-writer.js';
import type { Log } from './log.js';
import { openOutputInTab } from './output-tab.js';
import { copyText, datasetOf, isQuery, parseViewRequest } from './view-requests.js';

/** Ids of the renderers in the manifest. */
export const RENDERERS = ['nadir-map', 'nadir-grid', 'nadir-table'] as const;
/** The views show "kernel stopped: saved view" for this answer. */
const NO_KERNEL = 'no kernel is running';
/** Variable that follows the verdicts. */
const SELECTION = 'selection';

/** Answers the views of all notebooks. */
export class Views implements Disposable {
  readonly #kernels: Kernels;
  readonly #log: Log;
  readonly #writer = new CurationWriter();
  readonly #parts: Disposable;
  readonly #assets: string;

  constructor(kernels: Kernels, log: Log, assets: string) {
    this.#kernels = kernels;
    this.#log = log;
    this.#assets = assets;
    this.#parts = Disposable.from(
      ...RENDERERS.map((id) => {
        const messaging = notebooks.createRendererMessaging(id);
        return messaging.onDidReceiveMessage(({ editor, message }) => void this.#receive(messaging, editor, message));
      }),
    );
  }

  /** The answer to a request; never rejects. Public for the editor tab, which speaks the same messages. */
  async answer(editor: NotebookEditor, request: ViewRequest): Promise<ViewReply> {
    const { viewId, requestId } = request;
    try {
      const result = await this.#result(editor, request);
      return { viewId, requestId, ok: true, ...(result === undefined ? {} : { result }) };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#log.write('debug', `${request.op} of ${viewId}: ${text}`);
      return { viewId, requestId, ok: false, error: text };
    }
  }

  dispose(): void {
    this.#parts.dispose();
  }

  async #receive(messaging: NotebookRendererMessaging, editor: NotebookEditor, message: unknown): Promise<void> {
    const request = parseViewRequest(message);
    if (!request) {
      this.#log.write('debug', 'a view sent a message that is no request');
      return;
    }
    await messaging.postMessage(await this.answer(editor, request), editor);
  }

  async #result(editor: NotebookEditor, request: ViewRequest): Promise<unknown> {
    const { viewId, op, args } = request;
    switch (op) {
      case 'steps':
        return this.#steps(editor, viewId, args);
      case 'copy': {
        const text = copyText(args);
        if (text === undefined) throw new Error(l10n.t('There is nothing to copy.'));
        await env.clipboard.writeText(text);
        return undefined;
      }
      case 'openInTab': {
        const cell = cellOfView(editor.notebook, viewId);
        if (!cell) throw new Error(l10n.t('The output is not in this notebook any more.'));
        openOutputInTab(cell, viewId, this.#assets, (next) => this.answer(editor, next));
        return undefined;
      }
      case 'rows':
      case 'columns':
      case 'chip':
      case 'bands':
      case 'tile':
      case 'detail':
        // Maps ask for columns by themselves.
        if (op !== 'columns') void commands.executeCommand('setContext', 'nadir.hasInspected', true);
        return this.#ask(editor, viewId, op, args);
      case 'saveImage':
      case 'insertAoi':
      case 'reveal':
        throw new Error(l10n.t('This version of Nadir does not do that yet.'));
      default:
        return op satisfies never;
    }
  }

  #ask(editor: NotebookEditor, viewId: string, op: string, args: unknown): Promise<unknown> {
    const client = this.#kernels.find(editor.notebook)?.client;
    if (!client || client.state.status === 'stopped') throw new Error(NO_KERNEL);
    return client.detail(viewId, op, args);
  }

  async #steps(editor: NotebookEditor, viewId: string, args: unknown): Promise<StepsResult> {
    const datasetId = datasetOf(args);
    if (datasetId === undefined) throw new Error(l10n.t('The view does not say which data set it shows.'));
    if (isQuery(args)) {
      const { steps, isEdited } = this.#writer.written(editor.notebook, datasetId);
      return { steps, note: isEdited ? l10n.t('edited by hand: the next verdict starts a new cell') : null };
    }
    const state = parseCuration(args);
    if (typeof state === 'string') throw new Error(state);
    const { source, steps } = state;
    const client = this.#kernels.find(editor.notebook)?.client;
    const isRunning = client !== undefined && client.state.status !== 'stopped';
    if (isRunning) client.setVariable(SELECTION, { kind: 'curation', source, steps });
    const written = await this.#writer.write(editor.notebook, viewId, datasetId, state);
    void commands.executeCommand('setContext', 'nadir.hasCurated', true);
    return { written, note: isRunning ? null : l10n.t('kernel not running: run the cell below to set selection') };
  }
}
