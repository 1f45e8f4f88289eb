/** The items of an export, whatever they are given as. */
import { ExportError, GeoSlice, isNadirError, kindOf } from '../core/index.js';
import { sliceResolution } from '../catalog/resolution.js';
import { rowsNow } from '../catalog/rows-now.js';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import { catalogOf, itemId, type CuratedSelection } from '../curation/index.js';
import type { GeoTensor } from '../pixels/index.js';
import { sliceOf } from '../pixels/index.js';
import type { SliceSequence } from '../sampling/index.js';
import type { ItemsInit, Recipe, RecipeItem } from './types.js';

/** Items, where they came from, and the catalog behind them when they know it. */
export interface ResolvedItems {
  readonly items: readonly RecipeItem[];
  readonly origin: Recipe['origin'];
  readonly catalog: GeoCatalog | null;
}

/** The chip of a row, by the rule of `catalog.slices()`: its envelope, its interval, the catalog's or the file's resolution. */
function rowItem(catalog: GeoCatalog, row: CatalogRow): RecipeItem {
  const resolution = sliceResolution(catalog, row);
  const slice = GeoSlice.create({ bounds: row.bbox, resolution, crs: catalog.crs, interval: row.interval });
  const hasColumns = Object.keys(row.columns).length > 0;
  return { id: row.id, slice: slice.toJSON(), ...(hasColumns && { columns: row.columns }) };
}

function rowItems(catalog: GeoCatalog): readonly RecipeItem[] {
  try {
    return rowsNow(catalog).map((row) => rowItem(catalog, row));
  } catch (error) {
    if (!isNadirError(error, 'ArgumentError')) throw error;
    throw new ExportError('export.no-resolution', `The rows of the catalog cannot become chips: ${error.message}`, {
      hint: 'Build the catalog with targetResolution, or export the chips of a sampler.',
      cause: error,
    });
  }
}

/** Equal slices are one item. */
function sliceItems(slices: Iterable<GeoSlice>): readonly RecipeItem[] {
  const byId = new Map<string, RecipeItem>();
  for (const slice of slices) {
    const id = itemId(slice);
    if (!byId.has(id)) byId.set(id, { id, slice: slice.toJSON() });
  }
  return [...byId.values()];
}

function* slicesOf(values: Iterable<unknown>): Iterable<GeoSlice> {
  let index = 0;
  for (const value of values) {
    const kind = kindOf(value);
    // SAFETY: the kind names the class.
    if (kind === 'geoslice') yield value as GeoSlice;
    else if (kind === 'tensor') yield sliceOf(value as GeoTensor);
    else throw badItems(`entry ${index} of the list is neither a GeoSlice nor a GeoTensor`);
    index++;
  }
}

function badItems(why: string): ExportError {
  return new ExportError('export.bad-items', `These items cannot be exported: ${why}.`, {
    hint: 'Give the result of a sampler, a list of slices, a catalog, or curate(…) of one of them.',
  });
}

function curated(selection: CuratedSelection): ResolvedItems {
  const wanted = new Set(selection.exportedIds);
  const { tags, counts } = selection;
  const inner = resolveItems(selection.source as ItemsInit);
  const items = inner.items
    .filter((item) => wanted.has(item.id))
    .map((item): RecipeItem => {
      const words = tags[item.id];
      const verdict = selection.verdictOf(item.id) === 'kept' ? 'kept' : 'undecided';
      return { ...item, verdict, ...(words && { tags: words }) };
    });
  if (items.length === 0) {
    throw new ExportError(
      'export.nothing-kept',
      `Nothing is left to export: of ${counts.total} items ${counts.rejected} are rejected.`,
      {
        hint: 'Keep some items, or take a rule out of the selection.',
      },
    );
  }
  return {
    items,
    catalog: inner.catalog,
    origin: { kind: 'curation', steps: selection.steps, rejected: counts.total - items.length },
  };
}

/**
 * The items of a curated selection, slice sequence, list of slices or tensors, or catalog.
 *
 * @throws {@link ExportError} `export.bad-items`, `export.no-items`, `export.nothing-kept`, `export.no-resolution`, `export.endless`.
 */
export function resolveItems(value: ItemsInit): ResolvedItems {
  // Callers without types may pass anything.
  const given: unknown = value;
  const kind = kindOf(given);
  // SAFETY (all branches): the kind names the class or interface.
  if (kind === 'curation') return curated(value as CuratedSelection);
  let resolved: ResolvedItems;
  if (kind === 'catalog') {
    const catalog = value as GeoCatalog;
    resolved = { items: rowItems(catalog), origin: { kind: 'catalog' }, catalog };
  } else if (typeof given === 'object' && given !== null && Symbol.iterator in given) {
    if (kind === 'samples' && !Number.isFinite((value as SliceSequence).length)) {
      throw new ExportError('export.endless', 'The sampler never ends, so its chips cannot all be written.', {
        hint: 'Give the sampler a length.',
      });
    }
    resolved = {
      items: sliceItems(slicesOf(given as Iterable<unknown>)),
      origin: { kind: 'slices' },
      catalog: catalogOf(given),
    };
  } else throw badItems(`they are ${kind ?? (given === null ? 'null' : typeof given)}`);
  if (resolved.items.length === 0) {
    throw new ExportError('export.no-items', 'There are no items to export.', {
      hint: 'Widen the query or the region of interest.',
    });
  }
  return resolved;
}
