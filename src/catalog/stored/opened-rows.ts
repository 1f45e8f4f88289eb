/** Rows of opened files as one table in memory, and what is said of their columns (`catalog.md` §7). */
import { Crs, warn, type RunningTask } from '../../core/index.js';
import { readStoredRows, type CatalogFiles } from './stored-files.js';
import { joinRows, whereIn, type StoredPart } from './stored-rows.js';
import { storedTable, userColumns, type StoredRows } from './stored-table.js';
import type { CatalogTable } from '../table.js';

/** Spellings of native CRSs compared with a catalog's that has no authority code. */
const MAX_SPELLINGS = 64;

/** The CRS in the spelling of the rows, where a row's is the same: a PROJ string and its PROJJSON do not compare equal. */
export function asRowsSpellIt(crs: Crs, rows: StoredRows): Crs {
  if (/^[A-Za-z]+:\w+$/.test(crs.canonical)) return crs;
  for (const spelling of rows.column('crs')?.distinct?.(MAX_SPELLINGS) ?? []) {
    if (typeof spelling !== 'string') continue;
    try {
      const own = Crs.from(spelling);
      if (own.equals(crs) || Crs.from(own.toProjJson()).equals(crs)) return own;
    } catch {
      // A projection without PROJJSON cannot be the one that was read from PROJJSON.
    }
  }
  return crs;
}

/** Says what a reader leaves out or lacks. */
export function warnOfColumns(place: string, rows: StoredRows, geometryColumn: string): void {
  const { nested } = userColumns(rows, geometryColumn);
  if (nested.length > 0)
    warn(
      `${place}: ${nested.length === 1 ? 'the column' : 'the columns'} ${nested.join(', ')} hold lists, structs or bytes and are left out.`,
    );
  if (rows.length > 0 && !rows.column('filepath'))
    warn(`${place} has no column filepath: its rows can be shown, queried and sampled, but no pixels can be loaded.`);
}

/** All rows of opened files as a table, and the catalog's CRS. */
export async function readTable(
  place: string,
  stored: CatalogFiles,
  task: RunningTask,
): Promise<{ readonly table: CatalogTable; readonly crs: Crs }> {
  const parts: StoredPart[] = [];
  let done = 0;
  for (const one of stored.files) {
    task.throwIfAborted();
    const rows = await readStoredRows(one, { signal: task.signal });
    parts.push({ file: one.file, rows });
    done += rows.length;
    task.report({ done, total: stored.rows, unit: 'rows' });
  }
  const rows = joinRows(parts);
  warnOfColumns(place, rows, stored.geometryColumn);
  const crs = asRowsSpellIt(stored.crs, rows);
  const { geometryColumn, version } = stored;
  return { table: storedTable(rows, { crs, geometryColumn, version, where: whereIn(parts) }), crs };
}
