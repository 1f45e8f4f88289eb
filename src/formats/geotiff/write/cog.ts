/**
 * Writing Cloud Optimized GeoTIFFs (`loading.md` §6).
 *
 * Order in the file: header, layout marker, all directories, then pixel data from the smallest overview to full
 * resolution. Each tile stands between its size and a repeat of its last four bytes; GDAL calls this layout COG and
 * checks both marks when a file was changed (GDAL documentation, "COG – Cloud Optimized GeoTIFF generator").
 */
import {
  ArgumentError,
  dtypeOf,
  dtypeRange,
  dtypeSize,
  isFloat,
  mapConcurrent,
  type Affine,
  type Crs,
  type NumericArray,
} from '../../../core/index.js';
import { TAG } from '../directory.js';
import { formatGdalMetadata } from '../metadata.js';
import type { Rgba } from '../../raster/index.js';
import { geoKeysOf, type GeoKeyTags } from './crs-write.js';
import { directoryBytes, encodeDirectory, type TagValue } from './directory.js';
import { OVERVIEW_LIMIT, halve, validityOf, type Level } from './overview.js';
import { TILE, encodeTile } from './tile.js';

/** What is written. */
export interface CogImage {
  /** Planar (band, y, x). */
  readonly values: NumericArray;
  readonly shape: readonly [bands: number, height: number, width: number];
  readonly transform: Affine;
  readonly crs: Crs | null;
  /** Goes into the file and into invalid pixels; null = none. */
  readonly nodata: number | null;
  /** 1 = valid, same shape as `values`; null or absent = all valid. */
  readonly valid?: Uint8Array | null;
  readonly bandNames?: readonly (string | null)[] | null;
  /** GDAL metadata of the whole file. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Values are classes: overviews take the nearest pixel instead of the average. */
  readonly categorical?: boolean;
  /** Colours of a single 8- or 16-bit unsigned band; entries missing at the end are black. */
  readonly colorTable?: readonly Rgba[] | null;
}

/** How it is written. */
export interface CogEncodeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: `nearest` for categorical images, else `average`. */
  readonly overviewResampling?: 'nearest' | 'average';
  /** Writes BigTIFF whatever the size; by itself only above 4 GB. */
  readonly bigTiff?: boolean;
}

/** The layout marker (140 bytes behind its first line), word for word as GDAL looks for it. */
const GHOST = [
  'GDAL_STRUCTURAL_METADATA_SIZE=000140 bytes\n',
  'LAYOUT=IFDS_BEFORE_DATA\n',
  'BLOCK_ORDER=ROW_MAJOR\n',
  'BLOCK_LEADER=SIZE_AS_UINT4\n',
  'BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n',
  'KNOWN_INCOMPATIBLE_EDITION=NO\n ',
].join('');
/** Size and repeat around each tile. */
const LEADER = 4;
const TRAILER = 4;
/** Classic TIFF holds 32-bit offsets. */
const CLASSIC_LIMIT = 2 ** 32 - 65536;
/** zlib runs on four threads. */
const CONCURRENT_TILES = 4;
const PHOTOMETRIC = { minIsBlack: 1, rgb: 2, palette: 3 } as const;

function check(image: CogImage, hasInvalid: boolean): void {
  const [bands, height, width] = image.shape;
  const bad = (code: string, message: string, hint: string): ArgumentError =>
    new ArgumentError(code, message, { hint });
  if (![bands, height, width].every((n) => Number.isInteger(n) && n >= 1) || bands > 65535) {
    throw bad(
      'shape',
      `An image of shape [${image.shape.join(', ')}] cannot be written.`,
      'Give [bands, height, width], each at least 1.',
    );
  }
  if (image.values.length !== bands * height * width) {
    throw bad(
      'shape',
      `${image.values.length} values do not fill the shape [${image.shape.join(', ')}].`,
      'Check the order of the axes.',
    );
  }
  if (image.valid && image.valid.length !== image.values.length) {
    throw bad(
      'shape',
      `The validity has ${image.valid.length} entries for ${image.values.length} values.`,
      'Give one entry per value.',
    );
  }
  if (image.bandNames && image.bandNames.length !== bands) {
    throw bad(
      'band-count',
      `${image.bandNames.length} descriptions were given for ${bands} bands.`,
      'Give one per band.',
    );
  }
  if (!image.transform.every(Number.isFinite))
    throw bad(
      'transform',
      `The transform [${image.transform.join(', ')}] is not finite.`,
      'Set the georeferencing first.',
    );
  const dtype = dtypeOf(image.values);
  if (image.nodata !== null && !isFloat(dtype)) {
    const [min, max] = dtypeRange(dtype);
    if (!Number.isInteger(image.nodata) || image.nodata < min || image.nodata > max) {
      throw bad(
        'nodata',
        `Nodata ${image.nodata} does not fit into ${dtype} (${min} to ${max}).`,
        'Choose a value of the type.',
      );
    }
  }
  if (hasInvalid && image.nodata === null)
    throw bad('nodata', 'Some pixels are invalid, but there is no nodata value to write for them.', 'Give nodata.');
  if (image.colorTable && (bands !== 1 || (dtype !== 'uint8' && dtype !== 'uint16'))) {
    throw bad(
      'color-table',
      `A colour table needs one uint8 or uint16 band; this image has ${bands} of ${dtype}.`,
      'Leave the colour table out.',
    );
  }
}

