/** Attribute tables of shapefiles (dBASE III/IV). */
import { FormatError } from '../../core/index.js';
import { CheckedView } from './checked-view.js';

const HEADER_BYTES = 32;
const FIELD_BYTES = 32;
const NAME_BYTES = 11;
const END_OF_FIELDS = 0x0d;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LATIN1 = new TextDecoder('latin1');

export interface DbfField {
  readonly name: string;
  /** C text, N and F numbers, D date, L logical, I integer, O double. */
  readonly type: string;
  readonly length: number;
  /** Offset within a record. */
  readonly at: number;
}
export interface DbfHeader {
  readonly count: number;
  readonly headerBytes: number;
  readonly recordBytes: number;
  readonly fields: readonly DbfField[];
}

/** Text is UTF-8 where it is valid as such, else Latin-1; a .cpg file is not looked at. */
function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return LATIN1.decode(bytes);
  }
}

/** Number of bytes that the header of a table takes, from its first 32. */
export function dbfHeaderBytes(first: Uint8Array, where: string): number {
  return new CheckedView(first, where).u16(8);
}

/** @throws {@link FormatError} `bad-dbf`, `truncated`. */
export function parseDbfHeader(bytes: Uint8Array, where: string): DbfHeader {
  const view = new CheckedView(bytes, where);
  const headerBytes = view.u16(8);
  const recordBytes = view.u16(10);
  const fields: DbfField[] = [];
  let at = 1; // the first byte of a record marks deletion
  for (let i = HEADER_BYTES; i + FIELD_BYTES <= headerBytes && view.u8(i) !== END_OF_FIELDS; i += FIELD_BYTES) {
    const raw = view.slice(i, NAME_BYTES);
    const end = raw.indexOf(0);
    const length = view.u8(i + 16);
    fields.push({
      name: decode(end < 0 ? raw : raw.subarray(0, end)),
      type: String.fromCharCode(view.u8(i + 11)),
      length,
      at,
    });
    at += length;
  }
  if (at > recordBytes)
    throw new FormatError('bad-dbf', `${where}: fields take ${at} bytes, but a record has ${recordBytes}.`);
  return { count: view.u32(4), headerBytes, recordBytes, fields };
}

function valueOf(type: string, bytes: Uint8Array): unknown {
  if (type === 'I' && bytes.byteLength === 4) return new CheckedView(bytes, 'field').i32(0);
  if (type === 'O' && bytes.byteLength === 8) return new CheckedView(bytes, 'field').f64(0);
  const nul = bytes.indexOf(0);
  const text = decode(nul < 0 ? bytes : bytes.subarray(0, nul)).trim();
  if (text === '') return null;
  switch (type) {
    case 'N':
    case 'F': {
      const value = Number(text);
      return Number.isFinite(value) ? value : null; // asterisks fill a number that did not fit
    }
    case 'L':
      return /^[YyTt]$/.test(text) ? true : /^[NnFf]$/.test(text) ? false : null;
    case 'D':
      return /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : null;
    default:
      return text;
  }
}

/** Attributes of one record; dates as `YYYY-MM-DD`, empty fields as null. */
export function dbfRecord(bytes: Uint8Array, fields: readonly DbfField[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { name, type, length, at } of fields) {
    const value = valueOf(type, bytes.subarray(at, at + length));
    Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return out;
}
