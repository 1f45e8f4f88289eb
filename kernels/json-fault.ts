/** Where a text stops being JSON; engines report the place only sometimes, and in changing words. */

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

type Expect = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** Offset of the first character that cannot be part of a JSON text; the length of the text when it ends too early. */
export function jsonFault(text: string): number {
  const open: string[] = [];
  let expect: Expect = 'value';
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const start = at + (/^[ \t\r\n]*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0);
    if (!match) return start;
    const next = step(match[1] ?? (match[2] === undefined ? 'value' : 'string'), expect, open);
    if (next === undefined) return start;
    expect = next;
    at = TOKEN.lastIndex;
  }
  return text.length;
}

function step(token: string, expect: Expect, open: string[]): Expect | undefined {
  const isClose = token === ']' || token === '}';
  if (isClose) {
    const isAllowed = expect === ', or end' || expect === (token === ']' ? 'value or ]' : 'key or }');
    return isAllowed && open.pop() === (token === ']' ? '[' : '{') ? ', or end' : undefined;
  }
  switch (expect) {
    case 'key':
    case 'key or }':
      return token === 'string' ? ':' : undefined;
    case ':':
      return token === ':' ? 'value' : undefined;
    case ', or end':
      if (token !== ',' || open.length === 0) return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    default:
      if (token === 'string' || token === 'value') return ', or end';
      if (token !== '[' && token !== '{') return undefined;
      open.push(token);
      return token === '[' ? 'value or ]' : 'key or }';
  }
}
