/**
 * What displays need of library objects, by structure: a notebook may hold two copies of the library, so nothing here
 * asks for a class.
 */
import type { Affine, Crs, GeoSlice } from '../core/index.js';
import { sliceOf, type GeoTensor } from '../pixels/index.js';

/** Arrays of the element types of tensors. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** The fields of a GeoTensor that a display reads (`loading.md` §1). */
export interface TensorLike {
  readonly values: NumericArray;
  readonly shape: readonly number[];
  readonly dims: readonly string[];
  readonly transform: Affine;
  readonly crs: Crs;
  readonly valid: Uint8Array | null;
  readonly bandNames: readonly string[] | null;
  readonly times: readonly number[] | null;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Sizes and names of a tensor's axes. */
export interface TensorFacts {
  readonly height: number;
  readonly width: number;
  readonly bands: number;
  readonly frames: number;
  readonly bandNames: readonly string[];
  /** True when the tensor itself named its bands. */
  readonly isNamed: boolean;
  readonly dtype: string;
}

/** Element type of an array, as the field writes it: `uint8`, `float32`. */
export function dtypeOf(values: NumericArray): string {
  return values instanceof Uint8ClampedArray ? 'uint8' : values.constructor.name.replace('Array', '').toLowerCase();
}

/** Sizes and names of a tensor's axes; bands without names are `band 1`, `band 2`. */
export function tensorFacts(tensor: TensorLike): TensorFacts {
  const size = (name: string): number => tensor.shape[tensor.dims.indexOf(name)] ?? 1;
  const bands = size('band');
  const names = tensor.bandNames?.length === bands ? tensor.bandNames : null;
  return {
    height: tensor.shape.at(-2) ?? 1,
    width: tensor.shape.at(-1) ?? 1,
    bands,
    frames: size('time'),
    bandNames: names ?? Array.from({ length: bands }, (_, i) => `band ${i + 1}`),
    isNamed: names !== null,
    dtype: dtypeOf(tensor.values),
  };
}

/** Offset of the first value of a band of a frame. */
export function planeOffset(tensor: TensorLike, frame: number, band: number): number {
  const { height, width, bands, frames } = tensorFacts(tensor);
  const bandFirst = tensor.dims.indexOf('band') >= 0 && tensor.dims.indexOf('band') < tensor.dims.indexOf('time');
  return (bandFirst ? band * frames + frame : frame * bands + band) * height * width;
}

/** The slice of a tensor; null for rotated ones, which no slice describes. */
export function sliceOfTensor(tensor: TensorLike): GeoSlice | null {
  try {
    // SAFETY: sliceOf reads the fields of TensorLike only.
    return sliceOf(tensor as unknown as GeoTensor);
  } catch {
    // Rotated or south-up: shown by its raster outline instead.
    return null;
  }
}
