/** Types and values of HDF5 datasets and attributes, out of the memory of the library. */
import type { CubeDType, CubeValues } from '../cube/types.js';
import { H5Class, type H5Functions, type H5Metadata } from './hdf5-library.js';

/** The element type; `opaque` for what is not read. */
export function h5DType(m: H5Metadata): CubeDType {
  const { size } = m;
  if (m.type === H5Class.enumeration) {
    const members = m.enum_type?.members ?? {};
    const isBool = Object.keys(members).length === 2 && members['FALSE'] === 0 && members['TRUE'] === 1;
    if (isBool && size === 1) return 'bool';
  }
  const isInteger =
    m.type === H5Class.integer || (m.type === H5Class.enumeration && m.enum_type?.type === H5Class.integer);
  if (isInteger && [1, 2, 4, 8].includes(size)) {
    // SAFETY: the sizes above are those of the integer types.
    return `${m.signed ? '' : 'u'}int${size * 8}` as CubeDType;
  }
  if (m.type === H5Class.float && [2, 4, 8].includes(size)) {
    // SAFETY: as above, for floats.
    return `float${size * 8}` as CubeDType;
  }
  return m.type === H5Class.string ? 'string' : 'opaque';
}

/** Value of an IEEE 754 half. */
function half(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function texts(h5: H5Functions, bytes: Uint8Array<ArrayBuffer>, m: H5Metadata): string[] {
  if (m.vlen)
    return Array.from(new Uint32Array(bytes.buffer), (pointer) => (pointer === 0 ? '' : h5.UTF8ToString(pointer)));
  const decoder = new TextDecoder();
  return Array.from({ length: Math.floor(bytes.length / m.size) }, (_, i) => {
    const own = bytes.subarray(i * m.size, (i + 1) * m.size);
    const end = own.indexOf(0);
    return decoder.decode(end < 0 ? own : own.subarray(0, end));
  });
}

/** Typed values of bytes that the library wrote (little-endian). Pointers of texts are followed at once. */
export function h5Values(h5: H5Functions, bytes: Uint8Array<ArrayBuffer>, m: H5Metadata): CubeValues {
  const { buffer } = bytes;
  switch (h5DType(m)) {
    case 'int8':
      return new Int8Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), half);
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'string':
      return texts(h5, bytes, m);
    default:
      return new Uint8Array(buffer);
  }
}
