/** From the messages of one execution to nbformat outputs: what the editor saves for the same cell. */
import type { StreamName } from './client-types.js';
import { headOf } from './cut-text.js';
import { toLines, type Output } from './nbformat.js';
import type { BundleMetadata, CellError, MimeBundle } from './protocol.js';

type Entry =
  | { readonly kind: 'stream'; readonly name: StreamName; text: string }
  | {
      readonly kind: 'display' | 'result';
      bundle: MimeBundle;
      metadata: BundleMetadata;
      readonly displayId: string | undefined;
      readonly order: number | null;
    }
  | { readonly kind: 'error'; readonly error: CellError };

/** Collects the outputs of one cell. Its methods are those of `ExecuteSink`. */
export class OutputBuilder {
  #entries: Entry[] = [];
  #order: number | null = null;
  #clearsNext = false;

  /** Execution count, null before the start. */
  get order(): number | null {
    return this.#order;
  }

  started(order: number): void {
    this.#order = order;
    this.#entries = [];
  }

  /** Text goes to the last output when that is the same stream, else to a new one. */
  stream(name: StreamName, text: string): void {
    this.#beforeOutput();
    const last = this.#entries.at(-1);
    if (last?.kind === 'stream' && last.name === name) last.text += text;
    else this.#entries.push({ kind: 'stream', name, text });
  }

  display(bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): void {
    this.#beforeOutput();
    this.#entries.push({ kind: 'display', bundle, metadata, displayId, order: null });
  }

  result(bundle: MimeBundle, metadata: BundleMetadata, displayId?: string): void {
    this.#beforeOutput();
    this.#entries.push({ kind: 'result', bundle, metadata, displayId, order: this.#order });
  }

  error(error: CellError): void {
    this.#beforeOutput();
    this.#entries.push({ kind: 'error', error });
  }

  clear(wait: boolean): void {
    if (wait) this.#clearsNext = true;
    else this.#entries = [];
  }

  /** Keeps the first `keep` characters of all stream text. */
  trimText(keep: number): void {
    let rest = keep;
    for (const entry of this.#entries) {
      if (entry.kind !== 'stream') continue;
      entry.text = headOf(entry.text, rest);
      rest -= entry.text.length;
    }
    this.#entries = this.#entries.filter((e) => e.kind !== 'stream' || e.text.length > 0);
  }

  /** Changes the display with this id, or removes it when the bundle is empty. True if there was one. */
  update(displayId: string, bundle: MimeBundle, metadata: BundleMetadata): boolean {
    const index = this.#entries.findIndex(
      (e) => (e.kind === 'display' || e.kind === 'result') && e.displayId === displayId,
    );
    const entry = this.#entries[index];
    if (!entry || (entry.kind !== 'display' && entry.kind !== 'result')) return false;
    if (Object.keys(bundle).length === 0) this.#entries.splice(index, 1);
    else Object.assign(entry, { bundle, metadata });
    return true;
  }

  /** The outputs so far, as nbformat stores them. */
  outputs(): Output[] {
    return this.#entries.map(toOutput);
  }

  #beforeOutput(): void {
    if (!this.#clearsNext) return;
    this.#clearsNext = false;
    this.#entries = [];
  }
}

function toOutput(entry: Entry): Output {
  switch (entry.kind) {
    case 'stream':
      return { output_type: 'stream', name: entry.name, text: toLines(overwritten(entry.text)) };
    case 'display':
      return { output_type: 'display_data', data: toData(entry.bundle), metadata: { ...entry.metadata } };
    case 'result':
      return {
        output_type: 'execute_result',
        data: toData(entry.bundle),
        metadata: { ...entry.metadata },
        execution_count: entry.order,
      };
    case 'error': {
      const { name, message, stack } = entry.error;
      return { output_type: 'error', ename: name, evalue: message, traceback: toLines(stack === '' ? message : stack) };
    }
    default:
      return entry satisfies never;
  }
}

/** Text types become lines; images stay base64 strings; JSON types stay values. */
function toData(bundle: MimeBundle): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bundle).map(([mime, content]) => [
      mime,
      mime.startsWith('text/') && typeof content === 'string' ? toLines(content) : content,
    ]),
  );
}

/**
 * Text as a terminal would leave it: `\r` goes to the start of the line and what follows overwrites, `\b` takes back a character.
 *
 * A line that ends in `\r` without more text keeps it: later text will overwrite.
 */
export function overwritten(text: string): string {
  if (!text.includes('\r') && !text.includes('\b')) return text;
  const lines = text.split('\n');
  return lines.map((line, i) => overwrittenLine(line, i === lines.length - 1)).join('\n');
}

function overwrittenLine(line: string, isLast: boolean): string {
  const isPending = isLast && line.endsWith('\r');
  const parts = line.replace(/\r+$/, '').split(/\r+/).map(withoutBackspaces);
  const shown = parts.reduce((before, part) => part + before.slice(part.length), '');
  return isPending ? `${shown}\r` : shown;
}

function withoutBackspaces(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  for (const character of text) {
    if (character !== '\b') kept.push(character);
    else if (kept.length > 0 && kept.at(-1) !== '\b') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}
