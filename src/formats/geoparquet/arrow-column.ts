/** JavaScript values to Arrow columns: one function a type, nulls as a bitmap. */
import {
  Binary,
  Bool,
  type Data,
  DataType,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  Struct,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import { ArgumentError, type Bounds } from '../../core/index.js';
import { encodeWkb } from './wkb.js';
import type { MultiPolygon, Polygon } from 'geojson';

/**
 * Types of columns to write. `geometry` takes GeoJSON polygons, `bbox` takes Bounds, `timestamp` takes microseconds
 * (stored as µs without zone), `json` takes any JSON value and stores its text.
 */
export type ColumnType =
  | 'string'
  | 'int32'
  | 'int64'
  | 'float32'
  | 'double'
  | 'bool'
  | 'timestamp'
  | 'binary'
  | 'json'
  | 'geometry'
  | 'bbox'
  | 'list<double>'
  | 'list<int32>'
  | 'list<string>';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
}

type Values = readonly unknown[];
const BBOX_FIELDS = ['xmin', 'ymin', 'xmax', 'ymax'] as const;

interface Nulls {
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array | null;
}

function nullsOf(values: Values): Nulls {
  let nullCount = 0;
  for (const v of values) if (v === null || v === undefined) nullCount++;
  if (nullCount === 0) return { nullCount, nullBitmap: null };
  return { nullCount, nullBitmap: bitmap(values, (v) => v !== null && v !== undefined) };
}

function bitmap(values: Values, isSet: (v: unknown) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((v, i) => {
    // SAFETY: i >> 3 is inside the array made for values.length bits.
    if (isSet(v)) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  });
  return bits;
}

/** Concatenates byte values: offsets and data, as Arrow lays out strings and binaries. */
function concatenate(
  values: Values,
  encode: (v: unknown) => Uint8Array,
): { valueOffsets: Int32Array; data: Uint8Array } {
  const parts = values.map((v) => (v === null || v === undefined ? new Uint8Array(0) : encode(v)));
  const valueOffsets = new Int32Array(values.length + 1);
  parts.forEach((p, i) => (valueOffsets[i + 1] = (valueOffsets[i] ?? 0) + p.length));
  const data = new Uint8Array(valueOffsets[values.length] ?? 0);
  parts.forEach((p, i) => data.set(p, valueOffsets[i]));
  return { valueOffsets, data };
}

/** Texts as Arrow lays them out, encoded straight into one buffer. */
function texts(values: Values, show: (v: unknown) => string): { valueOffsets: Int32Array; data: Uint8Array } {
  const shown = values.map((v) => (v === null || v === undefined ? '' : show(v)));
  const valueOffsets = new Int32Array(values.length + 1);
  shown.forEach((text, i) => (valueOffsets[i + 1] = (valueOffsets[i] ?? 0) + Buffer.byteLength(text)));
  const data = Buffer.alloc(valueOffsets[values.length] ?? 0);
  shown.forEach((text, i) => data.write(text, valueOffsets[i] ?? 0));
  return { valueOffsets, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function list(values: Values, item: 'double' | 'int32' | 'string', nulls: Nulls): Data {
  // SAFETY: list columns take arrays or null; the caller's column type says so.
  const arrays = values.map((v) => (v ?? []) as readonly unknown[]);
  const valueOffsets = new Int32Array(values.length + 1);
  arrays.forEach((a, i) => (valueOffsets[i + 1] = (valueOffsets[i] ?? 0) + a.length));
  const child = arrowColumn(arrays.flat(), item);
  return makeData({
    type: new List(new Field('element', child.type, true)),
    length: values.length,
    ...nulls,
    valueOffsets,
    child,
  });
}

function bboxColumn(values: Values): Data {
  const children = BBOX_FIELDS.map((_, axis) =>
    makeData({
      type: new Float64(),
      length: values.length,
      nullCount: 0,
      // SAFETY: a bbox column takes Bounds.
      data: Float64Array.from(values, (v) => (v as Bounds)[axis] ?? NaN),
    }),
  );
  return makeData({
    type: new Struct(BBOX_FIELDS.map((name) => new Field(name, new Float64(), false))),
    length: values.length,
    nullCount: 0,
    children,
  });
}

/** The Arrow data of one column. @throws {@link ArgumentError} `bad-column-value` for a number that is no integer of its type. */
export function arrowColumn(values: Values, type: ColumnType): Data {
  const nulls = nullsOf(values);
  const base = { length: values.length, ...nulls };
  switch (type) {
    case 'string':
      return makeData({ type: new Utf8(), ...base, ...texts(values, String) });
    case 'json':
      return makeData({ type: new Utf8(), ...base, ...texts(values, (v) => JSON.stringify(v)) });
    case 'binary':
      // SAFETY: a binary column takes bytes.
      return makeData({ type: new Binary(), ...base, ...concatenate(values, (v) => v as Uint8Array) });
    case 'geometry':
      // SAFETY: a geometry column takes GeoJSON polygons.
      return makeData({
        type: new Binary(),
        ...base,
        ...concatenate(values, (v) => encodeWkb(v as Polygon | MultiPolygon)),
      });
    case 'bbox':
      return bboxColumn(values);
    case 'bool':
      return makeData({ type: new Bool(), ...base, data: bitmap(values, (v) => v === true) });
    case 'double':
      return makeData({ type: new Float64(), ...base, data: Float64Array.from(values, (v) => Number(v ?? 0)) });
    case 'float32':
      return makeData({ type: new Float32(), ...base, data: Float32Array.from(values, (v) => Number(v ?? 0)) });
    case 'int32':
      return makeData({ type: new Int32(), ...base, data: Int32Array.from(values, (v) => integer(v)) });
    case 'int64':
      return makeData({ type: new Int64(), ...base, data: BigInt64Array.from(values, (v) => BigInt(integer(v))) });
    case 'timestamp':
      return makeData({
        type: new TimestampMicrosecond(),
        ...base,
        data: BigInt64Array.from(values, (v) => BigInt(integer(v))),
      });
    case 'list<double>':
      return list(values, 'double', nulls);
    case 'list<int32>':
      return list(values, 'int32', nulls);
    case 'list<string>':
      return list(values, 'string', nulls);
    default:
      return type satisfies never;
  }
}

function integer(v: unknown): number {
  const n = Number(v ?? 0);
  if (!Number.isSafeInteger(n))
    throw new ArgumentError('bad-column-value', `A column of integers got ${String(v)}.`, {
      hint: 'Use the type double for fractions.',
    });
  return n;
}

/** A column of nulls, of the types that rows without a grid leave empty. */
export function nullColumn(type: ColumnType, length: number): Data {
  const one = arrowColumn([null], type);
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  const nulls = { length, nullCount: length, nullBitmap };
  const valueOffsets = new Int32Array(length + 1);
  // SAFETY: the type of what arrowColumn made; only offsets and lengths differ.
  const arrow = one.type;
  if (DataType.isList(arrow)) return makeData({ type: arrow, ...nulls, valueOffsets, child: one.children[0] as Data });
  if (DataType.isUtf8(arrow)) return makeData({ type: arrow, ...nulls, valueOffsets, data: new Uint8Array(0) });
  if (DataType.isInt(arrow)) return makeData({ type: new Int32(), ...nulls, data: new Int32Array(length) });
  if (DataType.isFloat(arrow)) return makeData({ type: new Float64(), ...nulls, data: new Float64Array(length) });
  return arrowColumn(new Array<null>(length).fill(null), type);
}
