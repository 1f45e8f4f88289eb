/** Colours for TypeScript source in the report: comments, strings, numbers, keywords. */
import { escapeText } from './sanitize-html.js';

const KEYWORDS =
  'abstract as async await break case catch class const continue declare default delete do else enum export extends false finally for from function get if implements import in instanceof interface keyof let namespace new null of private protected public readonly return satisfies set static super switch this throw true try type typeof undefined using var void while yield';
const TOKENS = new RegExp(
  [
    '(?<comment>//[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$))',
    '(?<string>"(?:[^"\\\\\\n]|\\\\.)*"?|\'(?:[^\'\\\\\\n]|\\\\.)*\'?|`(?:[^`\\\\]|\\\\[\\s\\S])*`?)',
    `(?<keyword>\\b(?:${KEYWORDS.split(' ').join('|')})\\b(?!\\s*:))`,
    '(?<number>\\b(?:0x[\\da-f_]+|\\d[\\d_]*\\.?[\\d_]*(?:e[+-]?\\d+)?)n?\\b)',
  ].join('|'),
  'gi',
);

/** Source as HTML, one `<span class="line">` per line, so that lines can be numbered and wrapped by style alone. */
export function highlightLines(source: string): string {
  let html = '';
  let at = 0;
  for (const match of source.matchAll(TOKENS)) {
    html += escapeText(source.slice(at, match.index));
    const groups: Readonly<Record<string, string | undefined>> = match.groups ?? {};
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? '';
    // A token over several lines is closed and opened again at each break.
    html += match[0]
      .split('\n')
      .map((part) => `<span class="${kind}">${escapeText(part)}</span>`)
      .join('\n');
    at = match.index + match[0].length;
  }
  html += escapeText(source.slice(at));
  return html
    .split('\n')
    .map((line) => `<span class="line">${line}</span>`)
    .join('\n');
}
