/** Stored values of cubes as floats: missing ones become NaN, then scale and offset are applied (loading.md §4, rule 4). */
import { FormatError } from '../core/index.js';
import {
  cubeItemSize,
  numberOf,
  numbersOf,
  textOf,
  type CubeValues,
  type CubeVariable,
} from '../formats/cube/index.js';

export type FloatArray = Float32Array | Float64Array;

/** How the values of a variable are decoded. */
export interface Decoding {
  readonly isWide: boolean;
  readonly isUnsigned: boolean;
  /** Stored values that mean missing. */
  readonly missing: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly scale: number;
  readonly offset: number;
  readonly where: string;
}

/** Attributes that say how values are stored; they mean nothing once values are decoded. */
const ENCODING = new Set([
  ...['_FillValue', 'missing_value', 'scale_factor', 'add_offset', 'valid_range', 'valid_min', 'valid_max'],
  ...['_Unsigned', 'grid_mapping', 'coordinates', '_CRS', '_ChunkSizes', '_Netcdf4Dimid', '_Netcdf4Coordinates'],
  ...['DIMENSION_LIST', 'REFERENCE_LIST', 'CLASS', 'NAME', '_NCProperties', '_Storage', '_DeflateLevel', '_Shuffle'],
]);

/** A value of an attribute that JSON holds; undefined for anything else. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return plain(Array.from(value as unknown as ArrayLike<unknown>));
  if (!Array.isArray(value)) return undefined;
  const list = (value as unknown[]).map(plain);
  return list.includes(undefined) ? undefined : list;
}

/** What describes the values of a variable, without how they are stored. */
export function describingAttributes(v: CubeVariable): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(v.attributes)
      .filter(([name]) => !ENCODING.has(name))
      .map(([name, value]): [string, unknown] => [name, plain(value)])
      .filter(([, value]) => value !== undefined),
  );
}

/** `_FillValue` of Zarr 3 as xarray writes it: base64 of a little-endian double. */
function base64Fill(text: unknown): readonly number[] {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]{11}=$/.test(text)) return [];
  return [Buffer.from(text, 'base64').readDoubleLE(0)];
}

/** How a variable is decoded, from its attributes (CF 1.11 §2.5 and §8.1). */
export function decodingOf(v: CubeVariable, file: string): Decoding {
  const { attributes, dtype } = v;
  const isUnsigned = /^true$/i.test(textOf(attributes, '_Unsigned') ?? '') && dtype.startsWith('int');
  const bits = cubeItemSize(dtype) * 8;
  // Attributes are written in the stored type: −1 stands for 255.
  const own = (value: number): number =>
    isUnsigned && value < 0 ? value + 2 ** bits : dtype === 'float32' ? Math.fround(value) : value;
  const stated = [...numbersOf(attributes, '_FillValue'), ...base64Fill(attributes['_FillValue'])];
  const fill = v.fillIsMissing === true && typeof v.fillValue === 'number' ? [v.fillValue] : [];
  const range = numbersOf(attributes, 'valid_range').map(own);
  const scale = numberOf(attributes, 'scale_factor') ?? 1;
  const offset = numberOf(attributes, 'add_offset') ?? 0;
  const isSmall = dtype !== 'float32' && cubeItemSize(dtype) <= 2;
  return {
    isWide: !isSmall && !(dtype === 'float32' && scale === 1 && offset === 0),
    isUnsigned,
    missing: [...new Set([...stated, ...fill, ...numbersOf(attributes, 'missing_value')].map(own))],
    low: own(numberOf(attributes, 'valid_min') ?? range[0] ?? -Infinity),
    high: own(numberOf(attributes, 'valid_max') ?? range[1] ?? Infinity),
    scale,
    offset,
    where: `${file}: variable ${v.path}`,
  };
}

const UNSIGNED = { int8: Uint8Array, int16: Uint16Array, int32: Uint32Array } as const;

function asUnsigned(raw: CubeValues): CubeValues {
  if (raw instanceof Int8Array) return new UNSIGNED.int8(raw.buffer, raw.byteOffset, raw.length);
  if (raw instanceof Int16Array) return new UNSIGNED.int16(raw.buffer, raw.byteOffset, raw.length);
  if (raw instanceof Int32Array) return new UNSIGNED.int32(raw.buffer, raw.byteOffset, raw.length);
  if (raw instanceof BigInt64Array) return new BigUint64Array(raw.buffer, raw.byteOffset, raw.length);
  return raw;
}

/** 64-bit integers as doubles, missing ones as NaN. @throws {@link FormatError} `int64-range` beyond 2^53. */
function fromBigInts(raw: BigInt64Array | BigUint64Array, d: Decoding): Float64Array {
  const out = new Float64Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    const value = Number(raw[i]);
    if (d.missing.includes(value)) out[i] = NaN;
    else if (Number.isSafeInteger(value)) out[i] = value;
    else
      throw new FormatError('int64-range', `${d.where} holds ${String(raw[i])}, which no double holds exactly.`, {
        hint: 'Leave the variable out with dataVars.',
      });
  }
  return out;
}

/** Decoded values, in the order of the stored ones; Float32 for up to 16 bits and plain float32, else Float64. */
export function decode(stored: CubeValues, d: Decoding): FloatArray {
  const raw = d.isUnsigned ? asUnsigned(stored) : stored;
  if (raw instanceof BigInt64Array || raw instanceof BigUint64Array) {
    const values = fromBigInts(raw, d);
    decodeFloats(values, d);
    return values;
  }
  // SAFETY: variables of texts are not loaded.
  const numbers = raw as ArrayLike<number>;
  // The type holds every stored value exactly: integers up to 2^24 in Float32, to 2^53 in Float64.
  const values = d.isWide ? new Float64Array(numbers) : new Float32Array(numbers);
  decodeFloats(values, d);
  return values;
}

function decodeFloats(values: FloatArray, { missing, low, high, scale, offset }: Decoding): void {
  const one = missing.length === 1 ? (missing[0] ?? NaN) : NaN;
  const several = missing.length > 1 ? new Set(missing) : null;
  const isScaled = scale !== 1 || offset !== 0;
  const isRanged = low !== -Infinity || high !== Infinity;
  if (Number.isNaN(one) && !several && !isScaled && !isRanged) return;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    if (v === one || (several?.has(v) ?? false) || (isRanged && (v < low || v > high))) values[i] = NaN;
    else if (isScaled) values[i] = v * scale + offset;
  }
}
