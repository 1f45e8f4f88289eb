/** Frames put into one tensor (time, band, y, x). */
import type { DType, GeoSlice, Interval, LedgerEntry } from '../core/index.js';
import { compactValid, GeoTensor, makeArray } from '../pixels/index.js';
import { checkSize } from './result-size.js';

/** What all frames have in common. */
export interface FrameType {
  readonly dtype: DType;
  readonly fillValue: number;
  readonly bandNames: readonly string[] | null;
  readonly bands: number;
}

/** Collects frames of one type; memory is the result alone. */
export class FrameStack {
  readonly #slice: GeoSlice;
  readonly #type: FrameType;
  readonly #shape: readonly [frames: number, bands: number, height: number, width: number];
  readonly #values: ReturnType<typeof makeArray>;
  readonly #valid: Uint8Array;

  /** A stack of frames that are invalid until they are set. @throws {@link ArgumentError} `slice-too-large`. */
  constructor(slice: GeoSlice, type: FrameType, frames: number) {
    checkSize(slice, type.bands, type.dtype, frames);
    const [height, width] = slice.shape;
    this.#slice = slice;
    this.#type = type;
    this.#shape = [frames, type.bands, height, width];
    const length = frames * type.bands * height * width;
    this.#values = makeArray(type.dtype, length).fill(type.fillValue);
    this.#valid = new Uint8Array(length);
  }

  /** Puts a frame (band, y, x) in its place. */
  set(index: number, frame: GeoTensor): void {
    const at = index * frame.values.length;
    this.#values.set(frame.values, at);
    if (frame.valid) this.#valid.set(frame.valid, at);
    else this.#valid.fill(1, at, at + frame.values.length);
  }

  /** The tensor. Each frame has what it covers and the files that it was made of. */
  finish(
    bins: readonly Interval[],
    sources: readonly (readonly string[])[],
    errors: readonly LedgerEntry[],
    attrs: (values: ReturnType<typeof makeArray>, valid: Uint8Array) => Readonly<Record<string, unknown>> = () => ({}),
  ): GeoTensor {
    return GeoTensor.create({
      values: this.#values,
      valid: compactValid(this.#valid),
      shape: this.#shape,
      transform: this.#slice.transform,
      crs: this.#slice.crs,
      fillValue: this.#type.fillValue,
      bandNames: this.#type.bandNames,
      times: bins.map((b) => b.start),
      attrs: {
        slice: this.#slice.toJSON(),
        bins,
        sources,
        ...(errors.length > 0 ? { errors } : {}),
        ...attrs(this.#values, this.#valid),
      },
    });
  }
}
