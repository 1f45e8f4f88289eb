/** A small matcher for file patterns: `*`, `**`, `?`, `{a,b}`, `[a-z]`, `[!x]`; any Unicode, spaces included. */
import { ArgumentError } from '../core/index.js';

/** Whether a text holds characters that make it a pattern. */
export function isGlob(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

const escapeText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** Index of the brace that closes the one at `from`; −1 when none does. */
function closingBrace(pattern: string, from: number): number {
  let depth = 0;
  for (let i = from; i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    else if (pattern[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

/** Splits the inside of braces at its top-level commas. */
function splitChoices(inside: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of inside) {
    if (char === '{') depth++;
    if (char === '}') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] = `${parts.at(-1) ?? ''}${char}`;
  }
  return parts;
}

function translate(pattern: string): string {
  let out = '';
  let i = 0;
  while (i < pattern.length) {
    const char = pattern[i] ?? '';
    if (char === '*' && pattern[i + 1] === '*') {
      const wholeSegment = (i === 0 || pattern[i - 1] === '/') && (i + 2 === pattern.length || pattern[i + 2] === '/');
      if (wholeSegment && pattern[i + 2] === '/') {
        out += '(?:[^/]+/)*';
        i += 3;
      } else {
        out += wholeSegment ? '.*' : '[^/]*';
        i += 2;
      }
    } else if (char === '*') {
      out += '[^/]*';
      i++;
    } else if (char === '?') {
      out += '[^/]';
      i++;
    } else if (char === '{') {
      const end = closingBrace(pattern, i);
      if (end < 0)
        throw new ArgumentError('bad-glob', `The pattern ${pattern} has an opening brace that nothing closes.`, {
          hint: 'Write {a,b}.',
        });
      out += `(?:${splitChoices(pattern.slice(i + 1, end))
        .map(translate)
        .join('|')})`;
      i = end + 1;
    } else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0)
        throw new ArgumentError('bad-glob', `The pattern ${pattern} has an opening bracket that nothing closes.`, {
          hint: 'Write [a-z].',
        });
      const inside = pattern.slice(i + 1, end);
      const negated = inside.startsWith('!') || inside.startsWith('^');
      out += `(?!/)[${negated ? '^' : ''}${(negated ? inside.slice(1) : inside).replace(/[\\\][^&~|]/gu, '\\$&')}]`;
      i = end + 1;
    } else {
      const point = String.fromCodePoint(pattern.codePointAt(i) ?? 0);
      out += escapeText(point);
      i += point.length;
    }
  }
  return out;
}

/**
 * The regular expression of a pattern over whole paths with `/` between segments.
 *
 * `*` and `?` stay within a segment; `**` as a whole segment spans any number of them, none included.
 *
 * @throws {@link ArgumentError} `bad-glob` for a brace or bracket that nothing closes.
 */
export function globToRegExp(pattern: string): RegExp {
  const source = translate(pattern);
  try {
    return new RegExp(`^${source}$`, 'u');
  } catch (error) {
    throw new ArgumentError('bad-glob', `The pattern ${pattern} cannot be read.`, {
      hint: 'Use * ** ? {a,b} [a-z].',
      cause: error,
    });
  }
}
