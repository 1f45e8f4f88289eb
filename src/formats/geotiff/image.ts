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
import { BlockIndex } from './block-index.js';
import { canStopEarly, decodeBytes, maxExpansion } from './codec.js';
import { extend, type Block } from './decoded-block.js';
import { decodePool } from './decode-pool.js';
import { canDecodeRows, decodeRows, type RowsJob } from './decode-rows.js';
import { blockBytes, type ImageLayout } from './layout.js';
import type { TiffStructure } from './structure.js';
import { unpackBlock } from './unpack.js';
import { blocksWasm } from './wasm.js';

/** Blocks of one window that are read and decoded at the same time: zlib has four threads, a server a few connections. */
const CONCURRENT_BLOCKS = 8;
/** Blocks are decoded in so many steps at most, each as far down as a window needs. */
const ROW_STEPS = 16;
/** Its decoder cannot go on where it stopped. */
const COMPRESSION_LZW = 5;

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

/** One block of a window. */
interface BlockTask {
  readonly x: number;
  readonly y: number;
  readonly plane: number;
  /** Rows that the window needs, from the first. */
  readonly rows: number;
}

/** One image (full resolution, overview or mask) whose windows can be read. */
export class TiffImage {
  readonly layout: ImageLayout;
  readonly dtype: DType;
  readonly #context: ImageContext;
  readonly #offsets: BlockIndex;
  readonly #byteCounts: BlockIndex | null;
  /** Rows are decoded as far as windows need them. */
  readonly #byRows: boolean;
  /** The rest of a block is worth another read of its bytes: on a disk, not over a network. */
  readonly #inParts: boolean;

  constructor(layout: ImageLayout, context: ImageContext) {
    this.layout = layout;
    this.dtype = context.isSignedByte && layout.dtype === 'uint8' && layout.bits === 8 ? 'int8' : layout.dtype;
    this.#context = context;
    const { source, structure } = context;
    this.#offsets = new BlockIndex(layout.offsets, source, structure);
    this.#byteCounts = layout.byteCounts ? new BlockIndex(layout.byteCounts, source, structure) : null;
    this.#byRows = canDecodeRows(layout, context.structure.littleEndian);
    this.#inParts =
      this.#byRows && layout.compression !== COMPRESSION_LZW && !context.source.url.protocol.startsWith('http');
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
    const missing: BlockTask[] = [];
    const planes = layout.planar === 2 ? [...new Set(bands)] : [0];
    for (const plane of planes) {
      for (let y = Math.floor(row / layout.blockHeight); y * layout.blockHeight < row + height; y++) {
        const rows = Math.min(this.#rows(y), row + height - y * layout.blockHeight);
        for (let x = Math.floor(col / layout.blockWidth); x * layout.blockWidth < col + width; x++) {
          const task = { x, y, plane, rows };
          // SAFETY: no one else's keys start with this image's.
          const held = this.#context.cache.peek(this.#key(task)) as Block | undefined;
          if (held && held.rows >= rows) this.#copy(held, task, bands, window, out);
          else missing.push(task);
        }
      }
    }
    signal?.throwIfAborted();
    await mapConcurrent(
      missing,
      CONCURRENT_BLOCKS,
      async (task) => this.#copy(await this.#block(task, signal), task, bands, window, out),
      signal,
    );
    return out.values;
  }

  /** Copies the part of a block that lies in the window. */
  #copy(
    block: Block,
    { x, y, plane }: BlockTask,
    bands: readonly number[],
    window: PixelWindow,
    out: WindowTarget,
  ): void {
    const { blockWidth, blockHeight, planar } = this.layout;
    const left = Math.max(window.col, x * blockWidth);
    const right = Math.min(window.col + window.width, (x + 1) * blockWidth);
    const first = y * blockHeight;
    for (const strip of block.strips) {
      const start = first + strip.row;
      const top = Math.max(window.row, start);
      const bottom = Math.min(window.row + window.height, start + strip.rows);
      for (let i = 0; i < bands.length; i++) {
        const band = bands[i];
        if (band === undefined || (planar === 2 && band !== plane)) continue;
        const base = (planar === 2 ? 0 : band) * blockWidth * strip.rows;
        for (let r = top; r < bottom; r++) {
          const from = base + (r - start) * blockWidth + (left - x * blockWidth);
          const to = out.start + i * out.planeStride + (r - window.row) * out.rowStride + (left - window.col);
          out.values.set(strip.values.subarray(from, from + right - left), to);
        }
      }
    }
  }

