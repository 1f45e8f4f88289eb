/**
 * Writing Cloud Optimized GeoTIFFs (`loading.md` §6).
 *
 * Order in the file: header, layout marker, all directories, then pixel data from the smallest overview to full
 * resolution. Each tile stands between its size and a repeat of its last four bytes; GDAL calls this layout COG and
 * checks both marks when a file was changed (GDAL documentation, "COG – Cloud Optimized GeoTIFF generator").
 *
 * The image goes by twice, in rows of tiles: once for its overviews, of which only the compressed tiles are held, and
 * once for its own tiles, which leave at once. The directories take a size that is known before, and come last.
 */
import { dtypeOf, dtypeSize, isFloat } from '../../../core/index.js';
import type { PlacedBytes } from '../../../io/index.js';
import { TAG } from '../directory.js';
import { formatGdalMetadata } from '../metadata.js';
import { geoKeysOf, type GeoKeyTags } from './crs-write.js';
import { directoryBytes, encodeDirectory, type TagValue } from './directory.js';
import { checkImage, type CogImage } from './image.js';
import { methodsOf, type OverviewResampling } from './overview.js';
import { levelShapes, Pyramid, type LevelShape } from './pyramid.js';
import type { Strip } from './strip.js';
import { georeferencing, levelTags } from './tags.js';
import { TILE, tileBytes, TileEncoder, type Compression } from './tile.js';

export type { CogImage } from './image.js';

/** How it is written. */
export interface CogEncodeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: `nearest` for categorical bands, else `average`. */
  readonly overviewResampling?: OverviewResampling | undefined;
  /** Default `deflate`. */
  readonly compression?: Compression | undefined;
  /** Writes BigTIFF whatever the size; by itself only where uncompressed pixels would reach beyond 4 GB. */
  readonly bigTiff?: boolean;
  /** Called after each tile. */
  readonly onTile?: (done: number, total: number) => void;
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
/** zlib runs on four threads; the others wait so that none is idle while the main thread gathers the next tile. */
const TILES_UNDER_WAY = 7;
/** Uncompressed bytes of tiles under way, where tiles are large. */
const BYTES_UNDER_WAY = 64 * 2 ** 20;

const tilesAcross = (width: number): number => Math.ceil(width / TILE);
const tileCount = ([height, width]: LevelShape): number => tilesAcross(width) * Math.ceil(height / TILE);

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

/** Rows of tiles of an image, top to bottom; nothing is copied. */
function* strips({ values, valid = null, shape }: CogImage): Generator<Strip> {
  const [, height, width] = shape;
  for (let row = 0; row < height; row += TILE)
    yield { values, valid, start: row * width, bandStride: height * width, width, rows: Math.min(TILE, height - row) };
}

function framed(tile: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafeSlow(LEADER + tile.byteLength + TRAILER);
  out.writeUInt32LE(tile.byteLength, 0);
  out.set(tile, LEADER);
  out.set(tile.subarray(-TRAILER), LEADER + tile.byteLength);
  return out;
}

