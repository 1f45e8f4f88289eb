/** Opening GeoTIFFs: header facts and windowed reads. */
import {
  ArgumentError,
  UnsupportedDataError,
  dtypeRange,
  type DType,
  type NumericArray,
  type PixelWindow,
} from '../../core/index.js';
import { openSource, pageSource, showSource, type PageSource, type Source } from '../../io/index.js';
import {
  BlockCache,
  checkWindow,
  type RasterFile,
  type RasterHeader,
  type RasterWindow,
  type Rgba,
  type WindowOptions,
} from '../raster/index.js';
import { compressionName } from './codec.js';
import { crsOfGeoKeys } from './crs-read.js';
import { TAG, TEXT_TAGS, openDirectories, type Tags } from './directory.js';
import { KEY, readGeoKeys } from './geokeys.js';
import { readTransform } from './georeference.js';
import { TiffImage } from './image.js';
import { readLayout, type ImageLayout } from './layout.js';
import { parseGdalMetadata } from './metadata.js';
import { readStructure } from './structure.js';
import type { GeoTiffInput, OpenGeoTiffOptions } from './types.js';

/** Pages of the header cache: a disk reads 16 KiB as fast as 1; over the network a round trip is worth 64 KiB. */
const FILE_PAGE_BYTES = 16384;
const HTTP_PAGE_BYTES = 65536;
/** Texts of the largest single are often rounded up; they still mean it. */
const MAX_FLOAT32_TEXT = 3.4028236e38;
const SUBFILE_REDUCED = 1;
const SUBFILE_MASK = 4;
const PIXEL_IS_POINT = 2;
let opened = 0;

