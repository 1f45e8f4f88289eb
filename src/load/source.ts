/** A catalog row as a source of pixels: its header, the bands asked for, the mask, and how to read windows. */
import type { CatalogRow } from '../catalog/types.js';
import type { RasterHeader, WindowTarget } from '../formats/raster/index.js';
import { affineBounds, type GeoSlice, type NumericArray } from '../core/index.js';
import {
  holdsValue,
  maskRules,
  maskTest,
  planWarp,
  sourceScale,
  warpBlock,
  warpInto,
  type Block,
  type RasterSource,
  type SourceGrid,
  type WarpBand,
  type WarpedBlock,
  type WarpPlan,
} from '../pixels/index.js';
import { defaultResampling, resolveBands, resolveMask, type BandFacts } from './bands.js';
import type { LoadContext } from './context.js';
import type { RasterLoadOptions } from './options.js';

/** One row, ready to be warped block by block. */
export interface SliceSource {
  readonly row: CatalogRow;
  readonly facts: BandFacts;
  readonly raster: RasterSource;
  readonly plan: WarpPlan;
  /** Colours of the first band's classes; null without a colour table. */
  readonly colorTable: RasterHeader['colorTable'];
  /** The bands of the result. */
  readonly bands: readonly WarpBand[];
  /** The mask's band, and whether one of its values hides the pixel. */
  readonly mask: { readonly band: WarpBand; readonly hides: (value: number) => boolean } | null;
}

function bandFacts(row: CatalogRow, header: RasterHeader): BandFacts {
  const named = row.native?.bandNames;
  // The catalog may know names that the file does not give.
  const bandNames = header.bandNames.map((name, i) => name ?? named?.[i] ?? null);
  return { file: row.filepath, count: header.count, bandNames, categorical: header.categorical };
}

/** The grid of the file, and the overview to read when overviews may be used: the coarsest not coarser than the slice. */
function gridAndLevel(
  row: CatalogRow,
  header: RasterHeader,
  slice: GeoSlice,
  o: RasterLoadOptions,
): { grid: SourceGrid; level: number | undefined } {
  const transform = header.georeferenced ? header.transform : (row.native?.transform ?? header.transform);
  const full: SourceGrid = { transform, crs: row.crs, width: header.width, height: header.height };
  if (o.overviews !== 'auto' || header.overviews.length === 0) return { grid: full, level: undefined };
  const scale = sourceScale(full, slice);
  let best = { grid: full, level: undefined as number | undefined };
  header.overviews.forEach(([width, height], level) => {
    const [fx, fy] = [header.width / width, header.height / height];
    if (fx > scale[0] || fy > scale[1] || width >= best.grid.width) return;
    const [a, b, c, d, e, f] = transform;
    best = { grid: { ...full, width, height, transform: [a * fx, b * fy, c, d * fx, e * fy, f] }, level };
  });
  return best;
}

const TURN = 360;

/**
 * Whole turns by which a source in degrees is to be shifted to reach a slice: grids of 0…360, or across ±180, hold the
 * same meridian under two longitudes. Projections answer within ±180; a slice in degrees may go beyond.
 */
export function turnsTowards(source: SourceGrid, slice: Pick<GeoSlice, 'bounds' | 'crs'>): readonly number[] {
  if (!source.crs.isGeographic) return [0];
  const [west, , east] = affineBounds(source.transform, [source.height, source.width]);
  const inDegrees = slice.crs.isGeographic;
  const from = inDegrees ? Math.min(-180, slice.bounds[0]) : -180;
  const to = inDegrees ? Math.max(180, slice.bounds[2]) : 180;
  // A sliver beyond ±180 is rounding, or half a pixel of a global grid: a shifted copy of it would shadow true pixels.
  const pixel = (east - west) / source.width;
  return [-2, -1, 0, 1, 2].filter((k) => {
    const overlap = Math.min(east + k * TURN, to) - Math.max(west + k * TURN, from);
    return k === 0 || overlap > pixel;
  });
}

/**
 * The sources of a row: one, or for a grid in degrees one for each whole turn by which it meets the slice.
 *
 * @throws {@link BandNotFoundError}; errors of opening the file.
 */
