/** Cutting text without splitting a character outside the basic plane in two. */

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

/** The first `n` UTF-16 units of a text, one less where that would split a character. */
export function headOf(text: string, n: number): string {
  return text.length > n && n > 0 && isHigh(text.charCodeAt(n - 1)) ? text.slice(0, n - 1) : text.slice(0, n);
}

/** The last `n` UTF-16 units of a text, one less where that would split a character. */
export function tailOf(text: string, n: number): string {
  const start = Math.max(0, text.length - n);
  return start > 0 && isHigh(text.charCodeAt(start - 1)) ? text.slice(start + 1) : text.slice(start);
}
