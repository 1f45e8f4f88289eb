/** Tiles of a catalog and their pixel lattices (`sampling.md` §1). */
import {
  affineBounds,
  affineResolution,
  ArgumentError,
  Crs,
  GeoSlice,
  intersectIntervals,
  parseInterval,
  type Bounds,
  type Interval,
  type Resolution,
  type Shape2D,
} from '../core/index.js';
import {
  footprintBounds,
  intersectionBounds,
  isBox,
  polygonsOf,
  prepareAreas,
  rasterFootprint,
  resolutionPair,
  sliceResolution,
  type Area,
  type CatalogRow,
  type GeoCatalog,
} from '../catalog/index.js';
import type { SamplerCommon, SkippedRow } from './types.js';

/** How far a size may be from whole pixels, and a corner from its lattice, in pixels. */
const PIXEL_TOLERANCE = 1e-3;
/** How far two resolutions may differ and still be one lattice, relative. */
const RESOLUTION_TOLERANCE = 1e-6;

/** A rectangle of whole pixels in which chips are laid. */
export interface Tile {
  readonly row: CatalogRow;
  readonly crs: Crs;
  /** Point of the lattice from which pixels count, right and down. */
  readonly anchor: readonly [x: number, y: number];
  readonly resolution: Resolution;
  /** First pixel, from the anchor. */
  readonly col: number;
  readonly top: number;
  /** Size in pixels; 0 where the tile holds no whole pixel. */
  readonly width: number;
  readonly height: number;
  readonly interval: Interval | null;
  /** Chip size in pixels, [height, width]. */
  readonly chip: Shape2D;
  readonly stride: Shape2D;
  /** Where chips must meet the roi; null when every chip of the tile does. */
  readonly roi: readonly Area[] | null;
}

/** Pixels of a tile as a slice. Bounds are anchor + integer × resolution, never accumulated. */
export function sliceOfTile(
  tile: Tile,
  col: number,
  row: number,
  [height, width]: Shape2D,
  interval: Interval | null,
): GeoSlice {
  return GeoSlice.create({
    bounds: pixelBounds(tile, col, row, [height, width]),
    resolution: tile.resolution,
    crs: tile.crs,
    interval,
  });
}

/** Bounds of pixels of a tile, counted from its first. */
export function pixelBounds(
  { anchor: [x, y], resolution: [rx, ry], col: c0, top }: Tile,
  col: number,
  row: number,
  [height, width]: Shape2D,
): Bounds {
  return [x + (c0 + col) * rx, y - (top + row + height) * ry, x + (c0 + col + width) * rx, y - (top + row) * ry];
}

function pair(size: number | Shape2D, name: string): Shape2D {
  const value: Shape2D = typeof size === 'number' ? [size, size] : size;
  const given: readonly unknown[] = value;
  if (
    !Array.isArray(given) ||
    given.length !== 2 ||
    !given.every((v) => typeof v === 'number' && Number.isFinite(v) && v > 0)
  ) {
    throw new ArgumentError(
      'bad-size',
      `${name} is a positive number or [height, width]; got ${JSON.stringify(size)}.`,
    );
  }
  return value;
}

/** A size in whole pixels. @throws {@link ArgumentError} `fractional-pixels`. */
function inPixels(size: Shape2D, units: 'pixels' | 'crs', [rx, ry]: Resolution, name: string): Shape2D {
  const raw: Shape2D = units === 'pixels' ? size : [size[0] / ry, size[1] / rx];
  const tolerance = units === 'pixels' ? 0 : PIXEL_TOLERANCE;
  const whole: Shape2D = [Math.round(raw[0]), Math.round(raw[1])];
  if (raw.some((v, i) => Math.abs(v - (whole[i] ?? NaN)) > tolerance || (whole[i] ?? 0) < 1)) {
    const shown =
      units === 'pixels'
        ? JSON.stringify(size)
        : `${JSON.stringify(size)} in CRS units is ${JSON.stringify(raw)} pixels at resolution ${JSON.stringify([rx, ry])}`;
    throw new ArgumentError('fractional-pixels', `${name} must be whole pixels, at least one; ${shown}.`, {
      hint:
        units === 'crs' ? 'Choose a multiple of the resolution.' : "Pass units: 'crs' for sizes in metres or degrees.",
    });
  }
  return whole;
}

/** Names of the options of all samplers. */
export const COMMON_OPTIONS: readonly (keyof SamplerCommon)[] = [
  'chipSize',
  'units',
  'resolution',
  'snapTo',
  'roi',
  'roiCrs',
  'toi',
  'crs',
  'minValidFraction',
  'shard',
  'signal',
  'onProgress',
];

