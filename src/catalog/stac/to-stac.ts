/** Catalogs to STAC Items (`catalog.md` §9). */
import { affineBounds, Crs, formatTime, isNadirError, startTask, type LongTask } from '../../core/index.js';
import { unsignedHref, type StacAsset, type StacItem } from '../../formats/stac/index.js';
import { baseName } from '../build/file-name.js';
import { polygonsOf, type Area } from '../geometry.js';
import { ALWAYS, MARK } from './stac-marks.js';
import { propertiesOf } from './stac-columns.js';
import { geoJsonBox, projectFootprint } from './stac-geometry.js';
import { filepathToStore } from '../stored/stored-path.js';
import type { CatalogRow, GeoCatalog, NativeGrid } from '../types.js';

const STAC_VERSION = '1.1.0';
const PROJECTION = 'https://stac-extensions.github.io/projection/v2.0.0/schema.json';
const WGS84 = Crs.from('EPSG:4326');

/** Media types of the files that Nadir indexes. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  tif: 'image/tiff; application=geotiff',
  tiff: 'image/tiff; application=geotiff',
  jp2: 'image/jp2',
  nc: 'application/netcdf',
  h5: 'application/x-hdf5',
  hdf5: 'application/x-hdf5',
  zarr: 'application/vnd.zarr',
  parquet: 'application/vnd.apache.parquet',
  geojson: 'application/geo+json',
  gpkg: 'application/geopackage+sqlite3',
  fgb: 'application/vnd.flatgeobuf',
  shp: 'application/vnd.shp',
};

function timesOf(row: CatalogRow): Readonly<Record<string, unknown>> {
  const { interval } = row;
  if (!interval) return { datetime: null, start_datetime: ALWAYS.start, end_datetime: ALWAYS.end, [MARK.static]: true };
  const [start, end] = [formatTime(interval.start), formatTime(interval.end)];
  return start === end ? { datetime: start } : { datetime: null, start_datetime: start, end_datetime: end };
}

function crsFields(crs: Crs): Readonly<Record<string, unknown>> {
  const code = crs.epsg === null ? null : crs.canonical;
  if (code !== null && crs.portable === code) return { 'proj:code': code };
  let json: unknown = null;
  try {
    json = crs.toProjJson();
  } catch (error) {
    // A projection without PROJJSON is still named exactly for Nadir itself.
    if (!isNadirError(error, 'CrsError')) throw error;
  }
  return { 'proj:code': code, ...(json !== null && { 'proj:projjson': json }), [MARK.nativeCrs]: crs.portable };
}

function gridFields({ transform, width, height }: NativeGrid): Readonly<Record<string, unknown>> {
  return {
    'proj:transform': [...transform],
    'proj:shape': [height, width],
    'proj:bbox': [...affineBounds(transform, [height, width])],
  };
}

function nodataOf(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function assetOf(row: CatalogRow): StacAsset {
  const { native } = row;
  const href = unsignedHref(filepathToStore(row.filepath));
  const extension = /\.([a-z0-9]+)$/i.exec(baseName(href))?.[1]?.toLowerCase() ?? '';
  const type = MEDIA_TYPES[extension];
  // Without a data type the bands tell that the grid is known.
  const named =
    native !== null && (native.dtype === null || native.count > 1 || native.bandNames.some((n) => n !== null));
  return {
    href,
    ...(type !== undefined && { type }),
    roles: ['data'],
    ...(native && {
      ...(native.dtype !== null && { data_type: native.dtype }),
      ...(native.nodata !== null && { nodata: nodataOf(native.nodata) }),
      ...(named && {
        bands: Array.from({ length: native.count }, (_, i) => {
          const name = native.bandNames[i] ?? null;
          return name === null ? {} : { name };
        }),
      }),
      ...(native.overviews.length > 0 && { [MARK.overviews]: native.overviews.flat() }),
    }),
  };
}

/** Whether two areas have the same vertices in the same order. */
function isSame(a: Area, b: Area): boolean {
  return a.type === b.type && JSON.stringify(polygonsOf(a)) === JSON.stringify(polygonsOf(b));
}

/** The row as an Item. @throws {@link TransformError} when its footprint has no image in degrees. */
function itemOf(row: CatalogRow, catalog: { readonly crs: Crs; readonly backend: string }): StacItem {
  const geometry = projectFootprint(row.geometry, catalog.crs, WGS84);
  const key = row.columns['asset_key'];
  return {
    type: 'Feature',
    stac_version: STAC_VERSION,
    stac_extensions: [PROJECTION],
    id: row.id,
    geometry,
    bbox: [...geoJsonBox(geometry)],
    properties: {
      ...timesOf(row),
      ...crsFields(row.crs),
      ...(row.native && gridFields(row.native)),
      ...propertiesOf(row.columns),
      [MARK.crs]: catalog.crs.portable,
      [MARK.backend]: catalog.backend,
      [MARK.columns]: Object.keys(row.columns),
      ...(!(catalog.crs.equals(WGS84) && isSame(geometry, row.geometry)) && { [MARK.geometry]: row.geometry }),
    },
    links: [],
    assets: row.filepath === '' ? {} : { [typeof key === 'string' && key !== '' ? key : 'data']: assetOf(row) },
  };
}

/**
 * The rows of a catalog as STAC 1.1.0 Items, in order, each with its file as the one asset (`asset_key`, or `data`).
 *
 * Geometries are in EPSG:4326, edges densified, split at ±180. A dated row has `datetime` when it is an instant, else
 * `start_datetime` and `end_datetime`; a static row has 1900–2100 and `nadir:static`. Columns are properties; those whose
 * name or type STAC does not allow are called `nadir:column:<name>`. Local paths are absolute. Addresses lose user,
 * password and the query parameters of signatures and tokens: an export may be shared, a signature not.
 *
 * `catalogFromStac` gives every row back: with `targetCrs` that of the catalog, its very coordinates.
 *
 * @throws {@link TransformError} `outside-domain`; the signal's reason.
 */
export async function* catalogToStac(catalog: GeoCatalog, o: LongTask = {}): AsyncGenerator<StacItem> {
  const task = startTask('Writing STAC', o);
  let done = 0;
  try {
    for await (const row of catalog.rows({ ...(task.signal && { signal: task.signal }) })) {
      task.throwIfAborted();
      yield itemOf(row, catalog);
      task.report({ done: ++done, unit: 'items' });
    }
  } finally {
    task.end();
  }
}
