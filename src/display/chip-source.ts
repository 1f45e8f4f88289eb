/** Pixels of chips that are not in memory: slices of a sampler, or rows of a catalog, read when a view wants them. */
import { GeoSlice, isNadirError, messageOf, type LongTask } from '../core/index.js';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import { loadChipsQuietly, loadRasterQuietly } from '../load/index.js';
import { pickBands, type ChipLook } from './chips.js';
import type { TensorLike } from './objects.js';
import { chooseRendering } from './rendering.js';

/** Source pixels per preview pixel that are still read in full; beyond, overviews serve. */
const OVERSAMPLE = 2;

/** What is known of a catalog's bands before any pixel is read. */
export interface SourceBands {
  readonly look: ChipLook;
  /** Bands for the loader: names where all files have them, else 1-based numbers. */
  readonly bandIndexes: readonly (number | string)[];
}

/** The look of chips of a catalog; null when no row tells its bands. */
export function catalogLook(rows: readonly CatalogRow[]): SourceBands | null {
  const native = rows.find((r) => r.native !== null)?.native;
  if (!native || native.count === 0) return null;
  const names = Array.from({ length: native.count }, (_, i) => native.bandNames[i] ?? `band ${i + 1}`);
  const rendering = chooseRendering({ bandNames: names, dtype: native.dtype ?? '' });
  const picked = pickBands(names, rendering);
  const bandIndexes = picked.bands.map((b) => native.bandNames[b] ?? b + 1);
  // The loaded tensor has only these bands, in this order.
  return { look: { ...picked, bands: picked.bands.map((_, i) => i) }, bandIndexes };
}

/** Result of one chip: its pixels, or why there are none. */
export type ChipOutcome = { readonly tensor: TensorLike } | { readonly error: string };

/** A display draws when its cell may long be over: no bar in whichever cell runs then. */
const WITHOUT_BAR: LongTask = { onProgress: () => undefined };

/** Pixels of slices, in order; failures become outcomes and do not stop the others. */
export async function loadSliceChips(
  catalog: GeoCatalog,
  slices: readonly GeoSlice[],
  bandIndexes: readonly (number | string)[],
  o: LongTask = {},
): Promise<ChipOutcome[]> {
  const out: ChipOutcome[] = slices.map(() => ({ error: 'not loaded' }));
  const stream = loadChipsQuietly(catalog, slices, { ...WITHOUT_BAR, ...o, bandIndexes });
  for await (const { index, tensor } of stream) out[index] = { tensor };
  const failures = new Map(stream.errors.map((e) => [e.item, e.error.message]));
  return out.map((outcome, i) => {
    const slice = slices[i];
    return 'error' in outcome && slice ? { error: failures.get(slice.hash().slice(0, 16)) ?? outcome.error } : outcome;
  });
}

/** A slice that shows a whole row in about `side` pixels. */
export function rowSlice(row: CatalogRow, catalog: GeoCatalog, side: number): GeoSlice {
  const [xmin, ymin, xmax, ymax] = row.bbox;
  const extent = Math.max(xmax - xmin, ymax - ymin);
  const pixels = row.native ? Math.max(row.native.width, row.native.height) : side;
  return GeoSlice.create({
    bounds: row.bbox,
    resolution: extent / Math.max(1, Math.min(pixels, side * OVERSAMPLE)),
    crs: catalog.crs,
  });
}

/** Pixels of one row alone, from overviews where there are some. */
export async function loadRowChip(
  catalog: GeoCatalog,
  row: CatalogRow,
  bandIndexes: readonly (number | string)[],
  side: number,
  o: LongTask = {},
): Promise<ChipOutcome> {
  try {
    const alone = catalog.where((r) => r.id === row.id);
    const tensor = await loadRasterQuietly(alone, rowSlice(row, catalog, side), {
      ...WITHOUT_BAR,
      ...o,
      bandIndexes,
      overviews: 'auto',
      ignoreTime: true,
    });
    return { tensor };
  } catch (error) {
    if (!isNadirError(error)) throw error;
    return { error: messageOf(error) };
  }
}
