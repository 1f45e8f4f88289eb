/** `items.parquet`: the items of a dataset as a catalog (GeoParquet 1.1). */
import { Crs, formatTime } from '../core/index.js';
import { footprintBounds } from '../formats/geoparquet/index.js';
import { encodeCatalog } from '../catalog/stored/write-catalog.js';
import type { CatalogRow, DType, NativeGrid, Scalar } from '../catalog/types.js';
import type { Engine } from './engine.js';
import type { ItemRecord, LayerRecord } from './journal.js';
import { sliceOfItem } from './recipe.js';
import type { Recipe, RecipeItem } from './types.js';

/** CRS of the footprints when items have several. */
const COMMON_CRS = 'EPSG:4326';

/** The one CRS of all items, else EPSG:4326. */
export function tableCrs(items: readonly RecipeItem[]): Crs {
  const [first, ...others] = new Set(items.map((i) => i.slice.crs));
  return Crs.from(first !== undefined && others.length === 0 ? first : COMMON_CRS);
}

function nativeOf(record: LayerRecord | undefined, transform: NativeGrid['transform']): NativeGrid | null {
  if (!record) return null;
  const [count, height, width] = record.shape;
  return {
    transform,
    width,
    height,
    count,
    // SAFETY: layerRecord wrote the name of an element type.
    dtype: record.dtype as DType,
    nodata: Number(record.fillValue),
    bandNames: record.bandNames,
    overviews: [],
  };
}

function row(item: RecipeItem, record: ItemRecord, recipe: Recipe, crs: Crs, engine: Engine): CatalogRow {
  const slice = sliceOfItem(item);
  const geometry = engine.footprint(slice, crs);
  const columns: Record<string, Scalar> = { ...item.columns };
  if (item.verdict) columns['verdict'] = item.verdict;
  columns['tags'] = item.tags ? JSON.stringify(item.tags) : null;
  for (const { name } of recipe.layers) {
    columns[`valid_fraction_${name}`] = record.layers[name]?.validFraction ?? null;
    for (const folder of ['cog', 'png'] as const) {
      const suffix = folder === 'cog' ? '.tif' : '.png';
      const file = record.files.find((f) => f.path.startsWith(`${folder}/${name}/`) && f.path.endsWith(suffix));
      if (file) columns[`${folder}_${name}`] = file.path;
    }
  }
  const main = record.files.find((f) => f.path.endsWith('.tif')) ?? record.files.find((f) => f.path.endsWith('.png'));
  return {
    id: item.id,
    filepath: main?.path ?? '',
    geometry,
    bbox: footprintBounds(geometry),
    interval: slice.interval,
    static: slice.interval === null,
    crs: slice.crs,
    native: nativeOf(record.layers[recipe.layers[0]?.name ?? ''], slice.transform),
    columns,
  };
}

/** Bytes of `items.parquet`: one row an item that was written, in the order of the recipe. */
export function itemsTable(recipe: Recipe, records: ReadonlyMap<string, ItemRecord>, engine: Engine): Uint8Array {
  const crs = tableCrs(recipe.items);
  const rows = recipe.items.flatMap((item) => {
    const record = records.get(item.id);
    return record ? [row(item, record, recipe, crs, engine)] : [];
  });
  return encodeCatalog(rows, { backend: 'raster', crs, targetResolution: null });
}

/** First and last moment of the dated items, as text; null when none is dated. */
export function timeSpan(items: readonly RecipeItem[]): readonly [start: string, end: string] | null {
  const dated = items.flatMap((i) => sliceOfItem(i).interval ?? []);
  if (dated.length === 0) return null;
  const start = dated.reduce((t, i) => Math.min(t, i.start), Infinity);
  const end = dated.reduce((t, i) => Math.max(t, i.end), -Infinity);
  return [formatTime(start), formatTime(end)];
}
