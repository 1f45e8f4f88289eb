/** Rows as HTML and aligned text: `console.table` and Arrow tables. */
import { inspectLine } from './inspect-text.js';
import type { Shown } from './bundle.js';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows there are, when `rows` holds the first ones only. */
  readonly total: number;
}

/** Rows of a plain HTML table in a saved file (`renderers.md` §2). */
const HTML_ROWS = 50;
const TEXT_ROWS = 38;
const CELL_CHARS = 40;

/** Escapes text for HTML content and attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** An HTML table without style and script, and the same as text. */
export function tableBundle(table: Rows): Shown {
  const head = table.columns.map((c) => `<th>${escapeHtml(c)}</th>`).join('');
  const body = table.rows
    .slice(0, HTML_ROWS)
    .map((row) => `<tr>${row.map((v) => `<td>${escapeHtml(cellText(v))}</td>`).join('')}</tr>`);
  const more = table.total > HTML_ROWS ? `<p>${table.total - HTML_ROWS} more rows</p>` : '';
  return {
    bundle: {
      'text/html': `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>${more}`,
      'text/plain': tableText(table),
    },
    metadata: {},
  };
}

function cellText(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : inspectLine(value, 200);
}

function tableText(table: Rows): string {
  const lines = [table.columns, ...table.rows.slice(0, TEXT_ROWS).map((r) => r.map(cellText))].map((r) =>
    r.map((c) => (c.length > CELL_CHARS ? `${c.slice(0, CELL_CHARS - 1)}…` : c)),
  );
  const widths = table.columns.map((_, i) => Math.max(...lines.map((l) => (l[i] ?? '').length)));
  const text = lines.map((l) =>
    l
      .map((c, i) => c.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  if (table.total > TEXT_ROWS) text.push(`… ${table.total - TEXT_ROWS} more rows`);
  return text.join('\n');
}

/** Rows of what `console.table` accepts; undefined for anything that has none. */
export function consoleRows(data: unknown, wanted?: readonly string[]): Rows | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const entries: [string, unknown][] =
    data instanceof Map
      ? [...data].map(([k, v]) => [inspectLine(k, 60), v])
      : data instanceof Set
        ? [...data].map((v, i) => [String(i), v])
        : Object.entries(data);
  const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null;
  const columns = wanted ?? [...new Set(entries.flatMap(([, v]) => (isRecord(v) ? Object.keys(v) : [])))];
  const hasValues = !wanted && entries.some(([, v]) => !isRecord(v));
  const rows = entries.map(([key, v]) => [
    key,
    ...columns.map((c) => (isRecord(v) ? v[c] : undefined)),
    ...(hasValues ? [isRecord(v) ? undefined : v] : []),
  ]);
  return { columns: ['(index)', ...columns, ...(hasValues ? ['Values'] : [])], rows, total: rows.length };
}

interface ArrowLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  get(row: number): { toJSON(): Record<string, unknown> } | null;
}

/** Whether an object looks like an Apache Arrow table (of any copy of the package). */
export function isArrowTable(value: object): value is ArrowLike {
  const { schema, numRows, get } = value as { schema?: { fields?: unknown } | null; numRows?: unknown; get?: unknown };
  return typeof numRows === 'number' && typeof get === 'function' && Array.isArray(schema?.fields);
}

/** The first rows of an Arrow table. */
export function arrowTable(table: ArrowLike): Rows {
  const columns = table.schema.fields.map((f) => f.name);
  const rows = Array.from({ length: Math.min(HTML_ROWS, table.numRows) }, (_, i) => {
    const row = table.get(i)?.toJSON() ?? {};
    return columns.map((c) => row[c]);
  });
  return { columns, rows, total: table.numRows };
}
