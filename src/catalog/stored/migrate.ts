/** Stored rows of older schema versions to the current one (`catalog.md` §7): pure steps, chained, a column at a time. */
import { CatalogError, isForever, messageOf, parseTime } from '../../core/index.js';
import { stemOf } from '../build/file-name.js';
import { RowIds } from '../build/row-id.js';
import { SCHEMA_VERSION } from './schema.js';
import type { StoredColumn, StoredRows } from './stored-table.js';

/** File and number of a row, for messages. */
export type Where = (i: number) => { readonly file: string; readonly row: number };
/** One version to the next; never changes its input. Columns that are not there are null. */
export type MigrationStep = (rows: StoredRows, where: Where) => StoredRows;

/** Times of a foreign column, NaN where null: its type may be a timestamp, a number of µs, or text. */
function microsOf(column: StoredColumn | undefined, rows: StoredRows, where: Where): Float64Array {
  if (!column) return new Float64Array(rows.length).fill(NaN);
  if (column.type !== 'text')
    return column.numbers?.() ?? Float64Array.from({ length: rows.length }, (_, i) => Number(column.get(i) ?? NaN));
  return Float64Array.from({ length: rows.length }, (_, i) => {
    const text = column.get(i);
    try {
      return typeof text === 'string' && text !== '' ? parseTime(text) : NaN;
    } catch (error) {
      const { file, row } = where(i);
      throw new CatalogError('bad-time', `${file}, row ${row}: ${messageOf(error)}`, {
        details: { file, row },
        cause: error,
      });
    }
  });
}

/** A column that is computed when it is first asked for. */
function lazyColumn<T extends ArrayLike<unknown>>(
  type: StoredColumn['type'],
  make: () => T,
  show: (value: T[number]) => unknown,
): StoredColumn {
  let made: T | undefined;
  const values = (): T => (made ??= make());
  return {
    type,
    get: (i) => show(values()[i]),
    // SAFETY: number and time columns are made of Float64Arrays here.
    ...((type === 'time' || type === 'number') && { numbers: () => values() as unknown as Float64Array }),
  };
}

function withColumns(rows: StoredRows, columns: ReadonlyMap<string, StoredColumn>): StoredRows {
  return {
    length: rows.length,
    names: [...rows.names, ...[...columns.keys()].filter((name) => !rows.names.includes(name))],
    column: (name) => columns.get(name) ?? rows.column(name),
  };
}

/** Ids of foreign rows: their own, else by file name, else by number; unique. */
function deriveIds(rows: StoredRows): readonly string[] {
  const at = (name: string, i: number): string => {
    const value = rows.column(name)?.get(i);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const ids = new RowIds();
  return Array.from({ length: rows.length }, (_, i) => {
    const path = at('filepath', i);
    const wanted = at('id', i) || (path === '' ? `row-${i}` : stemOf(path));
    return ids.claim(wanted, path, at('layer', i), at('asset_key', i));
  });
}

/** 0 → 1 derives `id` and `static`, and maps sentinels to NULL; the native columns are then simply absent. */
const fromZero: MigrationStep = (rows, where) => {
  let made: { readonly start: Float64Array; readonly end: Float64Array } | undefined;
  const times = (): NonNullable<typeof made> => {
    if (made) return made;
    const start = Float64Array.from(microsOf(rows.column('start_time'), rows, where));
    const end = Float64Array.from(microsOf(rows.column('end_time'), rows, where));
    for (let i = 0; i < rows.length; i++) {
      if (Number.isNaN(end[i])) end[i] = start[i] ?? NaN;
      const dated = !Number.isNaN(start[i]) && !isForever(start[i] ?? NaN, end[i] ?? NaN);
      if (!dated) start[i] = end[i] = NaN;
    }
    return (made = { start, end });
  };
  const orNull = (v: number | undefined): number | null => (v === undefined || Number.isNaN(v) ? null : v);
  const paths = rows.column('filepath');
  return withColumns(
    rows,
    new Map([
      [
        'id',
        lazyColumn(
          'text',
          () => deriveIds(rows),
          (id) => id,
        ),
      ],
      ['filepath', { type: 'text', get: (i) => (paths?.type === 'text' ? (paths.get(i) ?? '') : '') }],
      ['start_time', lazyColumn('time', () => times().start, orNull)],
      ['end_time', lazyColumn('time', () => times().end, orNull)],
      ['static', { type: 'bool', get: (i) => Number.isNaN(times().start[i]) }],
    ]),
  );
};

const STEPS: ReadonlyMap<number, MigrationStep> = new Map([[0, fromZero]]);

/**
 * Rows of a version as rows of the current one.
 *
 * @throws {@link CatalogError} `newer-schema` naming the version; `no-migration`.
 */
export function migrateRows(rows: StoredRows, version: number, where: Where): StoredRows {
  checkVersion(version, rows.length > 0 ? where(0).file : '');
  let migrated = rows;
  for (let v = version; v < SCHEMA_VERSION; v++) {
    const step = STEPS.get(v);
    if (!step)
      throw new CatalogError(
        'no-migration',
        `Nadir has no migration from schema version ${v} to ${v + 1}; please report this.`,
        { details: { version } },
      );
    migrated = step(migrated, where);
  }
  return migrated;
}

/** @throws {@link CatalogError} `newer-schema` for a version that this Nadir does not know. */
export function checkVersion(version: number, file: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new CatalogError(
    'newer-schema',
    `${file} has schema version ${version}; this Nadir reads versions up to ${SCHEMA_VERSION}.`,
    { hint: 'Update Nadir.', details: { file, version } },
  );
}
