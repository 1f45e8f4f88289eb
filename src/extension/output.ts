/** From what a kernel sends to what the notebook shows and saves. */

import { NotebookCellOutput, NotebookCellOutputItem } from 'vscode';
import type { StreamName } from '../../kernels/client-types.js';
import type { BundleMetadata, CellError, MimeBundle } from '../../kernels/protocol.js';

const encoder = new TextEncoder();

/** One representation. Images are base64 in the bundle and bytes in the notebook; JSON types stay data. */
function toItem(mime: string, content: unknown): NotebookCellOutputItem {
  if (mime.startsWith('image/') && mime !== 'image/svg+xml' && typeof content === 'string')
    return new NotebookCellOutputItem(new Uint8Array(Buffer.from(content, 'base64')), mime);
  if (content instanceof Uint8Array) return new NotebookCellOutputItem(content, mime);
  const isJson = /^application\/(?:.*\+)?json$/.test(mime);
  const text = typeof content === 'string' && !isJson ? content : JSON.stringify(content);
  return new NotebookCellOutputItem(encoder.encode(text), mime);
}

/** The items of a bundle, richest first. */
export function toItems(bundle: MimeBundle): NotebookCellOutputItem[] {
  return Object.entries(bundle).map(([mime, content]) => toItem(mime, content));
}

/** An output for `display(…)`. The built-in serializer switches on `outputType`. */
export function displayOutput(bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): NotebookCellOutput {
  return new NotebookCellOutput(toItems(bundle), {
    outputType: 'display_data',
    metadata: { ...metadata },
    ...(displayId === undefined ? {} : { transient: { display_id: displayId } }),
  });
}

/** An output for the value of a cell. */
export function resultOutput(
  bundle: MimeBundle,
  metadata: BundleMetadata,
  executionCount: number | undefined,
  displayId?: string,
): NotebookCellOutput {
  return new NotebookCellOutput(toItems(bundle), {
    outputType: 'execute_result',
    metadata: { ...metadata },
    ...(executionCount === undefined ? {} : { executionCount }),
    ...(displayId === undefined ? {} : { transient: { display_id: displayId } }),
  });
}

/** A piece of text of a stream. */
export function streamItem(name: StreamName, text: string): NotebookCellOutputItem {
  return name === 'stdout' ? NotebookCellOutputItem.stdout(text) : NotebookCellOutputItem.stderr(text);
}

/** The first piece of a stretch of one stream; more is appended to it. */
export function streamOutput(name: StreamName, text: string): NotebookCellOutput {
  return new NotebookCellOutput([streamItem(name, text)], { outputType: 'stream', name });
}

/**
 * An error of a cell. It is built from the cell's own name, message and stack, never from an `Error` of this process:
 * its frames would be saved into the file.
 */
export function errorOutput(error: CellError): NotebookCellOutput {
  const { name, message, stack } = error;
  return new NotebookCellOutput([NotebookCellOutputItem.error({ name, message, stack })], { outputType: 'error' });
}
