/** Outputs that change after their cell has ended: updates of displays, and late text. */

import type { NotebookCell, NotebookCellExecution, NotebookCellOutput, NotebookController } from 'vscode';
import type { BundleMetadata, MimeBundle } from '../../kernels/protocol.js';
import type { Ending } from './cell-run.js';
import { toItems } from './output.js';

/** A change of one cell's outputs through whatever execution is open for it. */
export type CellChange = (execution: NotebookCellExecution) => Thenable<void>;

interface Shown {
  readonly cell: NotebookCell;
  readonly output: NotebookCellOutput;
}

/** The updatable displays of one notebook, and a door to cells that have ended. */
export class Displays {
  readonly #controller: NotebookController;
  readonly #log: (text: string) => void;
  readonly #shown = new Map<string, Shown>();
  readonly #running = new Map<NotebookCell, NotebookCellExecution>();
  readonly #waiting = new Map<NotebookCell, Map<string, CellChange>>();
  readonly #busy = new Set<NotebookCell>();
  readonly #endings = new WeakMap<NotebookCell, Ending>();
  #lateOrdinal = 0;

  constructor(controller: NotebookController, log: (text: string) => void) {
    this.#controller = controller;
    this.#log = log;
  }

  /** A cell starts anew: its former displays are gone. */
  begin(execution: NotebookCellExecution): void {
    const { cell } = execution;
    this.#running.set(cell, execution);
    this.#waiting.delete(cell);
    for (const [id, shown] of this.#shown) if (shown.cell === cell) this.#shown.delete(id);
  }

  /** A cell has ended. How is kept here, since the editor's own summary of it comes later. */
  end(execution: NotebookCellExecution, ending: Ending): void {
    this.#endings.set(execution.cell, ending);
    if (this.#running.get(execution.cell) === execution) this.#running.delete(execution.cell);
  }

  add(displayId: string, cell: NotebookCell, output: NotebookCellOutput): void {
    this.#shown.set(displayId, { cell, output });
  }

  /** New content of a display; an empty bundle removes it. Several before one is shown count as the last. */
  update(displayId: string, bundle: MimeBundle, metadata: BundleMetadata): void {
    const shown = this.#shown.get(displayId);
    if (!shown) return;
    shown.output.metadata = { ...shown.output.metadata, metadata: { ...metadata } };
    shown.output.items = toItems(bundle);
    const removed = shown.output.items.length === 0;
    if (removed) this.#shown.delete(displayId);
    this.change(shown.cell, displayId, (execution) =>
      removed
        ? execution.replaceOutput(shown.cell.outputs.filter((o) => !isShowing(o, displayId)))
        : execution.replaceOutputItems(shown.output.items, shown.output),
    );
  }

  /** Appends to a cell that may have ended; nothing that waits is lost. */
  append(cell: NotebookCell, change: CellChange): void {
    this.change(cell, `late:${this.#lateOrdinal++}`, change);
  }

  /** Applies a change now when the cell runs, else through a temporary execution that keeps its tick and duration. */
  private change(cell: NotebookCell, key: string, change: CellChange): void {
    const execution = this.#running.get(cell);
    if (execution) {
      change(execution).then(undefined, (error: unknown) => this.#log(`an update was not shown: ${String(error)}`));
      return;
    }
    const waiting = this.#waiting.get(cell) ?? new Map<string, CellChange>();
    waiting.set(key, change);
    this.#waiting.set(cell, waiting);
    void this.#drain(cell);
  }

  async #drain(cell: NotebookCell): Promise<void> {
    if (this.#busy.has(cell)) return;
    this.#busy.add(cell);
    try {
      for (let changes = this.#take(cell); changes; changes = this.#take(cell)) await this.#reopen(cell, changes);
    } catch (error) {
      this.#log(`late output was not shown: ${String(error)}`); // The cell was deleted, or runs again.
    } finally {
      this.#busy.delete(cell);
    }
  }

  #take(cell: NotebookCell): readonly CellChange[] | undefined {
    const waiting = this.#waiting.get(cell);
    this.#waiting.delete(cell);
    return waiting && !this.#running.has(cell) ? [...waiting.values()] : undefined;
  }

  async #reopen(cell: NotebookCell, changes: readonly CellChange[]): Promise<void> {
    const summary = cell.executionSummary;
    const before: Ending = this.#endings.get(cell) ?? {
      success: summary?.success,
      executionOrder: summary?.executionOrder,
      startTime: summary?.timing?.startTime,
      endTime: summary?.timing?.endTime,
    };
    const execution = this.#controller.createNotebookCellExecution(cell);
    execution.executionOrder = before.executionOrder;
    execution.start(before.startTime);
    try {
      for (const change of changes) await change(execution);
    } finally {
      execution.end(before.success, before.endTime);
    }
  }
}

function isShowing(output: NotebookCellOutput, displayId: string): boolean {
  // SAFETY: `transient` is written by output.ts alone and does not survive a save.
  const transient = output.metadata?.['transient'] as { display_id?: unknown } | undefined;
  return transient?.display_id === displayId;
}
