/** How a curated selection shows itself: the chips of what is curated, with verdicts, tags and a map. */
import { currentHost, type DisplayBundle, type GeoSlice } from '../core/index.js';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import { catalogOf, type CuratedSelection } from '../curation/index.js';
import type { SliceSequence } from '../sampling/index.js';
import { answers, itemsFingerprint, makeBundle } from './bundle.js';
import { extentOf } from './catalog.js';
import { catalogLook, loadRowChip, loadSliceChips, type ChipOutcome } from './chip-source.js';
import {
  chipArgs,
  chipLook,
  chipPreview,
  chipsText,
  chipTiles,
  chipTitle,
  planChips,
  itemsTruncated,
  MOST_PREVIEWS,
  sliceItem,
  tensorItem,
  type ChipLook,
} from './chips.js';
import { drawChipsPicture } from './draw/chips-picture.js';
import { BAD, GOOD } from './draw/theme.js';
import { footprintRow } from './footprint.js';
import type { TensorLike } from './objects.js';
import { unionOf } from './draw/view.js';
import { validShare } from './plane.js';
import { rowSlice } from './chip-source.js';
import type { ChipItem, CurationData } from './wire/payload.js';
import { grouped, oneLine, placeRange, plural, timeSpan } from './words.js';

/** Where the pixels of curated items come from. */
interface CuratedItems {
  readonly items: readonly ChipItem[];
  readonly look: ChipLook;
  /** Pixels of items by position; failures are outcomes. */
  load(indices: readonly number[], side: number): Promise<readonly ChipOutcome[]>;
}

/** Rows of catalogs load a few at a time. */
const ROWS_AT_A_TIME = 4;
/** Look of items whose bands nobody knows. */
const NO_BANDS: ChipLook = {
  bands: [],
  bandNames: [],
  rendering: { bands: [], ramp: 'gray', stretch: 'p2-98', classes: null },
};

/** The bundle of a curated selection. Loads the pixels of the first 64 items. */
export async function displayCuration(selection: CuratedSelection): Promise<DisplayBundle> {
  const curated = await itemsOfSelection(selection);
  const { look } = curated;
  const all = curated.items;
  const state = curationState(selection);
  const { items: kept, side } = planChips(all, look.bands.length, Buffer.byteLength(JSON.stringify(state)));
  const first = kept.slice(0, MOST_PREVIEWS).map((_, i) => i);
  const outcomes = look.bands.length === 0 ? [] : await curated.load(first, side);
  const items = kept.map((item, i): ChipItem => {
    const outcome = outcomes[i];
    if (!outcome) return item;
    if ('error' in outcome) return { ...item, error: oneLine(outcome.error) };
    return { ...item, preview: chipPreview(outcome.tensor, look, side), validFraction: validShare(outcome.tensor) };
  });
  const { counts } = selection;
  const verdicts = new Map(selection.ids.map((id) => [id, selection.verdictOf(id)]));
  const data: CurationData = {
    of: selection.of,
    count: all.length,
    bandNames: look.bandNames,
    rendering: look.rendering,
    items,
    curation: state,
  };
  const noun = selection.of === 'catalog' ? 'scene' : 'chip';
  const placed = all.filter((i) => i.outline.length > 0);
  const interval = extentOf(all);
  const where = [...(interval ? [timeSpan(interval)] : []), placeRange(unionOf(placed.map((i) => i.bbox)))].join(', ');
  const verdictText = `${grouped(counts.kept)} kept, ${grouped(counts.rejected)} rejected, ${grouped(counts.undecided)} undecided`;
  const title = `Curation of ${plural(all.length, noun)}`;
  const verdictOf = (id: string): 'kept' | 'rejected' | null => {
    const verdict = verdicts.get(id);
    return verdict === 'kept' || verdict === 'rejected' ? verdict : null;
  };
  return makeBundle({
    kind: 'curation',
    title,
    alt: `${title}: ${verdictText}; ${where}`,
    datasetId: itemsFingerprint(all.map((i) => i.id)),
    truncated: itemsTruncated(items.length, all.length),
    data,
    picture: drawChipsPicture({
      title,
      subtitle: where.replace(', ', ' · '),
      tiles: chipTiles(items, look, verdictOf),
      count: all.length,
      counts,
      areas: placed.map((i) => {
        const verdict = verdictOf(i.id);
        return verdict === null ? i : { outline: i.outline, bbox: i.bbox, colour: verdict === 'kept' ? GOOD : BAD };
      }),
    }),
    text: chipsText(title, items, all.length, look, [
      ['verdicts', verdictText],
      ['tagged', String(counts.tagged)],
      ['steps', stepsText(selection)],
    ]),
    handler: answers({
      chip: async (args) => {
        const { id, side: wanted } = chipArgs(args);
        const index = all.findIndex((i) => i.id === id);
        if (index < 0) throw new Error(`there is no item ${oneLine(id).slice(0, 40)}`);
        if (look.bands.length === 0) throw new Error('the files name no bands to show');
        const [outcome] = await curated.load([index], wanted);
        if (!outcome || 'error' in outcome) throw new Error(outcome?.error ?? 'nothing was loaded');
        return { preview: chipPreview(outcome.tensor, look, wanted) };
      },
    }),
  });
}

