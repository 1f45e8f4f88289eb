/**
 * Columns of 8-byte numbers without nulls, read straight from their pages: several times as fast as through the codec,
 * which counts where only boxes and times are looked at. Source: Apache Parquet, Encodings.md (PLAIN, RLE levels);
 * Snappy: google/snappy, format_description.txt.
 */
import { FormatError } from '../../core/index.js';
import type { ColumnChunk } from './footer.js';
import { ThriftReader } from './thrift.js';

const [UNCOMPRESSED, SNAPPY] = [0, 1];
const DATA_PAGE = 0;
const PLAIN = 0;
const WIDTH = 8;

function malformed(): never {
  throw new FormatError('bad-parquet', 'a compressed page is malformed');
}

/** Unpacks a Snappy stream of known length. @throws {@link FormatError} `bad-parquet`. */
export function unpackSnappy(from: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  while ((from[at] ?? 0) >= 128) at++;
  at++;
  let to = 0;
  while (at < from.length) {
    const tag = from[at++] ?? 0;
    if ((tag & 3) === 0) {
      let size = tag >> 2;
      if (size >= 60) {
        const bytes = size - 59;
        size = 0;
        for (let k = 0; k < bytes; k++) size += (from[at + k] ?? 0) * 2 ** (8 * k);
        at += bytes;
      }
      size++;
      if (at + size > from.length || to + size > length) malformed();
      out.set(from.subarray(at, at + size), to);
      at += size;
      to += size;
      continue;
    }
    const short = (tag & 3) === 1;
    const size = short ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    let offset = from[at++] ?? 0;
    if (short) offset += (tag >> 5) << 8;
    else {
      offset += (from[at++] ?? 0) << 8;
      if ((tag & 3) === 3) {
        offset += (from[at] ?? 0) * 2 ** 16 + (from[at + 1] ?? 0) * 2 ** 24;
        at += 2;
      }
    }
    if (offset === 0 || offset > to || to + size > length) malformed();
    // A copy may overlap what it makes.
    for (let k = 0; k < size; k++, to++) out[to] = out[to - offset] ?? 0;
  }
  if (to !== length) malformed();
  return out;
}

interface PageHeader {
  readonly type: number;
  readonly full: number;
  readonly stored: number;
  readonly values: number;
  readonly encoding: number;
}

function readPageHeader(r: ThriftReader): PageHeader {
  const h = { type: -1, full: -1, stored: -1, values: -1, encoding: -1 };
  r.struct((id) => {
    if (id === 1) h.type = r.integer();
    else if (id === 2) h.full = r.integer();
    else if (id === 3) h.stored = r.integer();
    else if (id === 5)
      r.struct((field) => {
        if (field === 1) h.values = r.integer();
        else if (field === 2) h.encoding = r.integer();
        else return false;
        return true;
      });
    else return false;
    return true;
  });
  return h;
}

/**
 * Writes the bytes of all values of a chunk to `out`; false where its pages are of another kind. `levels` says that
 * values stand behind levels, since they may be null though none is.
 *
 * @throws {@link FormatError} `bad-parquet`.
 */
export function readPlain(bytes: Uint8Array, chunk: ColumnChunk, levels: boolean, out: Uint8Array): boolean {
  const { codec } = chunk;
  if (chunk.nulls !== 0 || (codec !== UNCOMPRESSED && codec !== SNAPPY) || out.length !== chunk.values * WIDTH)
    return false;
  const r = new ThriftReader(bytes);
  let to = 0;
  while (r.at < bytes.length) {
    const { type, full, stored, values, encoding } = readPageHeader(r);
    if (type !== DATA_PAGE || encoding !== PLAIN) return false;
    const size = values * WIDTH;
    // Levels take a few bytes; a page that claims far more is left to the codec and its checks.
    if (
      stored < 0 ||
      r.at + stored > bytes.length ||
      full < size ||
      full > size + values + 64 ||
      to + size > out.length
    )
      return false;
    const packed = bytes.subarray(r.at, r.at + stored);
    r.at += stored;
    const page = codec === SNAPPY ? unpackSnappy(packed, full) : packed;
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    const skip = levels && full >= 4 ? 4 + view.getUint32(0, true) : 0;
    if (skip + size !== page.length) return false;
    out.set(page.subarray(skip), to);
    to += size;
  }
  return to === out.length;
}
