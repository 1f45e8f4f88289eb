/** Some of some stored rows, as stored rows; their values stay where they are until they are asked for. */
import type { ByteSpan } from '../formats/geoparquet/index.js';
import type { StoredColumn, StoredRows } from './stored/stored-table.js';

function pickedColumn(column: StoredColumn, picks: Uint32Array): StoredColumn {
  const { type } = column;
  const at = (k: number): number => picks[k] ?? -1;
  const numeric = column.numbers && (type === 'number' || type === 'time');
  return {
    type,
    get: (k) => column.get(at(k)),
    ...(numeric && {
      numbers: () => {
        const all = column.numbers?.() ?? new Float64Array(0);
        return Float64Array.from(picks, (i) => all[i] ?? NaN);
      },
    }),
    ...(column.span && {
      span: (k: number, out: ByteSpan) => column.span?.(at(k), out) ?? false,
      bytes: (visit) => {
        const out: ByteSpan = { data: new Uint8Array(0), from: 0, to: 0 };
        for (let k = 0; k < picks.length; k++) {
          const found = column.span?.(at(k), out) ?? false;
          visit(out.data, found ? out.from : -1, out.to, k);
        }
      },
    }),
  };
}

/** The k-th row is row `picks[k]` of `rows`. */
export function pickedRows(rows: StoredRows, picks: Uint32Array): StoredRows {
  const made = new Map<string, StoredColumn>();
  return {
    length: picks.length,
    names: rows.names,
    column(name) {
      const column = made.get(name) ?? rows.column(name);
      if (!column || made.has(name)) return column;
      const picked = pickedColumn(column, picks);
      made.set(name, picked);
      return picked;
    },
  };
}
