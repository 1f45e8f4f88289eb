/** Element types of rasters and the typed arrays that hold them (`loading.md` §1). */

/** Element types of rasters, as the field writes them. */
export type DType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';

/** The typed arrays that hold raster values. */
export type NumericArray =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const CONSTRUCTORS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Whether a value names an element type. */
export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(CONSTRUCTORS, value);
}

/** Bytes of one element. */
export function dtypeSize(dtype: DType): 1 | 2 | 4 | 8 {
  // SAFETY: the element sizes of the eight array types are 1, 2, 4 or 8.
  return CONSTRUCTORS[dtype].BYTES_PER_ELEMENT as 1 | 2 | 4 | 8;
}

/** Whether values are floating point. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

/** A zero-filled array of `length` elements. */
export function arrayOf(dtype: DType, length: number): NumericArray {
  return new CONSTRUCTORS[dtype](length);
}

/** A view of `length` elements on a buffer (native byte order); `byteOffset` is a multiple of the element size. */
export function viewOf(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, length: number): NumericArray {
  return new CONSTRUCTORS[dtype](buffer as ArrayBuffer, byteOffset, length);
}

// SAFETY: the keys of CONSTRUCTORS are the element types.
const DTYPE_OF_NAME = new Map(Object.entries(CONSTRUCTORS).map(([dtype, type]) => [type.name, dtype as DType]));

/** The element type of an array. A clamped byte array counts as `uint8`. */
export function dtypeOf(values: NumericArray): DType {
  return DTYPE_OF_NAME.get(values.constructor.name) ?? 'uint8';
}

/** Smallest and largest value that a type holds exactly; ±Infinity for floats. */
export function dtypeRange(dtype: DType): readonly [min: number, max: number] {
  if (isFloat(dtype)) return [-Infinity, Infinity];
  const bits = dtypeSize(dtype) * 8;
  return dtype.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}
