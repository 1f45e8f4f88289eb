/** Type, fill, bands and attributes of a loaded tensor. */
import { ArgumentError, type DType, type GeoSlice, type LedgerEntry, type NumericArray } from '../core/index.js';
import {
  defaultFill,
  GeoTensor,
  holdsValue,
  makeArray,
  mergedType,
  promote,
  type MergeMethod,
} from '../pixels/index.js';
import { isCategorical } from './bands.js';
import { classesIn } from './classes.js';
import type { RasterLoadOptions } from './options.js';
import { checkSize } from './result-size.js';
import type { SliceSource } from './source.js';

/** Merge methods whose results are values of the files: only these keep classes. */
const KEEPS_CLASSES: ReadonlySet<MergeMethod> = new Set<MergeMethod>(['first', 'last', 'min', 'max']);

/** What all blocks of a result have in common. */
export interface ResultType {
  readonly dtype: DType;
  readonly fillValue: number;
  readonly bandNames: readonly string[] | null;
}

/** @throws {@link ArgumentError} `bad-nodata`. */
export function resultType(sources: readonly SliceSource[], o: RasterLoadOptions): ResultType {
  const common = sources.map((s) => s.raster.dtype).reduce((a, b) => promote(a, b));
  const method = o.mergeMethod ?? 'last';
  const dtype = mergedType(method, common);
  // Counts are valid everywhere; a nodata of the sources says nothing about them.
  const ofSources = method === 'count' ? null : (sources[0]?.raster.nodata ?? null);
  const fillValue = o.nodata ?? ofSources ?? defaultFill(dtype);
  if (!holdsValue(dtype, fillValue)) {
    throw new ArgumentError('bad-nodata', `The fill value ${fillValue} does not fit the result's type ${dtype}.`, {
      hint: 'Give nodata: a value inside the range of the type.',
      details: { nodata: fillValue, dtype },
    });
  }
  return { dtype, fillValue, bandNames: bandNamesOf(sources, o) };
}

function bandNamesOf(sources: readonly SliceSource[], o: RasterLoadOptions): readonly string[] | null {
  const [first] = sources;
  if (!first) return null;
  const names = first.bands.map((b, i) => {
    const asked = o.bandIndexes?.[i];
    return first.facts.bandNames[b.band] ?? (typeof asked === 'string' ? asked : null);
  });
  if (names.every((n) => n === null)) return null;
  return names.map((n, i) => n ?? `band_${(first.bands[i]?.band ?? i) + 1}`);
}

/** The slice, the files that were read, and those that failed. */
export function attrsOf(
  slice: GeoSlice,
  sources: readonly string[],
  errors: readonly LedgerEntry[],
): Record<string, unknown> {
  return { slice: slice.toJSON(), sources, ...(errors.length > 0 ? { errors } : {}) };
}

/** A fully invalid tensor: the bands asked for, or one; Float32 unless the fill value needs more. */
export function emptyTensor(slice: GeoSlice, o: RasterLoadOptions, errors: readonly LedgerEntry[] = []): GeoTensor {
  const [height, width] = slice.shape;
  const count = o.bandIndexes?.length ?? 1;
  const fillValue = o.nodata ?? NaN;
  checkSize(slice, count, 'float32');
  const values = makeArray(holdsValue('float32', fillValue) ? 'float32' : 'float64', count * height * width).fill(
    fillValue,
  );
  return GeoTensor.create({
    values,
    valid: new Uint8Array(values.length),
    shape: [count, height, width],
    transform: slice.transform,
    crs: slice.crs,
    fillValue,
    bandNames: o.bandIndexes?.map((b) => (typeof b === 'string' ? b : `band_${b}`)) ?? null,
    attrs: attrsOf(slice, [], errors),
  });
}

/** `categorical` when every band holds classes, and the `classes` of a single band with a colour table. */
export function classAttrs(
  method: MergeMethod,
  sources: readonly SliceSource[],
  values: NumericArray,
  valid: Uint8Array | null,
): Record<string, unknown> {
  if (!KEEPS_CLASSES.has(method)) return {};
  if (!sources.every((s) => s.bands.every((b) => isCategorical(s.facts, b.band)))) return {};
  const oneBand = sources.every((s) => s.bands.length === 1 && s.bands[0]?.band === 0);
  const classes = oneBand
    ? classesIn(
        values,
        valid,
        sources.map((s) => s.colorTable),
      )
    : null;
  return { categorical: true, ...(classes ? { classes } : {}) };
}