/** Nodata as text that reads back to the same number. */
function nodataText(nodata: number): string {
  if (Number.isNaN(nodata)) return 'nan';
  return Number.isFinite(nodata) ? String(nodata) : nodata > 0 ? 'inf' : '-inf';
}

function georeferencing(transform: Affine, keys: GeoKeyTags | null): TagValue[] {
  const [a, b, c, d, e, f] = transform;
  const tags: TagValue[] = [];
  if (b === 0 && d === 0 && a > 0 && e < 0) {
    tags.push(
      { tag: TAG.ModelPixelScale, type: 'double', values: [a, -e, 0] },
      { tag: TAG.ModelTiepoint, type: 'double', values: [0, 0, 0, c, f, 0] },
    );
  } else {
    tags.push({
      tag: TAG.ModelTransformation,
      type: 'double',
      values: [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1],
    });
  }
  if (keys) {
    tags.push({ tag: TAG.GeoKeyDirectory, type: 'short', values: keys.directory });
    if (keys.doubles.length > 0) tags.push({ tag: TAG.GeoDoubleParams, type: 'double', values: keys.doubles });
    if (keys.ascii !== '') tags.push({ tag: TAG.GeoAsciiParams, type: 'ascii', values: keys.ascii });
  }
  return tags;
}

function colorMap(table: readonly Rgba[], bits: number): number[] {
  const size = 2 ** bits;
  return [0, 1, 2].flatMap((part) => Array.from({ length: size }, (_, i) => (table[i]?.[part] ?? 0) * 257));
}

/** Tags that describe one level, its tile places excepted. */
function levelTags(image: CogImage, level: Level, isOverview: boolean): TagValue[] {
  const [bands] = image.shape;
  const dtype = dtypeOf(image.values);
  const bits = dtypeSize(dtype) * 8;
  const format = isFloat(dtype) ? 3 : dtype.startsWith('u') ? 1 : 2;
  const isRgb = bands === 3 && dtype === 'uint8';
  const photometric = image.colorTable ? PHOTOMETRIC.palette : isRgb ? PHOTOMETRIC.rgb : PHOTOMETRIC.minIsBlack;
  const extra = isRgb ? 0 : bands - 1;
  const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);
  const tags: TagValue[] = [
    { tag: TAG.ImageWidth, type: 'long', values: [level.width] },
    { tag: TAG.ImageLength, type: 'long', values: [level.height] },
    { tag: TAG.BitsPerSample, type: 'short', values: repeat(bits, bands) },
    { tag: TAG.Compression, type: 'short', values: [8] },
    { tag: TAG.Photometric, type: 'short', values: [photometric] },
    { tag: TAG.SamplesPerPixel, type: 'short', values: [bands] },
    { tag: TAG.PlanarConfiguration, type: 'short', values: [1] },
    { tag: TAG.Predictor, type: 'short', values: [isFloat(dtype) ? 3 : 2] },
    { tag: TAG.TileWidth, type: 'short', values: [TILE] },
    { tag: TAG.TileLength, type: 'short', values: [TILE] },
    { tag: TAG.SampleFormat, type: 'short', values: repeat(format, bands) },
  ];
  if (isOverview) tags.push({ tag: TAG.NewSubfileType, type: 'long', values: [1] });
  if (extra > 0) tags.push({ tag: TAG.ExtraSamples, type: 'short', values: repeat(0, extra) });
  if (image.colorTable) tags.push({ tag: TAG.ColorMap, type: 'short', values: colorMap(image.colorTable, bits) });
  if (image.nodata !== null) tags.push({ tag: TAG.GdalNodata, type: 'ascii', values: nodataText(image.nodata) });
  return tags;
}

function makeLevels(image: CogImage, valid: Uint8Array | null, method: 'nearest' | 'average', fill: number): Level[] {
  const [bands, height, width] = image.shape;
  const levels: Level[] = [{ values: image.values, valid, width, height }];
  for (;;) {
    const last = levels.at(-1);
    if (!last || Math.max(last.width, last.height) < OVERVIEW_LIMIT) return levels;
    // Dense blocks of NaN and nodata are left out of averages, so validity is known from the first halving on.
    const source =
      levels.length === 1 && method === 'average'
        ? { ...last, valid: validityOf(last.values, last.valid, image.nodata) }
        : last;
    levels.push(halve(source, bands, method, fill));
  }
}

