/** Values of classic NetCDF files: big-endian numbers and characters. */
import type { CubeDType, CubeValues } from '../cube/types.js';

/** Typed values of big-endian bytes, which are changed in place. Characters become texts of one character. */
export function decodeValues(bytes: Uint8Array, dtype: CubeDType): CubeValues {
  if (dtype === 'string') return Array.from(bytes, (code) => String.fromCharCode(code));
  // A copy when the bytes are part of a larger buffer, whose place need not suit the element size.
  const own = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  const buffer = Buffer.from(own.buffer, own.byteOffset, own.byteLength);
  const data = own.buffer as ArrayBuffer;
  switch (dtype) {
    case 'int8':
      return new Int8Array(data);
    case 'int16':
      buffer.swap16();
      return new Int16Array(data);
    case 'uint16':
      buffer.swap16();
      return new Uint16Array(data);
    case 'int32':
      buffer.swap32();
      return new Int32Array(data);
    case 'uint32':
      buffer.swap32();
      return new Uint32Array(data);
    case 'float32':
      buffer.swap32();
      return new Float32Array(data);
    case 'float64':
      buffer.swap64();
      return new Float64Array(data);
    case 'int64':
      buffer.swap64();
      return new BigInt64Array(data);
    case 'uint64':
      buffer.swap64();
      return new BigUint64Array(data);
    default:
      return new Uint8Array(data);
  }
}
