/** Names of cells: how one of the editor is called towards the kernel, and back. */

import type { NotebookCell, NotebookDocument } from 'vscode';
import type { CellView } from './curation-cell.js';

const KERNEL_ID = /^[\w-]{1,64}$/;

/** Languages that the kernel runs. */
export const LANGUAGES: readonly string[] = ['typescript', 'javascript'];

/** What the built-in serializer keeps of a cell of an `.ipynb`: the file's own fields under `metadata`. */
interface StoredCell {
  readonly id?: unknown;
  readonly metadata?: { readonly tags?: unknown; readonly nadir?: unknown };
}

function stored(cell: NotebookCell): StoredCell {
  return cell.metadata; // Every field is `unknown`: the file may hold anything.
}

/** The id a cell has towards the kernel: the one of the file, else one made of its address in this window. */
export function cellIdOf(cell: NotebookCell): string {
  const { id } = stored(cell);
  return typeof id === 'string' && KERNEL_ID.test(id) ? id : windowId(cell);
}

function windowId(cell: NotebookCell): string {
  return `c-${cell.document.uri.fragment.replaceAll(/[^\w-]/g, '')}`;
}

/** The cell of a kernel id. Both ids count, since a new cell gets the one of the file only when it is saved. */
export function findCell(notebook: NotebookDocument, cellId: string): NotebookCell | undefined {
  return notebook.getCells().find((cell) => cellIdOf(cell) === cellId || windowId(cell) === cellId);
}

/** The cell whose output holds a view: view ids are `<cell id>:<ordinal>`. */
export function cellOfView(notebook: NotebookDocument, viewId: string): NotebookCell | undefined {
  return findCell(notebook, viewId.replace(/:[^:]*$/, ''));
}

/** A cell as the curation writer sees it. */
export function cellView(cell: NotebookCell): CellView {
  const metadata = stored(cell).metadata;
  const tags: unknown[] = Array.isArray(metadata?.tags) ? metadata.tags : [];
  return {
    index: cell.index,
    language: cell.document.languageId,
    text: cell.document.getText(),
    tags: tags.filter((t) => typeof t === 'string'),
    nadir: metadata?.nadir,
  };
}
