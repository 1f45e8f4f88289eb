/** Rows of one STAC item (`catalog.md` §9). */
import { CatalogError, Crs, messageOf, type Interval } from '../../core/index.js';
import {
  assetCrs,
  assetGrid,
  assetPlaces,
  checkItem,
  checkPolygon,
  itemTime,
  recordOf,
  resolveHref,
  unsignedHref,
  type FoundItem,
  type StacAsset,
  type StacItem,
} from '../../formats/stac/index.js';
import type { Area } from '../geometry.js';
import { columnsOf, markedColumns, type Columns } from './stac-columns.js';
import { ItemFootprints } from './stac-footprint.js';
import { projectFootprint } from './stac-geometry.js';
import { MARK } from './stac-marks.js';
import { noAsset } from './stac-problems.js';
import type { CatalogBackend, NativeGrid } from '../types.js';
import type { Geometry } from 'geojson';

/** A row before ids and columns are settled among all. */
export interface StacRow {
  readonly itemId: string;
  readonly key: string;
  readonly filepath: string;
  /** The path without signature. */
  readonly stableHref: string;
  readonly crs: Crs;
  readonly geometry: Area;
  readonly interval: Interval | null;
  readonly native: NativeGrid | null;
  readonly columns: Columns;
  readonly backend: CatalogBackend;
  /** Whether the item is a row that Nadir wrote: its id is the row's. */
  readonly marked: boolean;
}

type Item = StacItem<Geometry | null>;

const WGS84 = Crs.from('EPSG:4326');
const BACKENDS: readonly CatalogBackend[] = ['raster', 'cube', 'vector'];

function timeOf(item: Item): Interval | null {
  const { properties } = item;
  if (properties[MARK.static] === true) return null;
  // A row that Nadir wrote says itself whether it is static.
  return itemTime(properties, properties[MARK.crs] !== undefined);
}

function nativeOf(asset: StacAsset, item: Item): NativeGrid | null {
  const grid = assetGrid(asset, item.properties);
  if (!grid) return null;
  const stored = asset[MARK.overviews];
  const flat: readonly unknown[] = Array.isArray(stored) ? stored : [];
  const overviews = Array.from(
    { length: Math.floor(flat.length / 2) },
    (_, i) => [Number(flat[2 * i]), Number(flat[2 * i + 1])] as const,
  );
  return Object.freeze({ ...grid, overviews });
}

/** The footprint that a row had when Nadir wrote it; null for an item of others. */
function markedFootprint(item: Item, target: Crs): Area | null {
  const own = item.properties[MARK.crs];
  if (typeof own !== 'string') return null;
  const crs = Crs.from(own);
  const kept = recordOf(item.properties[MARK.geometry]);
  const { geometry } = item;
  const stored = kept?.['type'] === 'Polygon' || kept?.['type'] === 'MultiPolygon' ? (kept as unknown as Area) : null;
  const inDegrees = geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon' ? geometry : null;
  const area = stored ?? (crs.equals(WGS84) ? inDegrees : null);
  if (!area) return null;
  if (stored) checkPolygon(stored, MARK.geometry);
  if (inDegrees) checkPolygon(inDegrees, 'the geometry');
  if (crs.equals(target)) return area;
  // The geometry is the footprint's image in degrees already.
  return inDegrees && target.equals(WGS84) ? inDegrees : projectFootprint(area, crs, target);
}

function crsOf(item: Item, asset: StacAsset): Crs | null {
  const own = item.properties[MARK.nativeCrs];
  return typeof own === 'string' ? Crs.from(own) : assetCrs(asset, item.properties);
}

function rowOf(
  item: Item,
  key: string,
  asset: StacAsset,
  base: string | null,
  footprints: ItemFootprints,
  o: { readonly properties: readonly string[] | null; readonly crs: Crs },
): StacRow {
  const marked = typeof item.properties[MARK.crs] === 'string';
  const href: unknown = asset.href;
  if (typeof href !== 'string' || (href === '' && !marked)) throw new CatalogError('no-href', 'it has no href.');
  const crs = crsOf(item, asset);
  const filepath = href === '' ? '' : resolveHref(href, base);
  const backend = BACKENDS.find((b) => b === item.properties[MARK.backend]);
  return {
    itemId: item.id,
    key,
    filepath,
    stableHref: unsignedHref(filepath),
    crs: crs ?? WGS84,
    geometry: markedFootprint(item, o.crs) ?? footprints.of(assetPlaces(asset, item.properties), crs),
    interval: timeOf(item),
    native: nativeOf(asset, item),
    columns:
      marked && o.properties === null ? markedColumns(item.properties) : columnsOf(item, key, asset, o.properties),
    backend: backend ?? 'raster',
    marked,
  };
}

/**
 * Rows of the wanted assets of an item, in the order asked for, or of the item for `'*'`. What is wrong with single assets
 * goes to `fail`.
 *
 * @throws {@link SourceError} `source.bad-item` when the item itself is none.
 */
export function rowsOfItem(
  found: Exclude<FoundItem, { error: Error }>,
  o: { readonly wanted: readonly string[] | '*'; readonly properties: readonly string[] | null; readonly crs: Crs },
  fail: (item: string, error: unknown) => void,
): readonly StacRow[] {
  const item = checkItem(found.item, found.where);
  const where = found.where.endsWith(`item ${item.id}`) ? found.where : `${found.where}, item ${item.id}`;
  const keys = Object.keys(item.assets);
  const rows: StacRow[] = [];
  const footprints = new ItemFootprints(item, o.crs);
  const failures = new Map<string, { readonly error: unknown; readonly keys: string[] }>();
  const add = (key: string, asset: StacAsset): void => {
    try {
      rows.push(rowOf(item, key, asset, found.base, footprints, o));
    } catch (error) {
      const same = failures.get(messageOf(error));
      if (same) same.keys.push(key);
      else failures.set(messageOf(error), { error, keys: [key] });
    }
  };
  if (keys.length === 0) {
    // A catalog of footprints without files has rows too.
    if (typeof item.properties[MARK.crs] === 'string') add('', { href: '' });
    else fail(where, new CatalogError('no-assets', 'it has no assets.'));
  }
  for (const key of o.wanted === '*' ? keys : o.wanted) {
    const asset = Object.hasOwn(item.assets, key) ? item.assets[key] : undefined;
    if (asset) add(key, asset);
    else if (keys.length > 0) fail(where, noAsset(key, keys));
  }
  // What is wrong with the item is wrong with all its assets; it is said once.
  for (const { error, keys: failed } of failures.values())
    fail(`${where}, ${failed.length === 1 ? 'asset' : 'assets'} ${failed.join(', ')}`, error);
  return rows;
}
