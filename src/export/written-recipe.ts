/**
 * Recipes as a person writes them: catalogs by file or pattern, items by sampler. They become a recipe of item ids and rows
 * before anything else happens, so what a dataset stores is always complete.
 */
import path from 'node:path';
import { canonicalJson, ExportError, isNadirError, type LongTask } from '../core/index.js';
import { buildRasterCatalog, openCatalog } from '../catalog/index.js';
import type { BuildOptions, GeoCatalog, NamedFiles } from '../catalog/index.js';
import { isGlob, isRemote } from '../io/index.js';
import { gridSampler, randomSampler, type GridSamplerOptions, type RandomSamplerOptions } from '../sampling/index.js';
import { checkKeys, checkLayerNames, checkLayerOptions, checkOutputs, checkRecipeKeys } from './check.js';
import { createRecipe } from './recipe.js';
import type { LayerInit, Recipe, RecipeInit, WriterSpec } from './types.js';

type Json = Readonly<Record<string, unknown>>;

/** Where relative paths of a written recipe start, and what a long task is told. */
export interface WrittenOptions extends LongTask {
  readonly base: string;
  /** Name of the recipe in messages. */
  readonly file: string;
}

const BUILD_KEYS = [
  'filenameRegex',
  'dateFormat',
  'datePrecision',
  'targetCrs',
  'targetResolution',
  'densify',
  'onError',
] as const;
/** Errors of options that a recipe holds. */
const ARGUMENT_CLASSES = ['ArgumentError', 'CrsError', 'SliceError', 'TransformError', 'IntervalError'];
const SAMPLERS = ['grid', 'random'];

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(file: string, why: string): ExportError {
  return new ExportError('export.bad-recipe', `The recipe ${file} ${why}.`, {
    hint: 'nadir export --help shows a whole recipe.',
    details: { file },
  });
}

/** Whether parsed JSON is meant as a recipe of this kind: the stored kind says what it is. */
export function isWrittenRecipe(value: unknown): value is Json {
  return isObject(value) && value['type'] === undefined && ('items' in value || 'layers' in value);
}

