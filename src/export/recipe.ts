/** Recipes: everything that decides the bytes of a dataset, as plain JSON (`export.md`). */
import path from 'node:path';
import {
  canonicalJson,
  envelope,
  ExportError,
  GeoSlice,
  kindOf,
  parseTime,
  sha256,
  transformBounds,
} from '../core/index.js';
import type { Bounds, Crs, Interval } from '../core/index.js';
import { rowsNow } from '../catalog/rows-now.js';
import type { CatalogRow } from '../catalog/types.js';
import { boxesAround } from './extent.js';
import { checkLayerNames, checkLayerOptions, checkOutputs, checkRecipeKeys } from './check.js';
import { resolveItems } from './recipe-items.js';
import { catalogRef, commonFolder, rowToJson } from './source-rows.js';
import type { LayerInit, LayerSpec, Recipe, RecipeInit, RecipeItem } from './types.js';

/** Name of the only layer when a recipe names none. */
const DEFAULT_LAYER = 'data';

/** SHA-256 of a recipe's canonical JSON. Where the files lie on this machine takes no part. */
export function recipeHash(recipe: Recipe): string {
  return sha256(canonicalJson(withoutLocations(recipe)));
}

/** The recipe as datasets store it. */
export function withoutLocations(recipe: Recipe): Recipe {
  const copy: { -readonly [K in keyof Recipe]: Recipe[K] } = { ...recipe };
  delete copy.locations;
  return copy;
}

/** The box around all items in a catalog's CRS; null when part of it has no image there. */
function itemsBounds(items: readonly RecipeItem[], crs: Crs): Bounds | null {
  const boxes: Bounds[] = [];
  for (const [from, bounds] of boxesAround(items)) {
    try {
      const box = transformBounds(bounds, from, crs);
      if (box[0] > box[2]) return null;
      boxes.push(box);
    } catch {
      // Without an image of the box every row stays; the plan asks item by item.
      return null;
    }
  }
  return envelope(
    boxes.flatMap((b): [number, number][] => [
      [b[0], b[1]],
      [b[2], b[3]],
    ]),
  );
}

function layerSpec(layer: LayerInit, items: readonly RecipeItem[], folder: string | null): LayerSpec {
  const { catalog, ...options } = layer;
  const rows = relevantRows(layer, items).map((row) => rowToJson(row, folder));
  return { ...options, catalog: catalogRef(rows, catalog.crs) };
}

/** The time around all items; null when one of them matches every time. */
function itemsInterval(items: readonly RecipeItem[]): Interval | null {
  let [start, end] = [Infinity, -Infinity];
  for (const { slice } of items) {
    if (slice.interval === null) return null;
    start = Math.min(start, parseTime(slice.interval.start));
    end = Math.max(end, parseTime(slice.interval.end));
  }
  return { start, end };
}

/** The rows of a layer that can meet the items, by boxes and time. */
function relevantRows({ catalog, ignoreTime }: LayerInit, items: readonly RecipeItem[]): readonly CatalogRow[] {
  const [xmin, ymin, xmax, ymax] = itemsBounds(items, catalog.crs) ?? [-Infinity, -Infinity, Infinity, Infinity];
  const time = ignoreTime === true ? null : itemsInterval(items);
  return rowsNow(catalog).filter(
    ({ bbox: b, interval }) =>
      b[0] <= xmax &&
      b[2] >= xmin &&
      b[1] <= ymax &&
      b[3] >= ymin &&
      (time === null || interval === null || (interval.start <= time.end && interval.end >= time.start)),
  );
}

function isRecipe(value: Recipe | RecipeInit): value is Recipe {
  return 'type' in value;
}

/**
 * A recipe of live catalogs, slice sequences and curated selections, written down as plain JSON.
 *
 * A catalog becomes the rows that can meet the items, with files relative to their common folder, sizes and digests; a
 * selection becomes the ids it exports and its steps. `locations` says where the files are on this machine and takes no part
 * in the hash, so the same inputs give the same recipe in any folder. A finished recipe passes through unchanged.
 *
 * @throws {@link ExportError} `export.*` for anything that cannot be exported, with what to change.
 */
export function createRecipe(init: RecipeInit | Recipe): Recipe {
  if (isRecipe(init)) return init;
  checkRecipeKeys(init);
  const outputs = checkOutputs(init.outputs ?? [{ format: 'cog' }]);
  if (typeof init.name !== 'string' || init.name.trim() === '') {
    throw new ExportError('export.no-name', 'The recipe has no name.', { hint: "Add name: 'My dataset'." });
  }
  const { items, origin, catalog } = resolveItems(init.items);
  const layers = init.layers ?? (catalog ? [{ name: DEFAULT_LAYER, catalog }] : []);
  checkLayerNames(layers.map((l) => l.name));
  for (const layer of layers) {
    checkLayerOptions(layer);
    if (kindOf(layer.catalog) !== 'catalog')
      throw new ExportError('export.bad-layer', `Layer "${layer.name}" has no catalog.`, {
        hint: "Add catalog: await buildRasterCatalog('scenes/').",
        details: { layer: layer.name },
      });
  }
  const folders = layers.map((l) => commonFolder(relevantRows(l, items).map((r) => r.filepath)));
  const specs = layers.map((layer, i) => layerSpec(layer, items, folders[i] ?? null));
  const locations = Object.fromEntries(
    layers.flatMap((l, i) => (folders[i] == null ? [] : [[l.name, path.resolve(folders[i])]])),
  );
  // Through JSON once: a recipe read back from its file is equal to this one.
  // SAFETY: every part is plain JSON of the declared shape.
  return JSON.parse(
    JSON.stringify({
      type: 'nadir-recipe',
      version: 1,
      name: init.name,
      items,
      origin,
      layers: specs,
      outputs,
      locations,
    }),
  ) as Recipe;
}

/** The slice of an item. @throws {@link ExportError} `export.bad-recipe`. */
export function sliceOfItem(item: RecipeItem): GeoSlice {
  try {
    return GeoSlice.fromJSON(item.slice);
  } catch (error) {
    throw new ExportError('export.bad-recipe', `Item ${item.id} of the recipe has no valid slice.`, {
      cause: error,
      details: { item: item.id },
    });
  }
}