  /**
   * Rows of a block that are decoded. The last strip is as short as the image needs. Tiles are stored whole, but codecs
   * that can stop early need not decode the rows below the image: a 17-row image in a 256-row tile is common.
   */
  #rows(y: number): number {
    const { tiled, blockHeight, height, compression } = this.layout;
    return tiled && !this.#byRows && !canStopEarly(compression)
      ? blockHeight
      : Math.min(blockHeight, height - y * blockHeight);
  }

  #index({ x, y, plane }: BlockTask): number {
    const { across, down } = this.layout;
    return plane * across * down + y * across + x;
  }

  #key(task: BlockTask): string {
    return `${this.#context.key}/${this.#index(task)}`;
  }

  #block(task: BlockTask, signal: AbortSignal | undefined): Promise<Block> {
    return this.#context.cache.load<Block>(
      this.#key(task),
      signal,
      (shared, held) => this.#decode(task, shared, held),
      (block) => block.rows >= task.rows,
    );
  }

  /** Rows that are decoded when so many of a block's are wanted. */
  #target(wanted: number, rows: number): number {
    if (!this.#inParts) return rows;
    const step = Math.ceil(this.layout.blockHeight / ROW_STEPS);
    return Math.min(rows, Math.ceil(wanted / step) * step);
  }

  async #decode(task: BlockTask, signal: AbortSignal, had: Block | undefined): Promise<Block> {
    const { layout } = this;
    const { name, source, structure, fill, nodata } = this.#context;
    const index = this.#index(task);
    const held = had?.resume ? had : undefined;
    const place = `${name}: block ${index}`;
    const rows = this.#rows(task.y);
    const samples = layout.planar === 2 ? 1 : layout.count;
    const expectedBytes = blockBytes(layout, rows);
    const offset = await this.#offsets.at(index);
    const byteCount = this.#byteCounts ? await this.#byteCounts.at(index) : expectedBytes;
    if (offset === 0 && byteCount === 0) {
      // A sparse file leaves out blocks that hold nothing but nodata; one number alone is damage.
      const empty = arrayOf(this.dtype, layout.blockWidth * rows * samples);
      return extend(undefined, rows, fill === 0 ? empty : empty.fill(fill), null);
    }
    const wanted = layout.compression === 1 ? Math.min(byteCount, expectedBytes) : byteCount;
    const end = source.size ?? Infinity;
    const bad = (code: string, what: string): FormatError =>
      new FormatError(code, `${place} ${what}.`, {
        hint: 'The file is damaged or was not written completely; get it again.',
        details: { file: name, block: index },
      });
    if (offset === 0 || byteCount === 0)
      throw bad('bad-place', `should be ${byteCount} bytes at byte ${offset} of the file`);
    if (offset + wanted > end)
      throw bad('truncated', `should be at bytes ${offset}–${offset + wanted - 1}, but the file has ${end}`);
    if (wanted > blockBytes(layout, layout.blockHeight) * 2 + (1 << 20))
      throw bad('forged-count', `claims ${wanted} stored bytes for ${expectedBytes}`);
    if (wanted * maxExpansion(layout.compression) < expectedBytes)
      throw bad('truncated', `has ${wanted} stored bytes, which cannot give ${expectedBytes}`);
    const stored = await source.read(offset, wanted, { signal });
    const wasm = this.#byRows ? blocksWasm() : null;
    if (wasm) {
      const to = this.#target(task.rows, rows);
      const job: RowsJob = {
        compression: layout.compression,
        stored,
        width: layout.blockWidth,
        samples,
        dtype: this.dtype,
        predictor: layout.predictor,
        rows,
        from: held?.rows ?? 0,
        to,
        resume: held?.resume ?? null,
        place,
      };
      const elsewhere = decodePool().take(job, ((to - job.from) * expectedBytes) / rows, signal);
      let decoded = await elsewhere;
      signal.throwIfAborted();
      if (!decoded) {
        // Bytes that went to a thread are gone.
        const again = elsewhere ? { ...job, stored: await source.read(offset, wanted, { signal }) } : job;
        decoded = decodeRows(wasm, again);
      }
      signal.throwIfAborted();
      return extend(held, to, decoded.values, decoded.resume);
    }
    const raw = await decodeBytes(
      stored,
      {
        compression: layout.compression,
        width: layout.blockWidth,
        rows,
        samples,
        bits: layout.bits,
        planar: layout.planar,
        format: layout.format,
        options: layout.options,
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
      },
      place,
    );
    const signed =
      this.dtype === 'int8' && values instanceof Uint8Array
        ? new Int8Array(values.buffer, values.byteOffset, values.length)
        : values;
    return extend(undefined, rows, signed, null);
  }
}
