/** Catalogs for tests, without files. */
import { boxPolygon, footprintBounds } from '../../src/catalog/geometry.js';
import { memoryCatalog, type CatalogRow, type GeoCatalog } from '../../src/catalog/index.js';
import { Crs, type Bounds, type CrsInput, type Interval, type Resolution } from '../../src/core/index.js';

export interface RowInit extends Partial<Omit<CatalogRow, 'crs' | 'geometry' | 'bbox'>> {
  readonly box?: Bounds;
  readonly geometry?: CatalogRow['geometry'];
  readonly nativeCrs?: CrsInput;
}

/** A row with sensible values for what is not given. */
export function makeRow(init: RowInit, index: number, crs: Crs): CatalogRow {
  const geometry = init.geometry ?? boxPolygon(init.box ?? [0, 0, 1, 1]);
  const interval: Interval | null = init.interval ?? null;
  return Object.freeze({
    id: init.id ?? `row${index}`,
    filepath: init.filepath ?? `/data/row${index}.tif`,
    geometry,
    bbox: footprintBounds(geometry),
    interval,
    static: interval === null,
    crs: init.nativeCrs === undefined ? crs : Crs.from(init.nativeCrs),
    native: init.native ?? null,
    columns: init.columns ?? {},
  });
}

/** A catalog of rows in memory. */
export function makeCatalog(
  rows: readonly RowInit[],
  crs: CrsInput = 'EPSG:32631',
  targetResolution: Resolution | null = null,
): GeoCatalog {
  const c = Crs.from(crs);
  return memoryCatalog(
    rows.map((r, i) => makeRow(r, i, c)),
    { backend: 'raster', crs: c, targetResolution, config: {} },
  );
}

/** Ids of the rows of a catalog, in order. */
export async function idsOf(catalog: { toArray(): Promise<readonly CatalogRow[]> }): Promise<string[]> {
  return (await catalog.toArray()).map((r) => r.id);
}
