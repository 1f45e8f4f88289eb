/** Numbers and texts as columns of a payload. */
import type { ColumnType, WireColumn } from '../wire/columns.js';
import type { Cell } from '../wire/payload.js';

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | Uint32Array;

const base64Of = (a: Numbers): string => Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('base64');

/** Bitmap of rows that have a value; undefined when all have one. */
function validity(length: number, has: (i: number) => boolean): string | undefined {
  const bits = new Uint8Array(Math.ceil(length / 8));
  let missing = 0;
  for (let i = 0; i < length; i++) {
    if (has(i)) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
    else missing += 1;
  }
  return missing === 0 ? undefined : base64Of(bits);
}

/** A column of numbers as they are. */
export function plainColumn(type: ColumnType, values: Numbers): WireColumn {
  return { type, values: base64Of(values) };
}

/** A column of doubles; NaN stands for no value. */
export function nullableColumn(values: Float64Array): WireColumn {
  const valid = validity(values.length, (i) => !Number.isNaN(values[i] ?? NaN));
  // Payloads hold no NaN, so that every reader may sum what it reads.
  const column = plainColumn('f64', valid === undefined ? values : values.map((v) => (Number.isNaN(v) ? 0 : v)));
  return valid === undefined ? column : { ...column, valid };
}

/** Distinct texts up to which a dictionary is smaller than the texts. */
const DICTIONARY_SHARE = 0.25;

/** Cells as the column type that fits them: truth values, doubles, a dictionary, or texts. */
export function cellColumn(cells: readonly Cell[]): WireColumn {
  const valid = validity(cells.length, (i) => cells[i] !== null && cells[i] !== undefined);
  const more = valid === undefined ? {} : { valid };
  const present = cells.filter((c) => c !== null);
  if (present.length > 0 && present.every((c) => typeof c === 'number'))
    return {
      ...plainColumn(
        'f64',
        Float64Array.from(cells, (c) => (typeof c === 'number' ? c : 0)),
      ),
      ...more,
    };
  if (present.length > 0 && present.every((c) => typeof c === 'boolean')) {
    const bits = new Uint8Array(Math.ceil(cells.length / 8));
    cells.forEach((c, i) => (bits[i >> 3] = (bits[i >> 3] ?? 0) | (c === true ? 1 << (i & 7) : 0)));
    return { ...plainColumn('bool', bits), ...more };
  }
  const texts = cells.map((c) => (c === null ? '' : String(c)));
  const distinct = new Map<string, number>();
  for (const text of texts) if (!distinct.has(text)) distinct.set(text, distinct.size);
  if (distinct.size <= cells.length * DICTIONARY_SHARE) {
    const codes = Int32Array.from(texts, (t) => distinct.get(t) ?? -1);
    return { ...plainColumn('dict', codes), dictionary: [...distinct.keys()], ...more };
  }
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((t, i) => (offsets[i + 1] = (offsets[i] ?? 0) + Buffer.byteLength(t)));
  return { type: 'utf8', values: Buffer.from(texts.join('')).toString('base64'), offsets: base64Of(offsets), ...more };
}

/** Bytes that a column takes in a payload, closely. */
export function columnBytes(column: WireColumn): number {
  const dictionary = column.dictionary?.reduce((sum, t) => sum + Buffer.byteLength(JSON.stringify(t)) + 1, 2) ?? 0;
  return 80 + column.values.length + (column.offsets?.length ?? 0) + (column.valid?.length ?? 0) + dictionary;
}