/** A nodata text as GDAL writes it; null when it is no number. */
function parseNodata(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  if (/^[-+]?(nan|1\.#(ind|qnan|snan))/i.test(trimmed)) return NaN;
  const infinite = /^([-+]?)(inf|1\.#inf)/i.exec(trimmed);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  const value = Number(trimmed);
  return Number.isNaN(value) ? null : value;
}

/** Nodata as the values can hold it; null when no value can ever equal it (−9999 in a byte raster), as in rasterio. */
function fitNodata(value: number | null, dtype: DType): number | null {
  if (value === null) return null;
  if (dtype === 'float64') return value;
  if (dtype === 'float32') return Math.abs(value) <= MAX_FLOAT32_TEXT ? Math.fround(value) : value;
  const [min, max] = dtypeRange(dtype);
  return Number.isInteger(value) && value >= min && value <= max ? value : null;
}

function readColorTable(tags: Tags, nodata: number | null): readonly Rgba[] | null {
  const map = tags.numbers(TAG.ColorMap);
  if (!map) return null;
  const length = Math.floor(map.length / 3);
  // The specification says 16 bits; some writers store 8.
  const divisor = map.some((v) => v > 255) ? 257 : 1;
  const part = (i: number): number => Math.floor((map[i] ?? 0) / divisor);
  return Array.from(
    { length },
    (_, i) => [part(i), part(length + i), part(2 * length + i), i === nodata ? 0 : 255] as const,
  );
}

interface Parts {
  readonly header: RasterHeader;
  readonly main: TiffImage;
  readonly overviews: readonly TiffImage[];
  /** Masks of full resolution and overviews, where present. */
  readonly masks: readonly (TiffImage | null)[];
}

async function readParts(
  source: PageSource,
  name: string,
  key: string,
  cache: BlockCache,
  signal: AbortSignal | undefined,
): Promise<Parts> {
  const structure = await readStructure(source, name, signal);
  const all = await openDirectories(source, structure, name, signal);
  const fileBytes = source.size ?? Infinity;
  const [first, ...others] = all;
  if (!first) throw new UnsupportedDataError('no-image', `${name} holds no image.`);
  const layout = readLayout(first, name, fileBytes);
  const metadata = parseGdalMetadata(first.text(TAG.GdalMetadata), layout.count);
  const stored = parseNodata(first.text(TAG.GdalNodata));
  const nodata = fitNodata(stored, metadata.isSignedByte ? 'int8' : layout.dtype);
  const context = (index: number) => ({
    name,
    key: `${key}${index}`,
    source,
    structure,
    cache,
    fill: nodata ?? 0,
    nodata,
    isSignedByte: metadata.isSignedByte,
  });
  const main = new TiffImage(layout, context(0));

  const overviews: TiffImage[] = [];
  const maskImages: TiffImage[] = [];
  for (const [i, tags] of others.entries()) {
    const kind = tags.number(TAG.NewSubfileType, 0);
    const isMask = (kind & SUBFILE_MASK) !== 0;
    const isOverview = !isMask && (kind & SUBFILE_REDUCED) !== 0;
    if (!isMask && !isOverview) continue; // another page: not this image
    const reduced = readLayout(tags, name, fileBytes);
    if (
      isOverview &&
      (reduced.count !== layout.count || reduced.dtype !== layout.dtype || reduced.width > layout.width)
    )
      continue; // a thumbnail
    (isMask ? maskImages : overviews).push(
      new TiffImage(reduced, { ...context(i + 1), ...(isMask ? { fill: 0, isSignedByte: false } : {}) }),
    );
  }
  overviews.sort((a, b) => b.layout.width - a.layout.width);
  const maskOf = (l: ImageLayout): TiffImage | null =>
    maskImages.find((m) => m.layout.width === l.width && m.layout.height === l.height) ?? null;

  const geoKeys = readGeoKeys(first);
  const { transform, georeferenced } = readTransform(
    first,
    geoKeys?.numbers.get(KEY.RasterType)?.[0] === PIXEL_IS_POINT,
  );
  const { crs, problem } = crsOfGeoKeys(geoKeys);
  const tags: Record<string, string> = { ...metadata.tags };
  for (const [text, tag] of Object.entries(TEXT_TAGS)) {
    const value = first.text(tag);
    if (value !== null && value !== '') tags[text] = value;
  }
  const colorTable = layout.hasPalette ? readColorTable(first, nodata) : null;
  const header: RasterHeader = {
    width: layout.width,
    height: layout.height,
    count: layout.count,
    dtype: main.dtype,
    transform,
    georeferenced,
    crs,
    crsProblem: problem === null ? null : `${name}: ${problem}`,
    nodata,
    bandNames: metadata.bands.map((b) => b.description),
    overviews: overviews.map((o) => [o.layout.width, o.layout.height] as const),
    categorical: metadata.bands.map((_, band) => colorTable !== null && band === 0),
    colorTable,
    scales: metadata.bands.map((b) => b.scale),
    offsets: metadata.bands.map((b) => b.offset),
    hasMask: maskOf(layout) !== null,
    tags,
    bandTags: metadata.bands.map((b) => b.tags),
    tileSize: [layout.blockWidth, layout.blockHeight],
    tiled: layout.tiled,
    compression: compressionName(layout.compression),
    interleave: layout.planar === 1 ? 'pixel' : 'band',
  };
  return { header, main, overviews, masks: [main, ...overviews].map((image) => maskOf(image.layout)) };
}

/** Validity of each pixel for each band wanted: a mask belongs to the whole image. */
function spreadMask(mask: NumericArray, bands: number): Uint8Array {
  const out = new Uint8Array(mask.length * bands);
  for (let i = 0; i < mask.length; i++) out[i] = mask[i] === 0 ? 0 : 1;
  for (let b = 1; b < bands; b++) out.copyWithin(b * mask.length, 0, mask.length);
  return out;
}

/**
 * Opens a GeoTIFF: its header is read and checked, pixels are read on demand.
 *
 * @throws {@link SourceError} when the bytes cannot be had; {@link FormatError} naming file and place for malformed,
 * truncated or forged files; {@link UnsupportedDataError} for valid files that Nadir does not read.
 */
export async function openGeoTiff(input: GeoTiffInput, o: OpenGeoTiffOptions = {}): Promise<RasterFile> {
  const isSource = typeof input === 'object' && 'read' in input;
  const source: Source = isSource ? input : await openSource(input, { signal: o.signal });
  // A plain path is shown as it was given; making an address of each costs as much as reading a small header.
  const isPath = typeof input === 'string' && !input.includes('://');
  const name = isPath ? input : showSource(source.url);
  const isHttp = !isPath && source.url.protocol.startsWith('http');
  const paged = pageSource(source, isHttp ? HTTP_PAGE_BYTES : FILE_PAGE_BYTES);
  const cache = o.cache ?? new BlockCache();
  const key = `${++opened}:`;
  let parts: Parts;
  try {
    parts = await readParts(paged, name, key, cache, o.signal);
  } catch (error) {
    if (!isSource) await source.close();
    throw error;
  }
  const { header, main, overviews, masks } = parts;
  const readWindow = async (window: PixelWindow, w: WindowOptions = {}): Promise<RasterWindow> => {
    const image = w.level === undefined ? main : overviews[w.level];
    if (!image)
      throw new ArgumentError(
        'level',
        `${name} has ${overviews.length} overviews; there is no level ${w.level ?? ''}.`,
        { details: { file: name } },
      );
    const bands = w.bands ?? Array.from({ length: header.count }, (_, i) => i);
    checkWindow({ name, ...image.layout, dtype: image.dtype }, window, bands);
    const mask = masks[w.level === undefined ? 0 : w.level + 1];
    const values = await image.read(window, bands, w.signal, w.into);
    const valid = mask ? spreadMask(await mask.read(window, [0], w.signal), bands.length) : null;
    return { values, valid };
  };
  return {
    name,
    header,
    readWindow,
    close: async () => {
      cache.drop(key);
      await source.close();
    },
  };
}
