/** DuckDB's Node client: an optional companion that is found when it is first needed, never bundled. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { CatalogError, messageOf } from '../../../core/index.js';

const PACKAGE = '@duckdb/node-api';
export type Duckdb = typeof import('@duckdb/node-api');

let loaded: Duckdb | undefined;

function load(places: readonly string[]): Duckdb {
  for (const place of places) {
    try {
      // SAFETY: what this package exports is described by its own types.
      return createRequire(place)(PACKAGE) as Duckdb;
    } catch (error) {
      const message = messageOf(error);
      // Its binary is a package of its own, which may be missing alone.
      if (message.startsWith(`Cannot find module '${PACKAGE}'`)) continue;
      throw new CatalogError('duckdb-unusable', `${PACKAGE} was found but cannot be loaded: ${message}`, {
        hint: `Install it again for this platform (${process.platform}-${process.arch}): npm install ${PACKAGE}. Or open with engine 'memory'.`,
        cause: error,
      });
    }
  }
  throw new CatalogError('no-duckdb', `The DuckDB engine needs the package ${PACKAGE}, which is not installed.`, {
    hint: `Run: npm install ${PACKAGE}. Or open with engine 'memory'.`,
  });
}

/**
 * The client, looked up beside Nadir and then from the working folder: the extension does not ship it, but a project may
 * have it.
 *
 * @param places files from whose folders to look, instead.
 * @throws {@link CatalogError} `no-duckdb` with the line that installs it; `duckdb-unusable` when its binary cannot be loaded.
 */
export function loadDuckdb(places?: readonly string[]): Duckdb {
  if (places) return load(places);
  loaded ??= load([import.meta.url, path.join(process.cwd(), 'package.json')]);
  return loaded;
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
