/** Stored rows of several files as one, in their order. */
import { CatalogError } from '../../core/index.js';
import type { StoredColumn, StoredRows } from './stored-table.js';

/** The rows of one file. */
export interface StoredPart {
  readonly file: string;
  readonly rows: StoredRows;
  /** Number in its file of a row; the same by default. */
  readonly rowOf?: (i: number) => number;
}

/** The first row of each part among all rows, and their number. */
function startsOf(parts: readonly StoredPart[]): readonly number[] {
  let at = 0;
  return [
    ...parts.map(({ rows }) => {
      const start = at;
      at += rows.length;
      return start;
    }),
    at,
  ];
}

/** The part of a row; rows are mostly asked for in order. */
function partFinder(starts: readonly number[]): (i: number) => number {
  let last = 0;
  return (i) => {
    if (i >= (starts[last] ?? 0) && i < (starts[last + 1] ?? 0)) return last;
    let [low, high] = [0, starts.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= i) low = middle;
      else high = middle - 1;
    }
    return (last = low);
  };
}

/** Tells file and row number of a row of joined parts. */
export function whereIn(parts: readonly StoredPart[]): (i: number) => { readonly file: string; readonly row: number } {
  const starts = startsOf(parts);
  const find = partFinder(starts);
  return (i) => {
    const p = find(i);
    const part = parts[p];
    const row = i - (starts[p] ?? 0);
    return { file: part?.file ?? '', row: part?.rowOf?.(row) ?? row };
  };
}

function joinColumns(name: string, parts: readonly StoredPart[], starts: readonly number[]): StoredColumn | undefined {
  const columns = parts.map(({ rows }) => rows.column(name));
  const known = columns.findIndex((c) => c !== undefined);
  const first = columns[known];
  if (!first) return undefined;
  const other = columns.findIndex((c) => c !== undefined && c.type !== first.type);
  if (other >= 0)
    throw new CatalogError(
      'mixed-column',
      `Column ${name} holds ${first.type} in ${parts[known]?.file ?? ''} and ${columns[other]?.type ?? ''} in ${parts[other]?.file ?? ''}.`,
      { hint: 'Write the files with one type.', details: { column: name } },
    );
  const find = partFinder(starts);
  const numeric = first.type === 'number' || first.type === 'time';
  return {
    type: first.type,
    get: (i) => {
      const p = find(i);
      return columns[p]?.get(i - (starts[p] ?? 0)) ?? null;
    },
    ...(numeric && {
      numbers: () => {
        const out = new Float64Array(starts.at(-1) ?? 0).fill(NaN);
        columns.forEach((c, p) => {
          const [from = 0, to = 0] = [starts[p], starts[p + 1]];
          if (c?.numbers) out.set(c.numbers(), from);
          else for (let i = from; i < to; i++) out[i] = Number(c?.get(i - from) ?? NaN);
        });
        return out;
      },
    }),
    ...(columns.every((c) => c?.span !== undefined) && {
      span: (i, out) => {
        const p = find(i);
        return columns[p]?.span?.(i - (starts[p] ?? 0), out) ?? false;
      },
    }),
    ...(columns.every((c) => c?.bytes !== undefined) && {
      bytes: (visit) => {
        columns.forEach((c, p) => {
          c?.bytes?.((data, from, to, i) => visit(data, from, to, i + (starts[p] ?? 0)));
        });
      },
    }),
  };
}

/**
 * The rows of several files as one; a column that a file lacks is null in its rows.
 *
 * @throws {@link CatalogError} `mixed-column` when a column that is asked for has several types.
 */
export function joinRows(parts: readonly StoredPart[]): StoredRows {
  const [only] = parts;
  if (only && parts.length === 1) return only.rows;
  const starts = startsOf(parts);
  const made = new Map<string, StoredColumn | undefined>();
  return {
    length: starts.at(-1) ?? 0,
    names: [...new Set(parts.flatMap(({ rows }) => rows.names))],
    column(name) {
      if (!made.has(name)) made.set(name, joinColumns(name, parts, starts));
      return made.get(name);
    },
  };
}
