/** Opening JPEG 2000 files: header facts, and windowed reads that decode only the tiles they touch. */
import {
  ArgumentError,
  arrayOf,
  mapConcurrent,
  type Affine,
  type Crs,
  type NumericArray,
  type PixelWindow,
} from '../../core/index.js';
import { openSource, pageSource, showSource, type PageSource, type Source } from '../../io/index.js';
import { NO_CRS, readGeoReference, type GeoTiffInput, type OpenGeoTiffOptions } from '../geotiff/index.js';
import {
  BlockCache,
  checkWindow,
  type RasterFile,
  type RasterHeader,
  type RasterWindow,
  type WindowOptions,
  type WindowTarget,
} from '../raster/index.js';
import { readBoxes, type Jp2Boxes } from './boxes.js';
import { readCodestream, type Codestream } from './codestream.js';
import { readGmlGrid } from './gml.js';
import { Tiles } from './tiles.js';

const PAGE_BYTES = 16384;
/** Tiles whose bytes are read at the same time; decoding is one at a time. */
const CONCURRENT_TILES = 4;
/** Overviews go down to this size, as in GDAL. */
const SMALLEST_OVERVIEW = 128;
const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];
let opened = 0;

async function georeference(
  { geoTiff, gml }: Jp2Boxes,
  name: string,
): Promise<{ transform: Affine; georeferenced: boolean; crs: Crs | null; problem: string | null }> {
  // GeoJP2 comes first, as in GDAL.
  if (geoTiff) {
    const found = await readGeoReference(geoTiff, `${name} (GeoJP2 box)`);
    if (found.georeferenced || found.crs) return found;
  }
  for (const xml of gml) {
    const grid = readGmlGrid(xml);
    if (grid) return { ...grid, georeferenced: true };
  }
  return { transform: IDENTITY, georeferenced: false, crs: null, problem: NO_CRS };
}

/** Sizes of the overviews: the resolutions of the codestream, halved until the longer side is small. */
function overviewSizes({ width, height, coding }: Codestream): (readonly [number, number])[] {
  const sizes: (readonly [number, number])[] = [];
  for (let level = 1; level <= coding.levels; level++) {
    if (Math.max(width, height) / 2 ** (level - 1) <= SMALLEST_OVERVIEW) break;
    sizes.push([Math.ceil(width / 2 ** level), Math.ceil(height / 2 ** level)]);
  }
  return sizes;
}

async function readPixels(
  tiles: Tiles,
  stream: Codestream,
  level: number,
  { col, row, width, height }: PixelWindow,
  bands: readonly number[],
  w: WindowOptions,
): Promise<NumericArray> {
  const out: WindowTarget = w.into ?? {
    values: arrayOf(stream.dtype, bands.length * width * height),
    start: 0,
    rowStride: width,
    planeStride: width * height,
  };
  const scale = 2 ** level;
  // Where tiles begin at this resolution (B-12): pixels of the window lie in the tiles between.
  const edge = (i: number, tileSize: number, size: number): number => Math.ceil(Math.min(i * tileSize, size) / scale);
  const wanted: { x: number; y: number }[] = [];
  for (let y = 0; y < stream.down; y++) {
    if (
      edge(y + 1, stream.tileHeight, stream.height) <= row ||
      edge(y, stream.tileHeight, stream.height) >= row + height
    )
      continue;
    for (let x = 0; x < stream.across; x++) {
      if (edge(x + 1, stream.tileWidth, stream.width) > col && edge(x, stream.tileWidth, stream.width) < col + width)
        wanted.push({ x, y });
    }
  }
  await mapConcurrent(
    wanted,
    CONCURRENT_TILES,
    async ({ x, y }) => {
      const tile = await tiles.get(x, y, level, w.signal);
      const [x0, x1] = [edge(x, stream.tileWidth, stream.width), edge(x + 1, stream.tileWidth, stream.width)];
      const [y0, y1] = [edge(y, stream.tileHeight, stream.height), edge(y + 1, stream.tileHeight, stream.height)];
      const [left, right] = [Math.max(col, x0), Math.min(col + width, x1)];
      const [top, bottom] = [Math.max(row, y0), Math.min(row + height, y1)];
      bands.forEach((band, i) => {
        for (let r = top; r < bottom; r++) {
          const from = (band * (y1 - y0) + r - y0) * (x1 - x0) + left - x0;
          const to = out.start + i * out.planeStride + (r - row) * out.rowStride + (left - col);
          out.values.set(tile.subarray(from, from + right - left), to);
        }
      });
    },
    w.signal,
  );
  return out.values;
}

