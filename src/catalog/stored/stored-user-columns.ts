/** User columns of catalog tables as columns of a file: one type a column. */
import { CatalogError } from '../../core/index.js';
import { boolData, doubleData } from '../../formats/geoparquet/index.js';
import type { RowPicks } from './row-order.js';
import {
  bytesColumn,
  emptySpan,
  forEachRow,
  gathered,
  storedText,
  type Adder,
  type FileColumn,
} from './stored-picks.js';
import { addressToStore } from './stored-path.js';
import { STORED, StoredTable } from './stored-table.js';
import type { CatalogTable } from '../table.js';

/** Types of user columns in files. */
export type UserType = 'double' | 'bool' | 'string';
const USER_TYPES: Readonly<Record<string, UserType>> = {
  number: 'double',
  boolean: 'bool',
  string: 'string',
  bool: 'bool',
  text: 'string',
  time: 'string',
};

/** Files of the right rows of pairs. */
const PAIRED_PATH = /^_right\d*_filepath$/;

/** Type of a user column: one for all values, numbers are doubles; null when no row has a value. */
function userType(name: string, picks: RowPicks): UserType | null {
  const kinds = new Set<UserType>();
  const known = picks.tables.map((t) => (t instanceof StoredTable ? t[STORED].column(name) : null));
  known.forEach((column) => {
    const type = USER_TYPES[column?.type ?? ''];
    if (type) kinds.add(type);
  });
  forEachRow(
    picks,
    (t) => (t instanceof StoredTable ? null : t),
    (t, i) => {
      const value = t?.value(name, i) ?? null;
      if (value !== null) kinds.add(USER_TYPES[typeof value] ?? 'string');
    },
  );
  if (kinds.size > 1)
    throw new CatalogError(
      'mixed-column',
      `Column ${name} mixes ${[...kinds].join(' and ')}; a column in a file has one type.`,
      { hint: 'Convert it first: withColumn(name, (row) => String(…)).' },
    );
  return [...kinds][0] ?? null;
}

/**
 * Types of the user columns of rows, in order; null where no row has a value.
 *
 * @throws {@link CatalogError} `mixed-column` when one holds values of several types.
 */
export function userTypes(picks: RowPicks): ReadonlyMap<string, UserType | null> {
  const names = [...new Set(picks.tables.flatMap((t) => t.columnNames))];
  return new Map(names.map((name) => [name, userType(name, picks)]));
}

/** All values of a stored column of numbers. */
function storedNumbers(table: CatalogTable, name: string): (() => Float64Array) | null {
  const column = table instanceof StoredTable ? table[STORED].column(name) : undefined;
  if (column?.type !== 'number' || !column.numbers) return null;
  return () => column.numbers?.() ?? new Float64Array(0);
}

const valueAt = ({ tables, tableOf, rows }: RowPicks, name: string, k: number): unknown =>
  tables[tableOf?.[k] ?? 0]?.value(name, rows[k] ?? 0) ?? null;

/** The column of a name and type. */
export function userColumn(name: string, type: UserType): FileColumn {
  const values = (picks: RowPicks, each: (value: unknown, k: number) => void): void =>
    forEachRow(
      picks,
      (t) => t,
      (t, i, k) => each(t.value(name, i), k),
    );
  if (type === 'double')
    return {
      name,
      type,
      make: (picks) => {
        const missing = new Uint8Array(picks.rows.length);
        const stored = picks.tables.map((t) => storedNumbers(t, name));
        if (stored.every((column) => column !== null)) {
          const found = gathered(picks, (t) => stored[picks.tables.indexOf(t)]?.() ?? new Float64Array(0));
          // A NaN is a null or a value, which only the column can tell.
          for (let k = 0; k < found.length; k++)
            if (Number.isNaN(found[k])) missing[k] = valueAt(picks, name, k) === null ? 1 : 0;
          return doubleData(found, (k) => missing[k] === 1);
        }
        const out = new Float64Array(picks.rows.length);
        values(picks, (v, k) => {
          if (typeof v === 'number') out[k] = v;
          else missing[k] = 1;
        });
        return doubleData(out, (k) => missing[k] === 1);
      },
    };
  if (type === 'bool')
    return {
      name,
      type,
      make: (picks) => {
        const out = new Uint8Array(picks.rows.length);
        values(picks, (v, k) => (out[k] = v === null ? 2 : v === true ? 1 : 0));
        return boolData(out);
      },
    };
  const isPath = PAIRED_PATH.test(name);
  const addText = (table: CatalogTable): Adder => {
    const stored = isPath ? null : storedText(table, name);
    const span = emptySpan();
    return (i, to) => {
      if (stored) {
        if (stored.span(i, span)) to.span(span);
        else to.null();
        return;
      }
      const value = table.value(name, i);
      if (value === null) to.null();
      else to.text(isPath ? addressToStore(String(value)) : String(value));
    };
  };
  return { name, type, make: bytesColumn('string', addText) };
}
