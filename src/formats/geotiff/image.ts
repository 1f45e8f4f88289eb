/** Reading windows of one image of a TIFF through the cache of decoded blocks. */
import {
  FormatError,
  arrayOf,
  mapConcurrent,
  type DType,
  type NumericArray,
  type PixelWindow,
} from '../../core/index.js';
import type { PageSource } from '../../io/index.js';
import type { BlockCache, WindowTarget } from '../raster/index.js';
import { canStopEarly, decodeBytes, maxExpansion } from './codec.js';
import { blockBytes, type ImageLayout } from './layout.js';
import { readNumbers, type TagPlace, type TiffStructure } from './structure.js';
import { unpackBlock } from './unpack.js';

/** Blocks of one window that are read and decoded at the same time: zlib has four threads, a server a few connections. */
const CONCURRENT_BLOCKS = 8;
/** Offsets and byte counts are read in pieces of this many. */
const INDEX_PIECE = 1024;

/** What all images of a file share. */
export interface ImageContext {
  readonly name: string;
  /** Prefix of this image's keys in the cache. */
  readonly key: string;
  readonly source: PageSource;
  readonly structure: TiffStructure;
  readonly cache: BlockCache;
  /** What absent (sparse) blocks are filled with. */
  readonly fill: number;
  readonly nodata: number | null;
  /** Signed bytes that the TIFF calls unsigned. */
  readonly isSignedByte: boolean;
}

/** A row of offsets or byte counts, read piece by piece. */
class BlockIndex {
  readonly #pieces = new Map<number, Promise<number[]>>();
  readonly #place: TagPlace;
  readonly #context: ImageContext;

  constructor(place: TagPlace, context: ImageContext) {
    this.#place = place;
    this.#context = context;
  }

  async at(index: number): Promise<number> {
    const piece = Math.floor(index / INDEX_PIECE);
    let numbers = this.#pieces.get(piece);
    if (!numbers) {
      const { source, structure } = this.#context;
      const from = piece * INDEX_PIECE;
      numbers = readNumbers(source, structure, this.#place, from, Math.min(from + INDEX_PIECE, this.#place.count));
      this.#pieces.set(piece, numbers);
      numbers.catch(() => this.#pieces.delete(piece));
    }
    return (await numbers)[index % INDEX_PIECE] ?? 0;
  }
}

/** One image (full resolution, overview or mask) whose windows can be read. */
export class TiffImage {
  readonly layout: ImageLayout;
  readonly dtype: DType;
  readonly #context: ImageContext;
  readonly #offsets: BlockIndex;
  readonly #byteCounts: BlockIndex | null;

  constructor(layout: ImageLayout, context: ImageContext) {
    this.layout = layout;
    this.dtype = context.isSignedByte && layout.dtype === 'uint8' && layout.bits === 8 ? 'int8' : layout.dtype;
    this.#context = context;
    this.#offsets = new BlockIndex(layout.offsets, context);
    this.#byteCounts = layout.byteCounts ? new BlockIndex(layout.byteCounts, context) : null;
  }

  /** Values of a window inside the image, in the order of `bands` (0-based); planar, or as the target wants them. */
  async read(
    window: PixelWindow,
    bands: readonly number[],
    signal?: AbortSignal,
    into?: WindowTarget,
  ): Promise<NumericArray> {
    const { layout } = this;
    const { col, row, width, height } = window;
    const out = into ?? {
      values: arrayOf(this.dtype, bands.length * width * height),
      start: 0,
      rowStride: width,
      planeStride: width * height,
    };
    const tasks: { readonly x: number; readonly y: number; readonly plane: number }[] = [];
    const planes = layout.planar === 2 ? [...new Set(bands)] : [0];
    for (const plane of planes) {
      for (let y = Math.floor(row / layout.blockHeight); y * layout.blockHeight < row + height; y++) {
        for (let x = Math.floor(col / layout.blockWidth); x * layout.blockWidth < col + width; x++)
          tasks.push({ x, y, plane });
      }
    }
    await mapConcurrent(
      tasks,
      CONCURRENT_BLOCKS,
      async ({ x, y, plane }) => {
        const block = await this.#block(x, y, plane, signal);
        this.#copy(block, x, y, plane, bands, window, out);
      },
      signal,
    );
    return out.values;
  }

  /** Copies the part of a block that lies in the window. */
  #copy(
    block: NumericArray,
    x: number,
    y: number,
    plane: number,
    bands: readonly number[],
    window: PixelWindow,
    out: WindowTarget,
  ): void {
    const { blockWidth, blockHeight, planar } = this.layout;
    const rows = this.#rows(y);
    const left = Math.max(window.col, x * blockWidth);
    const right = Math.min(window.col + window.width, (x + 1) * blockWidth);
    const top = Math.max(window.row, y * blockHeight);
    const bottom = Math.min(window.row + window.height, y * blockHeight + rows);
    bands.forEach((band, i) => {
      if (planar === 2 && band !== plane) return;
      const base = (planar === 2 ? 0 : band) * blockWidth * rows;
      for (let r = top; r < bottom; r++) {
        const from = base + (r - y * blockHeight) * blockWidth + (left - x * blockWidth);
        const to = out.start + i * out.planeStride + (r - window.row) * out.rowStride + (left - window.col);
        out.values.set(block.subarray(from, from + right - left), to);
      }
    });
  }

  /**
   * Rows of a block that are decoded. The last strip is as short as the image needs. Tiles are stored whole, but codecs
   * that can stop early need not decode the rows below the image: a 17-row image in a 256-row tile is common.
   */
  #rows(y: number): number {
    const { tiled, blockHeight, height, compression } = this.layout;
    return tiled && !canStopEarly(compression) ? blockHeight : Math.min(blockHeight, height - y * blockHeight);
  }

