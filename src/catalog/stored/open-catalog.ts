/** Catalogs from GeoParquet files and folders of them, Nadir's own and those of others (`catalog.md` §7, §8). */
import { ArgumentError, checkOptionNames, startTask, type CrsInput, type LongTask } from '../../core/index.js';
import { isRemote } from '../../io/index.js';
import { catalogOf } from '../catalog.js';
import { hasDuckdb } from '../engines/duckdb/driver.js';
import { duckdbSource } from '../engines/duckdb/duckdb-source.js';
import { tableSource } from '../engines/memory/memory-source.js';
import { readTable } from './opened-rows.js';
import { openCatalogFiles, type CatalogFiles } from './stored-files.js';
import type { GeoCatalog } from '../types.js';

export interface OpenOptions extends LongTask {
  /** `memory` holds the rows in memory, `duckdb` leaves them in the files; `auto` (default) is `duckdb` above 200 000 rows where it is installed. */
  readonly engine?: 'memory' | 'duckdb' | 'auto';
  /** CRS of the footprints, where the file says that it is unknown. */
  readonly crs?: CrsInput;
  /** Fail, rather than assume `raster`, when the file does not say what it indexes. */
  readonly strict?: boolean;
}

/** More rows than this stay in their files, where DuckDB is installed. */
const AUTO_ROWS = 200_000;

function wantsDuckdb(engine: 'memory' | 'duckdb' | 'auto', path: string, stored: CatalogFiles): boolean {
  if (engine !== 'auto') return engine === 'duckdb';
  return stored.rows > AUTO_ROWS && stored.version > 0 && !isRemote(path) && hasDuckdb();
}

/**
 * Opens a GeoParquet file, or a folder of them, as a catalog; rows by file name, then in stored order.
 *
 * Files of other tools need a polygon column; `filepath`, `id`, `start_time` and `end_time` are used when they are there,
 * other scalar columns become columns of the rows. A relative `filepath` starts at the folder of the file it stands in.
 *
 * @throws {@link FormatError} for another, malformed or truncated file; {@link CatalogError} `no-crs`, `no-backend`,
 * `newer-schema`, `mixed-values`, `mixed-crs`; {@link UnsupportedDataError}; {@link SourceError}.
 */
export async function openCatalog(path: string, o: OpenOptions = {}): Promise<GeoCatalog> {
  checkOptionNames('openCatalog', o, ['engine', 'crs', 'strict', 'signal', 'onProgress']);
  const given: unknown = path;
  if (typeof given !== 'string')
    throw new ArgumentError('bad-path', `A catalog is opened by its path or address; got ${JSON.stringify(path)}.`);
  if (o.engine !== undefined && !['memory', 'duckdb', 'auto'].includes(o.engine))
    throw new ArgumentError('bad-engine', `engine is 'memory', 'duckdb' or 'auto'; got ${JSON.stringify(o.engine)}.`);
  const task = startTask('Opening catalog', o);
  try {
    task.throwIfAborted();
    const stored = await openCatalogFiles(path, { crs: o.crs, strict: o.strict }, { signal: task.signal });
    try {
      if (wantsDuckdb(o.engine ?? 'auto', path, stored)) return catalogOf(await duckdbSource(path, stored, task));
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
