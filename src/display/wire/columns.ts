/**
 * Rows as columns (`renderers.md` §2, "Columns"): base64 of little-endian buffers with Arrow's layout, so that a hundred
 * thousand rows are a few buffers and no objects. Lengths are checked before anything is decoded.
 */
import { base64, list, MAX_ITEMS, object, oneOf, optional, Problem, text, whole } from './read.js';

/** Bytes of one value; `bool` is a bitmap, `utf8` counts in its offsets, `dict` holds int32 positions in its dictionary. */
const WIDTHS = { f32: 4, f64: 8, i32: 4, u8: 1, u16: 2, u32: 4, bool: 0, utf8: 0, dict: 4 } as const;

export type ColumnType = keyof typeof WIDTHS;

/** One column of a payload. */
export interface WireColumn {
  readonly type: ColumnType;
  readonly values: string;
  /** `utf8`: length + 1 int32 offsets into `values`. */
  readonly offsets?: string;
  /** One bit a row, least significant first, 1 = there is a value; absent when all rows have one. */
  readonly valid?: string;
  /** `dict`: the texts that positions stand for. */
  readonly dictionary?: readonly string[];
}

/** Rows of a payload by column. Footprints are `xmin ymin xmax ymax` in degrees; `xmax` passes 180 across the antimeridian. */
export interface ColumnsData {
  readonly length: number;
  readonly columns: Readonly<Record<string, WireColumn>>;
}

/** Most columns of one payload, entries of one dictionary, and bytes of one text column. */
const MAX_COLUMNS = 200;
const MAX_DICTIONARY = 100_000;
const MAX_TEXT_BYTES = 10_500_000;
/** Longest name of a column. */
const MAX_NAME = 1000;
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

const bitmapBytes = (length: number): number => Math.ceil(length / 8);

function readColumn(value: unknown, at: string, length: number): WireColumn {
  const o = object(value, at);
  // SAFETY: the keys of WIDTHS are exactly the column types.
  const type = oneOf(Object.keys(WIDTHS) as ColumnType[])(o['type'], `${at}.type`);
  const valid = optional(o['valid'], `${at}.valid`, (v, a) => base64(v, a, bitmapBytes(length)));
  const more = valid === null ? {} : { valid };
  if (type === 'utf8') {
    const offsets = base64(o['offsets'], `${at}.offsets`, (length + 1) * 4);
    // The last offset says how many bytes there are; the others are checked when texts are read.
    const tail = bytesOf(offsets.slice(-8));
    const last = new DataView(tail.buffer).getInt32(tail.length - 4, true);
    const bytes = whole(0, MAX_TEXT_BYTES)(last, `${at}.offsets`);
    return { type, values: base64(o['values'], `${at}.values`, bytes), offsets, ...more };
  }
  const bytes = type === 'bool' ? bitmapBytes(length) : WIDTHS[type] * length;
  const values = base64(o['values'], `${at}.values`, bytes);
  if (type !== 'dict') return { type, values, ...more };
  const dictionary = list(o['dictionary'], `${at}.dictionary`, text, MAX_DICTIONARY);
  return { type, values, dictionary, ...more };
}

/** Checked columns; every buffer has exactly the bytes that its type and `length` need. */
export function readColumns(value: unknown, at: string): ColumnsData {
  const o = object(value, at);
  const length = whole(0, MAX_ITEMS)(o['length'], `${at}.length`);
  const entries = Object.entries(object(o['columns'], `${at}.columns`));
  if (entries.length > MAX_COLUMNS)
    throw new Problem(`${at}.columns has ${entries.length} columns; at most ${MAX_COLUMNS} are shown`);
  const columns = entries
    .filter(([name]) => name.length <= MAX_NAME && !UNSAFE.has(name))
    .map(([name, column]) => [name, readColumn(column, `${at}.columns.${name.slice(0, 40)}`, length)] as const);
  return { length, columns: Object.fromEntries(columns) };
}

/** Bytes of checked base64 text, in a buffer of their own. */
export function bytesOf(base64Text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64Text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Numbers of a column. */
export type ColumnNumbers = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

/** A decoded column. */
export interface DecodedColumn {
  /** Raw numbers, rows without a value included; null for `bool` and `utf8`. */
  readonly numbers: ColumnNumbers | null;
  isValid(i: number): boolean;
  /** The value of a row: finite number, text or truth value; null where there is none. */
  cell(i: number): string | number | boolean | null;
}

const hasBit = (bits: Uint8Array, i: number): boolean => (((bits[i >> 3] ?? 0) >> (i & 7)) & 1) === 1;

/** Numbers are stored little-endian, as all machines that run editors are. */
function numbersOf(type: ColumnType, bytes: Uint8Array<ArrayBuffer>): ColumnNumbers | null {
  switch (type) {
    case 'f32':
      return new Float32Array(bytes.buffer);
    case 'f64':
      return new Float64Array(bytes.buffer);
    case 'i32':
    case 'dict':
      return new Int32Array(bytes.buffer);
    case 'u8':
      return bytes;
    case 'u16':
      return new Uint16Array(bytes.buffer);
    case 'u32':
      return new Uint32Array(bytes.buffer);
    default:
      return null;
  }
}

/** Longest text of a cell. */
const MAX_CELL_BYTES = 10_000;

/** Decodes one checked column. Texts are decoded one by one, when they are asked for. */
export function decodeColumn(column: WireColumn): DecodedColumn {
  const bytes = bytesOf(column.values);
  const numbers = numbersOf(column.type, bytes);
  const valid = column.valid === undefined ? null : bytesOf(column.valid);
  const offsets = column.offsets === undefined ? null : new Int32Array(bytesOf(column.offsets).buffer);
  const decoder = new TextDecoder();
  const isValid = (i: number): boolean => valid === null || hasBit(valid, i);
  const value = (i: number): string | number | boolean | null => {
    if (column.type === 'bool') return hasBit(bytes, i);
    if (column.type === 'dict') return column.dictionary?.[numbers?.[i] ?? -1] ?? null;
    if (offsets) {
      const [from, to] = [offsets[i] ?? 0, offsets[i + 1] ?? 0];
      // Offsets of a hostile file may run backwards; such a text is empty.
      return from < 0 || to <= from ? '' : decoder.decode(bytes.subarray(from, Math.min(to, from + MAX_CELL_BYTES)));
    }
    const n = numbers?.[i];
    return n !== undefined && Number.isFinite(n) ? n : null;
  };
  return { numbers, isValid, cell: (i) => (isValid(i) ? value(i) : null) };
}
