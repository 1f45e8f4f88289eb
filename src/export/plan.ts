/** The plan of an export: every item asked of every layer, no pixel read (`export.md`). */
import { ExportError, startTask, type Bounds, type GeoSlice, type LongTask } from '../core/index.js';
import type { CatalogRow, DType } from '../catalog/types.js';
import { findBand, layerBands } from './bands.js';
import { rowsFor, type OpenLayer } from './layers.js';
import { MAX_THUMBS, THUMB_SIDE } from './picture.js';
import { recipeHash, sliceOfItem } from './recipe.js';
import { asReport, showBytes } from './report.js';
import type { ExportPlan, Recipe } from './types.js';

const BYTES: Readonly<Record<DType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};
/** Bytes of a sample whose type is not known before the file is read: the most there are. */
const UNKNOWN_BYTES = 8;
/** Header, directories and block padding of one file. */
const FILE_OVERHEAD = 4096;
const RGBA = 4;
/** Items that an error or warning names at most. */
const SHOWN = 3;

/** A plan with what the run needs of it. */
export interface Planned {
  readonly plan: ExportPlan;
  /** Files that at least one item reads, by layer. */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>;
}

function requireBand(layer: OpenLayer, row: CatalogRow, wanted: readonly (number | string)[], every: boolean): void {
  const { native } = row;
  if (!native) return;
  const names = Array.from({ length: native.count }, (_, i) => native.bandNames[i] ?? null);
  const missing = wanted.filter((b) => findBand(b, names) < 0);
  if (every ? missing.length === 0 : missing.length < wanted.length) return;
  const have = names.map((n, i) => n ?? String(i + 1)).join(', ');
  throw new ExportError(
    'export.unknown-band',
    `Layer "${layer.spec.name}" asks for band ${missing.join(', ')}, which ${row.filepath} lacks. It has ${have}.`,
    {
      hint: 'Choose among its bands, or take that file out of the catalog.',
      details: { layer: layer.spec.name, file: row.filepath, bands: missing, available: names },
    },
  );
}

function checkBands(layer: OpenLayer, row: CatalogRow, count: number): void {
  const { bands, mask, name } = layer.spec;
  if (bands) {
    if (bands.length === 0)
      throw new ExportError('export.unknown-band', `Layer "${name}" asks for no band.`, {
        hint: 'Leave bands out for all of them.',
      });
    requireBand(layer, row, bands, true);
  } else if (row.native && row.native.count !== count) {
    throw new ExportError(
      'export.differing-bands',
      `The files of layer "${name}" have different numbers of bands: ${count} and, in ${row.filepath}, ${row.native.count}.`,
      {
        hint: 'Name the bands of the layer, or make one layer per kind of file.',
        details: { layer: name, file: row.filepath },
      },
    );
  }
  if (mask) {
    const rules = Array.isArray(mask) ? mask : [mask];
    // SAFETY: a rule or a list of rules, each with a band.
    requireBand(
      layer,
      row,
      (rules as readonly { readonly band: string | number }[]).map((r) => r.band),
      false,
    );
  }
}

function outside(
  ids: readonly string[],
  total: number,
  layers: readonly OpenLayer[],
  slice: GeoSlice | undefined,
): ExportError {
  const shown = ids.slice(0, SHOWN).join(', ') + (ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '');
  const where = slice ? ` The first covers [${slice.bounds.join(', ')}] in ${slice.crs.canonical}.` : '';
  return new ExportError(
    'export.outside-sources',
    `${ids.length} of ${total} items lie outside every source of ${layers.map((l) => `"${l.spec.name}"`).join(', ')}: ${shown}.${where}`,
    {
      hint: 'Take them out, or give layers whose files cover their area and time.',
      details: { items: ids },
    },
  );
}

/** What a picture needs must exist in a layer. @throws {@link ExportError} `export.unknown-layer`, `export.unknown-band`. */
function checkPictures(recipe: Recipe): void {
  const png = recipe.outputs.find((o) => o.format === 'png');
  if (!png) return;
  for (const name of png.layers ?? []) {
    if (recipe.layers.some((l) => l.name === name)) continue;
    throw new ExportError(
      'export.unknown-layer',
      `Pictures are asked of layer "${name}"; layers are ${recipe.layers.map((l) => l.name).join(', ')}.`,
    );
  }
  const { bands } = png;
  if (!bands) return;
  const candidates = recipe.layers.filter((l) => png.layers?.includes(l.name) ?? true);
  const lacking = candidates.filter((l) => bands.some((b) => findBand(b, layerBands(l)) < 0));
  if (lacking.length === 0 || (png.layers === undefined && lacking.length < candidates.length)) return;
  const [first] = lacking;
  throw new ExportError(
    'export.unknown-band',
    `Pictures need the bands ${bands.join(', ')}; layer "${first?.name ?? ''}" has ${first ? layerBands(first).join(', ') : ''}.`,
    {
      hint: 'Choose among its bands.',
      details: { bands },
    },
  );
}

/**
 * The plan: what would be read and written, and what is missing.
 *
 * @throws {@link ExportError} `export.outside-sources`, `export.unknown-band`, `export.differing-bands`, `export.unknown-layer`.
 */
