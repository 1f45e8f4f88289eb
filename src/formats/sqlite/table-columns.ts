/** Names of columns from the text of CREATE TABLE: SQLite stores no other list of them. */

export interface SqlColumn {
  readonly name: string;
  /** Whether it is an alias of the row id, which records hold as NULL. */
  readonly isRowId: boolean;
}

const TOKENS =
  /--[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|[(),]|[^\s"'`[\](),]+/g;
const CONSTRAINTS = /^(?:constraint|primary|unique|check|foreign)$/i;

function unquote(token: string): string {
  const q = token[0] ?? '';
  if (q === '[') return token.slice(1, -1);
  return q === '"' || q === '`' || q === "'" ? token.slice(1, -1).replaceAll(q + q, q) : token;
}

/** Columns of a table in the order in which records hold them; virtual generated ones are not stored and left out. */
export function tableColumns(sql: string): readonly SqlColumn[] {
  const tokens = (sql.match(TOKENS) ?? []).filter((t) => !t.startsWith('--') && !t.startsWith('/*'));
  const definitions: string[][] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token === ')') depth--;
    if (depth === 1 && token === ',') definitions.push([]);
    else if (depth >= 1) definitions.at(-1)?.push(token);
    if (token === '(') {
      if (depth === 0 && definitions.length === 0) definitions.push([]);
      depth++;
    }
    if (depth === 0 && definitions.length > 0 && token === ')') break;
  }
  const keyOfTable = definitions
    .filter(([first = '']) => CONSTRAINTS.test(first))
    .map((d) => /primary key \( (\S+) (?:(?:asc|desc) )?\)/i.exec(`${d.join(' ')} `)?.[1])
    .find((name) => name !== undefined);
  return definitions
    .filter(([first]) => first !== undefined && !CONSTRAINTS.test(first))
    .filter((d) => !(d.some((t) => /^as$/i.test(t)) && !d.some((t) => /^stored$/i.test(t))))
    .map(([first = '', type = '', ...rest]) => {
      const name = unquote(first);
      const primary =
        /\bprimary key\b/i.test(rest.join(' ')) || (keyOfTable !== undefined && unquote(keyOfTable) === name);
      return { name, isRowId: /^integer$/i.test(type) && primary };
    });
}
