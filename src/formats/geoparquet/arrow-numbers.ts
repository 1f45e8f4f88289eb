/** Arrow data straight from typed arrays. */
import { Bool, Field, Float64, Int32, makeData, Struct, TimestampMicrosecond, type Data } from 'apache-arrow';

const WORD = 2 ** 32;
const BBOX_FIELDS = ['xmin', 'ymin', 'xmax', 'ymax'] as const;

/** Bits of the values for which `isSet` holds, and how many do not. */
function bits(length: number, isSet: (i: number) => boolean): { readonly bitmap: Uint8Array; readonly unset: number } {
  const bitmap = new Uint8Array(Math.ceil(length / 8));
  let unset = 0;
  for (let i = 0; i < length; i++) {
    if (isSet(i)) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
    else unset++;
  }
  return { bitmap, unset };
}

/** Nulls as Arrow has them, of values that are null where `isNull` holds. */
function nulls(length: number, isNull: (i: number) => boolean): { nullCount: number; nullBitmap: Uint8Array | null } {
  const { bitmap, unset } = bits(length, (i) => !isNull(i));
  return { nullCount: unset, nullBitmap: unset === 0 ? null : bitmap };
}

/** Times of whole microseconds; what is not finite is null. */
export function timestampData(micros: Float64Array): Data {
  const data = new BigInt64Array(micros.length);
  const words = new Int32Array(data.buffer);
  for (let i = 0; i < micros.length; i++) {
    const value = micros[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    // Two words, since BigInt is slow.
    const high = Math.floor(value / WORD);
    words[2 * i] = value - high * WORD;
    words[2 * i + 1] = high;
  }
  const { nullCount, nullBitmap } = nulls(micros.length, (i) => !Number.isFinite(micros[i]));
  return makeData({ type: new TimestampMicrosecond(), length: micros.length, nullCount, nullBitmap, data });
}

/** Doubles; where `isNull` holds they are null, and a NaN is a value. */
export function doubleData(data: Float64Array, isNull: (i: number) => boolean): Data {
  return makeData({ type: new Float64(), length: data.length, ...nulls(data.length, isNull), data });
}

/** Booleans: 0 and 1, and 2 for null. */
export function boolData(values: Uint8Array): Data {
  const { bitmap } = bits(values.length, (i) => values[i] === 1);
  return makeData({
    type: new Bool(),
    length: values.length,
    ...nulls(values.length, (i) => values[i] === 2),
    data: bitmap,
  });
}

/** One integer for all rows. */
export function constantInt32(value: number, length: number): Data {
  return makeData({ type: new Int32(), length, nullCount: 0, data: new Int32Array(length).fill(value) });
}

/** Boxes, one array an axis, as the covering struct. */
export function bboxData(axes: readonly Float64Array[], length: number): Data {
  const children = axes.map((data) => makeData({ type: new Float64(), length, nullCount: 0, data }));
  return makeData({
    type: new Struct(BBOX_FIELDS.map((name) => new Field(name, new Float64(), false))),
    length,
    nullCount: 0,
    children,
  });
}
