/** The outputs of one execution: a sink that appends, in order and without waiting. */

import type { NotebookCell, NotebookCellExecution, NotebookCellOutput } from 'vscode';
import type { ExecuteSink, StreamName } from '../../kernels/client-types.js';
import type { BundleMetadata, CellError, MimeBundle } from '../../kernels/protocol.js';
import { displayOutput, errorOutput, resultOutput, streamItem, streamOutput } from './output.js';

/** What a run tells its notebook. */
export interface RunListener {
  started(cell: NotebookCell): void;
  displayed(displayId: string, cell: NotebookCell, output: NotebookCellOutput): void;
  failed(cell: NotebookCell, error: CellError): void;
  log(text: string): void;
}

/** How an execution ended, as the editor will show it. */
export interface Ending {
  readonly success: boolean | undefined;
  readonly executionOrder: number | undefined;
  readonly startTime: number | undefined;
  readonly endTime: number | undefined;
}

/** One stretch of a stream, or any other output. Text is kept because an overlong run is cut in the middle. */
interface Entry {
  output: NotebookCellOutput;
  readonly stream?: StreamName;
  text: string;
}

/** Writes one run into its cell. Calls are sent at once and never awaited: an awaited append costs about 30 ms. */
export class CellRun implements ExecuteSink {
  readonly #execution: NotebookCellExecution;
  readonly #listener: RunListener;
  #entries: Entry[] = [];
  #clearNext = false;
  #startTime: number | undefined;
  isStarted = false;
  failure: CellError | undefined;

  constructor(execution: NotebookCellExecution, listener: RunListener) {
    this.#execution = execution;
    this.#listener = listener;
  }

  started(order: number): void {
    this.isStarted = true;
    this.#execution.executionOrder = order;
    this.#startTime = Date.now();
    this.#execution.start(this.#startTime);
    this.#send(this.#execution.clearOutput());
    this.#listener.started(this.#execution.cell);
  }

  stream(name: StreamName, text: string): void {
    const last = this.#clearNext ? undefined : this.#entries.at(-1);
    if (last?.stream === name) {
      last.text += text;
      this.#send(this.#execution.appendOutputItems([streamItem(name, text)], last.output));
    } else this.#append({ output: streamOutput(name, text), stream: name, text });
  }

  display(bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): void {
    const output = displayOutput(bundle, metadata, displayId);
    this.#append({ output, text: '' });
    if (displayId !== undefined) this.#listener.displayed(displayId, this.#execution.cell, output);
  }

  result(bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): void {
    const output = resultOutput(bundle, metadata, this.#execution.executionOrder, displayId);
    this.#append({ output, text: '' });
    if (displayId !== undefined) this.#listener.displayed(displayId, this.#execution.cell, output);
  }

  clear(wait: boolean): void {
    if (wait) {
      this.#clearNext = true;
      return;
    }
    this.#entries = [];
    this.#send(this.#execution.clearOutput());
  }

  trimText(keep: number): void {
    let left = keep;
    const entries: Entry[] = [];
    for (const entry of this.#entries) {
      if (!entry.stream) entries.push(entry);
      else if (left > 0) {
        const text = entry.text.slice(0, left);
        left -= text.length;
        entries.push(
          text === entry.text ? entry : { output: streamOutput(entry.stream, text), stream: entry.stream, text },
        );
      }
    }
    this.#entries = entries;
    this.#send(this.#execution.replaceOutput(entries.map((e) => e.output)));
  }

  error(error: CellError): void {
    this.failure = error;
    this.#append({ output: errorOutput(error), text: '' });
    this.#listener.failed(this.#execution.cell, error);
  }

  /** Ends the execution; one that never started is shown as not run. */
  end(success: boolean | undefined): Ending {
    if (!this.isStarted) this.#execution.start();
    const endTime = this.isStarted ? Date.now() : undefined;
    this.#execution.end(success, endTime);
    return { success, executionOrder: this.#execution.executionOrder, startTime: this.#startTime, endTime };
  }

  #append(entry: Entry): void {
    if (this.#clearNext) {
      this.#clearNext = false;
      this.#entries = [entry];
      this.#send(this.#execution.replaceOutput(entry.output));
      return;
    }
    this.#entries.push(entry);
    this.#send(this.#execution.appendOutput(entry.output));
  }

  #send(done: Thenable<void>): void {
    // A cell that was deleted while it ran has no outputs any more.
    done.then(undefined, (error: unknown) => this.#listener.log(`an output was not shown: ${String(error)}`));
  }
}