async function encodeTiles(
  level: Level,
  bands: number,
  fill: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array[]> {
  const across = Math.ceil(level.width / TILE);
  const down = Math.ceil(level.height / TILE);
  const places = Array.from({ length: across * down }, (_, i) => [i % across, Math.floor(i / across)] as const);
  return mapConcurrent(places, CONCURRENT_TILES, ([x, y]) => encodeTile(level, bands, x, y, fill), signal);
}

function header(bigTiff: boolean): Buffer {
  const head = Buffer.from(
    bigTiff ? [0x49, 0x49, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] : [0x49, 0x49, 42, 0, 0, 0, 0, 0],
  );
  const ghost = Buffer.from(GHOST, 'latin1');
  const first = Math.ceil((head.length + ghost.length) / 16) * 16;
  if (bigTiff) head.writeBigUInt64LE(BigInt(first), 8);
  else head.writeUInt32LE(first, 4);
  return Buffer.concat([head, ghost], first);
}

async function* encode(image: CogImage, keys: GeoKeyTags | null, o: CogEncodeOptions): AsyncGenerator<Uint8Array> {
  const [bands] = image.shape;
  const method = o.overviewResampling ?? (image.categorical === true || image.colorTable ? 'nearest' : 'average');
  const fill = image.nodata ?? (isFloat(dtypeOf(image.values)) ? NaN : 0);
  const levels = makeLevels(image, image.valid ?? null, method, fill);
  const tiles: Uint8Array[][] = [];
  for (const level of levels) tiles.push(await encodeTiles(level, bands, fill, o.signal));
  o.signal?.throwIfAborted();

  const metadata = formatGdalMetadata(image.tags ?? {}, image.bandNames ?? []);
  const base = levels.map((level, i) => {
    const tags = levelTags(image, level, i > 0);
    if (i > 0) return tags;
    const described: TagValue[] = metadata === null ? [] : [{ tag: TAG.GdalMetadata, type: 'ascii', values: metadata }];
    return [...tags, ...georeferencing(image.transform, keys), ...described];
  });
  const withPlaces = (i: number, offsets: readonly number[]): TagValue[] => [
    ...(base[i] ?? []),
    { tag: TAG.TileOffsets, type: 'offset', values: offsets },
    { tag: TAG.TileByteCounts, type: 'long', values: (tiles[i] ?? []).map((t) => t.byteLength) },
  ];
  const plan = (bigTiff: boolean): { head: Buffer; places: number[]; offsets: number[][]; end: number } => {
    const head = header(bigTiff);
    let at = head.length;
    const places = levels.map((_, i) => {
      const place = at;
      at += directoryBytes(
        withPlaces(
          i,
          (tiles[i] ?? []).map(() => 0),
        ),
        bigTiff,
      );
      return place;
    });
    const offsets: number[][] = levels.map(() => []);
    for (let i = levels.length - 1; i >= 0; i--) {
      offsets[i] = (tiles[i] ?? []).map((tile) => {
        const offset = at + LEADER;
        at = offset + tile.byteLength + TRAILER;
        return offset;
      });
    }
    return { head, places, offsets, end: at };
  };
  let bigTiff = o.bigTiff ?? false;
  let planned = plan(bigTiff);
  if (!bigTiff && planned.end > CLASSIC_LIMIT) {
    bigTiff = true;
    planned = plan(true);
  }
  const { head, places, offsets } = planned;
  const directories = levels.map((_, i) =>
    encodeDirectory(withPlaces(i, offsets[i] ?? []), places[i] ?? 0, places[i + 1] ?? 0, bigTiff),
  );
  yield Buffer.concat([head, ...directories]);
  for (let i = levels.length - 1; i >= 0; i--) {
    for (const tile of tiles[i] ?? []) {
      o.signal?.throwIfAborted();
      const framed = Buffer.alloc(LEADER + tile.byteLength + TRAILER);
      framed.writeUInt32LE(tile.byteLength, 0);
      framed.set(tile, LEADER);
      framed.set(tile.subarray(-TRAILER), LEADER + tile.byteLength);
      yield framed;
    }
  }
}

/**
 * The bytes of a Cloud Optimized GeoTIFF, in order: 512 × 512 tiles, pixel-interleaved, DEFLATE with predictor 2
 * (integers) or 3 (floats), overviews until the longer side is below 512. Equal images give equal bytes.
 *
 * Compressed tiles are held until the directories before them are written; nothing else is copied.
 *
 * @throws {@link ArgumentError} `shape`, `band-count`, `nodata`, `color-table`, at once; {@link CrsError} `not-writable`.
 */
export function encodeCog(image: CogImage, o: CogEncodeOptions = {}): AsyncIterable<Uint8Array> {
  check(image, image.valid?.includes(0) ?? false);
  return encode(image, image.crs === null ? null : geoKeysOf(image.crs), o);
}
