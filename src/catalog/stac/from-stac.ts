/** Catalogs from STAC (`catalog.md` §9). */
import {
  ArgumentError,
  checkOptionNames,
  Crs,
  startTask,
  type CrsInput,
  type LedgerEntry,
  type LongTask,
} from '../../core/index.js';
import { asItemError, readItems, showPlace, type FoundItem, type StacSource } from '../../formats/stac/index.js';
import { memoryCatalog } from '../catalog.js';
import { footprintBounds } from '../geometry.js';
import { RowIds } from '../build/row-id.js';
import { alignColumns, checkProperties } from './stac-columns.js';
import { checkSomeAsset, warnOfProblems } from './stac-problems.js';
import { rowsOfItem, type StacRow } from './stac-rows.js';
import type { CatalogRow, GeoCatalog } from '../types.js';

/** What to take of the items. */
export interface StacOptions extends LongTask {
  /** Keys of the assets to take, or `'*'` for all that an item has. */
  readonly assets: readonly string[] | '*';
  /**
   * Item properties (or asset fields, which win) that become columns; lists come comma-joined, objects as JSON. Default:
   * all that are text, number or boolean, without times and `proj:` fields, and without names of the row schema.
   */
  readonly properties?: readonly string[];
  /** CRS of the catalog. Default EPSG:4326. */
  readonly targetCrs?: CrsInput;
}

function checkAssets(assets: unknown): readonly string[] | '*' {
  if (assets === '*') return assets;
  const keys: readonly unknown[] = Array.isArray(assets) ? assets : [];
  if (keys.length > 0 && keys.every((key): key is string => typeof key === 'string' && key !== ''))
    return [...new Set(keys)];
  throw new ArgumentError('bad-assets', `assets is a list of asset keys, or '*'; got ${JSON.stringify(assets)}.`, {
    hint: "For example assets: ['red', 'nir'].",
  });
}

/** Rows of the found assets: unique ids, aligned columns. */
function finish(found: readonly StacRow[], several: boolean): CatalogRow[] {
  const ids = new RowIds();
  const columns = alignColumns(found.map((r) => r.columns));
  return found.map((row, i) =>
    Object.freeze({
      // By the address without its signature: the next one would give the same asset another id.
      id: ids.claim(several && !row.marked ? `${row.itemId}_${row.key}` : row.itemId, row.stableHref, '', row.key),
      filepath: row.filepath,
      geometry: row.geometry,
      bbox: footprintBounds(row.geometry),
      interval: row.interval,
      static: row.interval === null,
      crs: row.crs,
      native: row.native,
      columns: columns[i] ?? {},
    }),
  );
}

function shown(source: StacSource): string {
  if (typeof source === 'string' || source instanceof URL) return showPlace(String(source));
  return 'items';
}

function rowsOf(
  found: FoundItem,
  o: Parameters<typeof rowsOfItem>[1],
  fail: (item: string, error: unknown) => void,
): readonly StacRow[] {
  if ('error' in found) {
    fail(found.where, found.error);
    return [];
  }
  try {
    return rowsOfItem(found, o, fail);
  } catch (error) {
    fail(found.where, error);
    return [];
  }
}

/**
 * A catalog with one row per STAC item and asset, in the order of the source, without opening a file.
 *
 * The source is an Item, ItemCollection or list of items (object, path or address), lines of items (`.ndjson`),
 * stac-geoparquet, a Catalog or Collection whose links are followed, the address of a search or items endpoint, whose pages
 * are followed, or items from anywhere, e.g. `searchItems`. Relative hrefs start at the item.
 *
 * Ids are item ids, with `_{asset_key}` when several assets are taken. An asset that names no CRS is taken to be in
 * EPSG:4326 until it is opened. `native` is set when size and transform are known, and bands or data type. Items without footprint,
 * with bad times, or without an asked-for asset are listed in `config.skipped`; a warning sums them up. No items give an
 * empty catalog; items of which none has any of the asked-for assets are an error.
 *
 * Signed addresses stay signed in `filepath`, so that they open; ids and messages never hold the signature.
 *
 * @throws {@link ArgumentError} `bad-assets`, `bad-properties`, `bad-source`; {@link CatalogError} `reserved-column`, `no-asset`;
 * {@link FormatError} `not-stac`, `not-json`, `not-parquet`; {@link SourceError} `source.paging-loop` and others, when
 * the source itself cannot be had; the signal's reason.
 */
export async function catalogFromStac(source: StacSource, options: StacOptions): Promise<GeoCatalog> {
  checkOptionNames('catalogFromStac', options, ['assets', 'properties', 'targetCrs', 'signal', 'onProgress']);
  const wanted = checkAssets(options.assets);
  const properties = checkProperties(options.properties);
  const crs = Crs.from(options.targetCrs ?? 'EPSG:4326');
  const task = startTask('Reading STAC', options);
  try {
    task.throwIfAborted();
    const rows: StacRow[] = [];
    const skipped: LedgerEntry[] = [];
    const fail = (item: string, error: unknown): void => {
      skipped.push({ item, error: asItemError(item, error) });
    };
    let items = 0;
    let several = wanted !== '*' && wanted.length > 1;
    for await (const found of readItems(source, { signal: task.signal, assets: wanted })) {
      task.throwIfAborted();
      items++;
      const own = rowsOf(found, { wanted, properties, crs }, fail);
      several ||= own.length > 1;
      rows.push(...own);
      task.report({ done: items, unit: 'items', failed: skipped.length });
    }
    if (rows.length === 0) checkSomeAsset(wanted, skipped);
    warnOfProblems(skipped, items);
    const backends = new Set(rows.map((r) => r.backend));
    const [backend = 'raster'] = backends.size === 1 ? backends : [];
    return memoryCatalog(finish(rows, several), {
      backend,
      crs,
      targetResolution: null,
      config: Object.freeze({ stac: shown(source), assets: wanted, items, skipped: Object.freeze(skipped) }),
    });
  } finally {
    task.end();
  }
}
