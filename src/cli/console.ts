/** Where a command writes, and how long tasks show themselves there. */
import { isNadirError, messageOf, type Progress } from '../core/index.js';

/** A text stream of a terminal or a test. */
export interface TextOut {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The surroundings of a command. */
export interface CliContext {
  readonly stdout: TextOut;
  readonly stderr: TextOut;
  /** Aborted by the first SIGINT. */
  readonly signal: AbortSignal;
  /** Calls back at each SIGINT, 1 for the first. */
  onInterrupt(listener: (count: number) => void): void;
  /** Absolute path of the kernel child. */
  readonly childPath: string;
}

/** Time between two progress lines, in ms: quick on a terminal, where a line replaces the last, slow in a log. */
const TERMINAL_MS = 100;
const LOG_MS = 5000;

/** Shows progress on stderr; the result is the `onProgress` of a long task and the end of its line. */
export function progressLine(
  out: TextOut,
  label: string,
): { readonly onProgress: (p: Progress) => void; readonly end: () => void } {
  const isTerminal = out.isTTY === true;
  let shownAt = performance.now() - (isTerminal ? TERMINAL_MS : 0);
  let isOpen = false;
  const onProgress = ({ done, total, unit, failed }: Progress): void => {
    const now = performance.now();
    if (now - shownAt < (isTerminal ? TERMINAL_MS : LOG_MS)) return;
    shownAt = now;
    const text = `${label}: ${done}${total === undefined ? '' : `/${total}`} ${unit}${failed ? `, ${failed} failed` : ''}`;
    out.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    isOpen = isTerminal;
  };
  const end = (): void => {
    if (isOpen) out.write('\r\u001b[K');
    isOpen = false;
  };
  return { onProgress, end };
}

/** An error as a person reads it: what, where, what to do; `words` puts a hint in those of the command. */
export function showError(out: TextOut, error: unknown, words = (hint: string): string => hint): void {
  const isKnown = isNadirError(error);
  out.write(`error: ${messageOf(error)}\n`);
  if (isKnown && error.hint !== undefined) out.write(`hint: ${words(error.hint)}\n`);
  if (isKnown) out.write(`(${error.name} ${error.code})\n`);
  else if (error instanceof Error && error.stack !== undefined)
    out.write(`${error.stack.split('\n').slice(1, 6).join('\n')}\n`);
}

/** Rows as aligned columns, the first row the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((r) => (r[i] ?? '').length)));
  return rows
    .map((r) => r.map((cell, i) => (i === r.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '))
    .map((line) => `${line}\n`)
    .join('');
}
