/** Catalogs from GeoParquet files and folders of them, Nadir's own and those of others (`catalog.md` §7, §8). */
import {
  ArgumentError,
  checkOptionNames,
  Crs,
  startTask,
  warn,
  type CrsInput,
  type LongTask,
  type RunningTask,
} from '../core/index.js';
import { catalogOf } from './catalog.js';
import { tableSource } from './engines/memory/memory-source.js';
import { openCatalogFiles, readStoredRows, type CatalogFiles } from './stored-files.js';
import { joinRows, whereIn, type StoredPart } from './stored-rows.js';
import { storedTable, userColumns, type StoredRows } from './stored-table.js';
import type { CatalogTable } from './table.js';
import type { GeoCatalog } from './types.js';

export interface OpenOptions extends LongTask {
  /** `memory` holds the rows in memory, `duckdb` leaves them in the files; `auto` (default) is `duckdb` above 200 000 rows where it is installed. */
  readonly engine?: 'memory' | 'duckdb' | 'auto';
  /** CRS of the footprints, where the file says that it is unknown. */
  readonly crs?: CrsInput;
  /** Fail, rather than assume `raster`, when the file does not say what it indexes. */
  readonly strict?: boolean;
}

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

async function readTable(
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

/**
 * Opens a GeoParquet file, or a folder of them, as a catalog; rows by file name, then in stored order.
 *
 * Files of other tools need a polygon column; `filepath`, `id`, `start_time` and `end_time` are used when they are there,
 * other scalar columns become columns of the rows. A relative `filepath` starts at the folder of the file it stands in.
 *
 * @throws {@link FormatError} for another, malformed or truncated file; {@link CatalogError} `no-crs`, `no-backend`,
 * `newer-schema`, `mixed-values`, `mixed-layout`; {@link UnsupportedDataError}; {@link SourceError}.
 */
export async function openCatalog(path: string, o: OpenOptions = {}): Promise<GeoCatalog> {
  checkOptionNames('openCatalog', o, ['engine', 'crs', 'strict', 'signal', 'onProgress']);
  const given: unknown = path;
  if (typeof given !== 'string')
    throw new ArgumentError('bad-path', `A catalog is opened by its path or address; got ${JSON.stringify(path)}.`);
  if (o.engine !== undefined && !['memory', 'duckdb', 'auto'].includes(o.engine))
    throw new ArgumentError('bad-engine', `engine is 'memory', 'duckdb' or 'auto'; got ${JSON.stringify(o.engine)}.`);
  if (o.engine === 'duckdb')
    throw new ArgumentError('not-yet', 'The DuckDB engine is not part of this version.', {
      hint: "Open with engine 'memory'.",
    });
  const task = startTask('Opening catalog', o);
  try {
    task.throwIfAborted();
    const stored = await openCatalogFiles(path, { crs: o.crs, strict: o.strict }, { signal: task.signal });
    try {
      const { table, crs } = await readTable(path, stored, task);
      return catalogOf(
        tableSource(table, {
          backend: stored.backend,
          crs,
          targetResolution: stored.targetResolution,
          config: Object.freeze({ opened: path }),
        }),
      );
    } finally {
      await stored.close();
    }
  } finally {
    task.end();
  }
}
