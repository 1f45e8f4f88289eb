/** Versions and spellings of catalogs on disk (`catalog.md` §2, §7). */
import type { CatalogBackend } from '../types.js';

/** Version of the row schema that this Nadir writes. */
export const SCHEMA_VERSION = 1;

/** The cube backend is spelt as Python's exchange partner spells it; both spellings are read. */
export const BACKEND_ON_DISK: Readonly<Record<CatalogBackend, string>> = {
  raster: 'raster',
  cube: 'xarray',
  vector: 'vector',
};

/** The backend of a stored name, or undefined. */
export function backendOf(stored: string): CatalogBackend | undefined {
  const entry = Object.entries(BACKEND_ON_DISK).find(([name, disk]) => stored === name || stored === disk);
  // SAFETY: the keys of the table are the backends.
  return entry?.[0] as CatalogBackend | undefined;
}