/**
 * Opens a JPEG 2000 file (JP2 or a bare codestream): its header is read and checked, tiles are decoded on demand.
 *
 * Read are images of one component up to 16 bits and of three of bytes, tiled or of up to 40 million samples in one
 * tile, placed by GeoJP2 or GMLJP2; their resolutions are the overviews.
 *
 * @throws {@link SourceError} when the bytes cannot be had; {@link FormatError} naming file and place for malformed or
 * forged files; {@link UnsupportedDataError} for valid files that Nadir does not read.
 */
export async function openJp2(input: GeoTiffInput, o: OpenGeoTiffOptions = {}): Promise<RasterFile> {
  const isSource = typeof input === 'object' && 'read' in input;
  const source: Source = isSource ? input : await openSource(input, { signal: o.signal });
  const name = typeof input === 'string' && !input.includes('://') ? input : showSource(source.url);
  const paged = pageSource(source, PAGE_BYTES);
  try {
    const boxes = await readBoxes(paged, name, o.signal);
    const stream = await readCodestream(paged, name, boxes.codestream, o.signal);
    const place = await georeference(boxes, name);
    return openTiles(source, paged, name, boxes, stream, place, o.cache ?? new BlockCache());
  } catch (error) {
    if (!isSource) await source.close();
    throw error;
  }
}

function openTiles(
  source: Source,
  paged: PageSource,
  name: string,
  boxes: Jp2Boxes,
  stream: Codestream,
  { transform, georeferenced, crs, problem }: Awaited<ReturnType<typeof georeference>>,
  cache: BlockCache,
): RasterFile {
  const { width, height, count } = stream;
  const key = `jp2-${++opened}:`;
  const tiles = new Tiles(stream, paged, name, key, cache);
  const palette = boxes.palette && count === 1 && stream.dtype === 'uint8' ? boxes.palette : null;
  const perBand = <T>(value: T): T[] => Array.from({ length: count }, () => value);
  const overviews = overviewSizes(stream);
  const header: RasterHeader = {
    width,
    height,
    count,
    dtype: stream.dtype,
    transform,
    georeferenced,
    crs,
    crsProblem: crs !== null || problem === null ? null : `${name}: ${problem}`,
    nodata: null,
    bandNames: perBand(null),
    overviews,
    categorical: perBand(palette !== null),
    colorTable: palette,
    scales: perBand(1),
    offsets: perBand(0),
    hasMask: false,
    tags: {},
    bandTags: perBand({}),
    tileSize: [stream.tileWidth, stream.tileHeight],
    tiled: stream.across * stream.down > 1,
    compression: 'JPEG 2000',
    interleave: 'pixel',
  };
  const readWindow = async (window: PixelWindow, w: WindowOptions = {}): Promise<RasterWindow> => {
    const level = w.level === undefined ? 0 : w.level + 1;
    const size = level === 0 ? ([width, height] as const) : overviews[level - 1];
    if (!size)
      throw new ArgumentError(
        'level',
        `${name} has ${overviews.length} overviews; there is no level ${w.level ?? ''}.`,
        { details: { file: name } },
      );
    const bands = w.bands ?? Array.from({ length: count }, (_, i) => i);
    checkWindow({ name, width: size[0], height: size[1], count: stream.count, dtype: stream.dtype }, window, bands);
    return { values: await readPixels(tiles, stream, level, window, bands, w), valid: null };
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