/** Chip and stride as given, checked. */
export interface Sizes {
  readonly chip: Shape2D;
  readonly stride: Shape2D;
}

/** @throws {@link ArgumentError} for sizes, units, shards and options that this version does not have. */
export function checkCommon(o: SamplerCommon & { readonly stride?: number | Shape2D }): Sizes {
  const chip = pair(o.chipSize, 'chipSize');
  const units: unknown = o.units ?? 'pixels';
  if (units !== 'pixels' && units !== 'crs')
    throw new ArgumentError('bad-units', `units is 'pixels' or 'crs'; got ${JSON.stringify(o.units)}.`);
  const crs: unknown = o.crs ?? 'catalog';
  if (crs !== 'catalog' && crs !== 'native')
    throw new ArgumentError('bad-crs', `crs is 'catalog' or 'native'; got ${JSON.stringify(o.crs)}.`);
  const fraction = o.minValidFraction ?? 0;
  if (!(fraction >= 0 && fraction <= 1))
    throw new ArgumentError('bad-fraction', `minValidFraction is between 0 and 1; got ${String(o.minValidFraction)}.`);
  if (fraction > 0)
    throw new ArgumentError('not-yet', 'minValidFraction needs validity maps, which this version does not have.', {
      hint: 'Load the chips and keep those with enough valid pixels.',
    });
  for (const r of o.resolution === undefined ? [] : resolutionPair(o.resolution)) {
    if (!(Number.isFinite(r) && r > 0))
      throw new ArgumentError('bad-resolution', `resolution is positive; got ${JSON.stringify(o.resolution)}.`);
  }
  if (o.snapTo && ((o.snapTo as readonly unknown[]).length !== 2 || !o.snapTo.every((v) => Number.isFinite(v))))
    throw new ArgumentError('bad-snap', `snapTo is a point [x, y]; got ${JSON.stringify(o.snapTo)}.`);
  if (o.shard) {
    const { index, count } = o.shard;
    if (!Number.isInteger(count) || count < 1 || !Number.isInteger(index) || index < 0 || index >= count) {
      throw new ArgumentError('bad-shard', `shard needs 0 ≤ index < count; got index ${index} of ${count}.`);
    }
  }
  return { chip, stride: o.stride === undefined ? chip : pair(o.stride, 'stride') };
}

/** Footprint of a row in the CRS of its slices, one part for each side of ±180. */
function partsOf(row: CatalogRow, crs: Crs, catalog: GeoCatalog): readonly Area[] {
  const area = crs.equals(catalog.crs) || !row.native ? row.geometry : rasterFootprint(row.native, row.crs, crs);
  if (area.type === 'Polygon' || !crs.isGeographic) return [area];
  const parts = polygonsOf(area).map((rings): Area => ({
    type: 'Polygon',
    coordinates: rings.map((ring) => [...ring]),
  }));
  const boxes = parts.map(footprintBounds);
  const crosses = boxes.some((b) => b[2] === 180) && boxes.some((b) => b[0] === -180);
  return crosses ? parts : [area];
}

/** The file's own lattice, where slices can stay on its pixels: same CRS, same resolution, not rotated. */
function ownLattice(
  row: CatalogRow,
  crs: Crs,
  [rx, ry]: Resolution,
  part: Bounds,
): { anchor: readonly [number, number]; resolution: Resolution } | null {
  const { native } = row;
  if (!native || !row.crs.equals(crs) || native.transform[1] !== 0 || native.transform[3] !== 0) return null;
  const own = affineResolution(native.transform);
  if (Math.abs(own[0] / rx - 1) > RESOLUTION_TOLERANCE || Math.abs(own[1] / ry - 1) > RESOLUTION_TOLERANCE) return null;
  const [xmin, , xmax, ymax] = affineBounds(native.transform, [native.height, native.width]);
  // A part of a footprint across ±180 lies a full turn away from where the file counts its pixels.
  const turns =
    crs.isGeographic && (part[0] + part[2]) / 2 < xmin
      ? -360
      : crs.isGeographic && (part[0] + part[2]) / 2 > xmax
        ? 360
        : 0;
  return { anchor: [xmin + turns, ymax], resolution: own };
}