  #block(x: number, y: number, plane: number, signal: AbortSignal | undefined): Promise<NumericArray> {
    const { across, down } = this.layout;
    const index = plane * across * down + y * across + x;
    return this.#context.cache.load(`${this.#context.key}/${index}`, signal, (shared) =>
      this.#decode(index, y, shared),
    );
  }

  async #decode(index: number, y: number, signal: AbortSignal): Promise<NumericArray> {
    const { layout } = this;
    const { name, source, structure, fill, nodata } = this.#context;
    const place = `${name}: block ${index}`;
    const rows = this.#rows(y);
    const samples = layout.planar === 2 ? 1 : layout.count;
    const expectedBytes = blockBytes(layout, rows);
    const offset = await this.#offsets.at(index);
    const byteCount = this.#byteCounts ? await this.#byteCounts.at(index) : expectedBytes;
    if (offset === 0 || byteCount === 0) {
      // A sparse file leaves out blocks that hold nothing but nodata.
      const empty = arrayOf(this.dtype, layout.blockWidth * rows * samples);
      return fill === 0 ? empty : empty.fill(fill);
    }
    const wanted = layout.compression === 1 ? Math.min(byteCount, expectedBytes) : byteCount;
    const end = source.size ?? Infinity;
    const bad = (code: string, what: string): FormatError =>
      new FormatError(code, `${place} ${what}.`, {
        hint: 'The file is damaged or was not written completely; get it again.',
        details: { file: name, block: index },
      });
    if (offset + wanted > end)
      throw bad('truncated', `should be at bytes ${offset}–${offset + wanted - 1}, but the file has ${end}`);
    if (wanted > blockBytes(layout, layout.blockHeight) * 2 + (1 << 20))
      throw bad('forged-count', `claims ${wanted} stored bytes for ${expectedBytes}`);
    if (wanted * maxExpansion(layout.compression) < expectedBytes)
      throw bad('truncated', `has ${wanted} stored bytes, which cannot give ${expectedBytes}`);
    const stored = await source.read(offset, wanted, { signal });
    const raw = await decodeBytes(
      stored,
      {
        compression: layout.compression,
        width: layout.blockWidth,
        rows,
        samples,
        bits: layout.bits,
        planar: layout.planar,
        jpegTables: layout.jpegTables,
        expectedBytes,
      },
      place,
    );
    signal.throwIfAborted();
    const values = unpackBlock(
      raw,
      {
        width: layout.blockWidth,
        rows,
        samples,
        bits: layout.bits,
        format: layout.format,
        dtype: layout.dtype,
        littleEndian: structure.littleEndian,
        predictor: layout.predictor,
        nodata,
        isYCbCr: layout.isYCbCr,
      },
      place,
    );
    return this.dtype === 'int8' && values instanceof Uint8Array
      ? new Int8Array(values.buffer, values.byteOffset, values.length)
      : values;
  }
}
