/** Keeps the curation cell of a notebook in step with its view. */

import {
  l10n,
  NotebookCellData,
  NotebookCellKind,
  NotebookEdit,
  NotebookRange,
  window,
  workspace,
  WorkspaceEdit,
  type NotebookCell,
  type NotebookDocument,
} from 'vscode';
import type { CurationState, CurationStep } from '../display/wire/payload.js';
import { cellOfView, cellView } from './cells.js';
import { CURATION_TAG, curationMetadata, findCurationCell, planCurationEdit, textHash } from './curation-cell.js';
import { readCurationCode } from './curation-text.js';

/** The cell is written this long after the last gesture; one edit a pause, so that undo takes back what one saw. */
const PAUSE_MS = 500;
const MESSAGE_MS = 5000;

interface Pending {
  readonly timer: NodeJS.Timeout;
  readonly settle: (written: boolean) => void;
  readonly steps: readonly CurationStep[];
}

/** What the notebook says about a data set. */
export interface WrittenCuration {
  /** The steps of the generated cell, or null when there is none that still has our text. */
  readonly steps: readonly CurationStep[] | null;
  /** Whether there is a cell that somebody edited by hand, and no other. */
  readonly isEdited: boolean;
}

/** Writes curations into notebooks, one pending write a data set. */
export class CurationWriter {
  readonly #pending = new Map<string, Pending>();
  /** Fingerprints of texts of this session: undo may bring one back without its metadata. */
  readonly #written = new Set<string>();

  /** Resolves with true when the notebook says what the view shows, with false when a later gesture took over. */
  write(notebook: NotebookDocument, viewId: string, datasetId: string, state: CurationState): Promise<boolean> {
    const key = `${notebook.uri.toString()}\n${datasetId}`;
    const before = this.#pending.get(key);
    clearTimeout(before?.timer);
    before?.settle(false);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(key);
        this.#apply(notebook, viewId, datasetId, state).then(() => resolve(true), reject);
      }, PAUSE_MS);
      this.#pending.set(key, { timer, settle: resolve, steps: state.steps });
    });
  }

  /** What a new view of a data set starts from: the steps that are about to be written, else those of the cell. */
  written(notebook: NotebookDocument, datasetId: string): WrittenCuration {
    const pending = this.#pending.get(`${notebook.uri.toString()}\n${datasetId}`);
    if (pending) return { steps: pending.steps, isEdited: false };
    const cells = notebook.getCells().map(cellView);
    const { own, edited } = findCurationCell(cells, datasetId, (hash) => this.#written.has(hash));
    const state = own && readCurationCode(own.text);
    return { steps: state?.steps ?? null, isEdited: own === undefined && edited !== undefined };
  }

  async #apply(notebook: NotebookDocument, viewId: string, datasetId: string, state: CurationState): Promise<void> {
    const views = notebook.getCells().map(cellView);
    const output = cellOfView(notebook, viewId)?.index ?? notebook.cellCount - 1;
    const plan = planCurationEdit(views, output, datasetId, state, (hash) => this.#written.has(hash));
    if (plan.kind === 'none') return;
    const metadata = curationMetadata(datasetId, plan.text);
    const data = new NotebookCellData(NotebookCellKind.Code, plan.text, 'typescript');
    data.metadata = { metadata };
    if (plan.kind === 'replace') keepRest(data, notebook.cellAt(plan.index), metadata);
    // Replacing the cell is one step of the notebook's undo; an edit of its text would be a step of that cell alone.
    const range = new NotebookRange(plan.index, plan.index + (plan.kind === 'replace' ? 1 : 0));
    const edit = new WorkspaceEdit();
    edit.set(notebook.uri, [NotebookEdit.replaceCells(range, [data])]);
    if (!(await workspace.applyEdit(edit)))
      throw new Error(l10n.t('The curation cell was not written: the notebook cannot be edited.'));
    this.#written.add(textHash(plan.text));
    if (plan.kind === 'insert' && plan.besideEdited)
      window.setStatusBarMessage(l10n.t('The curation cell was edited by hand; a new one follows it.'), MESSAGE_MS);
  }
}

/** What is not ours of a cell stays: outputs, id, and what others stored in its metadata. */
function keepRest(data: NotebookCellData, cell: NotebookCell, ours: Record<string, unknown>): void {
  const { metadata } = cell.metadata as { metadata?: unknown }; // SAFETY: spread below only when it is an object.
  const stored = typeof metadata === 'object' && metadata !== null ? metadata : {};
  const tags = new Set([...cellView(cell).tags, CURATION_TAG]);
  data.metadata = { ...cell.metadata, metadata: { ...stored, ...ours, tags: [...tags] } };
  data.outputs = [...cell.outputs];
  if (cell.executionSummary) data.executionSummary = cell.executionSummary;
}