/** The tile's whole pixels: shrunk inward to the lattice. */
function wholePixels(
  box: Bounds,
  [ax, ay]: readonly [number, number],
  [rx, ry]: Resolution,
): Pick<Tile, 'col' | 'top' | 'width' | 'height'> {
  const col = Math.ceil((box[0] - ax) / rx - PIXEL_TOLERANCE);
  const top = Math.ceil((ay - box[3]) / ry - PIXEL_TOLERANCE);
  const width = Math.floor((box[2] - ax) / rx + PIXEL_TOLERANCE) - col;
  const height = Math.floor((ay - box[1]) / ry + PIXEL_TOLERANCE) - top;
  return { col: col === 0 ? 0 : col, top: top === 0 ? 0 : top, width: Math.max(0, width), height: Math.max(0, height) };
}

/** The roi in one CRS. */
function roiIn(o: SamplerCommon, catalog: GeoCatalog, crs: Crs): readonly Area[] | null {
  if (!o.roi) return null;
  const from = o.roiCrs === undefined ? catalog.crs : Crs.from(o.roiCrs);
  // SAFETY: bounds are an array, polygons are objects.
  return prepareAreas(
    Array.isArray(o.roi) ? { bounds: o.roi as unknown as Bounds } : { geometry: o.roi as Area },
    from,
    crs,
  );
}

/** Envelope of the common part of a footprint and the parts of a roi; null when they share no area. */
function clip(part: Area, roi: readonly Area[]): Bounds | null {
  const boxes = roi
    .map((area) => intersectionBounds(part, area))
    .filter((b) => b !== null && b[0] < b[2] && b[1] < b[3]);
  if (boxes.length === 0) return null;
  // SAFETY: nulls were filtered out.
  const known = boxes as readonly Bounds[];
  return [
    Math.min(...known.map((b) => b[0])),
    Math.min(...known.map((b) => b[1])),
    Math.max(...known.map((b) => b[2])),
    Math.max(...known.map((b) => b[3])),
  ];
}

/** Resolution of a row's slices in their CRS. */
function resolutionFor(row: CatalogRow, crs: Crs, catalog: GeoCatalog, o: SamplerCommon): Resolution {
  if (o.crs !== 'native') return sliceResolution(catalog, row, o.resolution);
  if (o.resolution !== undefined) return resolutionPair(o.resolution);
  if (row.native) return affineResolution(row.native.transform);
  throw new ArgumentError('no-resolution', `Row ${row.id} has no known pixel size in its own CRS ${crs.canonical}.`, {
    hint: 'Pass resolution.',
  });
}

/**
 * The tiles of a catalog in row order, and the rows that have none.
 *
 * @throws {@link ArgumentError} `no-resolution`, `fractional-pixels`, and for a bad roi or toi.
 */
export function makeTiles(
  catalog: GeoCatalog,
  rows: readonly CatalogRow[],
  o: SamplerCommon,
  sizes: Sizes,
): { readonly tiles: readonly Tile[]; readonly skipped: SkippedRow[] } {
  const toi = o.toi === undefined ? null : parseInterval(o.toi);
  const rois = new Map<string, readonly Area[] | null>();
  const tiles: Tile[] = [];
  const skipped: SkippedRow[] = [];
  for (const row of rows) {
    const interval = row.interval && toi ? intersectIntervals(row.interval, toi) : row.interval;
    if (row.interval && !interval) continue;
    const crs = o.crs === 'native' ? row.crs : catalog.crs;
    let roi = rois.get(crs.canonical);
    if (roi === undefined) {
      roi = roiIn(o, catalog, crs);
      rois.set(crs.canonical, roi);
    }
    const wanted = resolutionFor(row, crs, catalog, o);
    const made = partsOf(row, crs, catalog).flatMap((part): Tile[] => {
      const whole = footprintBounds(part);
      const box = roi ? clip(part, roi) : whole;
      if (!box || !(box[0] < box[2] && box[1] < box[3])) return [];
      const lattice = ownLattice(row, crs, wanted, whole) ?? {
        anchor: [whole[0], whole[3]] as const,
        resolution: wanted,
      };
      const anchor = o.snapTo ?? lattice.anchor;
      const { resolution } = lattice;
      const chip = inPixels(sizes.chip, o.units ?? 'pixels', resolution, 'chipSize');
      const stride = inPixels(sizes.stride, o.units ?? 'pixels', resolution, 'stride');
      // Inside a box-shaped roi every chip of the clipped tile lies in the roi.
      const everywhere = roi === null || (roi.length === 1 && roi.every(isBox));
      return [
        {
          row,
          crs,
          anchor,
          resolution,
          ...wholePixels(box, anchor, resolution),
          interval,
          chip,
          stride,
          roi: everywhere ? null : roi,
        },
      ];
    });
    if (made.length === 0) skipped.push({ row, reason: 'outside-roi', count: 1 });
    tiles.push(...made);
  }
  return { tiles, skipped };
}
