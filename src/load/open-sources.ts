/** The files of a slice as sources, opened and compared with each other. */
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import { CatalogError, isNadirError, mapConcurrent, type GeoSlice, type LedgerEntry } from '../core/index.js';
import { isInterpolating } from '../pixels/index.js';
import { isCategorical } from './bands.js';
import { contextOf } from './context.js';
import type { RasterLoadOptions } from './options.js';
import { openSliceSource, type SliceSource } from './source.js';
import type { LoadSurroundings } from './surroundings.js';

/** Headers opened at a time. */
const OPEN_CONCURRENCY = 8;

/** The sources of rows, in their order; with `onError: 'skip'` those that fail go to `errors`. @throws {@link CatalogError} `band-counts-differ`. */
export async function openSources(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: RasterLoadOptions,
  rows: readonly CatalogRow[],
  errors: LedgerEntry[],
  signal: AbortSignal | undefined,
): Promise<readonly SliceSource[]> {
  const context = contextOf(catalog);
  const opened = await mapConcurrent(
    rows,
    OPEN_CONCURRENCY,
    async (row) => {
      try {
        return await openSliceSource(context, row, slice, o, signal);
      } catch (error) {
        return skipped(error, o, row, signal);
      }
    },
    signal,
  );
  errors.push(...opened.filter((s): s is LedgerEntry => 'error' in s));
  const sources = opened.flatMap((s) => ('error' in s ? [] : s));
  const byName = o.bandIndexes?.every((b) => typeof b === 'string') === true;
  const [first] = sources;
  const other = first && !byName ? sources.find((s) => s.facts.count !== first.facts.count) : undefined;
  if (first && other) {
    throw new CatalogError(
      'band-counts-differ',
      `Files of the slice differ in their number of bands: ${first.row.filepath} has ${first.facts.count}, ${other.row.filepath} has ${other.facts.count}.`,
      {
        hint: 'Ask for bands by name, or keep one kind of file with where().',
        details: { files: [first.row.filepath, other.row.filepath] },
      },
    );
  }
  return sources;
}

/** The ledger entry of a row that failed, when failures are skipped; else the failure goes on. */
export function skipped(
  error: unknown,
  o: RasterLoadOptions,
  row: CatalogRow,
  signal: AbortSignal | undefined,
): LedgerEntry {
  signal?.throwIfAborted();
  // A wrong band or option is the caller's, not the file's.
  const isFilesFault = isNadirError(error) && error.name !== 'ArgumentError' && error.name !== 'BandNotFoundError';
  if (o.onError !== 'skip' || !isFilesFault) throw error;
  return { item: row.id, error };
}

/** Warns of classes that are interpolated, and of bands that differ in name. */
export function warnOfBands(sources: readonly SliceSource[], o: RasterLoadOptions, around: LoadSurroundings): void {
  const [first] = sources;
  if (!first) return;
  if (o.resampling !== undefined && isInterpolating(o.resampling)) {
    const classes = first.bands.filter((b) => isCategorical(first.facts, b.band) && first.plan.copyOffset === null);
    if (classes.length > 0) {
      const names = classes.map((b) => first.facts.bandNames[b.band] ?? `band ${b.band + 1}`).join(', ');
      around.warn(
        'bands',
        `resampling: '${o.resampling}' interpolates between classes or bit fields (${names}); such values are meaningless. Use 'nearest' or 'mode' for them.`,
      );
    }
  }
  const names = (s: SliceSource): string => s.bands.map((b) => s.facts.bandNames[b.band]?.toLowerCase() ?? '').join();
  const other = sources.find(
    (s) => names(s) !== names(first) && !names(s).startsWith(',') && !names(first).startsWith(','),
  );
  if (o.bandIndexes?.every((b) => typeof b === 'string') !== true && other) {
    around.warn(
      'bands',
      `Band names differ between files, and bands are merged by position: ${first.row.filepath} has ${names(first)}, ${other.row.filepath} has ${names(other)}. Ask for bands by name.`,
    );
  }
}