export async function makePlan(recipe: Recipe, layers: readonly OpenLayer[], o: LongTask = {}): Promise<Planned> {
  const task = startTask('Planning', o);
  checkPictures(recipe);
  const used = new Map(layers.map((l) => [l.spec.name, new Set<string>()]));
  const counts = layers.map((l) => l.spec.catalog.rows.find((r) => r.native)?.native?.count ?? 0);
  const unmet: { id: string; layer: string }[] = [];
  const lost: string[] = [];
  let firstLost: GeoSlice | undefined;
  const total = { reads: 0, bytesToRead: 0, bytesToWrite: 0, files: 0 };
  const hasCog = recipe.outputs.some((x) => x.format === 'cog');
  const hasPng = recipe.outputs.some((x) => x.format === 'png');
  try {
    for (const [n, item] of recipe.items.entries()) {
      task.throwIfAborted();
      task.report({ done: n, total: recipe.items.length, unit: 'items' });
      const slice = sliceOfItem(item);
      const pixels = slice.shape[0] * slice.shape[1];
      let met = 0;
      for (const [i, layer] of layers.entries()) {
        const rows = await rowsFor(layer, slice);
        if (rows.length === 0) unmet.push({ id: item.id, layer: layer.spec.name });
        else met++;
        for (const row of rows) {
          const files = used.get(layer.spec.name);
          if (files?.has(row.filepath) === false) {
            checkBands(layer, row, counts[i] ?? 0);
            files.add(row.filepath);
          }
          total.reads++;
          total.bytesToRead += bandBytes(layer, row) * Math.min(pixels, coveredPixels(slice, row, layer));
        }
        const bytes = rows.reduce((most, row) => Math.max(most, bandBytes(layer, row)), 0);
        if (rows.length === 0) continue;
        total.files += (hasCog ? 1 : 0) + (hasPng ? 2 : 0);
        total.bytesToWrite +=
          (hasCog ? bytes * pixels + FILE_OVERHEAD : 0) + (hasPng ? RGBA * pixels + FILE_OVERHEAD : 0);
      }
      if (met > 0) continue;
      lost.push(item.id);
      firstLost ??= slice;
    }
  } finally {
    task.end();
  }
  // The overview's thumbnails wait in the staging folder.
  total.bytesToWrite += Math.min(MAX_THUMBS, recipe.items.length) * (THUMB_SIDE * THUMB_SIDE * RGBA + FILE_OVERHEAD);
  if (lost.length > 0) throw outside(lost, recipe.items.length, layers, firstLost);
  return { plan: planReport(recipe, total, unmet, used), used };
}

function bandBytes(layer: OpenLayer, row: CatalogRow): number {
  if (!row.native) return 1;
  return (
    (layer.spec.bands?.length ?? row.native.count) *
    (row.native.dtype === null ? UNKNOWN_BYTES : BYTES[row.native.dtype])
  );
}

/** Pixels of a slice that a row can cover: by boxes, in the catalog's CRS when that is the slice's, else all. */
function coveredPixels(slice: GeoSlice, row: CatalogRow, layer: OpenLayer): number {
  if (!slice.crs.equals(layer.catalog.crs)) return Infinity;
  const overlap = (lo: 0 | 1, hi: 2 | 3, a: Bounds, b: Bounds): number =>
    Math.max(0, Math.min(a[hi], b[hi]) - Math.max(a[lo], b[lo]));
  const width = overlap(0, 2, slice.bounds, row.bbox) / slice.resolution[0];
  return Math.ceil(width * (overlap(1, 3, slice.bounds, row.bbox) / slice.resolution[1]));
}

function planReport(
  recipe: Recipe,
  total: {
    readonly reads: number;
    readonly bytesToRead: number;
    readonly bytesToWrite: number;
    readonly files: number;
  },
  unmet: ExportPlan['unmet'],
  used: Planned['used'],
): ExportPlan {
  const warnings: string[] = [];
  if (unmet.length > 0) {
    const [first] = unmet;
    const what = first ? `, for example ${first.id} in "${first.layer}"` : '';
    warnings.push(`${unmet.length} chips have no source in a layer and will be listed as failed${what}.`);
  }
  const sources = [...used.values()].reduce((n, files) => n + files.size, 0);
  const unlicensed = recipe.layers
    .filter((l) => l.licence === undefined)
    .reduce((n, l) => n + (used.get(l.name)?.size ?? 0), 0);
  if (unlicensed > 0)
    warnings.push(
      `The licence of ${unlicensed} source files is not stated; the dataset lists it as unknown. A layer takes licence: 'CC-BY-4.0'.`,
    );
  const hash = recipeHash(recipe);
  return asReport({
    title: `Plan of "${recipe.name}"`,
    recipeHash: hash,
    items: recipe.items.length,
    ...total,
    unmet,
    facts: [
      { label: 'Items', value: recipe.items.length },
      { label: 'Layers', value: recipe.layers.map((l) => l.name).join(', ') },
      { label: 'Formats', value: recipe.outputs.map((o) => o.format).join(', ') },
      { label: 'Source files', value: sources },
      { label: 'Reads', value: total.reads },
      { label: 'Pixels to read', value: showBytes(total.bytesToRead) },
      { label: 'To write, at most', value: showBytes(total.bytesToWrite) },
      { label: 'Recipe', value: hash.slice(0, 16) },
    ],
    warnings,
    errors: [],
  });
}
