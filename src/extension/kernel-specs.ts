/** Notebook metadata of Nadir notebooks, and whose notebook one is. */

import { NotebookEdit, workspace, WorkspaceEdit, type NotebookDocument } from 'vscode';

/** `kernelspec.name` of our notebooks. */
export const KERNEL_NAME = 'nadir';

/** Notebook metadata as the built-in serializer stores it. */
export const NOTEBOOK_METADATA = {
  kernelspec: { name: KERNEL_NAME, display_name: 'Nadir TypeScript', language: 'typescript' },
  language_info: {
    name: 'typescript',
    file_extension: '.ts',
    mimetype: 'text/x.typescript',
    codemirror_mode: 'typescript',
  },
} as const;

interface StoredNotebook {
  readonly metadata?: {
    readonly kernelspec?: { readonly name?: unknown; readonly language?: unknown };
    readonly language_info?: { readonly name?: unknown };
  };
}

function stored(notebook: NotebookDocument): NonNullable<StoredNotebook['metadata']> {
  const { metadata } = notebook.metadata as StoredNotebook; // SAFETY: every leaf is `unknown`.
  return typeof metadata === 'object' ? metadata : {};
}

/** Whether the file asks for our kernel by name. */
export function namesOurKernel(notebook: NotebookDocument): boolean {
  return stored(notebook).kernelspec?.name === KERNEL_NAME;
}

/** Whether our kernel is the right proposal: it is named, or the notebook's language is one that it runs. */
export function prefersOurKernel(notebook: NotebookDocument): boolean {
  const { kernelspec, language_info: info } = stored(notebook);
  const runs = (language: unknown) => language === 'typescript' || language === 'javascript';
  return namesOurKernel(notebook) || runs(kernelspec?.language) || runs(info?.name);
}

/** Writes kernel and language into the notebook if they are not there. Only a run calls it: opening changes nothing. */
export async function stampNotebook(notebook: NotebookDocument): Promise<void> {
  if (namesOurKernel(notebook)) return;
  const edit = new WorkspaceEdit();
  const metadata = { ...notebook.metadata, metadata: { ...stored(notebook), ...NOTEBOOK_METADATA } };
  edit.set(notebook.uri, [NotebookEdit.updateNotebookMetadata(metadata)]);
  await workspace.applyEdit(edit);
}
