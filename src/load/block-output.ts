/** Where the pixels of one block of a load go. */
import { dtypeOf, fillInvalid, fillMissing, storeRounded, type Block, type Canvas } from '../pixels/index.js';
import type { DType, NumericArray } from '../core/index.js';
import type { WindowTarget } from '../formats/raster/index.js';

/** The arrays of a result, (band, y, x). `valid` is made when the first block has an invalid pixel. */
export interface ResultArrays {
  readonly values: NumericArray;
  valid: Uint8Array<ArrayBuffer> | null;
  readonly fillValue: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** The block of a source; `values` are null when they are in the result already, which only the first source may do. */
export interface SourceBlock {
  readonly values: NumericArray | null;
  readonly valid: Uint8Array | null;
}

/** A block of a result, which sources are written to one after the other. */
export class BlockOutput {
  /** The place of the block in the values of the result. */
  readonly target: WindowTarget;
  readonly #result: ResultArrays;
  readonly #block: Block;
  readonly #canvas: Canvas;
  /** Validity of the block so far, (band, y, x): null when all is there, undefined before the first source. */
  #valid: Uint8Array | null | undefined;

  constructor(result: ResultArrays, block: Block) {
    const { values, count, height, width } = result;
    const start = block.row * width + block.col;
    this.target = { values, start, rowStride: width, planeStride: height * width };
    this.#result = result;
    this.#block = block;
    const at = (band: number, row: number): number => start + (band * height + row) * width;
    this.#canvas = { values, at, bands: count, height: block.height, width: block.width };
  }

  /** Whether pixels of a type can be written to the result as they are. */
  takes(dtype: DType): boolean {
    return dtypeOf(this.target.values) === dtype;
  }

  /**
   * Adds the next source.
   *
   * @returns Whether pixels are still missing.
   */
  add({ values, valid }: SourceBlock): boolean {
    if (this.#valid === undefined) {
      if (values !== null) this.#eachRow((from, end, at) => this.target.values.set(values.subarray(from, end), at));
      this.#valid = valid;
    } else if (this.#valid !== null && values !== null) {
      if (!fillMissing(this.#canvas, this.#valid, { values, valid })) this.#valid = null;
    }
    return this.#valid !== null;
  }

  /** Writes the fill value and the validity of what is missing. */
  finish(): void {
    const missing = this.#valid === undefined ? new Uint8Array(this.#length) : this.#valid;
    this.#valid = missing;
    if (missing === null) return;
    fillInvalid(this.#canvas, missing, this.#result.fillValue);
    this.#result.valid ??= new Uint8Array(this.#result.values.length).fill(1);
    const { valid } = this.#result;
    this.#eachRow((from, end, at) => valid.set(missing.subarray(from, end), at));
  }

  /** Writes a block that was merged elsewhere. */
  writeMerged({ values, valid }: { readonly values: Float64Array; readonly valid: Uint8Array | null }): void {
    this.#eachRow((from, end, at) => storeRounded(values, this.target.values, at, from, end));
    this.#valid = valid;
    this.finish();
  }

  get #length(): number {
    return this.#result.count * this.#block.width * this.#block.height;
  }

  /** Calls `fn` with where each row of the block begins and ends in it, and begins in the result. */
  #eachRow(fn: (from: number, end: number, at: number) => void): void {
    const { width, height } = this.#block;
    // Rows of a block as wide as the result lie behind each other there too.
    const together = width === this.#result.width ? height : 1;
    for (let b = 0; b < this.#result.count; b++) {
      for (let r = 0; r < height; r += together) {
        const from = (b * height + r) * width;
        fn(from, from + together * width, this.#canvas.at(b, r));
      }
    }
  }
}
