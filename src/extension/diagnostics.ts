/** Where a cell failed: one diagnostic on the line and a link below the cell, until its next run. */

import {
  Diagnostic,
  DiagnosticSeverity,
  EventEmitter,
  l10n,
  languages,
  NotebookCellStatusBarAlignment,
  NotebookCellStatusBarItem,
  notebooks,
  Position,
  Range,
  type Disposable,
  type NotebookCell,
} from 'vscode';
import type { CellError } from '../../kernels/protocol.js';
import { findCell } from './cells.js';

/** Diagnostics and links of failed runs. */
export class Failures implements Disposable {
  readonly #collection = languages.createDiagnosticCollection('nadir');
  readonly #changed = new EventEmitter<void>();
  readonly #places = new WeakMap<NotebookCell, { readonly cell: NotebookCell; readonly range: Range }>();
  readonly #marked = new WeakMap<NotebookCell, NotebookCell>();
  readonly #bar = notebooks.registerNotebookCellStatusBarItemProvider('jupyter-notebook', {
    onDidChangeCellStatusBarItems: this.#changed.event,
    provideCellStatusBarItems: (cell) => this.#link(cell),
  });

  /** Forgets what the last run of a cell left. */
  clear(cell: NotebookCell): void {
    const marked = this.#marked.get(cell);
    if (!marked) return;
    this.#collection.delete(marked.document.uri);
    this.#marked.delete(cell);
    this.#places.delete(cell);
    this.#changed.fire();
  }

  /** Marks the line of the first frame in a cell, which may be another than the one that ran. */
  add(cell: NotebookCell, error: CellError): void {
    if (!error.location) return;
    const place = findCell(cell.notebook, error.location.cellId) ?? cell;
    const line = Math.min(Math.max(0, error.location.line - 1), place.document.lineCount - 1);
    const { text } = place.document.lineAt(line);
    const start = new Position(line, Math.min(Math.max(0, error.location.column - 1), text.length));
    const range = new Range(start, new Position(line, Math.max(start.character + 1, text.trimEnd().length)));
    const diagnostic = new Diagnostic(range, `${error.name}: ${error.message}`, DiagnosticSeverity.Error);
    diagnostic.source = 'Nadir';
    this.#collection.set(place.document.uri, [diagnostic]);
    this.#marked.set(cell, place);
    this.#places.set(cell, { cell: place, range });
    this.#changed.fire();
  }

  #link(cell: NotebookCell): NotebookCellStatusBarItem | undefined {
    const place = this.#places.get(cell);
    if (!place) return undefined;
    const line = place.range.start.line + 1;
    const text =
      place.cell === cell
        ? l10n.t('$(error) Error in line {0}', line)
        : l10n.t('$(error) Error in cell {0}, line {1}', place.cell.index + 1, line);
    const item = new NotebookCellStatusBarItem(text, NotebookCellStatusBarAlignment.Left);
    item.tooltip = l10n.t('Go to the line');
    item.accessibilityInformation = { label: text.replace('$(error) ', ''), role: 'button' };
    item.command = {
      title: l10n.t('Go to the line'),
      command: 'vscode.open',
      arguments: [place.cell.document.uri, { selection: place.range }],
    };
    return item;
  }

  dispose(): void {
    this.#bar.dispose();
    this.#changed.dispose();
    this.#collection.dispose();
  }
}
