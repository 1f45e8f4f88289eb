/** Refusals of what was asked for, before anything is read or written. */
import { ExportError, nearestNames } from '../core/index.js';
import { MERGE_METHODS, RESAMPLINGS } from '../pixels/index.js';
import { isSafeName } from './names.js';
import { FORMATS, type Format, type LayerSpec, type RecipeInit, type Stretch, type WriterSpec } from './types.js';

/** Formats of `export.md` that later versions write. */
const LATER = ['geotiff-chips', 'jpeg', 'webp', 'npy', 'npz', 'zarr', 'webdataset', 'parquet', 'jsonl', 'coco', 'stac'];

/** Options of layers and recipes in `export.md` that later versions know. */
const LATER_OPTIONS = ['dtype', 'scale', 'split', 'tags'];
const RECIPE_KEYS: readonly (keyof RecipeInit)[] = ['name', 'items', 'layers', 'outputs'];
const LAYER_KEYS: readonly (keyof LayerSpec)[] = [
  'name',
  'catalog',
  'bands',
  'resampling',
  'merge',
  'mask',
  'nodata',
  'ignoreTime',
  'licence',
];
const OUTPUT_KEYS: Readonly<Record<Format, readonly string[]>> = {
  cog: ['format'],
  png: ['format', 'layers', 'bands', 'stretch'],
  geoparquet: ['format'],
};

/** Refuses names that would otherwise be ignored in silence. @throws {@link ExportError} `export.unknown-option`. */
export function checkKeys(what: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const [near] = nearestNames(unknown, known, 1);
  const later = LATER_OPTIONS.includes(unknown) ? ', which this version does not know yet' : '';
  throw new ExportError('export.unknown-option', `${what} has the unknown option ${JSON.stringify(unknown)}${later}.`, {
    hint: `${later === '' && near !== undefined ? `Did you mean ${near}? ` : ''}It takes ${known.join(', ')}.`,
    details: { option: unknown, known },
  });
}

/** @throws {@link ExportError} `export.unknown-option`. */
export function checkRecipeKeys(init: object): void {
  checkKeys('The recipe', init, RECIPE_KEYS);
}

/**
 * The options of a layer, before any pixel is asked for.
 *
 * @throws {@link ExportError} `export.unknown-option`, `export.bad-layer`.
 */
export function checkLayerOptions(layer: object): void {
  // SAFETY: only read; every value is checked as unknown.
  const given = layer as Readonly<Record<string, unknown>>;
  const what = `Layer ${JSON.stringify(given['name'])}`;
  checkKeys(what, layer, LAYER_KEYS);
  const refuse = (option: string, wants: string): ExportError =>
    new ExportError('export.bad-layer', `${what}: ${option} is ${wants}; got ${JSON.stringify(given[option])}.`, {
      hint: `Leave ${option} out for its default.`,
      details: { layer: given['name'], option },
    });
  const isOneOf = (list: readonly string[]) => (v: unknown) => typeof v === 'string' && list.includes(v);
  const isBand = (v: unknown): boolean => typeof v === 'number' || typeof v === 'string';
  const rules: readonly (readonly [string, string, (v: unknown) => boolean])[] = [
    ['resampling', `one of ${RESAMPLINGS.join(', ')}`, isOneOf(RESAMPLINGS)],
    ['merge', `one of ${MERGE_METHODS.join(', ')}`, isOneOf(MERGE_METHODS)],
    ['bands', 'a list of names or 1-based numbers', (v) => Array.isArray(v) && v.every(isBand)],
    ['nodata', 'a number', (v) => typeof v === 'number'],
    ['ignoreTime', 'true or false', (v) => typeof v === 'boolean'],
    ['licence', 'a text', (v) => typeof v === 'string' && v.trim() !== ''],
  ];
  for (const [option, wants, holds] of rules)
    if (given[option] !== undefined && !holds(given[option])) throw refuse(option, wants);
}

function isPair(value: unknown): value is readonly [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((v) => typeof v === 'number' && Number.isFinite(v)) &&
    value[0] < value[1]
  );
}

/** @throws {@link ExportError} `export.bad-stretch`. */
function checkStretch(stretch: Stretch): void {
  if (stretch === 'p2-98' || stretch === 'min-max' || isPair(stretch)) return;
  if (Array.isArray(stretch) && (stretch.length === 1 || stretch.length === 3) && stretch.every(isPair)) return;
  throw new ExportError(
    'export.bad-stretch',
    `A stretch is 'p2-98', 'min-max', [low, high] with low < high, or one such pair a band; got ${JSON.stringify(stretch)}.`,
    {
      hint: 'Leave it out for the percentiles 2 and 98 of the whole dataset.',
    },
  );
}

/**
 * The outputs of a recipe, each once, `geoparquet` among them.
 *
 * @throws {@link ExportError} `export.unknown-format` listing what exists, `export.repeated-format`, `export.bad-bands`, `export.bad-stretch`.
 */
export function checkOutputs(outputs: readonly WriterSpec[]): readonly WriterSpec[] {
  const seen = new Set<string>();
  for (const output of outputs) {
    // Callers without types may ask for anything.
    const format: unknown = typeof output === 'object' ? output.format : output;
    if (!FORMATS.includes(format as WriterSpec['format'])) {
      const later =
        typeof format === 'string' && LATER.includes(format) ? ', which this version does not write yet' : '';
      throw new ExportError(
        'export.unknown-format',
        `Unknown export format ${JSON.stringify(format)}${later}. Formats: ${FORMATS.join(', ')}.`,
        {
          hint: `Use one of ${FORMATS.map((f) => `{ format: '${f}' }`).join(', ')}.`,
          details: { format, formats: FORMATS },
        },
      );
    }
    if (seen.has(output.format)) {
      throw new ExportError('export.repeated-format', `The format ${output.format} is asked for twice.`, {
        hint: 'List each format once.',
      });
    }
    seen.add(output.format);
    checkKeys(`The output ${output.format}`, output, OUTPUT_KEYS[output.format]);
    if (output.format !== 'png') continue;
    if (output.bands !== undefined && output.bands.length !== 1 && output.bands.length !== 3) {
      throw new ExportError(
        'export.bad-bands',
        `A picture has one band (grey) or three (red, green, blue); got ${output.bands.length}.`,
        {
          hint: "For example bands: ['B04', 'B03', 'B02'].",
        },
      );
    }
    if (output.stretch !== undefined) checkStretch(output.stretch);
  }
  return seen.has('geoparquet') ? outputs : [...outputs, { format: 'geoparquet' }];
}

/** @throws {@link ExportError} `export.bad-layer` for names that cannot be folders, are taken, or are missing. */
export function checkLayerNames(names: readonly string[]): void {
  if (names.length === 0) {
    throw new ExportError('export.no-layers', 'The recipe has no layer, so there are no pixels to write.', {
      hint: "Add layers: [{ name: 's2', catalog }].",
    });
  }
  const seen = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string' || !isSafeName(name)) {
      throw new ExportError('export.bad-layer', `A layer name becomes a folder; ${JSON.stringify(name)} cannot.`, {
        hint: 'Use letters, digits, ".", "_", "=" and "-", for example "s2".',
      });
    }
    if (seen.has(name.toLowerCase())) {
      throw new ExportError('export.bad-layer', `Two layers are named ${JSON.stringify(name)}.`, {
        hint: 'Give each layer a name of its own.',
      });
    }
    seen.add(name.toLowerCase());
  }
}
