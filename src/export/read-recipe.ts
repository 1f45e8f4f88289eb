/** Recipes out of files: untrusted JSON until it is checked. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson, ExportError, messageOf, sha256, type LongTask } from '../core/index.js';
import { checkLayerNames, checkLayerOptions, checkOutputs } from './check.js';
import { sliceOfItem } from './recipe.js';
import { isWrittenRecipe, resolveWrittenRecipe } from './written-recipe.js';
import type { LayerSpec, Recipe, RecipeItem, SourceRow, WriterSpec } from './types.js';

type Json = Readonly<Record<string, unknown>>;

function bad(file: string, why: string, cause?: unknown): ExportError {
  return new ExportError('export.bad-recipe', `The recipe ${file} ${why}.`, {
    hint: 'Use the recipe.json of a dataset, or write one: nadir export --help shows how.',
    details: { file },
    cause,
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRow(value: unknown): value is SourceRow {
  if (!isObject(value)) return false;
  const { id, file, geometry, crs, columns, native, interval, content } = value;
  const hasNative =
    native === null ||
    (isObject(native) &&
      Array.isArray(native['transform']) &&
      Array.isArray(native['bandNames']) &&
      (native['dtype'] === null || typeof native['dtype'] === 'string'));
  return (
    typeof id === 'string' &&
    typeof file === 'string' &&
    isObject(geometry) &&
    Array.isArray(geometry['coordinates']) &&
    typeof crs === 'string' &&
    isObject(columns) &&
    hasNative &&
    (interval === null || (Array.isArray(interval) && interval.length === 2)) &&
    (content === null || isObject(content))
  );
}

function checkLayer(file: string, layer: unknown): LayerSpec {
  if (!isObject(layer)) throw bad(file, 'has a layer that is no object');
  const { catalog, name } = layer;
  if (
    !isObject(catalog) ||
    typeof catalog['crs'] !== 'string' ||
    !Array.isArray(catalog['rows']) ||
    !catalog['rows'].every(isRow)
  ) {
    throw bad(file, `has a layer ${JSON.stringify(name)} without a catalog of rows`);
  }
  const fingerprint = sha256(canonicalJson({ crs: catalog['crs'], rows: catalog['rows'] }));
  if (fingerprint !== catalog['fingerprint'])
    throw bad(file, `has a layer ${JSON.stringify(name)} whose rows were changed: their fingerprint is ${fingerprint}`);
  // SAFETY: name is checked by checkLayerNames, options by the loader, rows and catalog here.
  return layer as unknown as LayerSpec;
}

function checkItem(file: string, item: unknown): RecipeItem {
  if (!isObject(item) || typeof item['id'] !== 'string') throw bad(file, 'has an item without an id');
  if (item['tags'] !== undefined && !(Array.isArray(item['tags']) && item['tags'].every((t) => typeof t === 'string')))
    throw bad(file, `has tags of item ${item['id']} that are no list of words`);
  // SAFETY: id and tags are checked above, the slice just below, the rest is plain JSON that goes into the table.
  const checked = item as unknown as RecipeItem;
  sliceOfItem(checked);
  return checked;
}

/** A recipe out of parsed JSON. @throws {@link ExportError} `export.bad-recipe` and what the recipe's parts are refused for. */
export function parseRecipe(value: unknown, file: string): Recipe {
  if (!isObject(value) || value['type'] !== 'nadir-recipe') throw bad(file, 'is no Nadir recipe');
  if (value['version'] !== 1)
    throw bad(file, `has version ${JSON.stringify(value['version'])}; this Nadir reads version 1`);
  const { name, items, layers, outputs, origin, locations } = value;
  if (typeof name !== 'string' || name.trim() === '') throw bad(file, 'has no name');
  if (!Array.isArray(items) || items.length === 0) throw bad(file, 'lists no items');
  if (!Array.isArray(layers) || !Array.isArray(outputs)) throw bad(file, 'lists no layers or no outputs');
  if (!isObject(origin)) throw bad(file, 'does not say where its items came from');
  if (locations !== undefined && !(isObject(locations) && Object.values(locations).every((l) => typeof l === 'string')))
    throw bad(file, 'has locations that are no texts');
  const checked = items.map((item) => checkItem(file, item));
  if (new Set(checked.map((i) => i.id)).size < checked.length) throw bad(file, 'lists an item twice');
  const specs = layers.map((layer) => checkLayer(file, layer));
  checkLayerNames(specs.map((l) => l.name));
  specs.forEach(checkLayerOptions);
  // SAFETY: checkOutputs looks at every output; origin is only shown.
  return {
    ...(value as unknown as Recipe),
    items: checked,
    layers: specs,
    outputs: checkOutputs(outputs as WriterSpec[]),
  };
}

/** Folders of the sources as `run.json` beside a dataset's recipe remembers them; none when there is no such file. */
async function rememberedLocations(folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    const run: unknown = JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8'));
    if (!isObject(run) || !isObject(run['locations'])) return {};
    return Object.fromEntries(
      Object.entries(run['locations']).filter((e): e is [string, string] => typeof e[1] === 'string'),
    );
  } catch {
    // A recipe that is not in a dataset has no run.json; the recipe or the caller then says where the files are.
    return {};
  }
}

export interface ReadRecipeOptions extends LongTask {
  /** Folder of the source files: of all layers of a stored recipe, and where relative paths of a written one start. */
  readonly data?: string;
}

/**
 * The recipe of a JSON file, with the folders of its sources made absolute. A recipe written by hand
 * ({@link resolveWrittenRecipe}) becomes a complete one; its relative paths start at its own folder.
 *
 * Folders come from `data` (one for all layers), else from the recipe's own `locations`, else from `run.json` beside it.
 *
 * @throws {@link ExportError} `export.unreadable-recipe`, `export.bad-recipe`, and what its parts are refused for.
 */
export async function readRecipe(file: string, o: ReadRecipeOptions = {}): Promise<Recipe> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ExportError('export.unreadable-recipe', `The recipe ${file} cannot be read: ${messageOf(error)}.`, {
      hint: 'Check the path.',
      details: { file },
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(file, `is not JSON: ${messageOf(error)}`, error);
  }
  const folder = path.dirname(path.resolve(file));
  if (isWrittenRecipe(value)) {
    const { data, ...task } = o;
    return resolveWrittenRecipe(value, { ...task, file, base: data ?? folder });
  }
  const recipe = parseRecipe(value, file);
  const known = { ...(await rememberedLocations(folder)), ...recipe.locations };
  const locations = Object.fromEntries(
    recipe.layers.flatMap(({ name }) => {
      const place = o.data ?? known[name];
      return place === undefined ? [] : [[name, path.resolve(o.data === undefined ? folder : '.', place)]];
    }),
  );
  return { ...recipe, locations };
}
