/** Which rows of a catalog fill a slice, and in which order (loading.md §2). */
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import {
  ArgumentError,
  CatalogError,
  EmptySelectionError,
  formatTime,
  kindOf,
  transformBounds,
  type Bounds,
  type GeoSlice,
  type LongTask,
} from '../core/index.js';
import type { RasterLoadOptions, RowOrder } from './options.js';

/** Compares texts by code point; `<` compares UTF-16 units, which differs beyond the basic plane. */
function compareCodePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const d = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (d !== 0) return d;
  }
  return x.length - y.length;
}

/** Rows by start, static ones first as if older than anything dated, then by file path. */
export function orderRows(rows: readonly CatalogRow[], order: RowOrder = 'time'): readonly CatalogRow[] {
  if (order === 'catalog') return rows;
  const start = (row: CatalogRow): number => (row.static ? -Infinity : (row.interval?.start ?? -Infinity));
  const sorted = [...rows].sort((a, b) => {
    const [x, y] = [start(a), start(b)];
    return x === y ? compareCodePoints(a.filepath, b.filepath) : x < y ? -1 : 1;
  });
  return order === 'time' ? sorted : sorted.reverse();
}

const LOADERS: Readonly<Record<GeoCatalog['backend'], string>> = {
  raster: 'loadRaster',
  cube: 'loadCube',
  vector: 'loadVector',
};

/** @throws {@link CatalogError} `wrong-backend`; {@link ArgumentError} `not-a-catalog`. */
export function requireBackend(catalog: GeoCatalog, backend: GeoCatalog['backend'], loader: string): void {
  const given: unknown = catalog;
  if (kindOf(given) !== 'catalog') {
    const build = `build${backend.replace(/^./, (c) => c.toUpperCase())}Catalog`;
    throw new ArgumentError('not-a-catalog', 'The first argument is a catalog.', {
      hint:
        given instanceof Promise
          ? `Write await before ${build} or openCatalog.`
          : `Make one with ${build} or openCatalog.`,
    });
  }
  if (catalog.backend === backend) return;
  throw new CatalogError(
    'wrong-backend',
    `${loader} reads ${backend} catalogs; this is a ${catalog.backend} catalog.`,
    {
      hint: `Use ${LOADERS[catalog.backend]} for a ${catalog.backend} catalog.`,
      details: { backend: catalog.backend },
    },
  );
}

/** @throws {@link CatalogError} `wrong-backend`. */
export function requireRaster(catalog: GeoCatalog): void {
  requireBackend(catalog, 'raster', 'loadRaster');
}

/** @throws {@link ArgumentError} `not-a-slice`. */
export function requireSlice(slice: unknown): void {
  if (kindOf(slice) === 'geoslice') return;
  throw new ArgumentError('not-a-slice', `A place to load is a GeoSlice; got ${JSON.stringify(slice)}.`, {
    hint: 'Make one with GeoSlice.create({ bounds, resolution, crs }).',
  });
}

/** Whether bounds in a projected CRS are small enough to be degrees by mistake. */
function looksLikeDegrees({ bounds, crs }: GeoSlice): boolean {
  const [xmin, ymin, xmax, ymax] = bounds.map(Math.abs) as [number, number, number, number];
  return !crs.isGeographic && Math.max(xmin, xmax) <= 360 && Math.max(ymin, ymax) <= 90;
}

/** The rows that meet a slice, in load order. */
export async function rowsFor(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions,
  task: LongTask,
): Promise<readonly CatalogRow[]> {
  const target = o.ignoreTime === true ? slice.with({ interval: null, align: 'off' }) : slice;
  return orderRows(await catalog.query(target).toArray(task), o.order);
}

function showBounds(bounds: Bounds): string {
  return `[${bounds.map((b) => Number(b.toPrecision(10))).join(', ')}]`;
}

/** The error of a slice that no row meets: it prints both extents in the slice's CRS. */
export async function emptyError(catalog: GeoCatalog, slice: GeoSlice): Promise<EmptySelectionError> {
  const total = await catalog.totalBounds();
  const extent = await catalog.temporalExtent();
  let bounds: Bounds = total;
  let crs = slice.crs.canonical;
  if (!total.some(Number.isNaN)) {
    try {
      bounds = transformBounds(total, catalog.crs, slice.crs);
    } catch {
      // The catalog reaches beyond the domain of the slice's CRS; its own coordinates still help.
      crs = catalog.crs.canonical;
    }
  }
  const when = (i: { readonly start: number; readonly end: number } | null): string =>
    i ? `${formatTime(i.start)} to ${formatTime(i.end)}` : 'any time';
  const holds = total.some(Number.isNaN)
    ? 'The catalog has no rows.'
    : `The catalog covers ${showBounds(bounds)} in ${crs}, ${extent ? when(extent) : 'without dates'}.`;
  return new EmptySelectionError(
    'no-rows',
    `No file of the catalog meets the slice ${showBounds(slice.bounds)} in ${slice.crs.canonical}, ${when(slice.interval)}. ${holds}`,
    {
      hint: looksLikeDegrees(slice)
        ? `The bounds look like degrees, but ${slice.crs.canonical} is in ${slice.crs.unit === 'foot' ? 'feet' : 'metres'}: make the slice with crs: 'EPSG:4326', or project it with toCrs.`
        : `Check bounds, CRS and interval; ignoreTime: true drops the time filter${catalog.backend === 'raster' ? "; onEmpty: 'nodata' returns an invalid tensor" : ''}.`,
      details: {
        bounds: slice.bounds,
        crs: slice.crs.canonical,
        catalogBounds: bounds,
        interval: slice.interval,
        temporalExtent: extent,
      },
    },
  );
}