/** A path or pattern seen from `base`; characters of the base that a pattern would read are quoted. */
function fromBase(base: string, given: string): string {
  if (isRemote(given) || path.isAbsolute(given)) return given;
  if (!isGlob(given)) return path.resolve(base, given);
  return path.join(path.resolve(base).replace(/[*?[{]/g, '[$&]'), given);
}

/** Opens every catalog of a recipe once. */
class Catalogs {
  readonly #open = new Map<string, GeoCatalog>();
  readonly #o: WrittenOptions;

  constructor(o: WrittenOptions) {
    this.#o = o;
  }

  async get(source: unknown, where: string): Promise<GeoCatalog> {
    const key = canonicalJson(source ?? null);
    const known = this.#open.get(key);
    if (known) return known;
    const catalog = await this.#make(source, where);
    this.#open.set(key, catalog);
    return catalog;
  }

  async dispose(): Promise<void> {
    for (const catalog of this.#open.values()) await catalog.dispose();
  }

  #make(source: unknown, where: string): Promise<GeoCatalog> {
    const { base, file, signal, onProgress } = this.#o;
    const task: LongTask = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
    if (typeof source === 'string' && source !== '') return openCatalog(fromBase(base, source), task);
    if (!isObject(source))
      throw bad(
        file,
        `has no catalog for ${where}: write the path of a catalog, or { "files": "scenes/*.tif", "filenameRegex": "(?<date>\\\\d{8})" }`,
      );
    checkKeys(`The catalog of ${where}`, source, ['files', ...BUILD_KEYS]);
    const { files, ...options } = source;
    const list: readonly unknown[] = Array.isArray(files) ? files : [files];
    const names = list.filter((f): f is string => typeof f === 'string' && f !== '');
    if (names.length === 0 || names.length < list.length)
      throw bad(file, `has a catalog of ${where} whose files are no path, pattern or list of them`);
    // SAFETY: the builder checks every option; unknown names were refused above.
    const build = options as BuildOptions & NamedFiles;
    const inputs = names.map((f) => fromBase(base, f));
    return buildRasterCatalog(inputs.length === 1 ? (inputs[0] ?? inputs) : inputs, { ...build, ...task });
  }
}

async function layersOf(layers: unknown, catalogs: Catalogs, o: WrittenOptions): Promise<readonly LayerInit[]> {
  if (layers === undefined) return [];
  if (!Array.isArray(layers) || !layers.every(isObject)) throw bad(o.file, 'has layers that are no list of objects');
  // SAFETY: names are checked here, before any file is looked at.
  checkLayerNames(layers.map((l) => l['name'] as string));
  layers.forEach(checkLayerOptions);
  const out: LayerInit[] = [];
  for (const layer of layers) {
    const catalog = await catalogs.get(layer['catalog'], `layer ${JSON.stringify(layer['name'])}`);
    // SAFETY: checkLayerOptions looked at every option.
    out.push({ ...layer, catalog } as unknown as LayerInit);
  }
  return out;
}

async function itemsOf(
  items: unknown,
  layers: readonly LayerInit[],
  catalogs: Catalogs,
  o: WrittenOptions,
): Promise<RecipeInit['items']> {
  if (!isObject(items))
    throw bad(
      o.file,
      'has items that are no object; write { "sampler": "grid", "chipSize": 256 } or { "catalog": "scenes.parquet" }',
    );
  const { sampler, catalog: source, ...options } = items;
  const [first] = layers;
  if (source === undefined && !first)
    throw bad(o.file, 'says neither which catalog its items are drawn from nor a layer');
  const catalog = source === undefined && first ? first.catalog : await catalogs.get(source, 'the items');
  if (sampler === undefined) {
    checkKeys('The items', items, ['catalog', 'sampler']);
    return catalog;
  }
  if (typeof sampler !== 'string' || !SAMPLERS.includes(sampler))
    throw bad(o.file, `asks for the sampler ${JSON.stringify(sampler)}; there are ${SAMPLERS.join(' and ')}`);
  const task: LongTask = { ...(o.signal && { signal: o.signal }), ...(o.onProgress && { onProgress: o.onProgress }) };
  if (sampler === 'random' && options['seed'] === undefined)
    throw new ExportError('export.no-seed', `The random sampler of the recipe ${o.file} has no seed.`, {
      hint: 'Add "seed": 1; without it no two runs give the same dataset.',
    });
  // SAFETY: the samplers check the names and values of their options.
  return sampler === 'grid'
    ? gridSampler(catalog, { ...(options as unknown as GridSamplerOptions), ...task })
    : randomSampler(catalog, { ...(options as unknown as RandomSamplerOptions), ...task });
}

/**
 * A recipe written by hand as a complete one.
 *
 * @throws {@link ExportError} `export.bad-recipe`, `export.no-seed`, `export.unknown-option` and the others of
 * {@link createRecipe}; what building or opening the catalogs and the samplers throw.
 */
export async function resolveWrittenRecipe(value: Json, o: WrittenOptions): Promise<Recipe> {
  checkRecipeKeys(value);
  const { name, items, layers, outputs } = value;
  if (typeof name !== 'string') throw bad(o.file, 'has no name');
  if (outputs !== undefined && !Array.isArray(outputs)) throw bad(o.file, 'has outputs that are no list');
  // SAFETY: checkOutputs refuses anything that is no writer.
  const writers = outputs === undefined ? undefined : checkOutputs(outputs as WriterSpec[]);
  const catalogs = new Catalogs(o);
  try {
    const made = await layersOf(layers, catalogs, o);
    const drawn = await itemsOf(items, made, catalogs, o);
    return createRecipe({
      name,
      items: drawn,
      ...(made.length > 0 && { layers: made }),
      ...(writers && { outputs: writers }),
    });
  } catch (error) {
    // The same mistakes are usage errors in a call; here they stand in a file.
    if (!isNadirError(error) || !ARGUMENT_CLASSES.includes(error.name)) throw error;
    throw new ExportError('export.bad-recipe', `The recipe ${o.file} cannot be used: ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      details: { file: o.file },
      cause: error,
    });
  } finally {
    await catalogs.dispose();
  }
}
