/** What can be curated, and the items it consists of. */
import { kindOf, SelectionError } from '../core/index.js';
import type { Bounds, Crs, GeoSlice } from '../core/index.js';
import type { Facts } from '../catalog/expression.js';
import { rowFacts } from '../catalog/row-facts.js';
import { rowsNow } from '../catalog/rows-now.js';
import type { CatalogRow, GeoCatalog, MultiPolygon, Polygon, Scalar } from '../catalog/types.js';
import { sliceOf, type GeoTensor } from '../pixels/index.js';
import { SEQUENCE_CATALOG, type SliceSequence } from '../sampling/index.js';
import { sliceSequence } from '../sampling/sequence.js';
import { itemId } from './item-id.js';

/** A catalog, the slices of a sampler, or an iterable of slices or of chips (tensors). */
export type Curatable = GeoCatalog | SliceSequence | Iterable<GeoSlice> | Iterable<GeoTensor>;
/** The part of a value that a verdict selects, of the kind that was curated. */
export type CuratedPart<T> = T extends GeoCatalog
  ? GeoCatalog
  : T extends SliceSequence
    ? SliceSequence
    : T extends Iterable<infer E>
      ? readonly E[]
      : never;
/** One item as a `where` callback sees it. */
export type CuratedItem<T> = T extends GeoCatalog ? CatalogRow : T extends Iterable<infer E> ? E : never;

/** One thing that gets a verdict. */
export interface Item {
  readonly id: string;
  readonly value: unknown;
  /** Null for rows of a catalog, whose slice needs a resolution. */
  readonly slice: GeoSlice | null;
  readonly geometry: Polygon | MultiPolygon | Bounds;
  readonly crs: Crs;
  facts(): Facts;
}

/** The items of a curated value and the way back from ids to a part of it. */
export interface ItemSet {
  readonly of: 'catalog' | 'samples' | 'chips';
  readonly items: readonly Item[];
  /** The catalog behind the items, when the value knows it. */
  readonly catalog: GeoCatalog | null;
  part(keep: (id: string) => boolean): unknown;
}

function sliceFacts(id: string, slice: GeoSlice): Facts {
  const [xmin, ymin, xmax, ymax] = slice.bounds;
  const [height, width] = slice.shape;
  const time = (micros: number | undefined): Facts[string] => (micros === undefined ? null : { micros });
  const { interval } = slice;
  return {
    id,
    crs: slice.crs.canonical,
    xmin,
    ymin,
    xmax,
    ymax,
    height,
    width,
    start_time: time(interval?.start),
    end_time: time(interval?.end),
  };
}

function ofCatalog(catalog: GeoCatalog): ItemSet {
  const items = rowsNow(catalog).map((row): Item => ({
    id: row.id,
    value: row,
    slice: null,
    geometry: row.geometry,
    crs: catalog.crs,
    facts: () => rowFacts(row),
  }));
  return { of: 'catalog', items, catalog, part: (keep) => catalog.where((row) => keep(row.id)) };
}

function sliceItem(slice: GeoSlice, value: unknown, extra: () => Readonly<Record<string, Scalar>>): Item {
  const id = itemId(slice);
  return {
    id,
    value,
    slice,
    geometry: slice.bounds,
    crs: slice.crs,
    facts: () => ({ ...sliceFacts(id, slice), ...extra() }),
  };
}

const nothing = (): Readonly<Record<string, Scalar>> => ({});

/** The catalog that a slice sequence was drawn from, or null when it names none. */
export function catalogOf(sequence: object): GeoCatalog | null {
  // SAFETY: only samplers of this library write this key, with a catalog or nothing.
  return (sequence as { readonly [SEQUENCE_CATALOG]?: GeoCatalog | null })[SEQUENCE_CATALOG] ?? null;
}

/** The selected slices as a sequence again, so that they can be loaded, shown and exported. */
function subSequence(slices: readonly GeoSlice[], whole: SliceSequence, catalog: GeoCatalog | null): SliceSequence {
  const at = (index: number): GeoSlice => {
    const slice = slices[index];
    if (!slice)
      throw new SelectionError('out-of-range', `There is no slice ${index}; the selection has ${slices.length}.`);
    return slice;
  };
  const origin = { length: slices.length, at, iterate: () => slices };
  // SAFETY: samplers name their catalog; a foreign sequence without one keeps having none, which readers of the key expect.
  return sliceSequence(origin, {
    seed: whole.seed,
    skipped: whole.skipped,
    catalog: catalog as GeoCatalog,
    shard: undefined,
  });
}

function ofSequence(sequence: SliceSequence): ItemSet {
  if (!Number.isFinite(sequence.length)) {
    throw new SelectionError('endless', 'An endless sequence of slices cannot be curated.', {
      hint: 'Give the sampler a length.',
    });
  }
  const items = unique([...sequence].map((slice) => sliceItem(slice, slice, nothing)));
  const catalog = catalogOf(sequence);
  const part = (keep: (id: string) => boolean): unknown =>
    subSequence(
      items.flatMap((i) => (i.slice && keep(i.id) ? [i.slice] : [])),
      sequence,
      catalog,
    );
  return { of: 'samples', items, catalog, part };
}

function ofList(values: readonly unknown[]): ItemSet {
  const items = unique(
    values.map((value, index) => {
      const kind = kindOf(value);
      // SAFETY: the kind names the class.
      if (kind === 'geoslice') return sliceItem(value as GeoSlice, value, nothing);
      if (kind === 'tensor') {
        // SAFETY: the kind names the class.
        const tensor = value as GeoTensor;
        return sliceItem(sliceOf(tensor), tensor, () => scalars(tensor.attrs));
      }
      throw new SelectionError('not-curatable', `Entry ${index} of the list is neither a GeoSlice nor a GeoTensor.`, {
        hint: 'Curate a catalog, the result of a sampler, or a list of slices or tensors.',
      });
    }),
  );
  return { of: 'chips', items, catalog: null, part: (keep) => items.filter((i) => keep(i.id)).map((i) => i.value) };
}

function scalars(attrs: Readonly<Record<string, unknown>>): Readonly<Record<string, Scalar>> {
  const isScalar = (v: unknown): v is Scalar => v === null || ['string', 'number', 'boolean'].includes(typeof v);
  return Object.fromEntries(Object.entries(attrs).filter((e): e is [string, Scalar] => isScalar(e[1])));
}

/** Equal slices are one item: the first stands for all. */
function unique(items: readonly Item[]): readonly Item[] {
  const seen = new Set<string>();
  return items.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/**
 * The items of anything that can be curated.
 *
 * @throws {@link SelectionError} `not-curatable`, `endless`; {@link CatalogError} `not-in-memory`.
 */
export function itemsOf(value: unknown): ItemSet {
  const kind = kindOf(value);
  // SAFETY: the kind names the class or interface.
  if (kind === 'catalog') return ofCatalog(value as GeoCatalog);
  if (kind === 'samples') return ofSequence(value as SliceSequence);
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) {
    // SAFETY: it has an iterator; entries are checked one by one.
    return ofList([...(value as Iterable<unknown>)]);
  }
  const what = kind ?? (value === null ? 'null' : typeof value);
  throw new SelectionError(
    'not-curatable',
    `curate() takes a catalog, the result of a sampler, or a list of slices or tensors; got ${what}.`,
    {
      hint: 'Await the call that makes it, if it returns a promise.',
    },
  );
}
