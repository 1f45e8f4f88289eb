/** DuckDB's Node client: an optional companion that is found when it is first needed, never bundled. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { CatalogError, messageOf } from '../../../core/index.js';

const PACKAGE = '@duckdb/node-api';
export type Duckdb = typeof import('@duckdb/node-api');

let loaded: Duckdb | undefined;

/**
 * The client, looked up beside Nadir and then from the working folder: the extension does not ship it, but a project may
 * have it.
 *
 * @throws {@link CatalogError} `no-duckdb` with the line that installs it; `duckdb-unusable` when its binary cannot be loaded.
 */
export function loadDuckdb(
  from: readonly string[] = [import.meta.url, path.join(process.cwd(), 'package.json')],
): Duckdb {
  if (loaded) return loaded;
  for (const place of from) {
    try {
      // SAFETY: what this package exports is described by its own types.
      const found = createRequire(place)(PACKAGE) as Duckdb;
      loaded = found;
      return found;
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
      if (missing && error.message.includes(PACKAGE)) continue;
      throw new CatalogError('duckdb-unusable', `${PACKAGE} was found but cannot be loaded: ${messageOf(error)}`, {
        hint: `Install it again for this platform (${process.platform}-${process.arch}): npm install ${PACKAGE}. Or open with engine 'memory'.`,
        cause: error,
      });
    }
  }
  throw new CatalogError('no-duckdb', `The DuckDB engine needs the package ${PACKAGE}, which is not installed.`, {
    hint: `Run: npm install ${PACKAGE}. Or open with engine 'memory'.`,
  });
}

/** Whether the client can be loaded, for engine `auto`. */
export function hasDuckdb(): boolean {
  try {
    loadDuckdb();
    return true;
  } catch {
    return false;
  }
}
