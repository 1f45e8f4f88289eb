/** Records of SQLite tables (sqlite.org/fileformat2.html, §2.1). */
import { FormatError } from '../../core/index.js';

export type SqlValue = string | number | Uint8Array | null;
export type SqlEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** A variable-length integer of 1 to 9 bytes; above 2^53 it loses digits, which no valid length or row id of ours needs. */
export function varint(bytes: Uint8Array, at: number, where: string): readonly [value: number, next: number] {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new FormatError('bad-sqlite', `${where}: a number runs over the end of its page.`);
    if (i === 8) return [value * 256 + byte, at + 9];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return [value, at + 9];
}

const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

/** Where each column of a record lies. */
export interface Slot {
  readonly type: number;
  readonly at: number;
  readonly bytes: number;
}

/** Places of a record's columns; `bytes` needs to hold its header only. */
export function recordSlots(bytes: Uint8Array, where: string): readonly Slot[] {
  const [headerBytes, start] = varint(bytes, 0, where);
  if (headerBytes > bytes.byteLength)
    throw new FormatError('bad-sqlite', `${where}: the header of a record claims ${headerBytes} bytes.`);
  const slots: Slot[] = [];
  let at = headerBytes;
  for (let next = start; next < headerBytes;) {
    const [type, after] = varint(bytes, next, where);
    const size = type >= 12 ? (type - 12 - (type % 2)) / 2 : (SIZES[type] ?? 0);
    slots.push({ type, at, bytes: size });
    at += size;
    next = after;
  }
  return slots;
}

/** The value of a column; `bytes` is the whole record. */
export function slotValue(
  bytes: Uint8Array,
  { type, at, bytes: size }: Slot,
  encoding: SqlEncoding,
  where: string,
): SqlValue {
  if (at + size > bytes.byteLength)
    throw new FormatError('bad-sqlite', `${where}: a value of ${size} bytes runs over the end of its record.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
  switch (type) {
    case 0:
      return null;
    case 1:
      return view.getInt8(0);
    case 2:
      return view.getInt16(0);
    case 3:
      return (view.getInt8(0) << 16) | view.getUint16(1);
    case 4:
      return view.getInt32(0);
    case 5:
      return view.getInt16(0) * 2 ** 32 + view.getUint32(2);
    case 6:
      return Number(view.getBigInt64(0));
    case 7:
      return view.getFloat64(0);
    case 8:
      return 0;
    case 9:
      return 1;
    case 10:
    case 11:
      throw new FormatError('bad-sqlite', `${where}: a value has the reserved type ${type}.`);
    default: {
      const raw = bytes.subarray(at, at + size);
      return type % 2 === 0 ? raw : decodeText(raw, encoding);
    }
  }
}

function decodeText(raw: Uint8Array, encoding: SqlEncoding): string {
  if (encoding !== 'utf-16be') return new TextDecoder(encoding).decode(raw);
  return new TextDecoder('utf-16le').decode(Buffer.from(raw.subarray(0, raw.length & ~1)).swap16());
}