/** Runs tasks with at most `limit` under way. */
class Lane {
  readonly #running = new Set<Promise<void>>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts a task as soon as there is room. Rejects if an earlier one failed. */
  async start(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit) await Promise.race(this.#running);
    const running = task().finally(() => this.#running.delete(running));
    // A failure is seen by whoever waits next; until then it is not unhandled.
    running.catch(() => undefined);
    this.#running.add(running);
  }

  async done(): Promise<void> {
    await Promise.all(this.#running);
  }
}

async function* encode(image: CogImage, keys: GeoKeyTags | null, o: CogEncodeOptions): AsyncGenerator<PlacedBytes> {
  const { signal, compression = 'deflate' } = o;
  signal?.throwIfAborted();
  const [bands, height, width] = image.shape;
  const dtype = dtypeOf(image.values);
  const fill = image.nodata ?? (isFloat(dtype) ? NaN : 0);
  const shapes = levelShapes(height, width);
  const counts = shapes.map(tileCount);
  const total = counts.reduce((a, b) => a + b, 0);
  const size = tileBytes(bands, dtypeSize(dtype));
  const limit = Math.max(2, Math.min(TILES_UNDER_WAY, Math.floor(BYTES_UNDER_WAY / size)));
  let done = 0;

  // Overviews.
  const tiles: Uint8Array[][] = counts.map(() => []);
  const lane = new Lane(limit);
  const encoder = new TileEncoder(bands, fill, compression);
  const methods = methodsOf(bands, o.overviewResampling, image.categorical ?? Boolean(image.colorTable));
  const pyramid = new Pyramid(shapes, dtype, methods, image.nodata, fill, async (level, tileY, strip) => {
    const across = tilesAcross(strip.width);
    for (let x = 0; x < across; x++) {
      await lane.start(async () => {
        const tile = await encoder.encode(strip, x);
        const list = tiles[level];
        // Copied: the chunk it came in is as large as an uncompressed tile.
        if (list) list[tileY * across + x] = compression === 'none' ? tile : tile.slice();
        o.onTile?.(++done, total);
      });
    }
  });
  if (shapes.length > 1) {
    for (const strip of strips(image)) {
      signal?.throwIfAborted();
      await pyramid.add(strip);
    }
    await lane.done();
  }

  // Places.
  const metadata = formatGdalMetadata(image.tags ?? {}, image.bandNames ?? []);
  const base = shapes.map((shape, i) => {
    const tags = levelTags(image, shape, i > 0, compression);
    if (i > 0) return tags;
    const described: TagValue[] = metadata === null ? [] : [{ tag: TAG.GdalMetadata, type: 'ascii', values: metadata }];
    return [...tags, ...georeferencing(image.transform, keys), ...described];
  });
  const withPlaces = (i: number, offsets: readonly number[], lengths: readonly number[]): TagValue[] => [
    ...(base[i] ?? []),
    { tag: TAG.TileOffsets, type: 'offset', values: offsets },
    { tag: TAG.TileByteCounts, type: 'long', values: lengths },
  ];
  // DEFLATE stores what it cannot compress with 5 bytes more per 16 KB.
  const most = total * (size + Math.ceil(size / 16384) * 5 + 64 + LEADER + TRAILER);
  const bigTiff = o.bigTiff ?? most > CLASSIC_LIMIT;
  const head = header(bigTiff);
  const starts: number[] = [];
  let at = head.length;
  counts.forEach((count, i) => {
    starts.push(at);
    const none = new Array<number>(count).fill(0);
    at += directoryBytes(withPlaces(i, none, none), bigTiff);
  });
  const end = at;
  const offsets: number[][] = counts.map(() => []);
  const lengths: number[][] = counts.map(() => []);
  const place = (level: number, tile: Uint8Array): PlacedBytes => {
    const placed = { at, bytes: framed(tile) };
    offsets[level]?.push(at + LEADER);
    lengths[level]?.push(tile.byteLength);
    at += placed.bytes.byteLength;
    return placed;
  };

  for (let i = shapes.length - 1; i > 0; i--) {
    for (const tile of tiles[i] ?? []) {
      signal?.throwIfAborted();
      yield place(i, tile);
    }
    tiles[i] = [];
  }

  // Full resolution, in order, with the next tiles under way.
  const queue: Promise<Uint8Array>[] = [];
  for (const strip of strips(image)) {
    for (let x = 0; x < tilesAcross(width); x++) {
      signal?.throwIfAborted();
      const tile = encoder.encode(strip, x);
      tile.catch(() => undefined);
      queue.push(tile);
      const next = queue.length >= limit ? queue.shift() : undefined;
      if (!next) continue;
      yield place(0, await next);
      o.onTile?.(++done, total);
    }
  }
  for (const tile of queue) {
    signal?.throwIfAborted();
    yield place(0, await tile);
    o.onTile?.(++done, total);
  }

  const directories = shapes.map((_, i) =>
    encodeDirectory(withPlaces(i, offsets[i] ?? [], lengths[i] ?? []), starts[i] ?? 0, starts[i + 1] ?? 0, bigTiff),
  );
  encoder.end();
  yield { at: 0, bytes: Buffer.concat([head, ...directories], end) };
}

/**
 * The bytes of a Cloud Optimized GeoTIFF: 512 × 512 tiles, pixel-interleaved, DEFLATE with predictor 2 (integers) or 3
 * (floats), overviews until the longer side is below 512. Equal images give equal bytes.
 *
 * Pieces come with their place, the first bytes of the file last: where tiles lie is known only then. Compressed
 * overviews are held until the smaller ones are written; nothing else is.
 *
 * @throws {@link ArgumentError} `shape`, `band-count`, `nodata`, `color-table`, at once; {@link CrsError} `not-writable`.
 */
export function encodeCog(image: CogImage, o: CogEncodeOptions = {}): AsyncIterable<PlacedBytes> {
  checkImage(image, image.valid?.includes(0) ?? false);
  return encode(image, image.crs === null ? null : geoKeysOf(image.crs), o);
}