export async function openSliceSource(
  context: LoadContext,
  row: CatalogRow,
  slice: GeoSlice,
  o: RasterLoadOptions,
  signal: AbortSignal | undefined,
): Promise<readonly SliceSource[]> {
  const header = await context.header(row.filepath, signal);
  const facts = bandFacts(row, header);
  const { grid, level } = gridAndLevel(row, header, slice, o);
  const raster: RasterSource = {
    ...grid,
    dtype: header.dtype,
    // A nodata that the type cannot hold matches no pixel: files in the wild have them.
    nodata: header.nodata !== null && holdsValue(header.dtype, header.nodata) ? header.nodata : null,
    hasMask: header.hasMask,
    readWindow: (window, bands, s, into) =>
      context.use(row.filepath, s, (tiff) =>
        tiff.readWindow(window, { bands, signal: s, into, ...(level === undefined ? {} : { level }) }),
      ),
  };
  const bands = resolveBands(facts, o.bandIndexes).map((band): WarpBand => ({
    band,
    resampling: o.resampling ?? defaultResampling(facts, band),
  }));
  const found = resolveMask(facts, maskRules(o.mask));
  const mask = found && {
    band: { band: found.band, resampling: 'nearest', raw: true } as const,
    hides: maskTest(found.rule, header.dtype),
  };
  const [a, b, c, d, e, f] = raster.transform;
  return turnsTowards(raster, slice).map((k): SliceSource => {
    const shifted: RasterSource = k === 0 ? raster : { ...raster, transform: [a, b, c + k * TURN, d, e, f] };
    return {
      row,
      facts,
      colorTable: header.colorTable,
      raster: shifted,
      plan: planWarp(shifted, slice, o.transform, context.relations),
      bands,
      mask,
    };
  });
}

/** The source warped to a block of the slice, masked pixels invalid in all bands; null when they do not meet. */
export async function warpSource(
  source: SliceSource,
  block: Block,
  signal: AbortSignal | undefined,
): Promise<WarpedBlock | null> {
  const { bands, mask, plan } = source;
  if (mask === null) return warpBlock(plan, bands, block, signal);
  const warped = await warpBlock(plan, [...bands, mask.band], block, signal);
  if (warped === null) return null;
  const pixels = block.width * block.height;
  const at = bands.length * pixels;
  const hidden = hiddenPixels(warped.values.subarray(at), warped.valid?.subarray(at) ?? null, mask.hides);
  const valid = warped.valid?.subarray(0, at) ?? null;
  if (hidden === null) return { values: warped.values.subarray(0, at), valid };
  const visible = valid ?? new Uint8Array(at).fill(1);
  for (let b = 0; b < bands.length; b++) {
    for (let i = 0, k = b * pixels; i < pixels; i++, k++) if (hidden[i] === 1) visible[k] = 0;
  }
  return { values: warped.values.subarray(0, at), valid: visible };
}

/** 1 where the mask's value hides the pixel; null when it hides none. */
function hiddenPixels(
  mask: NumericArray,
  valid: Uint8Array | null,
  hides: (value: number) => boolean,
): Uint8Array | null {
  // A mask has few values, in runs; the rule is asked once for each run.
  let last = NaN;
  let isHidden = false;
  let hidden: Uint8Array | null = null;
  for (let i = 0; i < mask.length; i++) {
    // SAFETY: i < length.
    const value = mask[i] as number;
    if (value !== last) {
      last = value;
      isHidden = hides(value);
    }
    if (!isHidden || valid?.[i] === 0) continue;
    hidden ??= new Uint8Array(mask.length);
    hidden[i] = 1;
  }
  return hidden;
}

/**
 * The source warped straight into a part of an array of its own type; for sources without a mask.
 *
 * @returns The validity of the block (band, y, x), null where all is valid; `missed` when they do not meet.
 */
export function warpSourceInto(
  source: SliceSource,
  block: Block,
  target: WindowTarget,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | null | 'missed'> {
  return warpInto(source.plan, source.bands, block, target, signal);
}