/** The verdicts so far and the expression of what is curated. */
function curationState(selection: CuratedSelection): CurationData['curation'] {
  const idsOf = (verdict: string): string[] => selection.ids.filter((id) => selection.verdictOf(id) === verdict);
  return {
    source: currentHost()?.nameOf(selection.source) ?? '(value)',
    steps: selection.steps,
    verdicts: { kept: idsOf('kept'), rejected: idsOf('rejected'), tags: selection.tags },
  };
}

function stepsText(selection: CuratedSelection): string {
  const { steps } = selection;
  if (steps.length === 0) return 'none yet';
  return steps.length <= 6
    ? steps.map((s) => s.op).join(', ')
    : `${steps.length} steps, last ${steps.at(-1)?.op ?? ''}`;
}

async function itemsOfSelection(selection: CuratedSelection): Promise<CuratedItems> {
  // SAFETY: `of` names what kind of value was curated.
  if (selection.of === 'catalog') return catalogItems(selection.source as GeoCatalog);
  if (selection.of === 'samples') {
    const sequence = selection.source as SliceSequence;
    return sliceItems(uniqueSlices(sequence), catalogOf(sequence));
  }
  const values = [...(selection.source as Iterable<GeoSlice | TensorLike>)];
  const tensors = values.filter((v): v is TensorLike => 'values' in v);
  if (tensors.length < values.length)
    return sliceItems(uniqueSlices(values.filter((v): v is GeoSlice => !('values' in v))), null);
  return tensorItems(tensors);
}

async function catalogItems(catalog: GeoCatalog): Promise<CuratedItems> {
  const rows = await catalog.toArray();
  const bands = catalogLook(rows);
  const load = async (indices: readonly number[], side: number): Promise<readonly ChipOutcome[]> => {
    const out: ChipOutcome[] = [];
    for (let i = 0; i < indices.length; i += ROWS_AT_A_TIME) {
      const some = indices.slice(i, i + ROWS_AT_A_TIME).flatMap((k) => rows[k] ?? []);
      out.push(...(await Promise.all(some.map((row) => loadRowChip(catalog, row, bands?.bandIndexes ?? [], side)))));
    }
    return out;
  };
  return { items: rows.map((row) => rowItem(row, catalog)), look: bands?.look ?? NO_BANDS, load };
}

/** The chip of a row: its whole footprint. */
function rowItem(row: CatalogRow, catalog: GeoCatalog): ChipItem {
  const { id, bbox, outline, startMicros, endMicros, properties } = footprintRow(row, catalog.crs);
  const slice = rowSlice(row, catalog, row.native ? Math.max(row.native.width, row.native.height) : 1);
  return {
    id,
    title: chipTitle(startMicros, endMicros, String(properties['file'] ?? id)),
    bbox,
    outline,
    crs: catalog.crs.canonical,
    transform: [...slice.transform],
    shape: [...slice.shape],
    startMicros,
    endMicros,
    validFraction: null,
    properties,
    preview: null,
    error: null,
  };
}

/** Equal slices are one item, as in curation. */
function uniqueSlices(slices: Iterable<GeoSlice>): GeoSlice[] {
  const seen = new Set<string>();
  return [...slices].filter((s) => !seen.has(s.key) && seen.add(s.key));
}

async function sliceItems(slices: readonly GeoSlice[], catalog: GeoCatalog | null): Promise<CuratedItems> {
  const bands = catalog && catalogLook(await catalog.toArray());
  return {
    items: slices.map(sliceItem),
    look: bands?.look ?? NO_BANDS,
    load: async (indices) => {
      if (!catalog || !bands) return indices.map(() => ({ error: 'these slices name no catalog to read from' }));
      return loadSliceChips(
        catalog,
        indices.flatMap((i) => slices[i] ?? []),
        bands.bandIndexes,
      );
    },
  };
}

function tensorItems(tensors: readonly TensorLike[]): CuratedItems {
  const seen = new Set<string>();
  const own = tensors
    .map((tensor) => ({ tensor, item: tensorItem(tensor) }))
    .filter(({ item }) => !seen.has(item.id) && seen.add(item.id));
  const [first] = own;
  return {
    items: own.map((o) => o.item),
    look: first ? chipLook(first.tensor) : NO_BANDS,
    load: (indices) => Promise.resolve(indices.flatMap((i) => own[i]?.tensor ?? []).map((tensor) => ({ tensor }))),
  };
}
