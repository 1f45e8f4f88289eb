/** What resampling reads and writes: windows of bands, and the places their pixels go to. */
import { dtypeRange, isFloat, type DType, type NumericArray } from '../../core/index.js';
import { asFloat64 } from '../numeric.js';

/**
 * The arrays that kernels read and write. Four types at most: with more, V8 gives up specialising the loops, which then
 * run several times slower; rarer types are converted to doubles first.
 */
export type KernelArray = Uint8Array | Uint16Array | Float32Array | Float64Array;

/** Whether kernels read and write arrays of this type as they are. */
export function isKernelArray(values: NumericArray): values is KernelArray {
  return (
    values instanceof Uint8Array ||
    values instanceof Uint16Array ||
    values instanceof Float32Array ||
    values instanceof Float64Array
  );
}

/** The values as an array that kernels read. */
export function kernelArray(values: NumericArray): KernelArray {
  return isKernelArray(values) ? values : asFloat64(values);
}

/**
 * A window of one band of a source. `valid` is null where all pixels are valid. Bands that are resampled together
 * share the window.
 */
export interface BandWindow {
  readonly values: KernelArray;
  readonly valid: Uint8Array | null;
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Where the resampled pixels of a band go: row r begins at `start + r * stride` of `values`, an array of the source's
 * type, and at `validStart + r * validStride` of `valid`.
 */
export interface BandTarget {
  readonly values: KernelArray;
  readonly start: number;
  readonly stride: number;
  /** Holds 1 everywhere before; invalid pixels are cleared. Null when no pixel can be invalid. */
  readonly valid: Uint8Array | null;
  readonly validStart: number;
  readonly validStride: number;
  readonly rounding: Rounding;
}

/** How interpolated values become elements: integers are `floor(v + 0.5)`, clamped. */
export interface Rounding {
  readonly isInteger: boolean;
  readonly min: number;
  readonly max: number;
}

/** The rounding of an element type. */
export function roundingOf(dtype: DType): Rounding {
  if (isFloat(dtype)) return { isInteger: false, min: -Infinity, max: Infinity };
  const [min, max] = dtypeRange(dtype);
  return { isInteger: true, min, max };
}

/** A value as an element of the target's type. */
export function rounded(value: number, { isInteger, min, max }: Rounding): number {
  if (!isInteger) return value;
  const v = Math.floor(value + 0.5);
  return v < min ? min : v > max ? max : v;
}

/** Added before `floor`, so that a coordinate a hair below an edge is on it. GDAL's warper uses the same. */
export const EDGE = 1e-10;

/** Marks a pixel whose centre lies outside the window. */
export const OUTSIDE = -1;

/** For each point of a row, the position in the window of the pixel that contains it, or {@link OUTSIDE}. */
export function containingPixels(
  window: BandWindow,
  u: Float64Array,
  v: Float64Array,
  from: number,
  count: number,
  into: Int32Array,
): void {
  const { col, row, width, height } = window;
  for (let i = 0; i < count; i++) {
    const c = Math.floor((u[from + i] as number) + EDGE) - col;
    const r = Math.floor((v[from + i] as number) + EDGE) - row;
    // Written so that NaN coordinates fail too.
    into[i] = c >= 0 && r >= 0 && c < width && r < height ? r * width + c : OUTSIDE;
  }
}
