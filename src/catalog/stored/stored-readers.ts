/** Readers of single stored columns: native CRSs and user values. */
import { CatalogError, Crs, formatTime, isNadirError, messageOf } from '../../core/index.js';
import type { ByteSpan } from '../../formats/geoparquet/index.js';
import type { StoredColumn, StoredFacts, StoredRows } from './stored-table.js';
import type { Scalar } from '../types.js';

/** Native CRSs by text: a catalog has a handful, and neighbours mostly share theirs. */
export function crsReader(rows: StoredRows, { crs, where }: StoredFacts): (i: number) => Crs {
  const column = rows.column('crs');
  if (!column) return () => crs;
  const known = new Map<string, Crs>();
  const slow = (i: number): Crs => {
    const text = column.get(i);
    if (typeof text !== 'string') return crs;
    let found = known.get(text);
    if (!found) {
      try {
        found = Crs.from(text);
      } catch (error) {
        const { file, row } = where(i);
        throw new CatalogError('bad-crs', `${file}, row ${row}: ${messageOf(error)}`, {
          details: { file, row },
          cause: error,
          ...(isNadirError(error) && error.hint !== undefined && { hint: error.hint }),
        });
      }
      known.set(text, found);
    }
    return found;
  };
  if (!column.span) return slow;
  const empty = new Uint8Array(0);
  const last: ByteSpan = { data: empty, from: 0, to: -1 };
  const next: ByteSpan = { ...last };
  let lastCrs = crs;
  return (i) => {
    if (!column.span?.(i, next)) return crs;
    const size = next.to - next.from;
    let same = size === last.to - last.from;
    for (let k = 0; same && k < size; k++) same = next.data[next.from + k] === last.data[last.from + k];
    if (same) return lastCrs;
    lastCrs = slow(i);
    Object.assign(last, next);
    return lastCrs;
  };
}

/** Values of a user column as a row holds them: times as text. */
export function scalarReader(column: StoredColumn | undefined): (i: number) => Scalar {
  if (!column || column.type === 'bytes' || column.type === 'nested') return () => null;
  return (i) => {
    const value = column.get(i);
    if (column.type === 'time' && typeof value === 'number') return formatTime(value);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  };
}
