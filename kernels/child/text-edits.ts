/** Text edits that add no line breaks, and the way back from a column of the result to the text before. */
import type { TextEdit } from './compile-types.js';

/** The text with the edits applied. Edits must not overlap; those at one place apply in the order given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of sortEdits(edits)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Edits in the order of their places; the sort is stable, so edits at one place keep their order. */
export function sortEdits(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/**
 * Column (from 0) in the text before the edits, for a line and column (from 0) of the edited text.
 *
 * A column inside inserted text maps to the place of the insertion. Lines are the same in both texts.
 */
export function columnBefore(text: string, edits: readonly TextEdit[], line: number, column: number): number {
  const lineStart = startOfLine(text, line);
  const next = text.indexOf('\n', lineStart);
  const lineEnd = next < 0 ? text.length : next;
  let shift = 0;
  for (const edit of sortEdits(edits)) {
    if (edit.start < lineStart || edit.start > lineEnd) continue;
    const start = edit.start - lineStart + shift;
    if (column < start) break;
    if (column < start + edit.text.length)
      return Math.min(edit.start + Math.min(column - start, edit.end - edit.start), lineEnd) - lineStart;
    shift += edit.text.length - (edit.end - edit.start);
  }
  return Math.max(0, column - shift);
}

/** Offset of the first character of a line (from 0). */
export function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}
